#!/bin/sh
# own_target.sh -- target=input: the target of a row is its own input, in every format and for every command; outputs
# whose loss wants no target.
. tests/program/lib.sh
p="program own_target:"
cd "$(folder own_target)" || exit 1
export CNN_DATA_DIR="$SAMPLE"
images=t10k-images-idx3-ubyte.gz

# spec SOURCE STATEMENTS LR -- an autoencoder; its loss takes bytes
spec() {
    cat <<NET
model m
data {
  train $1
  test $1
$2
}
Input 28x28x1
Conv2D 4 3x3 relu same stride=2
Conv2DTranspose 1 3x3 same stride=2
train {
  optimizer sgd lr=$3
  loss expr(t, y: square(t / 255 - y))
  metrics mae
  epochs 2 batch=32
}
validate kfold k=2
ensemble voting members=2
NET
}

spec "idx $images target=input" '  augment noise=20' 1e-5 >own.net
spec "idx $images $images" '  augment noise=20' 1e-5 >files.net
for kind in own files; do
    runs "$p $kind.net builds" build $kind.net ./$kind
    ./$kind train --quiet --save $kind.npz
done
same "$p targets are the inputs without the noise: the weights of targets from files" own.npz files.npz
for command in evaluate "evaluate --part train"; do
    ./own $command --weights own.npz >own.out
    ./files $command --weights own.npz >files.out
    same "$p $command" own.out files.out
done
./own gradients --input "$SAMPLE/$images" --weights own.npz -o own.g.npz >own.out
./files gradients --input "$SAMPLE/$images" --target "$SAMPLE/$images" --weights own.npz -o files.g.npz >files.out
same "$p gradients need no --target" own.g.npz files.g.npz
says "$p gradcheck needs none either" 0 'worst relative error' ./own gradcheck --input "$SAMPLE/$images"
says "$p --target is refused" 2 "targets are its inputs" ./own gradcheck --input "$SAMPLE/$images" --target x.npy
./own crossval --quiet >own.out
./files crossval --quiet >files.out
same "$p crossval" own.out files.out
./own ensemble --quiet --save own-ensemble.safetensors >own.out
./files ensemble --quiet --save files-ensemble.safetensors >files.out
same "$p ensemble" own.out files.out

# ---- the target moves with the image, and is normalised as it is

cat >moved.net <<NET
data {
  train idx $images target=input
  normalize mean=auto std=auto
  augment shift=3 rotate=20 flip=both
}
Input 28x28x1
Conv2D 1 1x1 kernel_initializer=ones
train {
  optimizer sgd lr=0.5
  loss mse
  metrics mae
  epochs 1
}
NET
runs "$p moved.net builds" build moved.net ./moved
says "$p the target is the image as augment moves it" 0 'loss: 0\.0000 - mae: 0\.0000' ./moved train --limit 64

# ---- other formats

awk 'BEGIN { print "a,b,c,x,y,z"; for (i = 0; i < 40; i++) { r = i % 7 "," i % 5 - 2 "," i % 3; print r "," r } }' \
    >table.csv
for target in input '[x, y, z]'; do
    cat >table.net <<NET
data {
  train csv "table.csv" columns=[a, b, c] target=$target
}
Input 3
Dense 3
train {
  loss mse
  epochs 3
}
NET
    build table.net ./table
    CNN_DATA_DIR=. ./table train --quiet --save "table-${target%%,*}.npz"
done
same "$p csv: the inputs are the targets" table-input.npz "table-[x.npz"
sed 's/csv.*/npz "rows.npz" inputs=first target=input/; s/Input 3/Input 8x8x1/; s/Dense 3/Conv2D 1 3x3 same/' \
    table.net >rows.net
$CC -std=c11 -O1 -I"$ROOT/files" -o makenpz "$HERE/makenpz.c" -L"$BUILD" -lcnn -lz -lm -lpthread || exit 1
./makenpz rows.npz stored first="$DATA/train-x"
runs "$p rows.net builds" build rows.net ./rows
runs "$p npz without an array of targets" ./rows train --data-dir . --quiet
$CC -std=c11 -D_DEFAULT_SOURCE -O1 -I"$ROOT/files" -o makeimages "$HERE/makeimages.c" -L"$BUILD" -lcnn -lpng -ljpeg \
    -lz -lm -lpthread && ./makeimages "$SAMPLE/$images" "$SAMPLE/t10k-labels-idx1-ubyte.gz" digits
mkdir mixed
mv digits/k0 digits/k1/*1.* mixed/
sed 's/npz.*/images mixed target=input/; s/8x8x1/16x16x1/' rows.net >pictures.net
runs "$p pictures.net builds" build pictures.net ./pictures
says "$p images: a folder of pictures without classes" 0 'loss' ./pictures train --data-dir .
says "$p a value outside what the loss takes" 1 "train-images.*: row 0, output [0-9]+: target [0-9]+, but binary_" \
    sh -c 'sed "s/loss .*/loss binary_crossentropy/; s/1 3x3/& sigmoid/; s/t10k/train/" \
        own.net >bytes.net; "$0" -Wno-slow -o bytes.c bytes.net && $1 -O1 bytes.c -o bytes $("$0" --cflags --libs) &&
        ./bytes train' "$BUILD/cnnc" "$CC"

# ---- several outputs, one of which has no target

cat >two.net <<NET
data {
  train idx $images target=input
  normalize scale=1/255
}
pixels: Input 28x28x1
Flatten
mean: Dense 2
log_variance: Dense 2 from=mean
Sampling from=[mean, log_variance]
Dense 784 sigmoid
digit: Reshape 28x28x1
divergence: Lambda expr(m, v: 0.5 * (exp(v) + m * m - 1 - v)) from=[mean, log_variance]
output digit divergence
train {
  loss mse on=digit
  loss expr(d: d) on=divergence weight=0.1
  epochs 2 batch=50
}
NET
runs "$p two.net builds" build two.net ./two
says "$p an output without targets trains" 0 'digit_loss: 0' ./two train --limit 100
says "$p its gradients are right" 0 'worst' ./two gradcheck
says "$p no --target here" 0 'loss' ./two gradients --input "pixels=$SAMPLE/$images" -o g.npz

cat >alone.net <<NET
data {
  train idx $images
  normalize scale=1/255
}
Input 28x28x1
Flatten
Dense 4 tanh
train {
  loss expr(y: square(y))
  epochs 1 batch=50
}
NET
runs "$p alone.net builds" build alone.net ./alone
says "$p a formula of the only output wants no targets" 0 'loss: 0' ./alone train --limit 100
says "$p its gradients are right" 0 'worst' ./alone gradcheck

# ---- of several models: an input, a target, and an input behind another model are the same numbers here
cat >several.net <<NET
data {
  train idx "$images" "$images"
  test idx "$images" "$images"
  split validation=0.2
}
block first() {
  AvgPool 7x7
  BatchNorm
  Dropout 0.5
  Flatten
  Dense 4 kernel_initializer=constant(0.25)
}
block second() {
  Dense 784 kernel_initializer=constant(0.5)
  Reshape 28x28x1
}
model plain {
  x: Input 28x28x1
  first
  second
}
model own {
  x: Input 28x28x1
  first
  second
}
model other {
  z: Input 28x28x1
  first
  second
}
model later {
  x: Input 28x28x1
  first
  second
}
model encoder {
  x: Input 28x28x1
  first
}
model decoder {
  code: Input 4
  second
}
step {
  train plain
  train own target=x
  train other on=x target=x
  train later on=[noise, data] target=[3, x]
  train encoder through=decoder target=x
  train decoder on=encoder target=x
}
train {
  optimizer sgd lr=1e-30
  loss mse
  metrics mae
  epochs 3 batch=64
  early_stopping val_mae patience=0 min_delta=1e9 restore_best
}
NET
runs "$p several models build" build several.net ./several -Wno-unused
says "$p what a phase tests is watched" 0 'stopping early, as val_mae' ./several train --threads 1 --save several.npz
runs "$p on three threads, too" ./several train --quiet --threads 3 --save three.npz
same "$p with the same bits" several.npz three.npz
./several evaluate --model plain --weights several.npz >plain.out
says "$p several models are evaluated" 0 '^loss: [0-9.]* - mae: [0-9.]*$' cat plain.out
says "$p of a model that is used twice, the use that is compared with the data" 0 '^loss: 66[0-9.]* - mae' \
    ./several evaluate --model later --weights several.npz
for model in own other encoder decoder; do
    ./several evaluate --model $model --weights several.npz >own.out
    same "$p evaluate --model $model" plain.out own.out
done

# ---- what a phase compares with an input keeps to what the loss takes, whichever input it is
cat >range.net <<'NET'
data {
  train npz "range.npz" inputs=[a, b]
}
model coder {
  Input 8x8x1
  Flatten
  Dense 4 tanh
  Dense 64 sigmoid
  Reshape 8x8x1
}
step {
  train coder on=a target=b
  train coder on=b target=a
}
train {
  loss binary_crossentropy
  epochs 1
}
NET
./makenpz range.npz stored a="$DATA/train-x" b="$DATA/train-x"
runs "$p a phase with a range builds" build range.net ./range
says "$p a phase says which row has what its loss does not take" 1 \
    'range.npz: b: row 0, output 0: target [0-9]*, but binary_crossentropy takes' ./range train --data-dir .
