#!/bin/sh
# coverage.sh BUILD -- runs the tests on a build made with --coverage and prints the lines executed, by folder. Status
# 1 below 85%.
set -eu
cd "$(dirname "$0")/.."
build=$(cd "$1" && pwd)
bar=85

find "$build" -name '*.gcda' -exec rm -f {} +
# generated programs link with a libcnn.a that counts; the wrapper gives them the library it counts with
printf '#!/bin/sh\nexec %s "$@" -lgcov\n' "${CC:-cc}" >"$build/cc"
printf '#!/bin/sh\nexec %s "$@" -lgcov\n' "${CXX:-c++}" >"$build/c++"
chmod +x "$build/cc" "$build/c++"
NO_ASAN=1 BUILD=$build CC=$build/cc CXX=$build/c++ sh tests/run.sh unit golden docs num infer program || exit 1

find "$build/obj" -name '*.gcda' | while read -r f; do
    gcov -n -o "$(dirname "$f")" "$f" 2>/dev/null
done | awk -v bar=$bar -v root="$(pwd)/" '
    /^File / {
        file = substr($0, 7, length($0) - 7)
        sub(root, "", file)
        ours = file ~ /^(compiler|files|runtime|grammar)\/.*\.(c|ct|l|y)$/
    }
    /^Lines executed:/ && ours {
        split(substr($0, 16), part, "% of ")
        n = split(file, path, "/")
        folder = path[1]
        for (i = 2; i < n; i++)
            folder = folder "/" path[i]
        lines[folder] += part[2]; hit[folder] += part[1] * part[2] / 100
        all += part[2]; all_hit += part[1] * part[2] / 100
        if (part[1] + 0 < bar)
            low[file] = part[1]
        ours = 0
    }
    END {
        for (f in low)
            printf "%6.1f%%  %s\n", low[f], f | "sort -n"
        close("sort -n")
        print "---"
        for (f in lines)
            printf "%6.1f%% of %5d lines  %s\n", 100 * hit[f] / lines[f], lines[f], f | "sort -k5"
        close("sort -k5")
        if (!all) { print "nothing was counted"; exit 1 }
        printf "%6.1f%% of %5d lines  in all; the bar is %d%%\n", 100 * all_hit / all, all, bar
        exit 100 * all_hit / all < bar
    }'
