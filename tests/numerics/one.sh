#!/bin/sh
# one.sh 'WHAT NAME TARGET' -- one test of a network whose numbers are unusual.
. tests/lib.sh
set -f
# shellcheck disable=SC2086
set -- $1
what=$1 name=$2 target=$3
test="numerics $*"
dir=$(mktemp -d "$TMP/$what.XXXXXX")

# CC and what runs its programs; without them the test is skipped, as in the group qemu
run=
case $target in
armv8-a) CC='aarch64-linux-gnu-gcc -static' run=qemu-aarch64 ;;
x86-64-v3) $CC -march=native -dM -E - </dev/null | grep -q __AVX2__ || exit 0 ;;
x86-64-v4) $CC -march=native -dM -E - </dev/null | grep -q __AVX512DQ__ || exit 0 ;;
esac
for tool in ${CC%% *} $run; do
    command -v "$tool" >/dev/null || exit 0
done

emit() { # NET WEIGHTS OPTION... -- a failure is the test's
    net=$1 weights=$2
    shift 2
    "$BUILD/cnnc" --emit=infer --target="$target" --weights="$weights" "$@" -o "$dir/net.c" "$net" >"$dir/log" 2>&1 && return
    fail "$test" <"$dir/log"
    exit 0
}

program() { # SOURCE OPTION... -- $dir/program around the emitted function
    source=$1
    shift
    model=$(sed -n 's/^void \([a-z0-9_]*\)_infer(const.*/\1/p' "$dir/net.c")
    upper=$(echo "$model" | tr '[:lower:]' '[:upper:]')
    $CC "-DFILE_C=\"$dir/net.c\"" "-DDRIVEN_INFER=${model}_infer" "-DDRIVEN_INPUT=${upper}_INPUT" "-DDRIVEN_OUTPUT=${upper}_OUTPUT" \
        "-DDRIVEN_SCRATCH=${upper}_SCRATCH" "$@" -o "$dir/program" "tests/numerics/$source" -lm >"$dir/log" 2>&1 && return
    fail "$test" <"$dir/log"
    exit 0
}

fixture=tests/num/gradients/$name
case $what in
nan)
    emit "$fixture.net" "$fixture/w.npz"
    program nan.c -O1 -DSPREADS
    ;;
spread)
    emit "$fixture.net" "$fixture/w.npz" --no-winograd
    program nan.c -O1
    ;;
esac
# shellcheck disable=SC2086
runs "$test" $run "$dir/program"
rm -rf "$dir"
