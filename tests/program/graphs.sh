#!/bin/sh
# graphs.sh -- the examples whose networks branch and join: each has a README and a YAML twin that emits the same C.
# Those that see two pictures, or find things in pictures, learn, from less data than their READMEs tell of.
. tests/program/lib.sh
p="program graphs:"
cd "$(folder graphs)" || exit 1

# ---- twins

mkdir net yaml
for path in unet/unet cells/cells residual/resnet residual/mobilenet residual/inception two_inputs/sum \
    autoencoder/denoise vae/vae siamese/same gan/gan distillation/teacher distillation/distillation; do
    spec=$(basename $path)
    "$BUILD/cnnc" -Wno-slow -o "net/$spec.c" "$ROOT/examples/$path.net" >>log 2>&1
    "$BUILD/cnnc" -Wno-slow -o "yaml/$spec.c" "$ROOT/examples/$path.yaml" >>log 2>&1
    runs "$p $spec.yaml is the twin of $spec.net" cmp "net/$spec.c" "yaml/$spec.c"
    runs "$p $spec.net has at most 60 lines" awk 'END { exit NR > 60 }' "$ROOT/examples/$path.net"
    says "$p a README tells of $spec.net" 0 "$spec\.net" cat "$ROOT/examples/$(dirname $path)/README.md"
done

runs "$p unet/make.sh makes scenes" env TRAIN=600 TEST=64 sh "$ROOT/examples/unet/make.sh" scenes "$SAMPLE"
CNN_DATA_DIR=scenes learns unet/unet binary_iou above 0.6 --epochs 2
runs "$p two_inputs/make.sh makes pairs" env TRAIN=4000 TEST=500 sh "$ROOT/examples/two_inputs/make.sh" sums "$SAMPLE"
CNN_DATA_DIR=sums learns two_inputs/sum accuracy above 0.3 --epochs 4
runs "$p siamese/make.sh makes pairs" env TRAIN=3000 TEST=500 sh "$ROOT/examples/siamese/make.sh" pairs "$SAMPLE"
CNN_DATA_DIR=pairs learns siamese/same accuracy above 0.8 --epochs 3

# ---- pictures of two classes in folders, here of the digits 0 and 1

$CC -std=c11 -D_DEFAULT_SOURCE -O1 -I"$ROOT/files" -o makeimages "$HERE/makeimages.c" -L"$BUILD" -lcnn -lpng -ljpeg \
    -lz -lm -lpthread && ./makeimages "$SAMPLE/t10k-images-idx3-ubyte.gz" "$SAMPLE/t10k-labels-idx1-ubyte.gz" digits
mkdir -p pictures/train/whole pictures/train/broken pictures/test/whole pictures/test/broken
mv digits/k0/*[02468].* pictures/train/whole/
mv digits/k0/* pictures/test/whole/
mv digits/k1/*[02468].* pictures/train/broken/
mv digits/k1/* pictures/test/broken/
CNN_DATA_DIR=pictures learns cells/cells accuracy above 0.85 --epochs 12
says "$p cells.net tells its classes apart in a matrix" 0 '^ *broken ' \
    env CNN_DATA_DIR=pictures ./cells evaluate --verbose --weights cells.safetensors
