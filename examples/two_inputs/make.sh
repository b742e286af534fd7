#!/bin/sh
# make.sh [FOLDER [DIGITS]] -- makes the pairs of sum.net in FOLDER (data/pairs) from the digits of MNIST in DIGITS
# (data/mnist; examples/data/mnist-sample does, too). Pairs for testing have digits from MNIST's test set. An .npz is a
# zip file of .npy files; python3 packs it.
#
#   TRAIN=30000 TEST=5000   pairs, are the defaults
set -eu
out=${1:-data/pairs}
from=${2:-data/mnist}
. "$(dirname "$0")/pairs.sh"
mkdir -p "$out"
sums() { # PART COUNT SEED NAME
    pairs "$1" "$2" "$3"
    /usr/bin/python3 -m zipfile -c "$out/$4-pairs.npz" "$dir/left.npy" "$dir/right.npy" "$dir/sum.npy"
}
sums train "${TRAIN:-30000}" 1 train
sums t10k "${TEST:-5000}" 2 test
echo "$out: ${TRAIN:-30000} pairs to train, ${TEST:-5000} to test"
