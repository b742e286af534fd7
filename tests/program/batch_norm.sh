#!/bin/sh
# batch_norm.sh -- statistics of the whole batch: the same bits for any number of threads, and after a resume; running
# statistics are parameters that files carry.
. tests/program/lib.sh
p="program batch_norm:"
cd "$(folder batch_norm)" || exit 1
build "$HERE/batch_norm.net" ./bn
check "$p builds" "$(cat bn.log)" || exit 0

train() { # FILE OPTION...
    file=$1
    shift
    ./bn train --data-dir "$DATA" --quiet --save "$file" "$@" >log 2>&1 || fail "$p trains" <log
}
train 1.safetensors --threads 1 --log 1.csv
for n in 2 3 5; do
    train $n.safetensors --threads $n --log $n.csv
    runs "$p $n threads: weights" cmp 1.safetensors $n.safetensors
    runs "$p $n threads: log" sh -c "cut -d, -f 1-3 1.csv >a; cut -d, -f 1-3 $n.csv >b; cmp a b"
done
train half.safetensors --epochs 2
train resumed.safetensors --resume half.safetensors --threads 2
runs "$p resumed" cmp 1.safetensors resumed.safetensors
for name in batch_normalization.moving_mean bn.moving_variance batch_normalization_1.moving_mean; do
    says "$p the file has $name" 0 "" grep -q "\"$name\"" 1.safetensors
done
says "$p gradcheck" 0 "worst relative error" ./bn gradcheck --weights 1.safetensors
says "$p summary" 0 "Non-trainable params: 62 " ./bn summary
says "$p evaluate" 0 "accuracy: 0" ./bn evaluate --data-dir "$DATA" --weights 1.safetensors

for file in half 1; do
    ./bn predict --weights $file.safetensors --input "$DATA/test-x" -o $file.npy >log 2>&1 || fail "$p predicts" <log
done
runs "$p predictions change" sh -c '! cmp -s half.npy 1.npy'
