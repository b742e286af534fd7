#!/bin/sh
# run.sh -- tests cnnc and a generated program from outside, as a user runs them. Each script of this folder tests one
# subject.
. tests/program/lib.sh

mkdir "$DATA"
$CC -std=c11 -O1 -o "$TMP/makedata" tests/program/makedata.c && "$TMP/makedata" "$DATA" 500 100 || exit 1
reference= # for those scripts that want it
build tests/program/tiny.net "$TINY" || { fail "program tiny.net builds" <"$TINY.log"; exit 1; }
"$TINY" train --data-dir "$DATA" --quiet --save "$TMP/tiny.safetensors" >"$TMP/tiny.out" 2>&1 ||
    { fail "program tiny.net trains" <"$TMP/tiny.out"; exit 1; }

for script in tests/program/*.sh; do
    case $script in */run.sh | */lib.sh) continue ;; esac
    if wanted "program $(basename "$script" .sh)"; then echo "$script"; fi
done | xargs -r -P "$JOBS" -n 1 sh -c 'out=$(sh "$0" 2>&1) || out="$out
FAIL $0 ended with status $?"
printf "%s\n" "$out"'
