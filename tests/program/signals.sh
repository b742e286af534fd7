#!/bin/sh
# signals.sh -- SIGINT and SIGTERM: the batch finishes, a checkpoint is written, status 130, and the run can be taken up.
. tests/program/lib.sh
p="program signals:"
cd "$(folder signals)" || exit 1
for signal in INT TERM; do
    rm -f ./*.safetensors
    # a shell's background job ignores SIGINT, and a program keeps what it was started with: so start it through env
    "$TINY" train --data-dir "$DATA" --epochs 2 --quiet --save two.safetensors >log2 2>&1
    env --default-signal=INT "$TINY" train --data-dir "$DATA" --epochs 100000 --save cut.safetensors >log 2>&1 &
    pid=$!
    sleep 0.4
    kill -$signal $pid
    wait $pid
    [ $? = 130 ]
    check "$p $signal ends with status 130" "$(tail -5 log)"
    [ -f cut.safetensors ]
    check "$p $signal saves" "$(tail -5 log)"
    # the epoch it was in, from the log; two more whole epochs from nothing and from the cut
    reached=$(grep -o 'Epoch [0-9]*' log | tail -1 | tr -dc 0-9)
    to=$((${reached:-1} + 2))
    "$TINY" train --data-dir "$DATA" --quiet --epochs $to --save whole.safetensors >log2 2>&1
    runs "$p $signal can be taken up" "$TINY" train --data-dir "$DATA" --quiet --resume cut.safetensors --epochs $to --save taken-up.safetensors
    runs "$p $signal, the same bytes" cmp whole.safetensors taken-up.safetensors
done
