#!/bin/sh
# samples.sh -- the sheets of pictures that `samples` draws while a network learns.
. tests/program/lib.sh
p="program samples:"
cd "$(folder samples)" || exit 1
export CNN_DATA_DIR="$SAMPLE"

cat >net.net <<'NET'
model m
data {
  train idx "t10k-images-idx3-ubyte.gz" target=input
  normalize scale=1/255
}
pixels: Input 28x28x1
same: Conv2D 1 1x1 kernel_initializer=ones
Flatten
code: Dense 4
Dense 784 sigmoid
picture: Reshape 28x28x1
output picture
train {
  optimizer sgd lr=0
  loss mse
  epochs 3
  samples "same-{epoch}.png" of=same count=5 every=2
  samples "sure.png" from=code noise=0 count=3
  samples "drawn.png" from=code count=3
  samples "out.png" noise=0.2 count=10
}
NET
$CC -std=c11 -O1 -I"$ROOT/files" -I"$ROOT/runtime" -o sheet "$HERE/sheet.c" -L"$BUILD" -lcnn -lpng -ljpeg -lz -lm \
    -lpthread || exit 1
runs "$p builds" build net.net ./net
runs "$p trains" ./net train --limit 64 --quiet --save w.safetensors
runs "$p every second epoch, and the last" sh -c 'ls same-*.png | tr "\n" " " | grep -qx "same-002.png same-003.png "'
runs "$p a layer that is no output, below the rows" ./sheet same-003.png 5 same
runs "$p without noise a decoder draws one picture" ./sheet sure.png 3 equal
says "$p with noise it draws different ones" 1 '' ./sheet drawn.png 3 equal
cp drawn.png before.png
runs "$p goes on" ./net train --limit 64 --quiet --resume w.safetensors --epochs 4
same "$p the noise is the same in every epoch and run" drawn.png before.png
runs "$p as many threads as one likes" ./net train --limit 64 --quiet --threads 3 --epochs 1
same "$p and it draws the same" drawn.png before.png
says "$p noise on rows" 1 '' ./sheet out.png 10 same
says "$p plot draws them from a file of weights" 0 "^plots/drawn.png$" ./net plot --weights w.safetensors --part train
same "$p and they are those of the training" drawn.png plots/drawn.png
sed 's|"out.png"|"none/out.png"|' net.net >nowhere.net
runs "$p nowhere.net builds" build nowhere.net ./nowhere
says "$p a place where nothing can be written, before the first epoch" 1 'none/out.png' ./nowhere train --limit 64
says "$p lib has none" 0 '' sh -c "'$BUILD/cnnc' --emit=lib -o lib.c net.net && ! grep -q cnn_samples lib.c"
