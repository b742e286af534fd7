#!/bin/sh
# growth.sh -- what stacks of equal and of distinct layers cost: cnnc, the C compiler, lines of C, bytes of machine
# code. The networks given do not matter here; LAYERS="10" makes small stacks alone. Compiling 200 distinct layers
# takes minutes: only with GROWTH=all.
set -eu
. bench/lib.sh

stack() { # LAYERS equal|distinct
    echo "model stack_$2_$1"
    echo "Input 16x16x16"
    if [ "$2" = equal ]; then
        echo "repeat $1 {"
        echo "  Conv2D 16 3x3 relu same"
        echo "}"
    else
        # few widths are spread as far as many: wide layers have larger tiles, and more kinds of them
        awk -v n="$1" 'BEGIN {
            for (i = 1; i <= n; i++) printf "Conv2D %d 3x3 relu same\n", 8 + (n < 50 ? i * 50 / n : i) }'
    fi
    echo "GlobalAvgPool"
    echo "Dense 10 softmax"
    echo "train {"
    echo "  loss sparse_categorical_crossentropy"
    echo "}"
}

# So short a time is that of ten runs, whole, starting the program included.
cnnc_seconds() { # NET FILE
    start=$(now)
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        "$BUILD/cnnc" -o "$2" "$1"
    done
    since "$start" | awk '{ printf "%.4f", $1 / 10 }'
}

echo "| layers | | cnnc | $CC -O3 | C: lines | bytes | object: functions' bytes | all bytes |"
echo "|---|---|---|---|---|---|---|---|"
for kind in equal distinct; do
    for layers in ${LAYERS:-10 50 200}; do
        name=stack_${kind}_$layers variant=$layers-$kind
        stack $layers $kind >"$OUT/$name.net"
        cnnc=$(cnnc_seconds "$OUT/$name.net" "$OUT/$name.c") \
            lines=$(wc -l <"$OUT/$name.c") text=$(wc -c <"$OUT/$name.c")
        record growth stack $variant cnnc_seconds "$cnnc"
        record growth stack $variant lines "$lines"
        record growth stack $variant c_bytes "$text"
        if [ $variant = 200-distinct ] && [ "${GROWTH:-}" != all ]; then
            echo "| $layers | $kind | $cnnc s | | $lines | $text | | |"
            continue
        fi
        start=$(now)
        # shellcheck disable=SC2046
        $CC -O3 -march=native $("$BUILD/cnnc" --cflags) -c -o "$OUT/$name.o" "$OUT/$name.c"
        seconds=$(since "$start") bytes=$(size -A "$OUT/$name.o" | awk '/^\.text/ { n += $2 } END { print n }')
        object=$(wc -c <"$OUT/$name.o")
        record growth stack $variant cc_seconds "$seconds"
        record growth stack $variant text_bytes "$bytes"
        record growth stack $variant object_bytes "$object"
        echo "| $layers | $kind | $cnnc s | $seconds s | $lines | $text | $bytes | $object |"
    done
done
