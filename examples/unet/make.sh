#!/bin/sh
# make.sh [FOLDER [DIGITS]] -- makes the scenes of unet.net in FOLDER (data/unet) from the digits of MNIST in DIGITS
# (data/mnist; examples/data/mnist-sample does, too). Scenes for testing have digits from MNIST's test set.
#
#   TRAIN=8000 TEST=1000   scenes, are the defaults
set -eu
out=${1:-data/unet}
from=${2:-data/mnist}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$out"
${CC:-cc} -std=c11 -O2 -o "$dir/scene" "$(dirname "$0")/scene.c"
digits() { # PART
    gzip -cd "$from/$1-images-idx3-ubyte.gz" 2>/dev/null || cat "$from/$1-images-idx3-ubyte"
}
digits train | "$dir/scene" "${TRAIN:-8000}" 1 "$out/train-scenes.npy" "$out/train-digits.npy"
digits t10k | "$dir/scene" "${TEST:-1000}" 2 "$out/test-scenes.npy" "$out/test-digits.npy"
echo "$out: ${TRAIN:-8000} scenes to train, ${TEST:-1000} to test"
