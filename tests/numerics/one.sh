#!/bin/sh
# one.sh 'WHAT NAME TARGET [CC OPTION...]' -- one test of a network whose numbers are unusual.
. tests/lib.sh
set -f
# shellcheck disable=SC2086
set -- $1
test="numerics $*"
what=$1 name=$2 target=$3
shift 3
[ $# = 0 ] || CC="$*"
dir=$(mktemp -d "$TMP/$what.XXXXXX")

# CC and the command that runs its programs; without them the test is skipped, as in the group qemu
run=
case $target in
armv8-a) CC='aarch64-linux-gnu-gcc -static' run=qemu-aarch64 ;;
*) runs_here "$target" || exit 0 ;;
esac
case $CC in s390x-*) run=qemu-s390x ;; esac
for tool in ${CC%% *} $run; do
    command -v "$tool" >/dev/null || exit 0
done

emit() { # NET WEIGHTS OPTION... -- a failure fails the test
    net=$1 weights=$2
    shift 2
    "$BUILD/cnnc" --emit=infer --target="$target" --weights="$weights" "$@" -o "$dir/net.c" "$net" >"$dir/log" 2>&1 &&
        return
    fail "$test" <"$dir/log"
    exit 0
}

program() { # SOURCE OPTION... -- builds $dir/program with the emitted function
    source=$1
    shift
    model=$(sed -n 's/^void \([a-z0-9_]*\)_infer(const.*/\1/p' "$dir/net.c")
    upper=$(echo "$model" | tr '[:lower:]' '[:upper:]')
    shape=$(sed -n 's/.*_OUTPUT = .*floats of one output, \[\(.*\)\].*/\1/p' "$dir/net.h")
    $CC "-DFILE_C=\"$dir/net.c\"" "-DDRIVEN_INFER=${model}_infer" "-DDRIVEN_INPUT=${upper}_INPUT" \
        "-DDRIVEN_OUTPUT=${upper}_OUTPUT" \
        "-DDRIVEN_SCRATCH=${upper}_SCRATCH" "-DDRIVEN_BATCH=${model}_infer_batch" \
        "-DDRIVEN_BATCH_SCRATCH=${upper}_BATCH_SCRATCH" "-DDRIVEN_SHAPE=\"$shape\"" "$@" \
        -o "$dir/program" "tests/$source" -lm >"$dir/log" 2>&1 && return
    fail "$test" <"$dir/log"
    exit 0
}

fixture=tests/num/gradients/$name
case $what in
nan)
    emit "$fixture.net" "$fixture/w.npz"
    program numerics/nan.c -O1 -DSPREADS
    ;;
spread)
    emit "$fixture.net" "$fixture/w.npz" --no-winograd
    program numerics/nan.c -O1
    ;;
options)
    emit "$fixture.net" "$fixture/w.npz"
    program infer/driver.c
    # shellcheck disable=SC2086
    runs "$test computes" $run "$dir/program" "$fixture/x.npy" "$dir/y.npy"
    runs "$test, PyTorch's numbers" "$TMP/compare" --rtol 1e-5 "$dir/y.npy" "$fixture/p.npy"
    program numerics/nan.c -DSPREADS
    ;;
trained) # layers one behind the other, as their examples have them; their picture has some NaN
    {
        printf 'data {\n  train npy "coloured.npy" "y.npy"\n}\nInput 9x7x3\nLambda expr(x: sqrt(x - 0.5))\n'
        for layer in $(echo "$name" | tr , ' '); do
            "$BUILD/cnnc" --layers "$layer" | sed -n "/^example:/,/^\$/s/^  \($layer.*\)/\1/p"
        done
        printf 'Flatten\nDense 1\ntrain {\n  loss mse\n  epochs 1 batch=1\n}\n'
    } >"$dir/net.net"
    "$BUILD/cnnc" --target="$target" -o "$dir/net.c" "$dir/net.net" 2>"$dir/log"
    # shellcheck disable=SC2046
    runs "$test builds" $CC -o "$dir/trainer" "$dir/net.c" $("$BUILD/cnnc" --cflags --libs)
    "$dir/trainer" train --data-dir tests/num/warp >"$dir/log" 2>&1
    runs "$test, a loss of nan" grep 'the loss is nan' "$dir/log"
    rm -rf "$dir"
    exit 0
    ;;
trainer)
    "$BUILD/cnnc" --target="$target" -o "$dir/net.c" "$fixture.net" 2>"$dir/log"
    # shellcheck disable=SC2046
    runs "$test builds" $CC -o "$dir/trainer" "$dir/net.c" $("$BUILD/cnnc" --cflags --libs)
    runs "$test computes" "$dir/trainer" gradients --weights "$fixture/w.npz" --input "$fixture/x.npy" \
        --target "$fixture/y.npy" \
        -o "$dir/g.npz"
    runs "$test, PyTorch's numbers" "$TMP/compare" --rtol 1e-4 "$dir/g.npz" "$fixture/g.npz"
    rm -rf "$dir"
    exit 0
    ;;
esac
# shellcheck disable=SC2086
runs "$test" $run "$dir/program"
rm -rf "$dir"
