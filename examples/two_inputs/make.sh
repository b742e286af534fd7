#!/bin/sh
# make.sh [FOLDER [DIGITS]] -- makes the pairs of sum.net in FOLDER (data/pairs) from the digits of MNIST in DIGITS
# (data/mnist; examples/data/mnist-sample does, too). Pairs for testing have digits from MNIST's test set. An .npz is a
# zip file of .npy files; python3 packs it.
#
#   TRAIN=30000 TEST=5000   pairs, are the defaults
set -eu
out=${1:-data/pairs}
from=${2:-data/mnist}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$out"
${CC:-cc} -std=c11 -O2 -o "$dir/pairs" "$(dirname "$0")/pairs.c"
pairs() { # PART COUNT SEED NAME
    for file in "$1-images-idx3-ubyte" "$1-labels-idx1-ubyte"; do
        gzip -cd "$from/$file.gz" >"$dir/$file" 2>/dev/null || cat "$from/$file" >"$dir/$file"
    done
    "$dir/pairs" "$2" "$3" "$dir" "$dir/$1-images-idx3-ubyte" "$dir/$1-labels-idx1-ubyte"
    /usr/bin/python3 -m zipfile -c "$out/$4-pairs.npz" "$dir/left.npy" "$dir/right.npy" "$dir/sum.npy"
}
pairs train "${TRAIN:-30000}" 1 train
pairs t10k "${TEST:-5000}" 2 test
echo "$out: ${TRAIN:-30000} pairs to train, ${TEST:-5000} to test"
