#!/bin/sh
# npz.sh -- training on arrays of an .npz: with the names x and y, with the names of Keras' mnist.npz, and damaged ones.
. tests/program/lib.sh
p="program npz:"
cd "$(folder npz)" || exit 1

$CC -std=c11 -O1 -I"$ROOT/files" -o makenpz "$HERE/makenpz.c" -L"$BUILD" -lcnn -lz -lm -lpthread || exit 1
./makenpz train.npz deflated x="$DATA/train-x" y="$DATA/train-y"
./makenpz mnist.npz stored x_train="$DATA/train-x" y_train="$DATA/train-y" x_test="$DATA/test-x" y_test="$DATA/test-y"
"$TINY" train --data-dir "$DATA" --epochs 2 >idx.txt

like_tiny() { # TRAIN TEST -- tiny.net with these sources
    sed "s/train idx.*/train $1/; s/test  idx.*/test $2/" "$HERE/tiny.net"
}
like_tiny 'npz "mnist.npz" inputs=x_train target=y_train' 'npz "mnist.npz" inputs=x_test target=y_test' >keras.net
like_tiny 'npz "train.npz"' 'npz "mnist.npz" inputs=x_test target=y_test' >plain.net
for k in keras plain; do
    runs "$p $k builds" build $k.net ./$k
    ./$k train --epochs 2 >$k.txt
    for f in idx $k; do sed 's/ - [0-9]*s - [0-9a-z]*\/step//' $f.txt >$f.cut; done
    same "$p $k trains as on IDX" idx.cut $k.cut
done
cat >yaml.yaml <<'E2'
model: tiny
data:
  train: [npz, mnist.npz, {inputs: x_train, target: y_train, weight: w}]
layers:
  - Input: 8
  - Dense: [2, softmax]
E2
cat >text.net <<'E2'
model tiny
data {
  train npz "mnist.npz" inputs=x_train target=y_train weight=w
}
Input 8
Dense 2 softmax
E2
for f in yaml.yaml text.net; do
    "$BUILD/cnnc" -o - $f 2>/dev/null | grep -v '^ \*\|^/\*\|#include' | sed "s/$f//" >$f.c
done
same "$p the twin in YAML" text.net.c yaml.yaml.c

# predict takes its inputs from the array that the test set names
./keras train --quiet --epochs 1 --save w.safetensors
./keras predict --weights w.safetensors --input mnist.npz -o a.npy
./keras predict --weights w.safetensors --input "$DATA/test-x" -o b.npy
runs "$p predict --input" cmp a.npy b.npy

refuses() { # WHAT MESSAGE -- the program `plain` refuses train.npz in its present state
    says "$p $1" 1 "$2" ./plain train --epochs 1 --quiet --save never.npz
    [ ! -e never.npz ] || { echo "never.npz was written" | fail "$p $1 leaves nothing"; rm -f never.npz; }
}
cp train.npz good.npz
./makenpz train.npz stored a="$DATA/train-x" y="$DATA/train-y"
refuses 'no such array' "train.npz: there is no array 'x'; the arrays are a, y"
./makenpz train.npz stored x="$DATA/train-x" y="$DATA/test-y"
refuses 'other rows' 'train.npz: x has 500 rows, but .*train.npz: y has 100'
./makenpz train.npz stored x="$DATA/train-y" y="$DATA/train-y"
refuses 'another shape' "train.npz: x: shape is \[500\], but the network's input wants"
head -c 9000 good.npz >train.npz
refuses 'truncated' 'train.npz: byte 9000: end of the archive is missing'
{ head -c 5000 good.npz; printf '\125\252\125\252'; tail -c +5005 good.npz; } >train.npz
refuses 'damaged' 'train.npz: x.npy: .*(damaged|checksum)'
cp "$DATA/train-x" train.npz
refuses 'no archive' 'train.npz: byte 0: not a .npz'
