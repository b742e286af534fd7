#!/bin/sh
# format.sh -- every C file has the format of clang-format (`make format` applies it). Golden C has cnnc's own style
# and is not checked.
. tests/lib.sh

find compiler files runtime tests bench scripts examples \( -name '*.c' -o -name '*.h' \) ! -path 'tests/golden/*' |
    sort |
    while read -r f; do
        if wanted "$f"; then echo "$f"; fi
    done >"$TMP/files"
# one process checks all files, because starting it is most of the work
# shellcheck disable=SC2046
clang-format --dry-run -Werror $(cat "$TMP/files") 2>"$TMP/log" || : "the log tells which"
while read -r f; do
    if grep "^$f:" "$TMP/log" >"$TMP/of"; then fail "format $f" <"$TMP/of"; else pass "format $f"; fi
done <"$TMP/files"
if [ -s "$TMP/log" ] && ! grep -q '^[^ :]*:[0-9]*:' "$TMP/log"; then fail "format" <"$TMP/log"; fi

for f in compiler/*/*.ct; do
    wanted "$f" || continue
    sh scripts/format_template.sh "$f" 2>&1 | diff -u "$f" - >"$TMP/of" || : "the difference tells"
    if [ -s "$TMP/of" ]; then fail "format $f" <"$TMP/of"; else pass "format $f"; fi
done

# No line of code is longer than 120 columns: clang-format does not shorten comments, and does not see the lines that
# templates emit, scripts and the Makefile.
if wanted "120 columns"; then
    find Makefile compiler files runtime grammar tests bench scripts examples ! -path 'tests/golden/*' -type f \
        \( -name '*.[chly]' -o -name '*.ct' -o -name '*.def' -o -name '*.sh' -o -name '*.awk' -o -name Makefile \) \
        -exec awk 'length > 120 { print FILENAME ":" FNR ": " length " columns" }' {} + | sort >"$TMP/of"
    if [ -s "$TMP/of" ]; then fail "120 columns" <"$TMP/of"; else pass "120 columns"; fi
fi
