#!/bin/sh
# run.sh [NAME...] -- trains the networks of this folder and prints the table of README.md: what each knows of the
# digits it has learnt, and of those it has never seen.
#
#   SEEDS="1 2 3"   EPOCHS=60   BUILD=build   CNN_DATA_DIR=examples/data/mnist-sample
#   CFLAGS="-O3 -march=native"   are the defaults
set -eu
cd "$(dirname "$0")/../.."
export CNN_DATA_DIR=${CNN_DATA_DIR:-examples/data/mnist-sample}
cnnc=${BUILD:-build}/cnnc cc=${CC:-cc} flags=${CFLAGS:--O3 -march=native} seeds=${SEEDS:-1 2 3} epochs=${EPOCHS:-60}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if [ $# = 0 ]; then set -- plain l2 dropout augment early_stopping together; fi

# "LOSS ACCURACY" of a line of `evaluate`; the loss without penalties, so that all are of one kind
score() { # PART
    "$dir/$name" evaluate --part "$1" --weights "$dir/$name.safetensors" |
        awk -F' - ' '{ for (i = 1; i <= NF; i++) { split($i, v, ": "); of[v[1]] = v[2] }
            print of["loss"] - of["penalty"], of["accuracy"] }'
}

echo "| | loss, train | loss, test | accuracy, train | accuracy, test | of the seeds | epochs |"
echo "|---|---|---|---|---|---|---|"
for name; do
    "$cnnc" -o "$dir/$name.c" "examples/overfitting/$name.net"
    # shellcheck disable=SC2046,SC2086
    $cc $flags -o "$dir/$name" "$dir/$name.c" $("$cnnc" --cflags --libs)
    for seed in $seeds; do
        "$dir/$name" train --seed "$seed" --epochs "$epochs" --quiet --save "$dir/$name.safetensors" \
            --log "$dir/log.csv" >"$dir/out"
        echo "$(score train) $(score test) $(awk -F, "END { print NR - 1 }" "$dir/log.csv")"
    done | awk -v name="$name" '
        { n++; for (i = 1; i <= 5; i++) sum[i] += $i
          all = all (n > 1 ? ", " : "") $4; lasts = lasts (n > 1 ? ", " : "") $5 }
        END {
            printf "| `%s.net` | %.4f | %.4f | %.4f | **%.4f** | %s | %s |\n",
                name, sum[1] / n, sum[3] / n, sum[2] / n, sum[4] / n, all, lasts
        }'
done
