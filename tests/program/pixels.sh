#!/bin/sh
# pixels.sh -- networks whose rows have a class for each pixel: labels that count for nothing, weights of classes, any
# number of threads, and the messages where labels do not fit.
. tests/program/lib.sh
p="program pixels:"
cd "$(folder pixels)" || exit 1
$CC -std=c11 -O1 -o makenpy "$HERE/makenpy.c" 2>log
check "$p makenpy.c" "$(cat log)" || exit
x="1 0 0 1 .5 -1 2 0 1 1 -1 0 0 2 1 -1 1 0"
# shellcheck disable=SC2086
./makenpy x.npy f4 6x2x2x2 $x $x 0 1 1 0 1 0 2 1 0 1 1 0 && ./makenpy y.npy u1 6x2x2 0 1 1 0 1 1 0 255 0 0 1 1 \
    1 255 255 0 1 1 0 0 1 0 1 0 && ./makenpy rows.npy u1 6x1 0 1 1 0 1 0

net() { # NAME LOSS-ARGUMENTS LR
    cat >"$1.net" <<END
model $1
data {
  train npy "x.npy" "y.npy"
  test npy "x.npy" "y.npy"
}
Input 2x2x2
Conv2D 3 1x1 tanh
Conv2D 2 1x1 softmax
train {
  optimizer sgd lr=$3
  loss sparse_categorical_crossentropy ignore_class=255 $2
  metrics accuracy mean_iou
  epochs 3 batch=6
}
END
    build "$1.net" "./$1"
    check "$p $1 builds" "$(cat "$1.log")"
}

net plain "" 0.2
net twice "class_weight=[2, 2]" 0.1
net balanced "class_weight=balanced" 0.2
runs "$p trains" ./plain train --quiet --save plain.npz
runs "$p trains with weights" ./twice train --quiet --save twice.npz
runs "$p trains with balanced weights" ./balanced train --quiet --save balanced.npz
cmp plain.npz twice.npz >log 2>&1
check "$p twice the weight is twice the rate" "$(cat log)"
for threads in 2 3 7; do
    for f in plain balanced; do
        ./$f train --quiet --threads $threads --save "$f.$threads.npz" >log 2>&1 && cmp -s $f.npz "$f.$threads.npz"
        check "$p $f with $threads threads" "$(cat log)"
    done
done
says "$p evaluates" 0 'loss: [0-9.]+ - accuracy: [0-9.]+ - mean_iou: [0-9.]+' ./plain evaluate --weights plain.npz
runs "$p gradcheck" ./plain gradcheck
cp rows.npy y.npy
says "$p labels of rows" 1 'shape is \[6\], but the loss wants class numbers, \[N, 2, 2\]; for one class a row, put ' \
    ./plain train
