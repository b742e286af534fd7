#!/bin/sh
# run.sh -- what numbers that are not numbers do, what long sums lose, and what compilers that take liberties with floats may not.
. tests/lib.sh

# ---- NaN: every op, each on two of the targets
{
    others='generic x86-64-v3 x86-64-v4 cortex-m armv8-a'
    for net in conv_same pool_max filter_pool pool_avg_same depthwise acts_words acts_layers dense_wide conv_only conv1d_causal; do
        for i in 1 2; do
            echo "nan $net ${others%% *}"
            others="${others#* } ${others%% *}"
        done
        [ $net != depthwise ] || others="${others#* } ${others%% *}"
    done
    for target in generic x86-64-v4 cortex-m; do
        echo "spread conv_only $target"
    done
} | while read -r line; do
    if wanted "numerics $line"; then echo "$line"; fi
done | in_parallel tests/numerics/one.sh
