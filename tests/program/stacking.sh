#!/bin/sh
# stacking.sh -- different networks in one program: stacking, and voting of used networks.
. tests/program/lib.sh
p="program stacking:"
cd "$(folder stacking)" || exit 1
mkdir nets
# this program ignores what a used file says about data and training
cat >nets/flat.net <<'END'
model flat
data {
  train npy "nowhere.npy" "nowhere-either.npy"
}
let units = 10
Input 8x8x1
Flatten
hidden: Dense $units relu l2=1e-3
Dense 4 softmax
train {
  optimizer sgd
  loss sparse_categorical_crossentropy
  epochs 1
}
END
cat >nets/wide.yaml <<'END'
layers:
  - Input: 8x8x1
  - Conv2D: [5, 3x3, relu]
  - GlobalAvgPool
  - Dense: [4, softmax]
END
{ sed 's/model tiny/model stack/; s/nadam lr=cosine(.*) clip/nadam lr=0.01 clip/' "$HERE/tiny.net"
  printf 'ensemble stacking {\n  use "nets/flat.net"\n  use "nets/wide.yaml"\n  meta logistic folds=3 l2=0.5\n}\n'; } \
      >stack.net
build stack.net ./stack
check "$p three networks in one program" "$(cat stack.log)" || exit
run() { # OPTION...
    ./stack ensemble --data-dir "$DATA" "$@"
}
says "$p a line a member, with its network" 0 \
    '^member 2/3 \(flat\) - accuracy: [01]\.[0-9]+ - loss: [0-9.]+ - oof_accuracy: [01]\.[0-9]+ - penalty: ' run
cp "$TMP/log.$$" stack.out
says "$p and one of all" 0 '^ensemble of 3 - accuracy: [01]\.[0-9]+$' tail -1 stack.out
for how in '--jobs 3' '--jobs 2 --threads 2'; do
    # shellcheck disable=SC2086
    run $how --save other.safetensors >other.out 2>&1
    same "$p $how prints the same" stack.out other.out
    runs "$p $how writes the same" cmp stack-ensemble.safetensors other.safetensors
done
says "$p evaluate takes it" 0 "^$(tail -1 stack.out)$" ./stack evaluate --data-dir "$DATA" \
    --weights stack-ensemble.safetensors
says "$p predict takes it" 0 '^99: [0-3] \(0\.[0-9]+\)$' ./stack predict --input "$DATA/test-x" \
    --weights stack-ensemble.safetensors

# ---- a member is the network of its file, with the data and the training of this one
{ sed '/^Input/,/^$/d; s/model tiny/model flat/; s/nadam lr=cosine(.*) clip/nadam lr=0.01 clip/' "$HERE/tiny.net"
  sed -n '/^let/,/softmax/p' nets/flat.net; } >flat.net
build flat.net ./flat
check "$p the second alone builds" "$(cat flat.log)"
./stack export --weights stack-ensemble.safetensors --member 2 -o member.npz
./flat train --data-dir "$DATA" --seed 4 --save flat.npz --quiet
runs "$p a member is its training" cmp member.npz flat.npz
./stack train --data-dir "$DATA" --quiet --save own.npz
./stack export --weights stack-ensemble.safetensors --member 1 -o member.npz
runs "$p the first is this file's own" cmp member.npz own.npz

# ---- the C of several networks
W='-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror'
for cc in gcc clang; do
    command -v $cc >/dev/null || continue
    # shellcheck disable=SC2046,SC2086
    runs "$p no warning of $cc" $cc $W -O1 $("$BUILD/cnnc" --cflags) -c -o stack.o stack.c
done
if [ -z "${NO_ASAN:-}" ] && [ -f "$BUILD/asan/libcnn.a" ] &&
    [ -z "$(find "$BUILD/libcnn.a" -newer "$BUILD/asan/libcnn.a")" ]; then
    # shellcheck disable=SC2046
    $CC -g -O1 -fsanitize=address,undefined -o sane stack.c $("$BUILD/asan/cnnc" --cflags --libs) 2>&1
    says "$p sanitized" 0 '^ensemble of 3' ./sane ensemble --data-dir "$DATA" --epochs 1 --limit 60 \
        --save other.safetensors
    says "$p sanitized, evaluate" 0 '^ensemble of 3' ./sane evaluate --data-dir "$DATA" --weights other.safetensors
fi
[ "$(grep -c '^static void [a-z0-9_]*_softmax(' stack.c)" = 1 ]
check "$p kernels that are equal are shared" "$(grep '_softmax(' stack.c)"

# ---- voting of different networks, with more members than networks; stacking for outputs that are numbers
{ sed '/^ensemble/,$d; s/model stack/model vote/' stack.net
  printf 'ensemble voting 4 use="nets/flat.net" weights=[4, 3, 2, 1]\n'; } >vote.net
build vote.net ./vote
check "$p voting builds" "$(cat vote.log)"
says "$p members take turns" 0 '^member 4/4 \(flat\) - ' ./vote ensemble --data-dir "$DATA" --epochs 1
{ sed 's/model tiny/model numbers/; s/Dense 4 softmax/Dense 1/
    s/loss sparse_.*/loss mse/; s/metrics accuracy/metrics mae/' "$HERE/tiny.net"
  echo 'ensemble stacking members=2 meta=ridge(0.1, folds=2)'; } >numbers.net
build numbers.net ./numbers
check "$p stacking of numbers builds" "$(cat numbers.log)"
says "$p stacking of numbers" 0 '^ensemble of 2 - mae: [0-9.]+$' ./numbers ensemble --data-dir "$DATA"
says "$p evaluate takes that" 0 "^$(tail -1 "$TMP/log.$$")$" ./numbers evaluate --data-dir "$DATA" \
    --weights numbers-ensemble.safetensors

# ---- a file belongs to one mix of networks; another mix refuses it
sed 's/flat.net/wide.yaml/' stack.net >swap.net
build swap.net ./swap
says "$p another's file" 1 'is an ensemble of another network' ./swap evaluate --data-dir "$DATA" \
    --weights stack-ensemble.safetensors

# ---- the YAML twin
sed -n '/^data/,/^}/p; /^train/,/^}/p' stack.net >sections
cat >twin.yaml <<'END'
model: stack
data: {train: [idx, train-x, train-y], test: [idx, test-x, test-y], normalize: {scale: 1/255}}
layers: [{Input: 8x8x1}, {Conv2D: [6, 3x3, relu]}, {MaxPool: 2x2}, {Dropout: 0.2}, Flatten,
         {Dense: {units: 12, activation: relu, l2: 1e-4}}, {Dense: [4, softmax]}]
train: {optimizer: {nadam: {lr: 0.01, clipnorm: 1}}, loss: sparse_categorical_crossentropy, metrics: accuracy,
        epochs: 4, batch: 24, seed: 3}
ensemble: {stacking: {use: [nets/flat.net, nets/wide.yaml], meta: {logistic: {folds: 3, l2: 0.5}}}}
END
"$BUILD/cnnc" -o twin.c twin.yaml 2>&1
"$BUILD/cnnc" -o stack2.c stack.net 2>&1
sed -i 's/twin\.[ch]/stack/' twin.c
sed -i 's/stack2\.[ch]/stack/' stack2.c
same "$p its YAML twin" stack2.c twin.c

# ---- dependencies, and errors
says "$p -MD names what is used" 0 '^stack.c stack.h: stack.net nets/flat.net nets/wide.yaml$' \
    sh -c '"$0"/cnnc -MD -MF stack.d stack.net && cat stack.d' "$BUILD"
bad() { # NAME LINE PATTERN -- cnnc says this of a stacking with that line
    { sed '/^ensemble/,$d' stack.net; printf 'ensemble stacking {\n  %s\n}\n' "$2"; } >bad.net
    says "$p $1" 1 "$3" "$BUILD/cnnc" -fsyntax-only bad.net
}
sed 's/8x8x1/8x9x1/' nets/flat.net >nets/input.net
sed 's/Dense 4/Dense 5/' nets/flat.net >nets/output.net
sed 's/Dense 4/Dence 4/' nets/flat.net >nets/wrong.net
echo 'let w = 3' >nets/empty.net
bad "another input" 'use "nets/input.net"' \
    "bad.net:25:7: error: the input of 'nets/input.net' is \[8,9,1\], but that of 'stack' is \[8,8,1\]"
bad "another output" 'use "nets/output.net"' \
    "bad.net:25:7: error: the output of 'nets/output.net' is \[5\], but that of 'stack' is \[4\]"
bad "a mistake in what is used" 'use "nets/wrong.net"' \
    "nets/wrong.net:9:1: error: no layer named 'Dence'; did you mean 'Dense'"
bad "no such file" 'use "nets/none.net"' "bad.net:25:7: error: cannot read 'nets/none.net': no such file"
bad "no layers" 'use "nets/empty.net"' "bad.net:25:7: error: 'nets/empty.net' has no layers"
bad "a meta-learner for numbers" 'meta ridge' "bad.net:25:8: error: 'ridge' is for numbers, but the loss is"
bad "no such meta-learner" 'meta logistics' "no meta named 'logistics'; did you mean 'logistic'"
bad "no such line" 'used "nets/flat.net"' "'stacking' has no option 'used'"
bad "a line of nothing" 'use' "bad.net:25:3: error: a line of 'ensemble' is a name and its value"
