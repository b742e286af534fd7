#!/bin/sh
# simulate.sh NET... -- how many times faster than one thread a step would be on 16 cores, computed by each program's
# `bench --simulate` from the times of all threads' shares; ROUNDS (3) ask all of them, the middle one counts.
set -eu
. bench/lib.sh

THREADS=16
programs=
for net; do
    build_trainer "$net" simulate "$CC" "-O3 -march=native" || { echo "bench: $net does not build" >&2; continue; }
    programs="$programs $PROGRAM"
done
for round in $(rounds); do
    for program in $programs; do
        # shellcheck disable=SC2046
        CNN_DATA_DIR=$(digits) "$program" bench $(how_long) --simulate threads=$THREADS >"$program.$round.txt"
    done
done

# The middle round's number in front of a word: "12.3x one thread", "15 of them work".
of_rounds() { # PROGRAM PATTERN
    for round in $(rounds); do sed -n "s/.*$2.*/\\1/p" "$1.$round.txt"; done | sort -g | middle
}

echo "| network | $THREADS threads: us a step | times one thread | threads that work | of the time |"
echo "|---|---|---|---|---|"
for program in $programs; do
    name=$(basename "$program" -simulate)
    us=$(of_rounds "$program" 'threads: \([0-9.]*\) us') times=$(of_rounds "$program" ' \([0-9.]*\)x one')
    work=$(of_rounds "$program" '\(^[0-9]*\) of them work') busy=$(of_rounds "$program" ' \([0-9]*\)% of the time')
    echo "| $name | $us | $times | $work | $busy% |"
    record simulate "$name" threads=$THREADS step_us "$us"
    record simulate "$name" threads=$THREADS times_one_thread "$times"
    record simulate "$name" threads=$THREADS working "$work"
done
