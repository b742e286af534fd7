#!/bin/sh
# generated.sh -- the C that cnnc emits. It gives no warning from gcc and clang, at -O0 and -O3; it is valid in a C++
# program; it has the same bytes every time and from both front ends; it runs without a report under sanitizers.
. tests/lib.sh

{
    targets='generic x86-64-v3 x86-64-v4' # by turns; ALL=1: all
    for net in examples/*.net; do
        for what in bytes header gcc-O0 gcc-O3 clang-O0 clang-O3 ${ALL:+$targets} ${targets%% *} sanitized; do
            echo "$what $net"
        done
        targets="${targets#* } ${targets%% *}"
    done
    echo "gcc-O3 tests/num/train/sgd.net" # a batch is one chunk, so gcc knows what its loop does
    echo "cxx examples/mnist.net"
    echo "cxx examples/embed/ring.net" # a network without metrics
    for net in tests/num/gradients/*.net tests/num/warp/*.net; do
        [ ! -f "$net" ] || echo "quick $net"
    done
} | while read -r line; do
    if wanted "$line"; then echo "$line"; fi
done | in_parallel tests/generated/one.sh

# ---- windows that are not square, each on one of the targets
{
    others='generic x86-64-v3 x86-64-v4 armv8-a cortex-m'
    for number in $(seq 28); do
        echo "odd ${others%% *} $number"
        others="${others#* } ${others%% *}"
    done
} | while read -r line; do
    if wanted "$line"; then echo "$line"; fi
done | in_parallel tests/generated/odd.sh
