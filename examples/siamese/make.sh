#!/bin/sh
# make.sh [FOLDER [DIGITS]] -- makes the pairs of same.net in FOLDER (data/same) from the digits of MNIST in DIGITS
# (data/mnist; examples/data/mnist-sample does, too). Every other pair shows one digit twice. Pairs for testing have
# digits from MNIST's test set.
#
#   TRAIN=30000 TEST=5000   pairs, are the defaults
set -eu
out=${1:-data/same}
from=${2:-data/mnist}
. "$(dirname "$0")/../two_inputs/pairs.sh"
mkdir -p "$out"
same() { # PART COUNT SEED NAME
    pairs "$1" "$2" "$3" same
    for array in left right same; do
        mv "$dir/$array.npy" "$out/$4-$array.npy"
    done
}
same train "${TRAIN:-30000}" 1 train
same t10k "${TEST:-5000}" 2 test
echo "$out: ${TRAIN:-30000} pairs to train, ${TEST:-5000} to test"
