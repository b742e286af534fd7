#!/bin/sh
# golden.sh -- compares every expected file under golden/ with what cnnc prints today. UPDATE=1 rewrites them.
. tests/lib.sh

cases() {
    find tests/golden -name '*.net' -o -name '*.yaml' -o -name '*.cmd' | sed 's/\.[a-z]*$//' | sort -u
}
cases | while read -r c; do
    wanted "$c" && echo "$c"
done | in_parallel tests/golden/case.sh
