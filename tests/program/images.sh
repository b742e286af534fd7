#!/bin/sh
# images.sh -- training on folders of pictures, pictures for predict, and which programs are linked with libpng and
# libjpeg.
. tests/program/lib.sh
p="program images:"
cd "$(folder images)" || exit 1

$CC -std=c11 -D_DEFAULT_SOURCE -O1 -I"$ROOT/files" -o makeimages "$HERE/makeimages.c" -L"$BUILD" -lcnn -lpng -ljpeg \
    -lz -lm -lpthread || exit 1
./makeimages "$DATA/train-x" "$DATA/train-y" train && ./makeimages "$DATA/test-x" "$DATA/test-y" test || exit 1

cat >text.net <<'END'
model images
data {
  train images "train/"
  test images "test"
  normalize scale=1/255
  split validation=0.1
}
Input 8x8x1
Conv2D 6 3x3 relu
Flatten
Dense 4 softmax
train {
  optimizer adam lr=0.01
  loss sparse_categorical_crossentropy
  metrics accuracy
  epochs 4 batch=16 seed=1
}
END
cat >yaml.yaml <<'END'
model: images
data:
  train: [images, "train/"]
  test: [images, test]
  normalize: {scale: 1/255}
  split: {validation: 0.1}
layers:
  - Input: 8x8x1
  - Conv2D: [6, 3x3, relu]
  - Flatten
  - Dense: [4, softmax]
train: {optimizer: {adam: {lr: 0.01}}, loss: sparse_categorical_crossentropy, metrics: [accuracy],
        epochs: 4, batch: 16, seed: 1}
END
for f in yaml.yaml text.net; do
    "$BUILD/cnnc" -o - $f 2>/dev/null | grep -v '^ \*\|^/\*\|#include' | sed "s/$f//" >$f.c
done
same "$p the twin in YAML" text.net.c yaml.yaml.c
runs "$p builds" build text.net ./images
says "$p trains" 0 'test.*accuracy: (0\.9|1)' ./images train --save w.safetensors
says "$p evaluates without the training pictures" 0 'accuracy: (0\.9|1)' \
    sh -c 'mkdir d && cp -r test d && ./images evaluate --data-dir d --weights w.safetensors'

# weights know the classes by other names: a class that got another number is an error, a new name gives a message
mkdir moved && cp -r test moved/test && cp -r train moved/train && mv moved/train/k0 moved/train/z0
# shellcheck disable=SC2086
for args in "evaluate --part train" "evaluate --part validation" "train --epochs 1"; do
    says "$p classes in another order: $args" 1 \
        "moved/train/: class 1 is 'k2', but was 'k1' when w.safetensors was trained" \
        ./images $args --data-dir moved --weights w.safetensors
done
mv moved/train/z0 moved/train/a0
says "$p a class of another name" 0 \
    "warning: moved/train/: class 0 is 'a0', but was 'k0' when w.safetensors was trained" \
    ./images evaluate --part train --data-dir moved --weights w.safetensors

for n in 1 2; do ./images train --quiet --epochs 1 --threads $n --save $n.safetensors; done
runs "$p the same bits for any threads" cmp 1.safetensors 2.safetensors

# predict answers for pictures as it does for the same arrays
set -- test/k*/*.png
says "$p predict names the pictures" 0 "^test/k0/[0-9]*\.png: k0 \(" ./images predict --weights w.safetensors \
    --input "$@"
sed 's/train images.*/train idx "train-x" "train-y"/; s/test images.*/predict images/' text.net >idx.net
runs "$p idx and 'predict images' builds" build idx.net ./idx
./idx predict --weights w.safetensors --input "$DATA/test-x" | sed -n '1s/.*: //p' >a.txt
./idx predict --weights w.safetensors test/k*/00000.png | sed 's/.*: //' >b.txt
same "$p a picture is a row" a.txt b.txt
./idx predict --weights w.safetensors --input test/k*/00000.png --quiet -o a.npy
runs "$p predict -o" test -s a.npy
says "$p pictures and arrays" 1 'x.npy: is no picture; of other files only one' ./idx predict --weights w.safetensors \
    --input test/k*/00000.png x.npy
says "$p a program that reads none" 1 "00000.png: this program reads no pictures: say 'predict images'" \
    "$TINY" predict --weights "$TMP/tiny.safetensors" --input test/k*/00000.png

# only programs that read pictures are linked with libpng and libjpeg
says "$p --libs with the spec" 0 ' -lpng -ljpeg -lz' "$BUILD/cnnc" --libs text.net
says "$p --libs with 'predict images'" 0 ' -lpng -ljpeg -lz' "$BUILD/cnnc" --libs idx.net
"$BUILD/cnnc" --libs "$HERE/tiny.net" >libs
runs "$p --libs without" sh -c '! grep -q png libs'
runs "$p --run links them too" "$BUILD/cnnc" --run text.net -- summary

refuses() { # WHAT MESSAGE
    says "$p $1" 1 "$2" ./images train --epochs 1 --quiet --save never.npz
    [ ! -e never.npz ] || { echo "never.npz was written" | fail "$p $1 leaves nothing"; rm -f never.npz; }
}
good=$(echo train/k1/*.png | cut -d ' ' -f 1)
cp "$good" saved
head -c 80 saved >"$good"; refuses 'a picture cut off' "$good: byte 80: damaged .png: the file ends early"
mv saved "$good"
mkdir -p whole && ln -s ../train ../test whole
sed 's|train images.*|train images "whole"|; s/Dense 4/Dense 2/; /test images/d' text.net >whole.net
runs "$p training and test data in one folder build" build whole.net ./whole.bin
says "$p training and test data in one folder" 1 \
    "whole: its folders 'test' and 'train' are no classes: say 'train images' with the one" ./whole.bin train
mkdir train/k9; refuses 'an empty class' 'train/k9: holds no pictures: those are .png and .jpeg files'
cp "$good" train/k9; refuses 'a class too many' \
    'train/: holds 5 folders, one for each class, but the network has 4 classes'
rm -r train/k9
: >train/k1/notes.txt; : >train/Thumbs.db
says "$p other files" 0 \
    'note: train/: 2 files that are no .png or .jpeg are passed over: train/Thumbs.db, train/k1/notes.txt' \
    ./images train --epochs 1
rm train/k1/notes.txt train/Thumbs.db
cp -r test nested && mkdir nested/k0/more && mv nested/k0/00000.png nested/k0/more/a && ln -s .. nested/k0/more/round
./images predict --weights w.safetensors nested >nested.txt 2>&1
says "$p predict of a folder" 0 '^nested/k0/more/a: k0 \(' cat nested.txt
find nested -type f | wc -l >wanted.n; wc -l <nested.txt >is.n
same "$p predict of a folder: every picture once" wanted.n is.n
says "$p predict of two folders and a file" 0 '^nested/k1/' \
    ./images predict --weights w.safetensors nested/k0 nested/k1 test/k2/*.png
printf 'GIF89a' >a.gif; mkdir none; : >none/README
says "$p predict of a GIF" 1 'a.gif: is a GIF; pictures are read from PNG and JPEG files: convert it' \
    ./images predict --weights w.safetensors a.gif
says "$p predict of a folder without pictures" 1 'none: holds no pictures' ./images predict --weights w.safetensors none
says "$p no such folder" 1 'nowhere/train/: cannot open' ./images train --data-dir nowhere
sed 's/8x8x1/8x8x2/' text.net >two.net
says "$p two channels" 1 'two.net:2:1: error: pictures are \[height,width,channels\], of 1, 3 or 4' \
    "$BUILD/cnnc" -fsyntax-only two.net
sed 's/loss .*/loss mse/; /metrics/d' text.net >mse.net
says "$p a loss of numbers" 1 "mse.net:3:3: error: folders of pictures are classes, but 'mse' compares numbers" \
    "$BUILD/cnnc" -fsyntax-only mse.net
sed 's/images "train\/"/images "train" target=y/' text.net >target.net
says "$p a target" 1 "of 'train images' the only 'target' is the word input" "$BUILD/cnnc" -fsyntax-only target.net

# ---- a picture of the training data is not written over by any name; identity.sh tests more of this
picture=$(ls train/*/* | head -1)
cp "$picture" before
ln "$picture" hard.csv
ln -s "$picture" soft.csv
ln -s "$picture" soft.npy
for name in "$picture" "train/../$picture" hard.csv soft.csv; do
    says "$p --log $name" 1 '[-]-log would write over what is read as the training data' ./images train --log "$name"
    same "$p --log $name: the picture is as it was" before "$picture"
done
says "$p --plots in a class's folder" 1 '[-]-plots would write over what is read as the training data' \
    ./images train --plots "${picture%/*}"
says "$p -o is a picture to predict" 1 'names the same file' ./images predict --weights w.npz --input "$picture" \
    -o soft.npy
