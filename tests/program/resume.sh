#!/bin/sh
# resume.sh -- a run that was stopped and taken up again ends with the bytes of one that never was: after an epoch, and after
# kill -9 at any moment.
. tests/program/lib.sh
p="program resume:"
cd "$(folder resume)" || exit 1
sed 's/epochs 4/checkpoint "ck.safetensors"\n  epochs 4/; s/model tiny/model kept/' "$HERE/tiny.net" >kept.net
build kept.net ./kept
check "$p builds" "$(cat kept.log)" || exit
train() {
    ./kept train --data-dir "$DATA" --quiet "$@"
}

train --epochs 6 --save whole.safetensors >log 2>&1
check "$p uninterrupted" "$(cat log)"
train --epochs 2 --save half.safetensors
runs "$p two epochs, then to six" train --resume half.safetensors --epochs 6 --save taken-up.safetensors
runs "$p the same bytes" cmp whole.safetensors taken-up.safetensors
train --epochs 2 --save half.safetensors --log half.csv
train --resume half.safetensors --epochs 4 --save b.safetensors --log half.csv
says "$p the log goes on" 0 '^4 3$' awk -F, 'NR > 1 { n++; last = $1 } END { print n, last }' half.csv
runs "$p other threads" train --resume half.safetensors --epochs 6 --threads 3 --save threads.safetensors
runs "$p other threads, the same bytes" cmp whole.safetensors threads.safetensors
runs "$p nothing is left to do" train --resume whole.safetensors --epochs 6 --save done.safetensors
runs "$p the checkpoint of the spec" train --resume ck.safetensors --epochs 8 --save eight.safetensors

# kill -9 wherever it hits, again and again, until the run gets through
epochs=60
train --epochs $epochs --save long.safetensors
rm -f ck.safetensors
kills=0
while [ $kills -lt 40 ]; do
    if [ -f ck.safetensors ]; then resume="--resume ck.safetensors"; else resume=; fi
    # shellcheck disable=SC2086
    ./kept train --data-dir "$DATA" --quiet $resume --epochs $epochs --save killed.safetensors >log 2>&1 &
    pid=$!
    (sleep "0.0$((kills % 5 + 3))"; kill -9 $pid) 2>/dev/null &
    wait $pid 2>/dev/null
    status=$?
    kills=$((kills + 1))
    [ $status != 0 ] || break
    [ $status = 137 ] || { fail "$p kill -9: status $status" <log; break; }
    # a run that dies before its first checkpoint gets more time, or it would never get through
    [ -f ck.safetensors ] || ./kept train --data-dir "$DATA" --quiet --epochs 1
done
[ $kills -gt 1 ]
check "$p it was killed" "the run of $epochs epochs was through at once"
[ -f killed.safetensors ] || ./kept train --data-dir "$DATA" --quiet --resume ck.safetensors --epochs $epochs --save killed.safetensors
runs "$p killed $kills times, the same bytes" cmp long.safetensors killed.safetensors
[ -z "$(find . -name '*.tmp*' -o -name '.*safetensors*' | head -1)" ]
check "$p no heap of temporary files" "$(ls -la)"

# ---- checkpoints that are not of this run
says "$p another network's checkpoint" 1 'tiny' ./kept train --data-dir "$DATA" --resume nothing-here.safetensors
sed 's/Dense 12/Dense 11/' "$HERE/tiny.net" >other.net
build other.net ./other
says "$p another network's checkpoint" 1 'whole.safetensors' ./other train --data-dir "$DATA" --resume whole.safetensors
head -c 3000 whole.safetensors >short.safetensors
says "$p a truncated checkpoint" 1 'short.safetensors' ./kept train --data-dir "$DATA" --resume short.safetensors
./kept export --weights whole.safetensors -o weights.npz
says "$p weights are no checkpoint" 1 'weights.npz' ./kept train --data-dir "$DATA" --resume weights.npz
