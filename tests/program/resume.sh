#!/bin/sh
# resume.sh -- a run that was stopped and resumed ends with the same bytes as one that never stopped: after an epoch,
# and after kill -9 at any moment.
. tests/program/lib.sh
p="program resume:"
cd "$(folder resume)" || exit 1
sed 's/epochs 4/checkpoint "ck.safetensors"\n  epochs 4/; s/model tiny/model kept/' "$HERE/tiny.net" >kept.net
build kept.net ./kept
check "$p builds" "$(cat kept.log)" || exit
# the spec's checkpoint comes first: it is written when there is no --save
train() {
    ./kept train --data-dir "$DATA" --quiet "$@"
}

train --epochs 2 >log 2>&1
runs "$p the checkpoint of the spec" train --resume ck.safetensors --epochs 3
train --epochs 3 --save three.safetensors >log 2>&1
runs "$p the checkpoint of the spec, the same bytes" cmp three.safetensors ck.safetensors
rm -f ck.safetensors

train --epochs 6 --save whole.safetensors >log 2>&1
check "$p uninterrupted" "$(cat log)"
train --epochs 2 --save half.safetensors >log 2>&1
runs "$p two epochs, then to six" train --resume half.safetensors --epochs 6 --save taken-up.safetensors
runs "$p the same bytes" cmp whole.safetensors taken-up.safetensors
train --epochs 2 --save half.safetensors --log half.csv >log 2>&1
train --resume half.safetensors --epochs 4 --save b.safetensors --log half.csv >log 2>&1
says "$p the log goes on" 0 '^4 3$' awk -F, 'NR > 1 { n++; last = $1 } END { print n, last }' half.csv
runs "$p other threads" train --resume half.safetensors --epochs 6 --threads 3 --save threads.safetensors
runs "$p other threads, the same bytes" cmp whole.safetensors threads.safetensors
runs "$p nothing is left to do" train --resume whole.safetensors --epochs 6 --save done.safetensors

# kill -9 at random moments, again and again, until the run reaches its end
epochs=60
train --epochs $epochs --save long.safetensors >log 2>&1
train --epochs 1 --save killed.safetensors >log 2>&1
kills=0
status=137
while [ $status = 137 ] && [ $kills -lt 40 ]; do
    kills=$((kills + 1))
    ./kept train --data-dir "$DATA" --quiet --resume killed.safetensors --epochs $epochs \
        --save killed.safetensors >log 2>&1 &
    pid=$!
    (sleep "0.0$((kills % 6 + 3))"; kill -9 $pid) 2>/dev/null &
    wait $pid 2>/dev/null
    status=$?
done
[ $status = 0 ] || [ $status = 137 ]
check "$p kill -9 leaves what can be taken up" "$(cat log)"
[ $kills -gt 1 ]
check "$p it was killed" "the run of $epochs epochs was through at once"
train --resume killed.safetensors --epochs $epochs --save killed.safetensors >log 2>&1
runs "$p killed, the same bytes" cmp long.safetensors killed.safetensors

# ---- checkpoints of other runs; tests/unit/test_identity.c changes each thing in turn
sed 's/batch=[0-9]*/batch=20/; s/metrics accuracy/metrics accuracy top_k(2)/; s/optimizer nadam/& beta_1=0.8/' \
    kept.net >changed.net
cmp -s kept.net changed.net && echo "nothing was changed" | fail "$p changed.net"
build changed.net ./changed
says "$p another run" 1 \
    'batch: [0-9]+ in the checkpoint, 20 now; metrics: accuracy in.*; optimizer: nadam beta_1=0.9.*; --force goes on' \
    ./changed train --data-dir "$DATA" --resume whole.safetensors --epochs 7
runs "$p another run, forced" ./changed train --data-dir "$DATA" --quiet --resume whole.safetensors --epochs 7 --force
says "$p a missing checkpoint" 1 'nothing-here.safetensors' ./kept train --data-dir "$DATA" \
    --resume nothing-here.safetensors
sed 's/Dense 12/Dense 11/' "$HERE/tiny.net" >other.net
build other.net ./other
says "$p another network's checkpoint" 1 'whole.safetensors' ./other train --data-dir "$DATA" --resume whole.safetensors
head -c 3000 whole.safetensors >short.safetensors
says "$p a truncated checkpoint" 1 'short.safetensors' ./kept train --data-dir "$DATA" --resume short.safetensors
./kept export --weights whole.safetensors -o weights.npz
says "$p weights are no checkpoint" 1 'weights.npz' ./kept train --data-dir "$DATA" --resume weights.npz

# abi8.safetensors was written after two epochs of tiny.net for the target `generic`, with version 8 of libcnn
build "$HERE/tiny.net" ./generic --target=generic || fail "$p tiny.net for generic builds" <generic.log
loss_of() { # WEIGHTS
    ./generic evaluate --data-dir "$DATA" --weights "$1" 2>&1 | sed -n 's/^loss: \([0-9.]*\) .*/\1/p'
}
./generic train --data-dir "$DATA" --quiet --epochs 2 --save two.safetensors >log 2>&1 || fail "$p two epochs" <log
runs "$p weights of libcnn 8" awk -v a="$(loss_of "$HERE/abi8.safetensors")" -v b="$(loss_of two.safetensors)" \
    'BEGIN { exit !(a > 0 && b > 0 && a - b < 0.001 && b - a < 0.001) }'
./generic train --data-dir "$DATA" --quiet --epochs 4 --save four.safetensors >log 2>&1 || fail "$p four epochs" <log
says "$p a run of libcnn 8 goes on" 0 'version: 0.1.0 \(libcnn 8\) in the checkpoint' \
    ./generic train --data-dir "$DATA" --quiet --epochs 4 --resume "$HERE/abi8.safetensors" --save resumed.safetensors
runs "$p to where a run of today gets" awk -v a="$(loss_of resumed.safetensors)" -v b="$(loss_of four.safetensors)" \
    'BEGIN { exit !(a > 0 && b > 0 && a - b < 0.001 && b - a < 0.001) }'

# what an optimizer keeps of whole parameters goes on, too
sed 's/optimizer .*/optimizer adafactor lr=0.05/; s/model kept/model factors/' kept.net >factors.net
grep -q adafactor factors.net && build factors.net ./factors
check "$p adafactor builds" "$(cat factors.log)" || exit
factors() {
    ./factors train --data-dir "$DATA" --quiet "$@" >log 2>&1
}
factors --epochs 4 --save whole.safetensors && factors --epochs 2 --save half.safetensors &&
    factors --epochs 4 --threads 3 --resume half.safetensors --save taken-up.safetensors
runs "$p adafactor, the same bytes" cmp whole.safetensors taken-up.safetensors
