#!/bin/sh
# make.sh [FOLDER] -- fetches the pictures of cells.net into FOLDER (data/cells): 2,624 solar cells in the light that
# they give off under current, of 44 modules. Each was judged by people: the probability that it is defective. Cells
# from 1/2 on are `broken`, the others `whole`; every fifth is for testing.
set -eu
out=${1:-data/cells}
[ -d "$out/test/whole" ] && { echo "$out: is there"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
/usr/bin/python3 -m pip download --quiet --no-deps --dest "$dir" elpv-dataset || {
    echo "make.sh: elpv-dataset could not be fetched" >&2
    exit 1
}
/usr/bin/python3 -m zipfile -e "$dir"/elpv_dataset-*.whl "$dir"
rm -rf "$out.tmp" && mkdir -p "$out.tmp"
for part in train test; do
    mkdir -p "$out.tmp/$part/whole" "$out.tmp/$part/broken"
done
tr -s ' ' <"$dir/elpv_dataset/data/labels.csv" | awk '{
    print $1, (NR % 5 ? "train" : "test"), ($2 >= 0.5 ? "broken" : "whole") }' |
    while read -r picture part class; do
        mv "$dir/elpv_dataset/data/$picture" "$out.tmp/$part/$class/"
    done
mv "$out.tmp" "$out"
for folder in "$out"/*/*; do
    echo "$folder: $(find "$folder" -name '*.png' | wc -l) pictures"
done
