#!/bin/sh
# benchmarks.sh -- `make bench` in short: its parts, its files, its table of bars.
. tests/program/lib.sh
p="program benchmarks:"
out=$(folder benchmarks)
cd "$ROOT" || exit 1

says "$p a step" 0 '^\| tiny \| made up \| 1 \| [0-9.]+ us' \
    env OUT="$out" BUILD="$BUILD" STEPS=20 PARTS=train sh bench/run.sh bench/nets/tiny.net
cp "$TMP/log.$$" "$out/said"
runs "$p a bar" grep -qE '^\| 2 \| mnist, one image.* not measured' "$out/said"
runs "$p a figure a line" awk -F, 'NF != 5 { exit 1 } END { exit NR < 10 }' "$out/results.csv"
runs "$p a kernel a line" grep -q '^tiny,conv2d,conv,' "$out/kernels.csv"
if command -v python3 >/dev/null; then
    runs "$p json is json" python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))' "$out/results.json"
fi
says "$p no such part" 2 "no part 'trian'" env OUT="$out" BUILD="$BUILD" PARTS=trian sh bench/run.sh bench/nets/tiny.net
says "$p a bar is a line of five or six" 0 '' \
    awk -F'|' '/^#/ { next } NF != 5 && NF != 6 || $3 !~ /^[<>]=$/ { exit 1 }' bench/bars.txt
