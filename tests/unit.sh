#!/bin/sh
# unit.sh -- runs the cmocka programs that make built from tests/unit, plain and with sanitizers.
. tests/lib.sh

for folder in "$BUILD" "$BUILD/asan"; do
    [ "$folder" = "$BUILD" ] || [ -z "${NO_ASAN:-}" ] || continue
    for source in tests/unit/test_*.c; do
        [ -f "$source" ] || continue
        program=$folder/tests/$(basename "$source" .c)
        if wanted "$program"; then
            echo "$program"
        fi
    done
done | in_parallel tests/unit/one.sh
