#!/bin/sh
# one.sh 'WHAT NAME TARGET' -- one test of inference alone. RUN is the command that runs a program that CC made for
# another machine.
. tests/lib.sh
set -f
# shellcheck disable=SC2086
set -- $1
what=$1 name=$2 target=$3
test="${GROUP:-infer} $*"
dir=$(mktemp -d "$TMP/$what.XXXXXX")
net=tests/num/gradients/$name.net weights=tests/num/gradients/$name/w.npz x=tests/num/gradients/$name/x.npy
[ "$name" != example ] || net=examples/mnist.net weights=$TMP/mnist.safetensors x=$TMP/mnist.npy
warnings='-std=c99 -pedantic-errors -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror'

emit() { # OPTION... -- must print nothing; a failure fails the test
    "$BUILD/cnnc" --emit=infer -w --target="$target" --weights="$weights" "$@" -o "$dir/net.c" "$net" >"$dir/log" 2>&1
    [ -s "$dir/log" ] || [ ! -f "$dir/net.c" ] || return 0
    fail "$test" <"$dir/log"
    exit 0
}

options='' file=''

driver() { # PROGRAM OPTION... -- builds tests/infer/driver.c with the emitted function
    program=$1
    shift
    model=$(sed -n 's/^void \([a-z0-9_]*\)_infer\(_with\)*(const.*/\1/p' "$dir/net.c")
    with=$(sed -n 's/^void [a-z0-9_]*_infer\(_with\)(const.*/\1/p' "$dir/net.c")
    upper=$(echo "$model" | tr '[:lower:]' '[:upper:]')
    shape=$(sed -n 's/.*_OUTPUT = .*floats of one output, \[\(.*\)\].*/\1/p' "$dir/net.h")
    $CC -std=c99 -O1 -Itests/infer "-DFILE_C=\"$dir/net.c\"" "-DDRIVEN_INFER=${model}_infer$with" \
        "-DDRIVEN_BATCH=${model}_infer_batch$with" "-DDRIVEN_BATCH_SCRATCH=${upper}_BATCH_SCRATCH" \
        "-DDRIVEN_INPUT=${upper}_INPUT" \
        "-DDRIVEN_OUTPUT=${upper}_OUTPUT" "-DDRIVEN_SHAPE=\"$shape\"" "-DDRIVEN_SCRATCH=${upper}_SCRATCH" "$@" \
        -o "$program" tests/infer/driver.c -lm
}

# shellcheck disable=SC2086
close_to() { # NAME RTOL EXPECTED; $options of the driver, its $file
    if driver "$dir/driver" $options >"$dir/log" 2>&1 &&
        ${RUN:-} "$dir/driver" "$x" "$dir/y.npy" $file >>"$dir/log" 2>&1 &&
        "$TMP/compare" --rtol "$2" "$dir/y.npy" "$3" >>"$dir/log" 2>&1; then
        pass "$1"
    else
        fail "$1" <"$dir/log"
    fi
}

separate() { # the weights are in a separate file
    emit --weights-file="$dir/net.weights"
    model=$(sed -n 's/^void \([a-z0-9_]*\)_infer_with(const.*/\1/p' "$dir/net.c")
    upper=$(echo "$model" | tr '[:lower:]' '[:upper:]')
    options="-DDRIVEN_CHECK=${model}_check_weights -DDRIVEN_WEIGHTS=${upper}_WEIGHTS" file=$dir/net.weights
    expected=tests/num/gradients/$name/p.npy
    status "$test: none in the C" 1 grep 'const float theta\[' "$dir/net.c"
    close_to "$test" 1e-5 "$expected"
    # files of another layout or another network are refused
    "$BUILD/cnnc" --emit=infer --target=cortex-m --weights="$weights" --weights-file="$dir/other" \
        -o "$dir/other.c" "$net"
    status "$test: another target's file" 4 "$dir/driver" "$x" "$dir/no.npy" "$dir/other"
}

unrolled() { # straight-line code gives no warning and the same numbers
    emit --unroll=2000
    grep -q ' [a-z]*_unrolled: ' "$dir/net.c" || fail "$test is chosen" <"$dir/net.c"
    close_to "$test" 1e-5 "tests/num/gradients/$name/p.npy"
    # shellcheck disable=SC2086
    runs "$test: no warning" $CC $warnings -O1 -c -o "$dir/net.o" "$dir/net.c"
}

nothing() { # a network without parameters needs no weights, and no array stands for them
    i=0
    for layers in 'MaxPool 2' 'Flatten' 'Identity' 'Dropout 0.5' 'GlobalMaxPool'; do
        i=$((i + 1))
        printf 'model net\nInput 2x2x1\n%s\n' "$layers" >"$dir/net$i.net"
        {
            echo '#include <stdio.h>'
            echo "#include \"net$i.h\""
            echo 'int main(void) { static float x[4] = {1, 4, 2, 3}, y[4], s[NET_SCRATCH + 1]; net_infer(x, y, s);'
            echo 'for (int i = 0; i < NET_OUTPUT; i++) printf("%g ", y[i]); return puts("") < 0; }'
        } >"$dir/main$i.c"
        "$BUILD/cnnc" --emit=infer --target="$target" -o "$dir/net$i.c" "$dir/net$i.net" &&
            # shellcheck disable=SC2086
            $CC $warnings -O1 -c -o "$dir/net$i.o" "$dir/net$i.c" &&
                $CC -o "$dir/net$i" "$dir/main$i.c" "$dir/net$i.o" && "$dir/net$i"
    done >"$dir/actual" 2>&1
    printf '%s \n' 4 '1 4 2 3' '1 4 2 3' '1 4 2 3' 4 >"$dir/expected"
    same "$test" "$dir/expected" "$dir/actual"
}

numbers() { # against PyTorch
    emit
    close_to "$test" 1e-5 "tests/num/gradients/$name/p.npy"
}

trainer() { # OPTION... -- compares with the trainer of the network, which works in batches and with other tiles
    emit "$@"
    "$BUILD/cnnc" -o "$dir/trainer.c" "$net" 2>/dev/null
    # shellcheck disable=SC2046
    $CC -O1 -DCNN_NO_REFERENCE -o "$dir/trainer" "$dir/trainer.c" $("$BUILD/cnnc" --cflags --libs)
    "$dir/trainer" predict --weights "$weights" --input "$x" -o "$dir/p.npy"
    close_to "$test" 1e-6 "$dir/p.npy"
}

constants_in() { # prints the bytes of weights that the C tells
    sed -n 's/.* parameters, \([0-9]*\) bytes of weights.*/\1/p' "$dir/net.c"
}

# with less memory for constants, first the batch and then the single image lose their prepared form of the weights
limited() {
    emit
    last=$(constants_in)
    for k in 800 500; do
        emit --max-flash=${k}K
        few=$(constants_in)
        runs "$test: $few bytes of weights fit into $k KB, $last do not" test "$few" -le $((k * 1024)) -a "$last" \
            -gt $((k * 1024))
        "$BUILD/cnnc" --emit=infer --target="$target" --max-flash=${k}K --summary "$net" >"$dir/summary"
        runs "$test: the summary knows, $k KB" grep -q "$(echo "$few" | sed 's/...$/,&/') bytes" "$dir/summary"
        trainer --max-flash=${k}K
        last=$few
    done
    emit --max-ram=32K
    scratch=$(sed -n 's/.* weights; \([0-9]*\) bytes of scratch.*/\1/p' "$dir/net.c")
    runs "$test: $scratch bytes of scratch fit into 32 KB" test "$scratch" -le 32768
    trainer --max-ram=32K
}

# shellcheck disable=SC2086
warnings() {
    emit
    for cc in gcc clang; do
        command -v $cc >/dev/null || continue
        case $cc-$target in # what clang says depends on -O rarely, what gcc says often
        *-native) options='-O0 -O1 -O3' ;;
        gcc-*) options=-O3 ;;
        *) options=-fsyntax-only ;;
        esac
        for o in $options; do
            runs "$test, $cc $o" $cc $warnings $o -c -o "$dir/net.o" "$dir/net.c"
        done
    done
    echo '#include "net.h"' >"$dir/use.cc"
    runs "$test, C++" "$CXX" -Wall -Wextra -Wpedantic -Werror -fsyntax-only "$dir/use.cc"
}

# the object has one function and constants, no writable data; it allocates nothing, and needs no library where vectors
# compute exp
needs() {
    emit
    $CC -std=c99 -O2 -fno-pic -c -o "$dir/net.o" "$dir/net.c"
    nm "$dir/net.o" | sed 's/^.* \([A-Za-z]\) /\1 /' |
        grep -v -E '^([tr] .*|U (mem(cpy|set)|__stack_chk_fail))$' >"$dir/actual"
    printf 'T mnist_infer\nT mnist_infer_batch\nT mnist_normalize\n' >"$dir/expected"
    same "$test" "$dir/expected" "$dir/actual"
}

bytes() {
    emit
    mkdir "$dir/elsewhere"
    cp "$net" "$dir/elsewhere/mnist.net"
    (cd "$dir/elsewhere" && "$BUILD/cnnc" --emit=infer --weights="$weights" -o net.c mnist.net)
    same "$test" "$dir/net.c" "$dir/elsewhere/net.c"
    same "$test, header" "$dir/net.h" "$dir/elsewhere/net.h"
    (cd "$dir/elsewhere" && "$BUILD/cnnc" --emit=infer --weights="$weights" mnist.net && ls) >"$dir/actual" 2>&1
    printf '%s\n' mnist.c mnist.h mnist.net net.c net.h >"$dir/expected"
    same "$test, names of files" "$dir/expected" "$dir/actual"
}

own_scratch() { # on request, scratch is one static buffer
    emit
    driver "$dir/own" -DMNIST_OWN_SCRATCH -DDRIVEN_WITHOUT
    "$dir/own" "$x" "$dir/own.npy"
    close_to "$test" 0 "$dir/own.npy"
}

sanitized() {
    [ -z "${NO_ASAN:-}" ] || return 0
    emit
    driver "$dir/driver" -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
    runs "$test" "$dir/driver" "$x" "$dir/y.npy"
}

says() { # STATUS TEXT OPTION... -- cnnc prints this text and writes no file
    wanted=$1 text=$2
    shift 2
    "$BUILD/cnnc" "$@" -o "$dir/no.c" "$net" >"$dir/log" 2>&1
    got=$?
    if [ $got = "$wanted" ] && grep -qF -- "$text" "$dir/log" && [ ! -e "$dir/no.c" ]; then
        pass "$test: $text"
    else
        { echo "status $got, wanted $wanted: $text"; cat "$dir/log"; } | fail "$test: $text"
    fi
}

messages() {
    says 2 "wants the weights to embed: --weights=FILE" --emit=infer
    says 2 "--weights is for --emit=infer" --weights="$weights"
    says 2 "--weights-file is for --emit=infer" --weights-file="$dir/no"
    says 1 "no.npz: cannot open" --emit=infer --weights="$dir/no.npz"
    says 1 "is missing" --emit=infer --weights=tests/num/gradients/dense/w.npz
    says 1 "has the shape [12, 20], but the network wants" --emit=infer --weights=tests/num/gradients/dense/w.npz
    says 1 "does not belong to the network; did you mean 'dense_1.kernel'?" --emit=infer \
        --weights=tests/num/gradients/dense/w.npz
    says 1 "holds the weights of a network: dense.kernel [12, 20]" --emit=infer \
        --weights=tests/num/gradients/dense/w.npz
    says 1 "note: this is the model 'mnist': conv2d.kernel " --emit=infer --weights=tests/num/gradients/dense/w.npz
    head -c 3000 "$weights" >"$dir/short.safetensors"
    says 1 "short.safetensors: " --emit=infer --weights="$dir/short.safetensors"
}

if runs_here "$target" || [ "$what" = warnings ]; then $what; fi
rm -rf "$dir"
