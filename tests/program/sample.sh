#!/bin/sh
# sample.sh -- the tutorial's network on the digits that come with cnnc: after two epochs most answers must be right.
. tests/program/lib.sh
p="program sample:"
cd "$(folder sample)" || exit 1
build "$ROOT/examples/mnist.net" ./mnist
check "$p builds" "$(cat mnist.log)" || exit
says "$p summary" 0 '93,322' ./mnist summary
./mnist train --data-dir "$SAMPLE" --epochs 2 --log log.csv --save w.safetensors >out 2>&1
check "$p trains" "$(tail -c 2000 out)"
./mnist evaluate --data-dir "$SAMPLE" --weights w.safetensors >out 2>&1
check "$p evaluates" "$(tail -c 2000 out)"
says "$p accuracy of at least 0.94" 0 yes awk '
    { if (match($0, /accuracy: [0-9.]+/)) a = substr($0, RSTART + 10, RLENGTH - 10) }
    END { print (a >= 0.94 ? "yes" : "no: " a) }' out
says "$p the loss falls" 0 yes awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "loss") c = i }
    NR > 1 { v[NR] = $c }
    END { print (v[3] < v[2] / 2 ? "yes" : "no") }' log.csv
