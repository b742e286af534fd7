#!/bin/sh
# mixing.sh -- rows of a batch that are mixed with others of it: with the same shares as their targets, while training
# alone, and alike for any number of threads.
. tests/program/lib.sh
p="program mixing:"
cd "$(folder mixing)" || exit 1
export CNN_DATA_DIR="$SAMPLE"
images=t10k-images-idx3-ubyte.gz labels=t10k-labels-idx1-ubyte.gz

# ---- the sum of the inputs is a target that stays one when both are mixed

awk 'BEGIN { print "a,b,c,sum"; for (i = 0; i < 70; i++) print i % 7 "," i % 5 "," i % 3 "," i % 7 + i % 5 + i % 3 }' \
    >rows.csv
cat >sum.net <<'NET'
data {
  train csv "rows.csv" target=sum
}
Input 3
MixUp 0.8
Dense 1 kernel_initializer=ones
train {
  optimizer sgd lr=0.001
  loss mse
  metrics mae
  epochs 2
}
NET
runs "$p sum.net builds" build sum.net ./sum
says "$p numbers are mixed as their rows are" 0 'loss: [0-9.]+e-1[0-9] - mae: [0-9.]+e-0[7-9]' ./sum train --data-dir .

# ---- what is pasted into an image is pasted into the image that is its target

cat >pasted.net <<NET
data {
  train idx $images target=input
  normalize scale=1/255
  augment shift=3 rotate=20
}
Input 28x28x1
CutMix
Conv2D 1 1x1 kernel_initializer=ones
train {
  optimizer sgd lr=0.5
  loss mse
  metrics mae
  epochs 1
}
NET
runs "$p pasted.net builds" build pasted.net ./pasted
says "$p targets that are images" 0 'loss: 0\.0000 - mae: 0\.0000' ./pasted train --limit 64

# ---- classes: files have numbers

spec() { # LAYER
    cat <<NET
data {
  train idx $images $labels
  test idx $images $labels
  normalize scale=1/255
  augment shift=1
}
Input 28x28x1
$1
MaxPool 4x4
Flatten
Dense 10 softmax
train {
  optimizer sgd lr=0.1
  metrics accuracy
  epochs 2 batch=50
}
NET
}
for layer in MixUp CutMix Identity; do
    spec $layer >$layer.net
    runs "$p $layer.net builds" build $layer.net ./$layer
    ./$layer train --quiet --limit 220 --threads 1 --save $layer.safetensors >$layer.out 2>&1
    runs "$p $layer trains" test -s $layer.safetensors
    ./$layer train --quiet --limit 220 --threads 3 --save $layer-3.npz
    ./$layer export --weights $layer.safetensors -o $layer.npz
    same "$p $layer on three threads" $layer.npz $layer-3.npz
done
for layer in MixUp CutMix; do
    cmp -s $layer.npz Identity.npz
    [ $? = 1 ]
    check "$p $layer changes what is learnt" "the weights are those without it"
    ./$layer evaluate --weights Identity.safetensors >$layer.out 2>&1
    ./Identity evaluate --weights Identity.safetensors >Identity.out 2>&1
    same "$p $layer does nothing in evaluate" $layer.out Identity.out
done
says "$p a run goes on with the same alpha" 1 'augment' \
    sh -c 'sed s/MixUp/"MixUp 0.5"/ MixUp.net >other.net; "$0" -Wno-slow -o other.c other.net &&
        $1 -O1 -DCNN_NO_REFERENCE other.c -o other $("$0" --cflags --libs) &&
        ./other train --quiet --limit 220 --epochs 3 --resume MixUp.safetensors' "$BUILD/cnnc" "$CC"
{ printf '\000\000\010\001\000\000\003\350'; head -c 1000 /dev/zero | tr '\000' '\013'; } >wrong
says "$p a label that is no class" 1 'label 11 is not a class of the network: 0 to 9' \
    ./MixUp gradients --input "$SAMPLE/$images" --target wrong --weights MixUp.safetensors -o g.npz
