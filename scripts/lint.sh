#!/bin/sh
# lint.sh -- runs clang-tidy and cppcheck on every C file of the compiler, files and the runtime, also on the compiled
# templates, but not on the output of flex and bison. Prints the findings; the status is 1 if there are any.
# `make lint` calls it after it has written compile_commands.json. .clang-tidy and .cppcheck list the checks that are
# off, with the reasons.
set -u
: "${BUILD:=build}" "${JOBS:=2}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
    find compiler files runtime -name '*.c' | sort
    for f in compiler/*/*.ct; do echo "$BUILD/gen/${f#compiler/}"; done | sed 's/ct$/c/'
} >"$work/files"

# cppcheck 2.10 crashes on _Generic; -U makes it take out_value, a macro with one, for a function.
cppcheck -j "$JOBS" --quiet --enable=warning,style,performance,portability --suppressions-list=.cppcheck \
    -D_DEFAULT_SOURCE '-DCNNC_PREFIX="/"' -Uout_value -Icompiler -Iruntime -Iruntime/include -Ifiles -I"$BUILD/gen" \
    --template='{file}:{line}: {message} [{id}]' --file-list="$work/files" 2>"$work/cppcheck"
cat "$work/cppcheck"

# One file at a time: clang-tidy 14 takes the va_list of a second file for uninitialized.
xargs -P "$JOBS" -n 1 clang-tidy -p . --quiet <"$work/files" >"$work/tidy" 2>"$work/log" || cat "$work/log"
cat "$work/tidy"

found=$(cat "$work/cppcheck" "$work/tidy" | grep -c -E '\[[a-zA-Z0-9.,-]+\]$')
echo "$found findings in $(wc -l <"$work/files") files"
[ "$found" = 0 ]
