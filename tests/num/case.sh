#!/bin/sh
# case.sh 'KIND NAME [TARGET]', 'dropout PROGRAM NET [LAYER:STRATEGY]' -- one network of run.sh, from .net to numbers.
. tests/lib.sh
set -f
# shellcheck disable=SC2086
set -- $1
kind=$1 name=$2 target=${3:-native} strategy=${4:-}
what="num $*"
dir=$(mktemp -d "$TMP/case.XXXXXX")
program=$dir/program

# Most of a test is its compilation, which -O0 halves. So other targets do without optimization, where the numbers are
# no compiler's, and families whose networks differ in hardly more than a formula; this machine's kernels of each kind
# are compiled at -O3 once or twice.
flags() { # prints the compiler's options
    case $kind-$target-$name in
    gradients-native-mnist | gradients-native-conv_same | gradients-native-conv1d_causal | \
        gradients-native-depthwise | gradients-native-dense_wide | gradients-native-pool_max | \
        gradients-native-winograd | gradients-native-conv_1x1) echo -O3 -march=native ;;
    gradients-native-acts_* | gradients-native-loss_* | gradients-native-pixels_* | gradients-native-pool_* | \
        gradients-native-positions_* | gradients-native-reg_* | gradients-native-smooth_*) echo -O0 -march=native ;;
    graph-native-*[1-9] | example-* | train-* | checked-native-* | random-*) echo -O0 -march=native ;;
    *-native-* | graph-native-*) echo -O1 -march=native ;;
    graph-*) echo -O0 -march=native ;;
    *-x86-64-*) echo -O0 "-march=$target" ;;
    *) echo -O0 ;;
    esac
}

# Without optimization clang takes three quarters of gcc's time.
case $kind-$target in
graph-* | random-* | example-* | gradients-[!n]* | ports-[!n]*) ! command -v clang >/dev/null || CC=clang ;;
esac

# Only the programs that check gradients need the reference.
case $kind-$target in
gradients-native | ports-native | unrolled-native | checked-* | example-* | graph-* | random-*) reference= ;;
*) reference=-DCNN_NO_REFERENCE ;;
esac

# The C of the fixtures gives no warning, whatever the target; group `generated` asks clang.
case $kind in
gradients) warnings='-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror' ;;
*) warnings= ;;
esac

# shellcheck disable=SC2046,SC2086
build() { # NET [OPTION...] -- makes $program; a failure fails the test
    "$BUILD/cnnc" --target="$target" -o "$dir/net.c" "$@" 2>"$dir/log" &&
        $CC -std=c11 $warnings $(flags) $reference -o "$program" "$dir/net.c" $("$BUILD/cnnc" --cflags --libs) \
            >>"$dir/log" 2>&1 && return
    { cat "$1" "$dir/log"; } | fail "$what builds"
    return 1
}

close_to() { # SUFFIX RTOL ACTUAL EXPECTED COMMAND... -- the command ends well, and what it wrote is as expected
    test="$what $1" rtol=$2 actual=$3 expected=$4
    shift 4
    if "$@" >"$dir/log" 2>&1 && "$TMP/compare" --rtol "$rtol" "$actual" "$expected" >>"$dir/log" 2>&1; then
        pass "$test"
    else
        fail "$test" <"$dir/log"
    fi
}

gradients() { # FOLDER INPUT TARGET
    from=tests/num/$1/$name input=$2 wanted=$3 end=npy
    [ ! -f "$from/p.npz" ] || end=npz
    close_to gradients 1e-4 "$dir/g.npz" "$from/g.npz" \
        "$program" gradients --weights "$from/w.npz" --input "$from/$input" --target "$from/$wanted" -o "$dir/g.npz"
    close_to predict 1e-5 "$dir/p.$end" "$from/p.$end" \
        "$program" predict --weights "$from/w.npz" --input "$from/$input" -o "$dir/p.$end"
    [ "$target" != native ] || runs "$what gradcheck" "$program" gradcheck --samples 20
}

# Forward as straight-line code wherever a layer is not too large, in functions of at most a thousand statements.
unrolled() {
    "$BUILD/cnnc" --target="$target" --unroll=2000 -d plan "$1" >"$dir/plan" 2>"$dir/log"
    grep -q ' [a-z]*_unrolled .* statements' "$dir/plan" || fail "$what is chosen" <"$dir/plan"
    build "$1" --unroll=2000 || return
    gradients gradients x.npy y.npy
    awk -f tests/program/statements.awk "$dir/net.c" | awk '$1 > 1000' >"$dir/long"
    [ ! -s "$dir/long" ] || fail "$what has short functions" <"$dir/long"
}

train() {
    first=tests/num/train/$name/w0.npz
    [ -f "$first" ] || first=tests/num/train/w0.npz
    close_to weights 1e-3 "$dir/w.npz" "tests/num/train/$name.npz" \
        "$program" train --data-dir tests/num/train --weights "$first" --no-shuffle --quiet \
        --save "$dir/w.npz"
}

warp() { # after one step the weights are what the layer made of the image
    close_to weights 1e-5 "$dir/w.npz" "tests/num/warp/$name.npz" \
        "$program" train --data-dir tests/num/warp --quiet --save "$dir/w.npz"
}

checked() { # shapes whose gradients are checked only against differences of their loss
    build "tests/num/checked/$name.net" && runs "$what" "$program" gradcheck --samples 20
}

example() { # the network of the page of a layer, between layers that have weights if it may stand there
    "$BUILD/cnnc" --layers "$name" | awk -v name="$name" '
        /^example:/ { inside = 1; next }
        inside && !NF { exit }
        inside { print substr($0, 3) }
        inside && $1 == "Input" && name !~ /^(Input|MixUp|CutMix)$/ { n = split($2, d, "x"); print "Dense " d[n] }
        END { print "Dense 3"; print "train {"; print "  loss mse"; print "}" }' >"$dir/net.net"
    build "$dir/net.net" && runs "$what" "$program" gradcheck --samples 20
}

# shellcheck disable=SC2046
link_user() { # NET
    "$BUILD/cnnc" ${strategy:+"--strategy=$strategy"} -o "$dir/$name.c" "tests/num/dropout/$1.net" &&
        $CC -std=c11 $(flags) -Dmain=unused_main -c -o "$dir/net.o" "$dir/$name.c" $("$BUILD/cnnc" --cflags) &&
        $CC -std=c11 -O2 -I"$dir" -o "$program" "tests/num/dropout/$name.c" "$dir/net.o" $("$BUILD/cnnc" --libs)
}

dropout() { # a program of its own uses a network as a library
    net=$target target=native
    if link_user "$net" >"$dir/log" 2>&1; then
        runs "$what" "$program" "$net"
    else
        fail "$what builds" <"$dir/log"
    fi
}

# A network that fails is kept in $BUILD/failed, made as small as it goes.
graph() {
    "$TMP/randgraph" "$name" >"$dir/net.net"
    case $((name % 4)) in
    0) target=generic ;;
    1) target=x86-64-v3 ;;
    *) target=native ;;
    esac
    runs_here "$target" || target=generic
    build "$dir/net.net" || return
    "$program" gradcheck --samples 16 >"$dir/log" 2>&1 && pass "$what" && return
    mkdir -p "$BUILD/failed"
    TARGET=$target sh tests/num/reduce.sh "$dir/net.net" >"$BUILD/failed/$name.net" 2>&1
    { echo "for $target, in $BUILD/failed/$name.net:"; cat "$BUILD/failed/$name.net" "$dir/log"; } | fail "$what"
}

random() {
    "$TMP/randnet" "$name" >"$dir/net.net"
    build "$dir/net.net" || return
    "$program" gradcheck --samples 20 >"$dir/log" 2>&1 && pass "$what" && return
    cat "$dir/net.net" "$dir/log" | fail "$what"
}

case $kind in
gradients) if runs_here "$target"; then build "tests/num/gradients/$name.net" && gradients gradients x.npy y.npy; fi ;;
ports) if runs_here "$target"; then build "tests/num/ports/$name.net" && gradients ports xy.npz xy.npz; fi ;;
unrolled) unrolled "tests/num/gradients/$name.net" ;;
train) build "tests/num/train/$name.net" && train ;;
warp) build "tests/num/warp/$name.net" && warp ;;
*) $kind ;;
esac
rm -rf "$dir"
