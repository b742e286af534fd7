#!/bin/sh
# format.sh -- every C file is as clang-format leaves it (`make format` does it). Golden C is cnnc's own style and not looked at.
. tests/lib.sh

find compiler files runtime tests bench scripts examples \( -name '*.c' -o -name '*.h' \) ! -path 'tests/golden/*' | sort |
    while read -r f; do
        wanted "$f" || continue
        runs "format $f" clang-format --dry-run -Werror "$f"
    done
