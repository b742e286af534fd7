# lib.sh -- what the scripts of this folder share; run.sh makes the files that they use. Sourced: . tests/program/lib.sh
. tests/lib.sh

DATA=$TMP/data          # made by makedata: 500 and 100 rows
TINY=$TMP/tiny          # tiny.net as a program
HERE=$ROOT/tests/program
SAMPLE=$ROOT/examples/data/mnist-sample

# shellcheck disable=SC2046
build() { # NET PROGRAM [OPTION...] -- messages stay in PROGRAM.log; the C stays beside the program
    net=$1 program=$2
    shift 2
    "$BUILD/cnnc" "$@" -o "$program.c" "$net" >"$program.log" 2>&1 &&
        $CC -std=c11 -O1 -march=native \
            -o "$program" "$program.c" $("$BUILD/cnnc" --cflags --libs "$net" 2>/dev/null) >>"$program.log" 2>&1
}

# says NAME STATUS PATTERN COMMAND... -- one test: the command ends with this status and prints a line that matches the
# pattern
# shellcheck disable=SC2254
says() {
    name=$1 want=$2 pattern=$3 got=0
    shift 3
    "$@" >"$TMP/log.$$" 2>&1 || got=$?
    if case $got in $want) true ;; *) false ;; esac &&
        { [ -z "$pattern" ] || grep -qE -e "$pattern" "$TMP/log.$$"; }; then
        pass "$name"
    else
        { echo "$*"; echo "exit status $got, wanted $want and '$pattern'"; head -c 4000 "$TMP/log.$$"; } | fail "$name"
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
