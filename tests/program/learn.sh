#!/bin/sh
# learn.sh -- --emit=learn: training as C99 without libcnn gives the same bits as the trainer's library.
. tests/program/lib.sh
p="program learn:"
cd "$(folder learn)" || exit 1
warn='-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror'

cat >net.net <<'END'
let o = adam
model net
Input 9x8x3
Conv2D 5 3x3 relu same l2=1e-3
BatchNorm momentum=0.9
MaxPool 2
Dropout 0.25
SpatialDropout 0.1
Flatten
Dense 11 tanh trainable=no
GaussianNoise 0.1
SpectralNorm {
  Dense 7 relu
}
Dense 4 softmax l1=1e-4
train {
  optimizer $o lr=0.05 clipnorm=1
  loss sparse_categorical_crossentropy
  epochs 1 batch=40 seed=3
}
END
cat >first_weights.c <<'END'
#include <stdlib.h>
#include "first.h"
int main(void)
{
    struct net *m = calloc(1, net_size());
    if (!m)
        return 1;
    net_init(m, 7);
    return net_save(m, "net.safetensors");
}
END
first() { # makes net.safetensors
    "$BUILD/cnnc" -w -o first.c net.net >log 2>&1
    # shellcheck disable=SC2046
    runs "$p builds" $CC -O1 -o first first_weights.c first.c -DCNN_NO_MAIN $("$BUILD/cnnc" --cflags --libs net.net)
    runs "$p has weights" ./first
}
test_c=learn.c
first
status "$p wants weights" 2 "$BUILD/cnnc" --emit=learn net.net
status "$p misses its weights" 1 "$BUILD/cnnc" --emit=learn --weights=none.npz net.net
status "$p is no program" 2 "$BUILD/cnnc" --emit=learn --run --weights=net.safetensors net.net

# shellcheck disable=SC2086,SC2046
try() { # TARGET COMPILER OPTION...
    target=$1 cc=$2
    shift 2
    command -v "$cc" >/dev/null || return 0
    what="$p $target $cc $*:"
    "$BUILD/cnnc" -w --emit=learn --target=$target -D o=$o --weights=net.safetensors -o learn_net.c net.net >log 2>&1 &&
        "$BUILD/cnnc" -w --emit=lib --target=$target -D o=$o -o net.c net.net >>log 2>&1
    check "$what cnnc" "$(cat log)" || return 0
    $cc -std=c99 $warn -ffreestanding -O1 "$@" -c -o learn_net.o learn_net.c >log 2>&1
    check "$what compiles as C99 alone" "$(cat log)" || return 0
    case $* in
    *sanitize*) ;;
    *)
        nm -u learn_net.o | awk '{ print $2 }' | grep -vxE -e 'mem(cpy|set)' \
            -e '(sqrt|pow|expm1|exp|log1p|log|erf|tanh|fabs|sin|cos|floor|fmax|fmin|fma)f?' \
            -e '_GLOBAL_OFFSET_TABLE_' >needs
        [ ! -s needs ]
        check "$what needs libm and no more" "$(cat needs)"
        ;;
    esac
    runs_here $target || return 0
    $cc -std=c11 -O1 "$@" -I. -DSEED=3 \
        -o learn "$HERE/$test_c" learn_net.o net.c $("$BUILD/cnnc" --cflags --libs) >log 2>&1
    check "$what links" "$(cat log)" || return 0
    ./learn >log 2>&1
    check "$what has the library's bits" "$(cat log)"
}

o=adam
for target in generic x86-64-v3 cortex-m; do
    for cc in gcc clang; do try $target $cc; done
done
checked='-g -fsanitize=address,undefined -fno-sanitize-recover=undefined'
# shellcheck disable=SC2086
try generic gcc $checked
# shellcheck disable=SC2086
try x86-64-v3 clang $checked
for o in sgd adagrad rmsprop nadam lamb adafactor muon; do try generic "$CC"; done

# Parameters with padding, which the memory of a network holds as it was allocated until somebody writes it.
cat >net.net <<'END'
let o = rmsprop
model net
Input 20x3
Conv1D 5 3 padding=causal dilation=2 gelu activity_regularizer=l2(0.01) kernel_constraint=max_norm(0.5, axis=[0, 1])
SpatialDropout 0.2
MaxPool1D 2
Flatten
Dense 3 softmax kernel_constraint=unit_norm bias_constraint=non_neg
train {
  optimizer $o lr=0.05 clipvalue=0.1
  loss sparse_categorical_crossentropy
  epochs 1 batch=17 seed=3
}
END
p="program learn, padded:"
first
o=rmsprop
for target in generic x86-64-v3; do try $target "$CC"; done

# ---- several inputs and outputs: an array for each, in the library and in the learner; a loss of the whole batch
cat >net.net <<'END'
let o = adam
model net
inputs: Input 8x8x1
second: Input 5
Conv2D 3 3x3 from=inputs
BatchNorm
Flatten
left: Dense 6 tanh
Dropout 0.3 from=second
right: Dense 6 relu l2=0.01
sum: Add from=[left, right]
class: Dense 4 softmax
Dense 64 sigmoid from=sum
value: Reshape 8x8x1
output class value
train {
  optimizer $o lr=0.01
  loss sparse_categorical_crossentropy on=class
  loss dice on=value weight=0.5
  epochs 1 batch=40 seed=3
}
END
p="program learn, ports:"
test_c=learn_ports.c
first
o=sgd
for target in generic x86-64-v3; do try $target "$CC"; done
# shellcheck disable=SC2046
if command -v "$CXX" >/dev/null; then
    runs "$p C++" $CXX -x c++ -std=c++17 -O1 -march=native -I. -o both "$HERE/learn_ports.c" learn_net.c net.c -x none \
        $("$BUILD/cnnc" --cflags --libs)
    runs "$p C++ runs" ./both
fi
sed '/BatchNorm/d; s/loss dice/loss mse/' net.net >one.net && mv one.net net.net # a step of one stretch
p="program learn, ports, one stretch:"
first
# shellcheck disable=SC2086
try generic gcc $checked

# ---- one of several models, which has a step of its own
cat >net.net <<'END'
let o = adam
model teacher {
  inputs: Input 8x8x1
  Flatten
  Dense 4 softmax
}
model student {
  inputs: Input 8x8x1
  second: Input 5
  Flatten from=inputs
  left: Dense 6 tanh
  Dropout 0.3 from=second
  right: Dense 6 relu l2=0.01
  sum: Add from=[left, right]
  class: Dense 4 softmax
  soft: Dense 4 softmax from=sum
  Dense 64 from=sum
  value: Reshape 8x8x1
  output class soft value
}
step {
  train teacher target=0.25 loss=mse
  train student target=[data, 0.5, data] loss=[sparse_categorical_crossentropy, mse, mse]
}
train {
  optimizer $o lr=0.01
  loss sparse_categorical_crossentropy
  epochs 1 batch=40 seed=3
}
END
p="program learn, several models:"
first
try generic "$CC"
