#!/bin/sh
# run.sh -- inference alone (--emit=infer): plain C99 without dependencies, which computes the numbers of the trainer
# and of PyTorch.
. tests/lib.sh

$CC -std=c11 -O2 -o "$TMP/compare" tests/num/compare.c -lz -lm || exit 1

# weights and images for the example, which has no fixture
data=examples/data/mnist-sample
{
    "$BUILD/cnnc" -o "$TMP/mnist.c" examples/mnist.net
    # shellcheck disable=SC2046
    $CC -O1 -o "$TMP/mnist" "$TMP/mnist.c" $("$BUILD/cnnc" --cflags --libs)
    "$TMP/mnist" train --epochs 1 --limit 256 --quiet --data-dir $data --save "$TMP/mnist.safetensors"
    printf "\223NUMPY\001\000\166\000%-117s\n" "{'descr': '|u1', 'fortran_order': False, 'shape': (9, 28, 28, 1), }"
    gzip -dc $data/t10k-images-idx3-ubyte.gz | tail -c +17 | head -c 7056
} >"$TMP/mnist.npy"

{
    # by turns; ALL=1: this machine for every network, too
    others='native cortex-m native armv8-a native generic'
    for net in tests/num/gradients/*.net; do
        for target in ${ALL:+native} ${others%% *}; do
            echo "numbers $(basename "$net" .net) $target"
        done
        others="${others#* } ${others%% *}"
    done
    for net in acts_words conv_same dense_one; do
        [ ! -f tests/num/gradients/$net.net ] || echo "separate $net native"
    done
    for net in conv_same pool_max pool_avg_same depthwise dense_one flatten_odd; do
        for target in native cortex-m; do
            [ ! -f tests/num/gradients/$net.net ] || echo "unrolled $net $target"
        done
    done
    for target in native generic x86-64-v3 x86-64-v4 cortex-m armv8-a; do
        echo "warnings acts_words $target"
        echo "warnings example $target"
    done
    for what in needs bytes trainer own_scratch sanitized messages; do
        echo "$what example native"
    done
    echo "nothing none native"
    echo "nothing none cortex-m"
    echo "limited example x86-64-v4"
} | while read -r line; do
    if wanted "infer $line"; then echo "$line"; fi
done | in_parallel tests/infer/one.sh
