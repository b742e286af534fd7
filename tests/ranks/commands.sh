#!/bin/sh
# commands.sh -- other commands on several ranks print what one process prints; runs go on with other numbers of ranks.
. tests/ranks/lib.sh
cd "$(folder commands)" || exit 1
sed 's/batch=24/batch=80/; s/epochs 4 /epochs 3 /' "$ROOT/tests/program/tiny.net" >tiny.net
printf 'validate kfold k=3\nensemble bagging members=3\n' >>tiny.net
link tiny.net ./tiny || exit
one ./tiny

prints() { # NAME COMMAND...
    what=$1
    shift
    ./tiny-alone "$@" >expected 2>&1
    for n in 2 4; do
        ranks $n ./tiny "$@" >got 2>&1
        same "ranks $what on $n prints the same" expected got
    done
}
prints evaluate evaluate --weights one.safetensors
prints crossval crossval --log folds.csv
prints ensemble ensemble --save e.safetensors
prints summary summary
prints predict predict --weights one.safetensors --input "$DATA/test-x"

# mpirun gives the first rank a terminal, although its own output is a file
TERM=xterm ranks 2 ./tiny train --epochs 1 >got 2>&1
grep -q '^[0-9/]* - .* - accuracy: ' got
check "ranks train draws no bar into a file" "$(head -20 got)"

# all ranks find the same mistake, and one of them tells it
ranks 4 ./tiny train --epoch 3 >got 2>&1
[ $? != 0 ] && [ "$(grep -c "did you mean '--epochs'" got)" = 1 ] && ! grep -q interrupted got
check "ranks a wrong option is told once" "$(head -20 got)"

# ---- a run that is taken up by other ranks
ranks 3 ./tiny train --quiet --epochs 1 --save part.safetensors >log 2>&1
ranks 2 ./tiny train --quiet --epochs 2 --resume part.safetensors --save part.safetensors >>log 2>&1
./tiny-alone train --quiet --resume part.safetensors --save part.safetensors >>log 2>&1
cmp one.safetensors part.safetensors >>log 2>&1
check "ranks: 3, then 2, then one process, end as one does" "$(tail -5 log)"

# ---- gradients leave while the backward pass goes on
ranks 2 ./tiny bench --seconds 0.2 --json measured.json >log 2>&1
early=$(sed -n 's/.*"early": \([0-9]*\).*/\1/p' measured.json)
[ "${early:-0}" -gt 0 ]
check "ranks: gradients leave while the backward pass goes on" "$(tail -5 log; grep early measured.json)"

# ---- pictures, which the ranks decode together
# shellcheck disable=SC2046
$CC -std=c11 -D_DEFAULT_SOURCE -O1 -I"$ROOT/files" -o makeimages "$ROOT/tests/program/makeimages.c" -L"$BUILD" -lcnn \
    -lpng -ljpeg -lz -lm -lpthread && mkdir pictures && ./makeimages "$DATA/train-x" "$DATA/train-y" pictures/train
cat >pictures.net <<'N'
model pictures
data {
  train images "train"
  normalize scale=1/255
}
Input 8x8x1
Flatten
Dense 4 softmax
train {
  optimizer sgd lr=0.01
  loss sparse_categorical_crossentropy
  epochs 1 batch=32 seed=1
}
N
shared() { ls /dev/shm 2>/dev/null | grep '^cnnc-' | sort; }
shared >before
if link pictures.net ./pictures-of; then
    one ./pictures-of --data-dir pictures
    as_one pictures ./pictures-of 3 1 --data-dir pictures
fi
shared | comm -13 before - >left # what others decode at this moment goes away
for _ in $(seq 100); do
    shared | comm -12 left - >there
    [ -s there ] || break
    sleep 0.1
done
[ ! -s there ]
check "ranks: shared pictures leave nothing behind" "$(cat there)"
