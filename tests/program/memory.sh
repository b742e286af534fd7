#!/bin/sh
# memory.sh -- the numbers that cnnc prints about memory, and the limits that a user may set.
. tests/program/lib.sh
p="program memory:"
cnnc=$BUILD/cnnc
nets=$(ls "$ROOT"/examples/*.net "$ROOT"/bench/nets/*.net)
cd "$(folder memory)" || exit 1
cp "$HERE/tiny.net" .

bytes() { # LINE [OPTION...] NET -- prints the number of bytes after LINE in the summary
    line=$1
    shift
    "$cnnc" --summary "$@" 2>/dev/null | sed -n "s/^ $line: \([0-9,]*\) bytes.*/\1/p" | tr -d ,
}

# the arena is at most 15% above what is alive at once, for training and for inference
for net in $nets; do
    for emit in train infer; do
        for target in generic x86-64-v3 x86-64-v4; do
            arena=$(bytes Arena --emit=$emit --target=$target "$net")
            bound=$(bytes 'Arena, lower bound by liveness' --emit=$emit --target=$target "$net")
            [ "$arena" -ge "$bound" ] && [ $((arena * 100)) -le $((bound * 115)) ]
            check "$p the arena of $(basename "$net") ($emit, $target)" "$arena bytes, at least $bound"
        done
    done
done

# limits: exactly the needed memory is enough; a byte less is an error at the layer, and nothing is written
printf 'model small\nInput 8x8x1\nConv2D 8 3x3 relu\nMaxPool 2x2\nFlatten\nDense 300 relu\nlast: Dense 10 softmax\n' \
    >small.net
refused() { # NAME PATTERN OPTION...
    label=$1 wrong=$2
    shift 2
    says "$p $label" 1 "$wrong" "$cnnc" "$@" -o no.c small.net
    [ ! -e no.c ] && [ ! -e no.h ]
    check "$p $label: nothing written" "$(ls)"
}

enough() { # NET [OPTION...]
    net=$1
    shift
    ram=$(bytes 'RAM, one thread' "$@" "$net")
    flash=$(bytes 'Flash, weights of inference' "$@" "$net")
    says "$p enough for $(basename "$net") $*" 0 '' "$cnnc" "$@" --max-ram="$ram" --max-flash="$flash" -o small.c "$net"
    [ -s small.c ]
    check "$p enough for $(basename "$net") $*: written" "$(ls)"
    rm -f small.c small.h
}

enough small.net
enough "$ROOT/tests/num/gradients/dense.net" --emit=infer --weights="$ROOT/tests/num/gradients/dense/w.npz"
for emit in train infer; do
    set -- --emit=$emit
    [ $emit = train ] || set -- --emit=infer --weights=w.npz
    ram=$(bytes 'RAM, one thread' "$@" small.net)
    flash=$(bytes 'Flash, weights of inference' "$@" small.net)
    refused "--max-ram, $emit" \
        "small.net:[0-9]+:1: error: .* $ram bytes of RAM, but --max-ram allows $((ram - 1)); most is alive in" \
        "$@" --max-ram=$((ram - 1))
    more="$flash bytes of flash, but --max-flash allows $((flash - 1))"
    refused "--max-flash, $emit" "small.net:7:1: error: .* $more; with the weights of 'last'" \
        "$@" --max-flash=$((flash - 1))
    refused "--max-flash names an earlier layer, $emit" "with the weights of 'dense'" "$@" --max-flash=1K
done
for bad in '' x 1x 1KB -1 99999999999G; do
    says "$p --max-ram=$bad" 2 'takes a number of bytes' "$cnnc" --max-ram="$bad" -o no.c small.net
done
