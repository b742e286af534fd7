#!/bin/sh
# compile_commands.sh -- reads what `make -Bn` would run and prints compile_commands.json, for clangd and clang-tidy.
set -eu
dir=$(pwd)

# one JSON object a compilation; backslashes and quotes of the command are escaped
sed -n 's/\\$//; /^[^#]* -c -o [^ ]* [^ ]*\.c$/p' | while read -r command; do
    printf '{"directory": "%s", "file": "%s", "command": "%s"}\n' "$dir" "${command##* }" \
        "$(printf '%s' "$command" | sed 's/[\\"]/\\&/g')"
done | sed '1s/^/[\n/; $!s/$/,/; $s/$/\n]/'
