#!/bin/sh
# ports.sh -- networks with several inputs and outputs: data, training, logs, predictions, gradients, inference, layers
# that are shared.
. tests/program/lib.sh
p="program ports:"
cd "$(folder ports)" || exit 1

cat >net.net <<'NET'
model m
first: Input 8x8x1
second: Input 8x8x1
Flatten from=first
left: Dense 6 tanh
Flatten from=second
right: Dense 6 relu
sum: Add from=[left, right]
class: Dense 4 softmax
Dense 64 from=sum
value: Reshape 8x8x1
output class value
data {
  train npz "rows.npz"
  test npz "rows.npz"
  split validation=0.2
  normalize scale=1/255
}
train {
  optimizer adam lr=0.01
  loss sparse_categorical_crossentropy on=class
  loss mse on=value weight=0.5
  metrics accuracy on=class
  metrics mae r2 on=value
  epochs 3 batch=32
}
NET
$CC -std=c11 -O1 -I"$ROOT/files" -o makenpz "$HERE/makenpz.c" -L"$BUILD" -lcnn -lz -lm -lpthread || exit 1
./makenpz rows.npz stored first="$DATA/train-x" second="$DATA/train-x" class="$DATA/train-y" value="$DATA/train-x"
./makenpz short.npz stored first="$DATA/train-x" second="$DATA/test-x" class="$DATA/train-y" value="$DATA/train-x"
runs "$p builds" build net.net ./net
runs "$p gradients are right" ./net gradcheck
says "$p trains" 0 'class_accuracy: .* - class_loss: .* - loss: .* - val_class_accuracy.* - value_mae: .* - value_r2' \
    ./net train --save w.npz --log log.csv
says "$p logs each loss" 0 '^epoch,class_accuracy,class_loss,loss,val_class_accuracy,val_class_loss,val_loss,' head -1 log.csv
for threads in 1 2 3; do ./net train --quiet --threads $threads --epochs 2 --save w$threads.safetensors; done
same "$p two threads give the same bits" w1.safetensors w2.safetensors
same "$p three threads give the same bits" w1.safetensors w3.safetensors

# ---- stopped within epochs and resumed, the log's lines are those of a run that never stopped
sed 's/batch=32/batch=1/; s/epochs 3/epochs 4/; s/Dense 64/Dense 3000/; s/value: Reshape/Dense 64\n&/' net.net >slow.net
build slow.net ./slow || fail "$p slow.net builds" <slow.log
./slow train --quiet --log whole.csv --save whole.safetensors
set -- --save cut.safetensors
middle=0 tries=0
while tries=$((tries + 1)) && [ $tries -le 20 ]; do
    env ./slow train --log cut.csv "$@" >log 2>&1 &
    pid=$!
    until grep -q Epoch log || ! kill -0 $pid 2>/dev/null; do sleep 0.02; done
    kill -TERM $pid 2>/dev/null
    wait $pid
    [ $? = 130 ] || break
    grep -q 'step 0;' log || middle=$((middle + 1))
    set -- --save cut.safetensors --resume cut.safetensors
done
[ $middle -gt 0 ]
check "$p it was stopped within an epoch" "$(cat log)"
./slow train --quiet --log cut.csv "$@" >log 2>&1
same "$p resumed, the log is the same" whole.csv cut.csv
same "$p resumed, the weights are the same" whole.safetensors cut.safetensors

says "$p evaluates each loss" 0 '^loss: .* - class_loss: .* - value_loss: .* - class_accuracy: ' ./net evaluate --weights w.npz

runs "$p predicts from an archive" ./net predict --weights w.npz --input rows.npz -o archive.npz
runs "$p predicts from a file for each input" \
    ./net predict --weights w.npz --input second="$DATA/train-x" --input first="$DATA/train-x" -o files.npz
same "$p both are the same" archive.npz files.npz
says "$p prints a line for each output" 0 '^0, class: ' ./net predict --weights w.npz --input rows.npz
says "$p an input is missing" 1 '^net: --input second=FILE is missing$' ./net predict --weights w.npz --input first="$DATA/train-x"
says "$p an input without a name" 1 'say --input NAME=FILE for each, such as --input first=x.npy' \
    ./net predict --weights w.npz --input "$DATA/train-x"
runs "$p gradients" ./net gradients --weights w.npz --input rows.npz --target rows.npz -o g.npz
says "$p rows do not match" 1 'has 100 rows, but ' ./net predict --weights w.npz --input short.npz

runs "$p inference" "$BUILD/cnnc" --emit=infer --weights=w.npz -o infer.c net.net
cat >use.c <<'C'
#include <stdio.h>
#include <string.h>
#include "infer.h"
int main(void)
{
    static float scratch[M_SCRATCH];
    float first[64] = {0}, second[64] = {0}, class[4], value[64];
    const void *inputs[M_INPUTS] = {first, second};
    void *outputs[M_OUTPUTS] = {class, value};
    m_infer_ports(inputs, outputs, scratch);
    printf("%s %s %zu\n", M_INPUT_NAMES[1], M_OUTPUT_NAMES[1], M_OUTPUT_SIZES[1]);
    const float sum = class[0] + class[1] + class[2] + class[3];
    return sum > 0.999f && sum < 1.001f && !strcmp(M_INPUT_DTYPES[0], "float32") ? 0 : 1;
}
C
runs "$p inference compiles" $CC -std=c99 -Wall -Wextra -Wpedantic -Werror -O1 -march=native -o use use.c infer.c -lm
says "$p inference runs" 0 '^second value 64$' ./use
says "$p no library yet" 1 'networks with one input and one output' "$BUILD/cnnc" --emit=lib -o lib.c net.net

cat >twins.net <<'NET'
first: Input 8
second: Input 8
one: Dense 6 tanh from=first
two: @one from=second
Subtract from=[one, two]
same: Dense 1 sigmoid
NET
runs "$p shared layers build" build twins.net ./twins
runs "$p gradients of shared layers are right" ./twins gradcheck
