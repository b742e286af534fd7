#!/bin/sh
# case.sh CASE -- one golden case, e.g. tests/golden/shape/pool: each expected file beside its input is a test.
. tests/lib.sh
case=$1
base=$(basename "$case")
name=${case#tests/golden/}
dir=$(mktemp -d "$TMP/case.XXXXXX")
target=--target=x86-64-v3

cd "$(dirname "$case")" || exit 1
extra=
[ ! -f "$base.cmd" ] || extra=$(cat "$base.cmd")

check() { # EXPECTED-FILE, the actual one is $dir/actual
    if [ -n "${UPDATE:-}" ]; then
        cmp -s "$dir/actual" "$1" || { cat "$dir/actual" >"$1"; echo "rewritten: $case.${1##*.}"; }
        return
    fi
    same "$name.${1##*.}" "$1" "$dir/actual"
}

status_is() { # WANTED GOT -- when they differ, adds a line that no expected file has, so that the comparison fails and shows it
    [ "$1" = "$2" ] || echo "exit status $2 instead of $1" >>"$dir/actual"
}

# extra is a list of words
# shellcheck disable=SC2086
stage() { # INPUT STAGE
    "$BUILD/cnnc" $target $extra -d "$2" "$1" >"$dir/actual" 2>"$dir/err"
    status_is 0 $?
    cat "$dir/err" >>"$dir/actual"
}

# shellcheck disable=SC2086
emit() { # INPUT EXTENSION
    "$BUILD/cnnc" $target $extra -o "$dir/$base.c" "$1" 2>"$dir/err"
    emitted=$?
    cat "$dir/$base.$2" >"$dir/actual"
    status_is 0 $emitted
}

# shellcheck disable=SC2086
messages() { # INPUT STATUS
    "$BUILD/cnnc" $extra -fsyntax-only "$1" >"$dir/actual" 2>&1
    status_is "$2" $?
}

one() { # INPUT EXPECTED-FILE
    case ${2##*.} in
    spec | grad | plan | mem) stage "$1" "${2##*.}" ;;
    graph) stage "$1" net ;;
    c | h) emit "$1" "${2##*.}" ;;
    err) messages "$1" 1 ;;
    warn) messages "$1" 0 ;;
    esac
    check "$2"
}

input=$base.net
[ -f "$input" ] || input=$base.yaml
for x in spec graph grad plan mem c h err warn; do
    [ ! -f "$base.$x" ] || one "$input" "$base.$x"
done
if [ -f "$base.net" ] && [ -f "$base.yaml" ] && [ -z "${UPDATE:-}" ]; then
    for x in graph c; do
        [ ! -f "$base.$x" ] || one "$base.yaml" "$base.$x" | sed "1s/ $(echo "$name" | sed 's,/,\\/,g')/& (yaml)/"
    done
fi
if [ -f "$base.out" ]; then
    # shellcheck disable=SC2086
    "$BUILD/cnnc" $extra >"$dir/actual" 2>&1
    echo "exit status $?" >>"$dir/actual"
    check "$base.out"
fi
rm -rf "$dir"
