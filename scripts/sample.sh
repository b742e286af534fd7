#!/bin/sh
# sample.sh -- makes examples/data/mnist-sample from the full set in data/mnist (`make data`). The result is committed.
set -eu
cd "$(dirname "$0")/.."
from=data/mnist
to=examples/data/mnist-sample
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
${CC:-cc} -std=c11 -O1 -o "$tmp/sample" scripts/sample.c
mkdir -p "$to"
for part in train:6000 t10k:1000; do
    x=${part%:*}-images-idx3-ubyte
    y=${part%:*}-labels-idx1-ubyte
    "$tmp/sample" "${part#*:}" "$from/$x" "$from/$y" "$tmp/$x" "$tmp/$y"
    gzip -9n "$tmp/$x" "$tmp/$y"
    cp "$tmp/$x.gz" "$tmp/$y.gz" "$to"
done
ls -l "$to"
