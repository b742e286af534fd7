#!/bin/sh
# deep.sh -- a ResNet of 200 layers: what it costs to compile; and what --recompute gives and takes, also of resnet.net
# and vgg.net. The networks given do not matter here.
set -eu
. bench/lib.sh

deep=$OUT/resnet200.net
sed 's/^model resnet$/model resnet200/; s/^repeat 3 /repeat 33 /; s/^repeat 2 /repeat 32 /' bench/nets/resnet.net \
    >"$deep"

summary_seconds() { # the least of some
    for _ in 1 2 3 4 5; do
        start=$(now)
        "$BUILD/cnnc" -w --summary "$1" >"$OUT/summary.txt"
        since "$start"
        echo
    done | sort -g | sed -n 1p
}

arena() { # NAME VARIANT FILE
    record deep "$1" "$2" arena_bytes "$(sed -n 's/,//g; s/^ Arena: \([0-9]*\) bytes.*/\1/p' "$3")"
    record deep "$1" "$2" arena_bound_bytes "$(sed -n 's/,//g; s/^ Arena lower.*: \([0-9]*\) bytes.*/\1/p' "$3")"
}

figure() { # NAME VARIANT FIGURE
    awk -F, -v n="$1" -v v="$2" -v f="$3" '$1 == "deep" && $2 == n && $3 == v && $4 == f { print $5 }' "$RESULTS"
}

seconds=$(summary_seconds "$deep")
record deep resnet200 "" summary_seconds "$seconds"
echo "cnnc --summary of 200 layers: $seconds s"
echo
echo "| network | | cnnc | $CC -O3 | arena | at least | step, medians |"
echo "|---|---|---|---|---|---|---|"
for net in "$deep" bench/nets/resnet.net bench/nets/vgg.net; do
    name=$(name_of "$net")
    for variant in whole again; do
        option=-w
        if [ $variant = again ]; then option=--recompute; fi
        build_trainer "$net" $variant "$CC" "-O3 -march=native" -w $option
        "$BUILD/cnnc" -w --summary $option "$net" >"$OUT/summary.txt"
        arena "$name" $variant "$OUT/summary.txt"
        eval "cnnc_$variant=$TIME_CNNC cc_$variant=$TIME_CC program_$variant=$PROGRAM"
    done
    record deep "$name" "" cc_seconds "${cc_whole:?}"
    : >"$OUT/whole.us" && : >"$OUT/again.us"
    for _ in $(rounds); do
        for variant in whole again; do
            eval "program=\$program_$variant"
            run_bench "$program" 1 >"$OUT/deep.log"
            json "$program.json" step.median_us >>"$OUT/$variant.us"
        done
    done
    for variant in whole again; do
        record deep "$name" $variant step_us "$(mean <"$OUT/$variant.us")"
        eval "echo \"| $name | $variant | \$cnnc_$variant s | \$cc_$variant s | \
$(figure "$name" $variant arena_bytes) | $(figure "$name" $variant arena_bound_bytes) | \
$(tr '\n' ' ' <"$OUT/$variant.us") |\""
    done
done
