# lib.sh -- what the scripts of this folder share; run.sh makes the files that they use. Sourced: . tests/program/lib.sh
. tests/lib.sh

DATA=$TMP/data          # made by makedata: 500 and 100 rows
TINY=$TMP/tiny          # tiny.net as a program
HERE=$ROOT/tests/program
SAMPLE=$ROOT/examples/data/mnist-sample

# A script that checks no gradients needs no reference in its programs, which is a fifth of their compilation, unless
# it asks why a loss is nan.
reference=-DCNN_NO_REFERENCE
! grep -q gradcheck "$0" || reference=

# shellcheck disable=SC2046
build() { # NET PROGRAM [OPTION...] -- messages stay in PROGRAM.log; the C stays beside the program
    net=$1 program=$2
    shift 2
    "$BUILD/cnnc" "$@" -o "$program.c" "$net" >"$program.log" 2>&1 &&
        $CC -std=c11 -O1 -march=native $reference \
            -o "$program" "$program.c" $("$BUILD/cnnc" --cflags --libs "$net" 2>/dev/null) >>"$program.log" 2>&1
}

# says NAME STATUS PATTERN COMMAND... -- one test: the command ends with this status and prints a line that matches the
# pattern
# shellcheck disable=SC2254
says() {
    _name=$1 _want=$2 _pattern=$3 _got=0
    shift 3
    "$@" >"$TMP/log.$$" 2>&1 || _got=$?
    if case $_got in $_want) true ;; *) false ;; esac &&
        { [ -z "$_pattern" ] || grep -qE -e "$_pattern" "$TMP/log.$$"; }; then
        pass "$_name"
    else
        { echo "$*"; echo "exit status $_got, wanted $_want and '$_pattern'"; head -c 4000 "$TMP/log.$$"; } |
            fail "$_name"
    fi
}

check() { # NAME EXPLANATION -- one test: the command before this one had status 0; returns that status
    if [ $? = 0 ]; then
        pass "$1"
    else
        printf '%s\n' "$2" | fail "$1"
        return 1
    fi
}

skip() { # NAME WHY
    echo "skipped $1: $2"
}

folder() { # NAME -- makes an empty folder of that name and prints its path
    rm -rf "${TMP:?}/$1"
    mkdir -p "$TMP/$1" && echo "$TMP/$1"
}

# learns EXAMPLE NUMBER above|below FIGURE [OPTION...] -- two tests: examples/EXAMPLE.net trains, and then its number of
# the test set is on that side of the figure. The program has neither reference nor bench, so it is compiled sooner.
# shellcheck disable=SC2046,SC2154
learns() {
    example=$1 number=$2 side=$3 figure=$4
    shift 4
    spec=$(basename "$example")
    "$BUILD/cnnc" -Wno-slow -o "$spec.c" "$ROOT/examples/$example.net" >"$spec.log" 2>&1 &&
        $CC -std=c11 -O1 -march=native -DCNN_NO_REFERENCE -DCNN_NO_BENCH -o "./$spec" "$spec.c" \
            $("$BUILD/cnnc" --cflags --libs "$ROOT/examples/$example.net" 2>/dev/null) >>"$spec.log" 2>&1
    runs "$p $spec.net trains" "./$spec" train --save "$spec.safetensors" "$@"
    "./$spec" evaluate --weights "$spec.safetensors" >"$spec.out" 2>&1
    runs "$p $spec.net: $number of the test set is $side $figure" awk -v name="$number:" -v side="$side" \
        -v figure="$figure" '
        { for (i = 1; i < NF; i++) if ($i == name) { n++; value = $(i + 1) } }
        END { exit !(n == 1 && (side == "above" ? value > figure : value < figure)) }' "$spec.out"
}
