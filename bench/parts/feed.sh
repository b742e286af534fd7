#!/bin/sh
# feed.sh NET... -- does the trainer wait for its data? The wall time of an epoch of MNIST against its steps times the
# time of a step, one thread. Of the networks given: mnist.
set -eu
. bench/lib.sh

seconds_of() { # PROGRAM EPOCHS
    start=$(now)
    CNN_DATA_DIR=$(digits) "$1" train --quiet --threads 1 --epochs "$2"
    since "$start"
}

for net; do
    name=$(name_of "$net")
    [ "$name" = mnist ] || continue
    build_trainer "$net" feed "$CC" "-O3 -march=native"
    rows=60000
    [ "$(digits)" = data/mnist ] || rows=$(awk 'BEGIN { print 6000 }')
    run_bench "$PROGRAM" 1
    before=$(json "$PROGRAM.json" step.median_us) batch=$(json "$PROGRAM.json" batch)
    one=$(seconds_of "$PROGRAM" 1) three=$(seconds_of "$PROGRAM" 3)
    run_bench "$PROGRAM" 1
    after=$(json "$PROGRAM.json" step.median_us)
    echo "$one $three $before $after $rows $batch" | awk -v r="$RESULTS" '{
        epoch = ($2 - $1) / 2; steps = int(($5 + $6 - 1) / $6); step = ($3 + $4) / 2e6
        printf "An epoch of %d digits: %.3f s; %d steps of %.1f us: %.3f s; ratio %.3f\n",
            $5, epoch, steps, step * 1e6, steps * step, epoch / (steps * step)
        printf "feed,mnist,threads=1,epoch_seconds,%.4f\nfeed,mnist,threads=1,epoch_over_steps,%.4f\n",
            epoch, epoch / (steps * step) >>r }'
done
