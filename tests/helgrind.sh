#!/bin/sh
# helgrind.sh -- training and predicting with more threads than chunks, under valgrind's helgrind: `make helgrind`.
# It knows mutexes, not atomics: on one core nobody spins at a barrier, and all wait for a mutex. helgrind.supp lists
# what it reports falsely even so.
set -e
ROOT=$PWD
. tests/team_net.sh
mkdir -p "$BUILD/helgrind"
cd "$BUILD/helgrind"
team_net >watched.net <<'END'
Flatten
Dense 10 softmax
train {
  loss sparse_categorical_crossentropy
  epochs 1 batch=9 seed=1
}
END
"$ROOT/$BUILD/cnnc" --target=x86-64-v3 -o watched.c watched.net
# shellcheck disable=SC2046
$CC -g -O1 -DCNN_NO_REFERENCE -DCNN_NO_BENCH -o watched watched.c $("$ROOT/$BUILD/cnnc" --cflags --libs watched.net)
{ printf '\000\000\010\003\000\000\000\003' && gzip -dc "$SAMPLE/train-images-idx3-ubyte.gz" | tail -c +9; } |
    head -c $((16 + 3 * 784)) >three.idx
watch() {
    CNN_OVERSUBSCRIBE=1 taskset -c 0 valgrind -q --tool=helgrind --error-exitcode=9 \
        --suppressions="$ROOT/tests/helgrind.supp" ./watched "$@"
}
for n in 2 5; do
    watch train --limit 18 --quiet --threads $n --save w.safetensors
    echo "no races among $n threads that train"
done
watch predict --input three.idx --weights w.safetensors --threads 5 -o y.npy
echo "no races among 5 threads that predict 3 images"
