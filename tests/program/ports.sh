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
says "$p logs each loss" 0 '^epoch,class_accuracy,class_loss,loss,val_class_accuracy,val_class_loss,val_loss,' \
    head -1 log.csv
for threads in 1 2 3; do ./net train --quiet --threads $threads --epochs 2 --save w$threads.safetensors; done
same "$p two threads give the same bits" w1.safetensors w2.safetensors
same "$p three threads give the same bits" w1.safetensors w3.safetensors

# ---- an output without a loss has no targets
sed -e 's/loss mse on=value weight=0.5/loss none on=value/' -e '/metrics mae/d' -e 's/rows.npz/only.npz/' \
    net.net >none.net
./makenpz only.npz stored first="$DATA/train-x" second="$DATA/train-x" class="$DATA/train-y"
runs "$p builds without one loss" build none.net ./none
says "$p warns of what is not trained" 0 "parameters of 'Dense': no loss depends on them" cat none.log
runs "$p gradients are right without one loss" ./none gradcheck
runs "$p trains without one loss" ./none train --quiet --epochs 1 --log none.csv
says "$p logs the losses that there are" 0 \
    '^epoch,class_accuracy,class_loss,loss,val_class_accuracy,val_class_loss,val_loss$' head -1 none.csv

# ---- a network that is large enough for a team, with penalties on what layers give
sed -e 's/^Flatten from=first/Conv2D 32 3x3 relu same from=first activity_regularizer=l2(0.001)\
Conv2D 24 3x3 relu activity_regularizer=l1(0.001)\
BatchNorm\
Flatten/' -e 's/Dense 64 from=sum/Dense 64 tanh from=sum/' net.net >team.net
runs "$p builds for a team" build team.net ./team
for threads in 1 5 16; do
    CNN_OVERSUBSCRIBE=1 ./team train --quiet --threads $threads --epochs 1 \
        --save t$threads.safetensors --log t$threads.csv
done
for threads in 5 16; do
    same "$p $threads threads give the same bits" t1.safetensors t$threads.safetensors
    same "$p $threads threads give the same log" t1.csv t$threads.csv
done

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

says "$p evaluates each loss" 0 '^loss: .* - class_loss: .* - value_loss: .* - class_accuracy: ' \
    ./net evaluate --weights w.npz

runs "$p predicts from an archive" ./net predict --weights w.npz --input rows.npz -o archive.npz
runs "$p predicts from a file for each input" \
    ./net predict --weights w.npz --input second="$DATA/train-x" --input first="$DATA/train-x" -o files.npz
same "$p both are the same" archive.npz files.npz
says "$p prints a line for each output" 0 '^0, class: ' ./net predict --weights w.npz --input rows.npz
says "$p an input that is not there" 1 "--input secnd=.*: there is no input 'secnd'; .* did you mean 'second'.$" \
    ./net predict --weights w.npz --input secnd=no.npy
says "$p an input is missing" 1 '^net: --input second=FILE is missing$' \
    ./net predict --weights w.npz --input first="$DATA/train-x"
says "$p an input without a name" 1 'say --input NAME=FILE for each, such as --input first=x.npy' \
    ./net predict --weights w.npz --input "$DATA/train-x"
runs "$p gradients" ./net gradients --weights w.npz --input rows.npz --target rows.npz -o g.npz
says "$p rows do not match" 1 'has 100 rows, but ' ./net predict --weights w.npz --input short.npz

says "$p an input twice" 1 "first=x.npy: 'first' has a file already" \
    ./net predict --weights w.npz --input first=rows.npz --input first=x.npy
runs "$p predicts from files in the order of the inputs" \
    ./net predict --weights w.npz "$DATA/train-x" "$DATA/train-x" -o order.npz
same "$p in the order of the inputs, the same" files.npz order.npz

# ---- lists of files: the same rows, so the same weights
export CNN_DATA_DIR="$DATA"
sed 's/train npz.*/train idx ["train-x", "train-x"] ["train-y", "train-x"]/
    s/test npz.*/test idx ["train-x", "train-x"] ["train-y", "train-x"]/' net.net >lists.net
runs "$p lists of files build" build lists.net ./lists
./lists train --quiet --epochs 2 --save lists.safetensors >log 2>&1
check "$p lists of files train" "$(cat log)"
./net export --weights w1.safetensors -o names.npz && ./lists export --weights lists.safetensors -o lists.npz
same "$p lists of files, the same weights" names.npz lists.npz
sed 's/train npz.*/train npz "rows.npz" inputs=[first, second] target=[class, value]/' net.net >named.net
CNN_DATA_DIR=. && runs "$p lists of arrays build" build named.net ./named
./named train --quiet --epochs 2 --save named.safetensors >log 2>&1
./named export --weights named.safetensors -o named.npz
same "$p lists of arrays, the same weights" names.npz named.npz
says "$p a file of a list is not written over" 1 'the same file as the training data' \
    ./lists train --data-dir "$DATA" --log "$DATA/train-y"
unset CNN_DATA_DIR

runs "$p inference" "$BUILD/cnnc" --emit=infer --weights=w.npz -o infer.c net.net
cat >use.c <<'C'
#include <stdio.h>
#include <string.h>
#include "infer.h"
static int is_fifth(float v)
{
    return v > 0.199999f && v < 0.200001f;
}
int main(void)
{
    static float scratch[M_SCRATCH];
    float first[64] = {0}, second[64] = {0}, class[4], value[64];
    const void *inputs[M_INPUTS] = {first, second};
    void *outputs[M_OUTPUTS] = {class, value};
    first[1] = second[63] = 51; /* of 255 */
    m_normalize_ports(inputs, (void *const[]){first, second});
    m_infer_ports(inputs, outputs, scratch);
    printf("%s %s %zu\n", M_INPUT_NAMES[1], M_OUTPUT_NAMES[1], M_OUTPUT_SIZES[1]);
    const float sum = class[0] + class[1] + class[2] + class[3];
    const int normal = is_fifth(first[1]) && is_fifth(second[63]) && first[0] == 0;
    return sum > 0.999f && sum < 1.001f && normal && !strcmp(M_INPUT_DTYPES[0], "float32") ? 0 : 1;
}
C
runs "$p inference compiles" $CC -std=c99 -Wall -Wextra -Wpedantic -Werror -O1 -march=native -o use use.c infer.c -lm
says "$p inference runs" 0 '^second value 64$' ./use

# ---- the library makes a trainer's steps
./net export --weights w.npz -o first.safetensors
./net train --quiet --no-shuffle --epochs 1 --weights first.safetensors --save trainer.safetensors >log 2>&1 &&
    "$BUILD/cnnc" --emit=lib -o lib.c net.net >>log 2>&1
check "$p --emit=lib" "$(cat log)"
# shellcheck disable=SC2046
runs "$p the library builds" $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -march=native -I. -o library \
    "$HERE/ports.c" lib.c $("$BUILD/cnnc" --cflags --libs)
runs "$p the library trains" ./library "$DATA/train-x" "$DATA/train-y"
for w in trainer library; do ./net export --weights $w.safetensors -o $w.npz; done
same "$p the library has the trainer's bits" trainer.npz library.npz

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

# ---- the YAML form emits the same C
cat >two.net <<'NET'
model two
data {
  train npy ["a.npy", "b.npy"] "y.npy"
}
a: Input 8
b: Input 8
Add from=[a, b]
Dense 1
NET
cat >two.yaml <<'YAML'
model: two
data: {train: [npy, [a.npy, b.npy], y.npy]}
layers:
  - Input: {shape: 8, name: a}
  - Input: {shape: 8, name: b}
  - Add: {from: [a, b]}
  - Dense: 1
YAML
"$BUILD/cnnc" -w -o - two.net >two.net.c 2>log && "$BUILD/cnnc" -w -o - two.yaml >two.yaml.c 2>>log
check "$p lists in both forms" "$(cat log)"
sed 's/two\.yaml/two.net/' two.yaml.c >two.c
same "$p both forms are the same" two.net.c two.c
