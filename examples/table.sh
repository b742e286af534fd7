#!/bin/sh
# table.sh FILE.net... -- trains each of the networks with several seeds and prints a table of what they know of the
# data they have learnt, and of data that they have never seen. CNN_DATA_DIR names the folder of the data.
#
#   SEEDS="1 2 3"   BUILD=build   are the defaults; EPOCHS=N trains for N instead of what the files say
set -eu
cnnc=${BUILD:-$(dirname "$0")/../build}/cnnc
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

accuracy() { # PART
    "$dir/$name" evaluate --part "$1" --weights "$dir/$name.safetensors" | sed 's/.*accuracy: \([0-9.]*\).*/\1/'
}

echo "| | parameters | accuracy, train | accuracy, test | of the seeds |"
echo "|---|---|---|---|---|"
for net; do
    name=$(basename "$net" .net)
    "$cnnc" -o "$dir/$name.c" "$net"
    # shellcheck disable=SC2046
    ${CC:-cc} -O3 -march=native -o "$dir/$name" "$dir/$name.c" $("$cnnc" --cflags --libs)
    parameters=$("$dir/$name" summary | sed -n 's/ Total params: \([0-9,]*\).*/\1/p')
    for seed in ${SEEDS:-1 2 3}; do
        "$dir/$name" train --seed "$seed" ${EPOCHS:+--epochs "$EPOCHS"} --quiet \
            --save "$dir/$name.safetensors" >"$dir/out"
        echo "$(accuracy train) $(accuracy test)"
    done | awk -v name="$name" -v parameters="$parameters" '
        { train += $1; test += $2; all = all (NR > 1 ? ", " : "") $2 }
        END { printf "| `%s.net` | %s | %.4f | **%.4f** | %s |\n", name, parameters, train / NR, test / NR, all }'
done
