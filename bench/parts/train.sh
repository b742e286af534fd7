#!/bin/sh
# train.sh NET... -- the training step of each network on one and two threads, and where its time goes. ROUNDS (3)
# times all of them, one after the other: what stands here is of each network's middle round, so that a neighbour's
# busy minute does not decide.
set -eu
. bench/lib.sh

middle_round() { # PROGRAM THREADS -- its number, by how much of the peak the step was
    for round in $(rounds); do
        echo "$(json "$1.$2.$round.json" step.of_peak) $round"
    done | sort -g | middle | sed 's/.* //'
}

programs=
for net; do
    name=$(name_of "$net")
    build_trainer "$net" train "$CC" "-O3 -march=native" || { echo "bench: $net does not build" >&2; continue; }
    "$BUILD/cnnc" --summary "$net" 2>/dev/null |
        awk '/^ Arena: / { gsub(",", ""); a = $2 } /^ Arena, lower/ { gsub(",", ""); b = $6 } END { print a, b }' \
        >"$PROGRAM.arena"
    read -r arena bound <"$PROGRAM.arena"
    record train "$name" "" arena_bytes "$arena"
    record train "$name" "" arena_bound_bytes "$bound"
    record train "$name" "" cnnc_seconds "$TIME_CNNC"
    record train "$name" "" cc_seconds "$TIME_CC"
    programs="$programs $PROGRAM"
done

for round in $(rounds); do
    for program in $programs; do
        for threads in 2 1; do
            run_bench "$program" $threads
            mv "$program.json" "$program.$threads.$round.json"
            mv "$program.bench.csv" "$program.$threads.$round.csv"
        done
    done
done

echo "| network | data | threads | step, median | tenths | GFLOP/s nominal | FMA peak (best burst) |" \
    "of the peak (all rounds) | of the best burst | update, GB/s (memcpy) |"
echo "|---|---|---|---|---|---|---|---|---|---|"
for program in $programs; do
    name=$(basename "$program" -train)
    for threads in 2 1; do
        middle=$program.$threads.$(middle_round "$program" $threads)
        j=$middle.json
        record_step train "$name" "threads=$threads" "$middle"
        record infer "$name" "batch;threads=$threads" us_an_image \
            "$(json "$j" predict_batch.median_us | awk -v b="$(json "$j" batch)" '{ printf "%.3f", $1 / b }')"
        record infer "$name" "batch;threads=$threads" of_peak "$(json "$j" predict_batch.of_peak)"
        all=$(for round in $(rounds); do json "$program.$threads.$round.json" step.of_peak; done | xargs printf '%.2f ')
        echo "| $name | $(json "$j" data) | $(json "$j" threads) | $(json "$j" step.median_us) us |" \
            "$(json "$j" step.fastest_tenth_us)–$(json "$j" step.slowest_tenth_us) |" \
            "$(json "$j" step.gflops) | $(json "$j" peak_gflops) ($(json "$j" best_peak_gflops)) |" \
            "$(json "$j" step.of_peak) (${all% }) | $(json "$j" step.of_best) |" \
            "$(json "$j" update.gbytes_s) ($(json "$j" update.memcpy_gbytes_s)) |"
    done
    record train "$name" threads=1 update_gbytes_s "$(json "$j" update.gbytes_s)"
    record train "$name" threads=1 memcpy_gbytes_s "$(json "$j" update.memcpy_gbytes_s)"
    awk -v n="$name" 'NR == 1 { print "net," $0 } NR > 1 { print n "," $0 }' "$middle.csv" >"$OUT/$name.kernels.csv"
done
