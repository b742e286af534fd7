#!/bin/sh
# quickstart.sh -- the second half of `make quickstart`, after cnnc is built: from a spec to a trained network, on
# real digits.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
: "${BUILD:=build}" "${CC:=cc}"
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
work=$BUILD/quickstart
model=$work/mnist.safetensors

say() {
    printf '\n-- %s\n' "$*"
}

data=$root/data/mnist
if ! sh scripts/fetch-mnist.sh; then
    data=$root/examples/data/mnist-sample
    echo "using the sample that is shipped: 6,000 + 1,000 digits (make data fetches all 70,000)"
fi

mkdir -p "$work"
say "examples/mnist.net -> C: cnnc -o mnist.c mnist.net"
"$BUILD/cnnc" -o "$work/mnist.c" examples/mnist.net
echo "$(wc -l <"$work/mnist.c") lines of C in ${work#"$root"/}/mnist.c"

say "C -> trainer: $CC -O3 -march=native mnist.c \$(cnnc --cflags --libs) -o mnist"
# CC and what cnnc prints are words
# shellcheck disable=SC2046,SC2086
$CC -O3 -march=native "$work/mnist.c" $("$BUILD/cnnc" --cflags --libs) -o "$work/mnist"

say "training: ./mnist train --data-dir ${data#"$root"/} --save mnist.safetensors"
"$work/mnist" train --data-dir "$data" --save "$model"

say "testing: ./mnist evaluate --data-dir ${data#"$root"/} --weights mnist.safetensors"
"$work/mnist" evaluate --data-dir "$data" --weights "$model" >"$work/evaluate.txt"
cat "$work/evaluate.txt"
accuracy=$(sed -n 's/.*accuracy: \([0-9.]*\).*/\1/p' "$work/evaluate.txt" | tail -n 1)

say "test accuracy: ${accuracy:?evaluate printed none}"
work=${work#"$root"/}
cnnc=${BUILD#"$root"/}/cnnc
cat <<END
The network is $work/mnist, its weights mnist.safetensors beside it. What to try next:
  $work/mnist -h                   what the program can do
  $cnnc --summary examples/mnist.net     layers, parameters, memory
  $cnnc --layers                         the layers there are; grammar/LANGUAGE.md has the language
  edit examples/mnist.net, make quickstart     another network on the same digits
  make data-fashion                            other data, for examples/fashion.net
END
