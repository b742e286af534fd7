#!/bin/sh
# run.sh [NAME...] -- trains the ensembles of this folder and prints the table of README.md: the accuracy on the test
# set of a network alone, of the best member, and of all together.
#
#   SEEDS="1 2 3"   LIMIT=5000   EPOCHS= as the spec says   JOBS=2   BUILD=build   CNN_DATA_DIR=data/mnist
#   CFLAGS="-O3 -march=native"   are the defaults
set -eu
cd "$(dirname "$0")/../.."
export CNN_DATA_DIR=${CNN_DATA_DIR:-data/mnist}
cnnc=${BUILD:-build}/cnnc cc=${CC:-cc} flags=${CFLAGS:--O3 -march=native} seeds=${SEEDS:-1 2 3}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if [ $# = 0 ]; then set -- bagging voting snapshot boosting stacking; fi

fit() { # COMMAND OPTION...
    "$dir/$name" "$@" --limit "${LIMIT:-5000}" --seed "$seed" ${EPOCHS:+--epochs "$EPOCHS"}
}

echo "| | alone | best member | all together | of the seeds |"
echo "|---|---|---|---|---|"
for name; do
    "$cnnc" -o "$dir/$name.c" "examples/ensembles/$name.net"
    # shellcheck disable=SC2046,SC2086
    $cc $flags -o "$dir/$name" "$dir/$name.c" $("$cnnc" --cflags --libs)
    for seed in $seeds; do
        fit train | grep '^test - ' >"$dir/alone"
        fit ensemble --jobs "${JOBS:-2}" --save "$dir/$name.safetensors" >"$dir/all"
        # "accuracy: A" of each line, but not "oob_accuracy: A"
        sed -n 's/.* - accuracy: \([0-9.]*\).*/\1/p' "$dir/alone" "$dir/all" |
            awk '{ accuracy[NR] = $1 } END {
                     for (i = 2; i < NR; i++) if (accuracy[i] > best) best = accuracy[i]
                     print accuracy[1], best, accuracy[NR]
                 }'
    done | awk -v name="$name" '
        { n++; for (i = 1; i <= 3; i++) sum[i] += $i
          alone = alone (n > 1 ? ", " : "") $1; all = all (n > 1 ? ", " : "") $3 }
        END { printf "| `%s.net` | %.4f | %.4f | **%.4f** | %s against %s |\n",
            name, sum[1] / n, sum[2] / n, sum[3] / n, all, alone }'
done
