#!/bin/sh
# run.sh -- a program on several ranks, as mpirun starts them, all on this machine: the bits of one process, whatever
# the number of ranks; what happens when one is lost.
. tests/ranks/lib.sh

if ! command -v mpirun >/dev/null || ! "$BUILD/cnnc" --cflags --mpi >/dev/null 2>&1; then
    echo "skipped ranks: there is no mpirun, or cnnc was built without MPI"
    echo "ok ranks skipped"
    exit
fi
mkdir "$DATA"
$CC -std=c11 -O1 -o "$TMP/makedata" tests/program/makedata.c && "$TMP/makedata" "$DATA" 500 100 || exit 1
export CNN_DATA_DIR="$DATA"
for script in tests/ranks/*.sh; do
    case $script in */run.sh | */lib.sh) continue ;; esac
    if wanted "ranks $(basename "$script" .sh)"; then echo "$script"; fi
done | xargs -r -P "$JOBS" -n 1 sh -c 'out=$(sh "$0" 2>&1) || out="$out
FAIL $0 ended with status $?"
printf "%s\n" "$out"'
