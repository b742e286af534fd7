#!/bin/sh
# growth.sh -- what stacks of equal and of distinct layers cost: cnnc, the C compiler, lines of C, bytes of machine code. The networks
# given do not matter here; LAYERS="10" makes small stacks alone. Compiling 200 distinct layers takes minutes: only with GROWTH=all.
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
        awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "Conv2D %d 3x3 relu same\n", 8 + (n < 50 ? i * 50 / n : i) }'
    fi
    echo "GlobalAvgPool"
    echo "Dense 10 softmax"
    echo "train {"
    echo "  loss sparse_categorical_crossentropy"
    echo "}"
}

echo "| layers | | cnnc | $CC -O3 | lines of C | functions' bytes |"
echo "|---|---|---|---|---|---|"
for kind in equal distinct; do
    for layers in ${LAYERS:-10 50 200}; do
        name=stack_${kind}_$layers variant=$layers-$kind
        stack $layers $kind >"$OUT/$name.net"
        start=$(now)
        "$BUILD/cnnc" -o "$OUT/$name.c" "$OUT/$name.net"
        cnnc=$(since "$start") lines=$(wc -l <"$OUT/$name.c")
        record growth stack $variant cnnc_seconds "$cnnc"
        record growth stack $variant lines "$lines"
        if [ $variant = 200-distinct ] && [ "${GROWTH:-}" != all ]; then
            echo "| $layers | $kind | $cnnc s | | $lines | |"
            continue
        fi
        start=$(now)
        # shellcheck disable=SC2046
        $CC -O3 -march=native $("$BUILD/cnnc" --cflags) -c -o "$OUT/$name.o" "$OUT/$name.c"
        seconds=$(since "$start") bytes=$(size -A "$OUT/$name.o" | awk '/^\.text/ { n += $2 } END { print n }')
        record growth stack $variant cc_seconds "$seconds"
        record growth stack $variant text_bytes "$bytes"
        echo "| $layers | $kind | $cnnc s | $seconds s | $lines | $bytes |"
    done
done
