#!/bin/sh
# bench.sh -- `bench`: the form of its table, its files, which data it takes, and its refusals. No figures are tested
# here.
. tests/program/lib.sh
p="program bench:"
cd "$(folder bench)" || exit 1
unset CNN_DATA_DIR

says "$p a table of kernels" 0 '^conv2d +conv +[a-z_]+ +[0-9.]+ +[0-9.]+%' "$TINY" bench --steps 5 --csv a.csv \
    --json a.json
cp "$TMP/log.$$" table
runs "$p says what the data are" grep -q 'data: made up' table
runs "$p says what the peak is" grep -qE '^FMA peak, one core: [0-9.]+ GFLOP/s' table
runs "$p ends with the step" \
    grep -qE '^step, 1 thread: [0-9.]+ us median of 5 .* [0-9.]+ of the peak \(of the best burst: [0-9.]+\)$' table
runs "$p says how near memory the update is" grep -qE '^update: [0-9.]+ MB .*memcpy of as many: [1-9][0-9.]* GB/s' table
runs "$p and predictions" grep -qE '^predict, a batch: [0-9.]+ us an image' table
says "$p real data when they are there" 0 'data: real' "$TINY" bench --steps 3 --data-dir "$DATA"
says "$p a folder without them" 1 'train' "$TINY" bench --steps 3 --data-dir "$TMP"
mkdir cut && cp "$DATA"/* cut && head -c 20 "$DATA/train-x" >cut/train-x
says "$p data that cannot be read are not made up" 1 'cut/train-x: ' env CNN_DATA_DIR=cut "$TINY" bench --steps 3
rm -r cut
says "$p two threads" 0 '^step, 2 threads' "$TINY" bench --steps 5 --threads 2 --json b.json
runs "$p in the file, too" grep -q '"threads": 2' b.json
runs "$p quiet" sh -c '[ -z "$("$0" bench --steps 2 --quiet)" ]' "$TINY"
runs "$p leaves nothing behind" sh -c '[ "$(ls)" = "a.csv
a.json
b.json
table" ]'

# the operations of all layers' kernels add up to the summary's count
macs=$(awk -F, 'NR > 1 && $2 != "all" { n += $6 } END { printf "%d", n }' a.csv)
want=$("$BUILD/cnnc" --summary "$HERE/tiny.net" | awk '/forward, .* in training/ { gsub(",", "", $6); print $6 }')
batch=$(sed -n 's/.*"batch": \([0-9]*\),.*/\1/p' a.json)
[ "$macs" = $((want * batch)) ]
check "$p counts multiply-adds as the summary does" "$macs, not $want * $batch"
runs "$p csv has a column a heading" awk -F, 'NF != 10 { exit 1 } END { exit NR < 10 }' a.csv
for field in name target batch chunk threads data core_peak_gflops peak_gflops best_peak_gflops of_best macs step \
    predict_one predict_batch update kernels; do
    grep -q "\"$field\":" a.json || echo "no $field"
done >missing
runs "$p json has every field" test ! -s missing
if command -v python3 >/dev/null; then
    runs "$p json is json" python3 -c \
        'import json, sys; d = json.load(open(sys.argv[1])); assert d["kernels"] and d["step"]["median_us"] > 0' a.json
fi

if command -v gnuplot >/dev/null; then
    says "$p a plot" 0 '' "$TINY" bench --steps 3 --plot "it's.svg"
    runs "$p which is SVG" grep -q '<svg' "it's.svg"
fi
mkdir bin && says "$p no gnuplot" 1 'gnuplot' env PATH="$PWD/bin" "$TINY" bench --steps 3 --plot p.svg
says "$p a file that cannot be written" 1 'no/such' "$TINY" bench --steps 3 --csv no/such/a.csv
says "$p simulated threads" 0 '^2 threads: [0-9.]+ us a step, [0-9.]+x one thread$' "$TINY" bench --seconds 0.1 \
    --simulate threads=2
says "$p simulated ranks" 0 '^64 ranks: [0-9.]+ us a step, [0-9.]+x one rank$' "$TINY" bench --seconds 0.1 \
    --simulate ranks=64 bandwidth=10G latency=20us
says "$p simulated ranks from few steps" 0 '^64 ranks: [0-9.]+ us a step' "$TINY" bench --steps 3 \
    --simulate ranks=64 bandwidth=10G latency=20us
says "$p no simulated threads" 1 'threads=N' "$TINY" bench --simulate cores=2
says "$p too many steps" 2 'steps' "$TINY" bench --steps 1000000
says "$p no steps" 2 'steps' "$TINY" bench --steps 0
says "$p --csv is its own" 2 'csv' "$TINY" train --csv a.csv
says "$p help" 0 '--plot' "$TINY" bench -h

# without bench: the program is otherwise the same, and `bench` says why it cannot run
# shellcheck disable=SC2046
runs "$p -DCNN_NO_BENCH compiles" $CC -std=c11 -O3 -march=native -DCNN_NO_BENCH -Wall -Wextra -Wpedantic -Werror \
    -o without "$TINY.c" \
    $("$BUILD/cnnc" --cflags --libs)
says "$p -DCNN_NO_BENCH says so" 1 'CNN_NO_BENCH' ./without bench

# measuring times changes no bit of training
"$TINY" train --data-dir "$DATA" --epochs 1 --quiet --save with.npz >log 2>&1
./without train --data-dir "$DATA" --epochs 1 --quiet --save without.npz >>log 2>&1
runs "$p training is the same without" cmp with.npz without.npz
