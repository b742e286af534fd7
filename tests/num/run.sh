#!/bin/sh
# run.sh -- the numbers of generated programs (see make_fixtures.py): gradients and outputs of one batch against
# PyTorch, central differences, a hundred steps of each optimizer, dropout, the layers' own examples, random networks.
# RANDNETS=N and RANDGRAPHS=N set the numbers of random networks, from seed SEED (1) on.
. tests/lib.sh

: "${RANDNETS:=20}" "${RANDGRAPHS:=280}" "${SEED:=1}"
$CC -std=c11 -O2 -o "$TMP/compare" tests/num/compare.c -lz -lm || exit 1
$CC -std=c11 -O2 -o "$TMP/randnet" tests/num/randnet.c || exit 1
$CC -std=c11 -O2 -o "$TMP/randgraph" tests/num/randgraph.c || exit 1

cases() {
    # this machine, and by turns eight lanes, four, one (cortex-m), and four with many registers (armv8-a): plain C and
    # GNU vectors run anywhere; ALL=1: eight and four for every network
    others='x86-64-v3 generic x86-64-v3 cortex-m generic armv8-a'
    for net in tests/num/gradients/*.net; do
        for target in native ${ALL:+x86-64-v3 generic} ${others%% *}; do
            echo "gradients $(basename "$net" .net) $target"
        done
        others="${others#* } ${others%% *}"
    done
    for net in tests/num/ports/*.net; do
        for target in native ${ALL:+x86-64-v3 generic} ${others%% *}; do
            echo "ports $(basename "$net" .net) $target"
        done
        others="${others#* } ${others%% *}"
    done
    others='native cortex-m generic'
    for name in acts_conv dense_one dense_plane flatten_odd conv1d_causal conv_dilation conv_groups conv_same \
        conv_stride2_same depthwise depthwise_multiplier \
        mnist pool_avg_same pool_global_large pool_max pool_max_overlap pool_max_same filter_pool winograd; do
        [ ! -f tests/num/gradients/$name.net ] || echo "unrolled $name ${others%% *}"
        others="${others#* } ${others%% *}"
    done
    others='native x86-64-v3'
    for net in tests/num/checked/*.net; do
        for target in ${ALL:+native} ${others%% *}; do
            echo "checked $(basename "$net" .net) $target"
        done
        others="${others#* } ${others%% *}"
    done
    for net in tests/num/train/*.net; do
        echo "train $(basename "$net" .net)"
    done
    for net in tests/num/warp/*.net; do
        for target in native generic; do
            echo "warp $(basename "$net" .net) $target"
        done
    done
    printf 'dropout mask mask%s\n' '' ' dropout:dropout_plain'
    printf 'dropout slope %s\n' slope kin
    printf 'dropout draws %s\n' spatial alpha product sum 'spatial spatial_dropout2d:dropout_plain' \
        'product gaussian_dropout:noise_plain' \
        'sum gaussian_noise:noise_plain'
    "$BUILD/cnnc" --layers | awk '{ print "example", $1 }'
    [ "$RANDNETS" = 0 ] || seq "$SEED" $((SEED + RANDNETS - 1)) | sed 's/^/random /'
    [ "$RANDGRAPHS" = 0 ] || seq "$SEED" $((SEED + RANDGRAPHS - 1)) | sed 's/^/graph /'
}
cases | while read -r line; do
    wanted "num $line" && echo "$line"
done | in_parallel tests/num/case.sh

# Every layer is known to the generator of graphs, and what a run of it has seen is told.
if wanted 'num graph knows every layer'; then
    "$BUILD/cnnc" --layers | awk '{ print $1 }' | sort >"$TMP/layers"
    "$TMP/randgraph" --layers | sort >"$TMP/known"
    same 'num graph knows every layer' "$TMP/layers" "$TMP/known"
fi
if [ "$RANDGRAPHS" != 0 ] && wanted 'num graph'; then
    for seed in $(seq "$SEED" $((SEED + RANDGRAPHS - 1))); do
        "$TMP/randgraph" "$seed"
    done | awk -f tests/num/pairs.awk
fi
