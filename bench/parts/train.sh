#!/bin/sh
# train.sh NET... -- the training step of each network on one and two threads, and where its time goes.
set -eu
. bench/lib.sh

echo "| network | data | threads | step, median | tenths | GFLOP/s nominal | FMA peak (best burst) | of the peak | of the best burst | update, GB/s (memcpy) |"
echo "|---|---|---|---|---|---|---|---|---|---|"
for net; do
    name=$(name_of "$net")
    build_trainer "$net" train "$CC" "-O3 -march=native" || { echo "bench: $net does not build" >&2; continue; }
    "$BUILD/cnnc" --summary "$net" 2>/dev/null | awk '/^ Arena: / { gsub(",", ""); a = $2 } /^ Arena, lower/ { gsub(",", ""); b = $6 } END { print a, b }' >"$PROGRAM.arena"
    read -r arena bound <"$PROGRAM.arena"
    record train "$name" "" arena_bytes "$arena"
    record train "$name" "" arena_bound_bytes "$bound"
    record train "$name" "" cnnc_seconds "$TIME_CNNC"
    record train "$name" "" cc_seconds "$TIME_CC"
    for threads in 2 1; do
        run_bench "$PROGRAM" $threads
        record_step train "$name" "threads=$threads" "$PROGRAM"
        record infer "$name" "batch;threads=$threads" us_an_image \
            "$(json "$PROGRAM.json" predict_batch.median_us | awk -v b="$(json "$PROGRAM.json" batch)" '{ printf "%.3f", $1 / b }')"
        record infer "$name" "batch;threads=$threads" of_peak "$(json "$PROGRAM.json" predict_batch.of_peak)"
        j=$PROGRAM.json
        echo "| $name | $(json "$j" data) | $(json "$j" threads) | $(json "$j" step.median_us) us |" \
            "$(json "$j" step.fastest_tenth_us)–$(json "$j" step.slowest_tenth_us) |" \
            "$(json "$j" step.gflops) | $(json "$j" peak_gflops) ($(json "$j" best_peak_gflops)) |" \
            "$(json "$j" step.of_peak) | $(json "$j" step.of_best) |" \
            "$(json "$j" update.gbytes_s) ($(json "$j" update.memcpy_gbytes_s)) |"
    done
    record train "$name" threads=1 update_gbytes_s "$(json "$PROGRAM.json" update.gbytes_s)"
    record train "$name" threads=1 memcpy_gbytes_s "$(json "$PROGRAM.json" update.memcpy_gbytes_s)"
    awk -v n="$name" 'NR == 1 { print "net," $0 } NR > 1 { print n "," $0 }' "$PROGRAM.bench.csv" >"$OUT/$name.kernels.csv"
done
