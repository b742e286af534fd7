#!/bin/sh
# cliffs.sh -- the shapes of cliffs.txt, one layer each with its gradients, against the peak of the lanes that its
# channels can fill; with the vectors of AVX-512 and of AVX2. Networks that are given do not matter here.
set -eu
. bench/lib.sh

net_of() { # INPUT LAYER -- the layer behind one that gives its data a gradient
    case $1 in *x*x*) before="Conv2D ${1##*x} 1x1" ;; *) before="Conv1D ${1##*x} 1" ;; esac
    printf 'Input %s\n%s relu\n%s\nGlobalAvgPool\nDense 3 softmax\n' "$1" "$before" "$2"
    printf 'train {\n  optimizer sgd\n  loss sparse_categorical_crossentropy\n  epochs 1 batch=32 seed=1\n}\n'
}

# Multiply-adds of the third layer over what the lanes that are of use would have done in its time.
of_useful() { # CSV CHANNELS LANES
    awk -F, -v channels="$2" -v lanes="$3" '
        NR > 1 && $6 > 0 && $8 > 0 { if (!($1 in time)) order[++n] = $1; work[$1] += $6; time[$1] += $6 / $8 }
        END {
            whole = lanes * int((channels + lanes - 1) / lanes)
            if (n > 1)
                printf "%.4f", work[order[2]] / time[order[2]] * whole / channels
        }' "$1"
}

echo "| shape | target | of the peak of useful lanes |"
echo "|---|---|---|"
for target in x86-64-v4 x86-64-v3; do
    [ $target = x86-64-v4 ] && lanes=16 || lanes=8
    least=
    while IFS='|' read -r name channels input layer; do
        case $name in '#'*) continue ;; esac
        net_of "$input" "$layer" >"$OUT/$name.net"
        build_trainer "$OUT/$name.net" "cliff-$target" "$CC" -O3 -w --target=$target ||
            { echo "bench: not for $target" >&2; continue; }
        run_bench "$PROGRAM" 1 </dev/null || { echo "bench: this machine does not run $target" >&2; break; }
        figure=$(of_useful "$PROGRAM.bench.csv" "$channels" "$lanes")
        record cliffs "$name" "$target" of_useful "$figure"
        least=$(printf '%s\n%s\n' "$figure" "$least" | awk 'NF' | sort -g | head -1)
        echo "| $name: $layer | $target | $figure |"
    done <bench/cliffs.txt
    record cliffs shapes "$target" least_of_useful "$least"
done
