#!/bin/sh
# trainable.sh -- parameters with trainable=no do not change; every optimizer has weight decay.
. tests/program/lib.sh
p="program trainable:"
cd "$(folder trainable)" || exit 1

cat >net.net <<'END'
let o = sgd how = yes
data {
  train csv rows.csv target=kind
}
Input 2
first: Dense 3 tanh
still: Dense 4 tanh trainable=no l2=1
Dense 3 softmax
train {
  optimizer $o lr=0.5
  loss sparse_categorical_crossentropy
  epochs 1 batch=4 seed=3
}
END
printf '%s\n' a,b,kind 1,2,0 -1,.5,1 3,3,2 .5,-1,2 1,1,1 2,0,2 0,-1,0 -2,2,1 >rows.csv

sum() { # FILE TENSOR
    unzip -p "$1" "$2.npy" | cksum
}

for clip in '' clipnorm=1 global_clipnorm=1; do
    sed "s/lr=0.5/lr=0.5 $clip/" net.net >clip.net
    what="$p frozen${clip:+, $clip}:"
    runs "$what builds" build clip.net ./net
    for epochs in 1 3; do
        runs "$what trains" ./net train --quiet --epochs $epochs --save $epochs.npz
    done
    for t in still.kernel still.bias first.kernel dense.kernel; do
        case $t in still*) wants=same ;; *) wants=others ;; esac
        if [ "$(sum 1.npz $t)" = "$(sum 3.npz $t)" ]; then is=same; else is=others; fi
        [ $is = $wants ]
        check "$what $t has $wants values" "they are $is"
    done
done
says "$p gradcheck names what is frozen" 0 'still.kernel * 12   frozen' ./net gradcheck
runs "$p adam has a state" build net.net ./adam -D o=adam
runs "$p which a checkpoint holds" ./adam train --quiet --epochs 1 --save adam.safetensors
grep -aq optimizer.velocity.first.kernel adam.safetensors && ! grep -aq optimizer.velocity.still adam.safetensors
check "$p there is no state of what is frozen" "$(head -c 3000 adam.safetensors | tr -c ' -~' .)"
runs "$p such a checkpoint goes on" ./adam train --quiet --epochs 3 --resume adam.safetensors --save on.npz
runs "$p as a run that never stopped" ./adam train --quiet --epochs 3 --save whole.npz
cmp -s on.npz whole.npz
check "$p to the same bits" ''
says "$p the summary counts it" 0 'Non-trainable params: 16 ' "$BUILD/cnnc" --summary net.net
sed 's/Dense \([34]\)/Dense \1 trainable=no/' net.net |
    sed 's/trainable=no tanh trainable=no/trainable=no tanh/' >all.net
says "$p nothing is left to train" 1 'every layer with parameters is trainable=no' "$BUILD/cnnc" -fsyntax-only all.net

# weight decay takes everything, and the steps are too small to see
for o in sgd adam adamw nadam rmsprop adagrad; do
    sed 's/lr=0.5/lr=1e-6 weight_decay=1e6/; s/trainable=no l2=1//' net.net >decay.net
    runs "$p $o decays: builds" build decay.net ./decay -D o=$o
    ./decay train --quiet --save decay.npz >decay.log 2>&1
    unzip -p decay.npz first.kernel.npy | od -An -v -tf4 -j128 -w4 |
        awk '$1 > 1e-4 || $1 < -1e-4 { exit 1 } END { exit NR != 6 }'
    check "$p $o decays" "$(cat decay.log; unzip -p decay.npz first.kernel.npy | od -An -v -tf4 -j128)"
done
