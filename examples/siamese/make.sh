#!/bin/sh
# make.sh [FOLDER [DIGITS]] -- makes the pairs of same.net in FOLDER (data/same) from the digits of MNIST in DIGITS
# (data/mnist; examples/data/mnist-sample does, too). Every other pair shows one digit twice. Pairs for testing have
# digits from MNIST's test set.
#
#   TRAIN=30000 TEST=5000   pairs, are the defaults
set -eu
out=${1:-data/same}
from=${2:-data/mnist}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$out"
${CC:-cc} -std=c11 -O2 -o "$dir/pairs" "$(dirname "$0")/../two_inputs/pairs.c"
pairs() { # PART COUNT SEED NAME
    for file in "$1-images-idx3-ubyte" "$1-labels-idx1-ubyte"; do
        gzip -cd "$from/$file.gz" >"$dir/$file" 2>/dev/null || cat "$from/$file" >"$dir/$file"
    done
    "$dir/pairs" "$2" "$3" "$dir" "$dir/$1-images-idx3-ubyte" "$dir/$1-labels-idx1-ubyte" same
    for array in left right same; do
        mv "$dir/$array.npy" "$out/$4-$array.npy"
    done
}
pairs train "${TRAIN:-30000}" 1 train
pairs t10k "${TEST:-5000}" 2 test
echo "$out: ${TRAIN:-30000} pairs to train, ${TEST:-5000} to test"
