#!/bin/sh
# mpich.sh -- the same with MPICH in the place of Open MPI.
. tests/ranks/lib.sh
if ! command -v mpicc.mpich >/dev/null || ! command -v mpirun.mpich >/dev/null; then
    skip "ranks mpich" "there is no MPICH"
    exit
fi
mkdir "$TMP/mpich"
for f in runtime/ranks/*.c; do
    MPICH_CC=$CC mpicc.mpich -std=c11 -D_DEFAULT_SOURCE -Iruntime -Iruntime/include -Ifiles -I"$BUILD/gen" -O1 \
        -Wall -Wextra -Werror -c -o "$TMP/mpich/$(basename "$f" .c).o" "$f" || exit 1
done
ar rcs "$TMP/mpich/libcnn-mpi.a" "$TMP"/mpich/*.o
export MPIRUN=mpirun.mpich
export MPI_LIBS="-L$TMP/mpich -L$BUILD -lcnn-mpi -lcnn $(mpicc.mpich -show | tr ' ' '\n' | grep -E '^-(L|l)' |
    tr '\n' ' ') -lz -lm -lpthread"
cd "$(folder mpich-bits)" || exit 1
link "$HERE/statistics.net" ./net || exit
one ./net
combinations mpich ./net 1,2 2,2 3,1 8,2
if [ -n "$ALL" ]; then
    (cd "$ROOT" && sh tests/ranks/bits.sh)
fi

# a rank that is stopped
CNN_RANK_TIMEOUT=4 mpirun.mpich -n 3 ./net train --epochs 100000 --quiet --save cut.safetensors >log 2>&1 &
job=$!
for _ in $(seq 120); do
    [ -f cut.safetensors ] && break
    sleep 0.5
done
for proxy in $(pgrep -P $job); do
    for pid in $(pgrep -P "$proxy"); do
        tr '\0' '\n' <"/proc/$pid/environ" | grep -qx 'PMI_RANK=1' && kill -STOP "$pid"
    done
done
begin=$(date +%s)
(sleep 40 && kill -KILL $job) 2>/dev/null &
wait $job
[ $? != 0 ] && [ $(($(date +%s) - begin)) -lt 30 ] && grep -q 'rank 1 on .*: no sign of life' log
check "ranks mpich: a rank is stopped" "$(head -20 log)"
