# lib.sh -- what the groups share. Sourced: . tests/lib.sh
# A shell has no local variables, so those of a function that runs a command of its caller begin with '_'.

ROOT=$(pwd)
export LC_ALL=C
export CNN_OVERSUBSCRIBE=1 # as many threads as a test asks for, however many cores there are
: "${BUILD:=build}" "${CC:=cc}" "${CXX:=c++}" "${JOBS:=2}" "${ONLY:=}"
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
if [ -z "${TMP:-}" ]; then
    TMP=$(mktemp -d)
    trap 'rm -rf "$TMP"' EXIT
    trap 'exit 130' INT TERM
fi
export ROOT BUILD CC CXX JOBS ONLY TMP

wanted() { # NAME -- succeeds when ONLY asks for this test
    case $1 in *"$ONLY"*) return 0 ;; esac
    return 1
}

pass() { # NAME
    echo "ok $1"
}

fail() { # NAME, with the explanation on standard input: at most 60 lines of it
    echo "FAIL $1"
    sed -n 's/^/    /; 1,60p; 60s/.*/    .../p'
}

same() { # NAME EXPECTED ACTUAL -- one test: two files are equal
    if diff -u "$2" "$3" >"$TMP/diff.$$" 2>&1; then
        pass "$1"
    else
        fail "$1" <"$TMP/diff.$$"
    fi
}

runs() { # NAME COMMAND... -- one test: the command ends with status 0; its output is shown when it does not
    _name=$1
    shift
    if "$@" >"$TMP/log.$$" 2>&1; then
        pass "$_name"
    else
        { echo "$*"; cat "$TMP/log.$$"; } | fail "$_name"
    fi
}

status() { # NAME WANTED COMMAND... -- one test: the command ends with this status
    _name=$1 _want=$2 _got=0
    shift 2
    "$@" >"$TMP/log.$$" 2>&1 || _got=$?
    if [ "$_got" = "$_want" ]; then
        pass "$_name"
    else
        { echo "$*"; echo "exit status $_got, wanted $_want"; cat "$TMP/log.$$"; } | fail "$_name"
    fi
}

runs_here() { # TARGET -- whether this machine runs code for that x86-64; others are C that all machines run
    case $1 in
    x86-64-v4) _macro=__AVX512DQ__ ;;
    x86-64-v3) _macro=__AVX2__ ;;
    *) return 0 ;;
    esac
    $CC -march=native -dM -E - </dev/null | grep -q $_macro
}

# in_parallel SCRIPT [ARG...] < lines: runs SCRIPT ARG... LINE for each line, JOBS at once. The output of each run
# stays together.
in_parallel() {
    xargs -r -P "$JOBS" -d '\n' -n 1 sh -c '
        out=$(mktemp "$TMP/out.XXXXXX")
        sh "$@" >"$out" 2>&1 || echo "FAIL $* ended with status $?" >>"$out"
        cat "$out"
        rm -f "$out"' in_parallel "$@"
}
