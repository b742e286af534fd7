#!/bin/sh
# odd.sh "odd TARGET NUMBER" -- one of the networks with odd windows that the loops below make: its C gives no warning
# from gcc and clang.
. tests/lib.sh
target=${1#odd }
number=${target#* }
target=${target% *}
dir=$(mktemp -d "$TMP/odd.XXXXXX")
flags="-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only $("$BUILD/cnnc" --cflags)"

nets() { # a network a line, layers between ';'
    for stride in 1x2 2x1 3x1; do
        for padding in same valid; do
            both="stride=$stride padding=$padding" same="stride=$stride padding=same"
            echo "Input 9x11x5;DepthwiseConv2D 3x3 $both relu"
            echo "Input 9x11x16;DepthwiseConv2D 3x2 $both;DepthwiseConv2D 2x3 padding=same depth_multiplier=2"
            echo "Input 9x11x3;Conv2D 2 3x3 $both;Conv2D 6 2x3 $same relu;MaxPool 2x2 $same"
            echo "Input 12x13x8;Conv2D 16 3x3 $both groups=4 relu;AvgPool 3x2 $same"
        done
    done
    for dilation in 1x2 2x1; do
        by="dilation=$dilation"
        echo "Input 13x14x16;DepthwiseConv2D 3x3 $by padding=same;Conv2D 16 3x3 $by groups=2;MaxPool 2x3 stride=1x2"
    done
    echo "Input 1x64x1;Conv2D 4 1x15 stride=1x2;MaxPool 1x2;AvgPool 1x3 stride=1x2"
    echo "Input 64x3;Conv1D 5 3 padding=causal dilation=2;MaxPool1D 2;Conv1D 7 1"
}

nets | sed -n "${number}p" | tr ';' '\n' >"$dir/odd.net"
printf 'Flatten\nDense 1\ntrain {\n  loss mse\n}\n' >>"$dir/odd.net"
"$BUILD/cnnc" -w --target="$target" -o "$dir/odd.c" "$dir/odd.net" 2>"$dir/log" || fail "$1" <"$dir/log"
compilers='gcc clang'
[ "$target" != armv8-a ] || compilers=aarch64-linux-gnu-gcc
# flags are a list of words
# shellcheck disable=SC2086
for cc in $compilers; do
    command -v "$cc" >/dev/null || continue
    runs "$1, $cc" "$cc" $flags "$dir/odd.c"
done
rm -rf "$dir"
