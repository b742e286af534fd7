#!/bin/sh
# run.sh -- cnnc and a generated program as a user meets them, from outside: each script of this folder is one matter.
. tests/program/lib.sh

mkdir "$DATA"
$CC -std=c11 -O1 -o "$TMP/makedata" tests/program/makedata.c && "$TMP/makedata" "$DATA" 500 100 || exit 1
build tests/program/tiny.net "$TINY" || { fail "program tiny.net builds" <"$TINY.log"; exit 1; }
"$TINY" train --data-dir "$DATA" --quiet --save "$TMP/tiny.safetensors" >"$TMP/tiny.out" 2>&1 ||
    { fail "program tiny.net trains" <"$TMP/tiny.out"; exit 1; }

for script in tests/program/*.sh; do
    case $script in */run.sh | */lib.sh) continue ;; esac
    if wanted "program $(basename "$script" .sh)"; then echo "$script"; fi
done | xargs -r -P "$JOBS" -n 1 sh -c 'out=$(sh "$0" 2>&1) || out="$out
FAIL $0 ended with status $?"
printf "%s\n" "$out"'
