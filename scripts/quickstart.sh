#!/bin/sh
# quickstart.sh -- the second half of `make quickstart`, when cnnc is built: from a spec to a trained network, on real digits.
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
wc -l "$work/mnist.c" | awk '{ print $1 " lines of C in " $2 }'

say "C -> trainer: $CC -O3 -march=native mnist.c \$(cnnc --cflags --libs) -o mnist"
# shellcheck disable=SC2046
$CC -O3 -march=native "$work/mnist.c" $("$BUILD/cnnc" --cflags --libs) -o "$work/mnist"

say "training: ./mnist --data-dir $data --save mnist.safetensors"
"$work/mnist" train --data-dir "$data" --save "$model"

say "testing: ./mnist evaluate --weights mnist.safetensors"
"$work/mnist" evaluate --data-dir "$data" --weights "$model" >"$work/evaluate.txt"
cat "$work/evaluate.txt"
accuracy=$(tr ' \r' '\n\n' <"$work/evaluate.txt" | awk 'seen { print; exit } /accuracy:$/ { seen = 1 }')

say "test accuracy: $accuracy"
cat <<END
The network is $work/mnist, its weights mnist.safetensors beside it. What to try next:
  $work/mnist -h                     what the program can do
  $BUILD/cnnc --summary examples/mnist.net
  edit examples/mnist.net            and make quickstart again
  $BUILD/cnnc --layers               the layers there are; grammar/LANGUAGE.md has the language
  make data-fashion                  other data, for examples/fashion.net
END
