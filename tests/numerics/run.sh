#!/bin/sh
# run.sh -- NaN in every op, the errors of long sums, and compiler options that relax the rules of floats.
. tests/lib.sh

$CC -std=c11 -O2 -o "$TMP/compare" tests/num/compare.c -lz -lm || exit 1

for tool in s390x-linux-gnu-gcc qemu-s390x; do
    command -v $tool >/dev/null ||
        echo "skipped numerics with the high byte first: no $tool" \
            "(Debian: gcc-s390x-linux-gnu, libc6-dev-s390x-cross, qemu-user)"
done

# ---- NaN: every op, each on two of the targets
{
    others='generic x86-64-v3 x86-64-v4 cortex-m armv8-a'
    for net in conv_same pool_max filter_pool pool_avg_same depthwise acts_words acts_layers dense_wide conv_only \
        conv1d_causal batch_norm batch_norm_frozen norms norms_flat prelu acts_smooth acts_bent acts_axes formulas; do
        for i in 1 2; do
            echo "nan $net ${others%% *}"
            others="${others#* } ${others%% *}"
        done
        [ $net != depthwise ] || others="${others#* } ${others%% *}"
    done
    for target in generic x86-64-v4 cortex-m; do
        echo "spread conv_only $target"
    done
    # ---- layers that cut the values of pictures, while they train: each must pass on what it gets
    echo "trained RandomBrightness,RandomContrast,RandomColorDegeneration,RandomSaturation,RandomHue,Solarization,\
RandomSharpness,Equalization generic"
    # ---- options that allow what IEEE 754 does not: the numbers stay PyTorch's, and NaN stays NaN
    for cc in 'gcc -Ofast' 'clang -Ofast' 'gcc -O2 -funsafe-math-optimizations' \
        'clang -O2 -funsafe-math-optimizations' \
        'gcc -O2 -ffinite-math-only' 'clang -O2 -ffinite-math-only' \
        'i686-linux-gnu-gcc -static -O2 -std=c99 -Wall -Wextra -Wpedantic -Werror'; do
        echo "options acts_words generic $cc"
    done
    for cc in 'gcc -O2 -mfpmath=387' 'gcc -Ofast' 'clang -Ofast'; do
        echo "options pool_max cortex-m $cc"
    done
    # ---- a machine that has the high byte first
    for net in conv_same pool_max; do
        echo "options $net cortex-m s390x-linux-gnu-gcc -static -O2"
        echo "options $net generic s390x-linux-gnu-gcc -static -O2"
    done
    for cc in 'gcc -Ofast' 'clang -Ofast'; do
        echo "trainer acts_layers generic $cc"
    done
} | while read -r line; do
    if wanted "numerics $line"; then echo "$line"; fi
done | in_parallel tests/numerics/one.sh

# ---- long sums
! wanted "numerics long" || sh tests/numerics/long.sh
