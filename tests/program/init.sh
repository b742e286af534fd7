#!/bin/sh
# init.sh -- `train --init FILE`: which of another network's weights fit, by name and shape, and the messages for the
# rest.
. tests/program/lib.sh
p="program init:"
cd "$(folder init)" || exit 1

cat >old.net <<'END'
data {
  train csv rows.csv target=kind
}
Input 2
body: Dense 3 tanh
gone: Dense 4 tanh
head: Dense 3 softmax
train {
  optimizer sgd lr=0.5
  loss sparse_categorical_crossentropy
  epochs 2 batch=4 seed=3
}
END
sed 's/^body.*/& trainable=no/; s/^gone/come/; s/head: Dense 3/head: Dense 2/; s/epochs 2/epochs 1/' old.net >new.net
sed 's/body/a/; s/gone/b/; s/head/c/' old.net >none.net
printf '%s\n' a,b,kind 1,2,0 -1,.5,1 3,3,1 .5,-1,0 1,1,1 2,0,0 0,-1,0 -2,2,1 >rows.csv

sum() { # FILE TENSOR
    unzip -p "$1" "$2.npy" | cksum
}

runs "$p builds" build old.net ./old
runs "$p builds the other" build new.net ./new
runs "$p builds one of other names" build none.net ./none
runs "$p trains" ./old train --quiet --save old.safetensors
runs "$p exports" ./old export --weights old.safetensors -o old.npz

says "$p counts what fits" 0 '^new_net: note: old.safetensors: 2 of the network.s 6 parameters are taken$' \
    ./new train --quiet --init old.safetensors --save new.npz
says "$p lists what the file lacks" 0 'in the network, but not in the file: come.kernel \[3, 4\], come.bias \[4\]$' \
    ./new train --quiet --init old.safetensors
says "$p lists what the network lacks" 0 'in the file, but not in the network: gone.kernel \[3, 4\], gone.bias \[4\]$' \
    ./new train --quiet --init old.safetensors
says "$p lists other shapes" 0 \
    'of another shape: head.kernel \[4, 3\] where the network has \[4, 2\], head.bias \[3\] where .* \[2\]$' \
    ./new train --quiet --init old.npz
for t in body.kernel body.bias; do
    [ "$(sum old.npz $t)" = "$(sum new.npz $t)" ]
    check "$p takes $t" "other values"
done
runs "$p begins without it" ./new train --quiet --save fresh.npz
[ "$(sum fresh.npz body.kernel)" != "$(sum new.npz body.kernel)" ]
check "$p which is another beginning" "the same values"

says "$p of the same network all is taken, as by --weights" 0 '6 of the network.s 6 parameters are taken$' \
    ./old train --quiet --init old.npz --save all.npz
runs "$p --weights" ./old train --quiet --weights old.npz --save weights.npz
cmp -s all.npz weights.npz
check "$p to the same bits" ''
says "$p nothing fits" 1 'old.npz: has no parameter of the network' ./none train --quiet --init old.npz
says "$p no file" 1 'nofile.npz: cannot open' ./new train --quiet --init nofile.npz
says "$p with --weights" 2 '--init and --weights exclude each other' ./new train --init old.npz --weights old.npz
says "$p with --resume" 2 '--init and --resume exclude each other' ./new train --init old.npz --resume old.safetensors
says "$p of another command" 2 "'evaluate' has no option '--init'" ./new evaluate --init old.npz
