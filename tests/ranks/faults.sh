#!/bin/sh
# faults.sh -- ranks that are lost, that cannot begin, or that would compute other bits. A job ends soon and says why.
. tests/ranks/lib.sh
cd "$(folder faults)" || exit 1
sed 's/batch=24/batch=80/; s/model tiny/model lost/' "$ROOT/tests/program/tiny.net" >lost.net
link lost.net ./lost || exit
export CNN_RANK_TIMEOUT=4

begin() { # trains for long on three ranks; sets job, and victim, the process of a rank other than the first
    rm -f cut.safetensors
    env --default-signal=INT,TERM mpirun -n 3 ./lost train --epochs 100000 --save cut.safetensors --quiet >log 2>&1 &
    job=$!
    victim=
    for _ in $(seq 120); do
        sleep 0.5
        [ -f cut.safetensors ] || continue
        for pid in $(pgrep -P "$job"); do
            tr '\0' '\n' <"/proc/$pid/environ" | grep -qxE '(OMPI_COMM_WORLD_RANK|PMI_RANK)=1' && victim=$pid
        done
        [ -n "$victim" ] && break
    done
}

ends() { # NAME PATTERN -- one test: the job ends within 30 seconds, and what it says fits
    before=$(date +%s)
    (sleep 30 && kill -KILL $job) 2>/dev/null &
    guard=$!
    wait $job
    got=$?
    kill $guard 2>/dev/null
    took=$(($(date +%s) - before))
    [ $got != 0 ] && [ $took -lt 30 ] && grep -qE "$2" log
    check "ranks faults: $1" "status $got after $took s; $(head -20 log)"
}

goes_on() { # NAME -- one test: the last checkpoint goes on with other ranks, to the bits of a run that was never cut
    done=$(grep -ao '"epoch":"[0-9]*"' cut.safetensors | head -1 | tr -dc 0-9)
    to=$((${done:-0} + 2))
    { ./lost-alone train --quiet --epochs $to --save whole.safetensors &&
        ranks 2 ./lost train --quiet --epochs $to --resume cut.safetensors --save taken-up.safetensors &&
        cmp whole.safetensors taken-up.safetensors; } >log 2>&1
    check "ranks faults: goes on after $1" "from epoch ${done:-?}: $(tail -5 log)"
}

begin
kill -KILL "$victim"
ends "killed" 'rank 1.* on node .* signal 9|rank 1 on'
goes_on "a rank was killed"
begin
kill -STOP "$victim"
ends "stopped" 'lost: rank 1 on [^ ]*: no sign of life for'
goes_on "a rank was stopped"
begin
kill -INT "$job"
ends "interrupted" 'interrupted at epoch .*saved cut.safetensors'
goes_on "an interruption"

# ---- before the first step
refused() { # NAME PATTERN COMMAND...
    name=$1 pattern=$2
    shift 2
    says "ranks faults: $name" '[1-9]*' "$pattern" timeout 60 "$@"
}
sed 's/Dense 12/Dense 11/' lost.net >other.net
link other.net ./other || exit
refused "another program" 'rank 1 on .* has another program' \
    mpirun -n 1 ./lost train --epochs 1 --quiet : -n 1 ./other train --epochs 1 --quiet
refused "other options" 'rank 1 on .* has other options' \
    mpirun -n 1 ./lost train --epochs 1 --quiet : -n 1 ./lost train --epochs 2 --quiet
mkdir others && "$TMP/makedata" others 501 100
refused "other data" 'rank 1 .*training data' \
    mpirun -n 1 env CNN_DATA_DIR="$DATA" ./lost train --epochs 1 --quiet : \
    -n 1 env CNN_DATA_DIR=others ./lost train --epochs 1 --quiet
refused "data that one rank has not" 'rank 1: .*train-x' \
    mpirun -n 1 env CNN_DATA_DIR="$DATA" ./lost train --epochs 1 --quiet : \
    -n 1 env CNN_DATA_DIR=/nowhere ./lost train --epochs 1 --quiet
refused "data that no rank has" "^lost: .*train-x" \
    mpirun -n 2 env CNN_DATA_DIR=/nowhere ./lost train --epochs 1 --quiet
