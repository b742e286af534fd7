#!/bin/sh
# lint.sh -- clang-tidy and cppcheck on every C file of the compiler, files and the runtime, the compiled templates too; what flex and
# bison write is let off. Prints what they find and ends with status 1 when that is anything. `make lint` calls it, behind
# compile_commands.json. What is not asked, and why, stands in .clang-tidy and .cppcheck.
set -u
: "${BUILD:=build}" "${JOBS:=2}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find compiler files runtime "$BUILD/gen/emit" "$BUILD/gen/kernels" -name '*.c' | sort >"$work/files"

# cppcheck 2.10 dies of _Generic, so it takes out_value, which is one, for a function.
cppcheck -j "$JOBS" --quiet --enable=warning,style,performance,portability --suppressions-list=.cppcheck \
    -D_DEFAULT_SOURCE '-DCNNC_PREFIX="/"' -Uout_value -Icompiler -Iruntime -Iruntime/include -Ifiles -I"$BUILD/gen" \
    --template='{file}:{line}: {message} [{id}]' --file-list="$work/files" 2>"$work/cppcheck"
cat "$work/cppcheck"

# one file at a time: clang-tidy 14 takes the va_list of a second one for uninitialized
xargs -P "$JOBS" -n 1 clang-tidy -p . --quiet <"$work/files" >"$work/tidy" 2>"$work/log" || cat "$work/log"
cat "$work/tidy"

found=$(cat "$work/cppcheck" "$work/tidy" | grep -c -E '\[[a-zA-Z0-9.,-]+\]$')
echo "$found findings in $(wc -l <"$work/files") files"
[ "$found" = 0 ]
