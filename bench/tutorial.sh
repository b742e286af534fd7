#!/bin/sh
# tutorial.sh -- the tutorial's result: examples/mnist.net on all of MNIST, 5 epochs, seeds 1, 2, 3. Prints the table
# of README.md. Needs data/mnist (make data); nothing else should run meanwhile.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build} cc=${CC:-cc} out=${BUILD:-build}/tutorial data=${MNIST_DIR:-data/mnist}
[ -f "$data/train-images-idx3-ubyte" ] || { echo "tutorial: no MNIST in $data; 'make data' fetches it" >&2; exit 1; }
mkdir -p "$out"
"$build/cnnc" examples/mnist.net -o "$out/mnist.c"
"$cc" -O3 "$out/mnist.c" -I"$build/include" -L"$build" -lcnn -lz -lm -lpthread -o "$out/mnist"

echo "| seed | loss of the epochs | test accuracy | an epoch |"
echo "|---|---|---|---|"
for seed in 1 2 3; do
    begin=$(date +%s.%N)
    "$out/mnist" train --data-dir "$data" --seed "$seed" --log "$out/$seed.csv" >"$out/$seed.txt"
    end=$(date +%s.%N)
    losses=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "loss") c = i; next }
        { printf "%s%.4f", (NR > 2 ? ", " : ""), $c }' "$out/$seed.csv")
    accuracy=$(sed -n 's/^test.*accuracy: //p' "$out/$seed.txt")
    echo "$begin $end" | awk -v s="$seed" -v l="$losses" -v a="$accuracy" \
        '{ printf "| %s | %s | %s | %.2f s |\n", s, l, a, ($2 - $1) / 5 }'
    echo "$accuracy" >>"$out/accuracies.$$"
done
awk '{ sum += $1 } END { printf "| mean | | %.4f | |\n", sum / NR }' "$out/accuracies.$$"
rm -f "$out/accuracies.$$"
