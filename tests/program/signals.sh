#!/bin/sh
# signals.sh -- SIGINT, SIGTERM and SIGHUP. In training the batch finishes, a checkpoint is written, the status is
# 130, and the run can be resumed. A second signal ends the program at once, and so does the first one outside
# training. Children end with their parents.
. tests/program/lib.sh
p="program signals:"
cd "$(folder signals)" || exit 1
for signal in INT TERM HUP; do
    rm -f ./*.safetensors
    # a shell's background job ignores SIGINT, and a program inherits that, so it is started through env
    "$TINY" train --data-dir "$DATA" --epochs 2 --quiet --save two.safetensors >log2 2>&1
    env --default-signal=INT,HUP "$TINY" train --data-dir "$DATA" --epochs 100000 --save cut.safetensors >log 2>&1 &
    pid=$!
    sleep 0.4
    kill -$signal $pid
    wait $pid
    [ $? = 130 ]
    check "$p $signal ends with status 130" "$(tail -5 log)"
    [ -f cut.safetensors ]
    check "$p $signal saves" "$(tail -5 log)"
    # the log tells the epoch it was in; one run does two more epochs from the start, one from the interruption
    reached=$(grep -o 'Epoch [0-9]*' log | tail -1 | tr -dc 0-9)
    to=$((${reached:-1} + 2))
    "$TINY" train --data-dir "$DATA" --quiet --epochs $to --save whole.safetensors >log2 2>&1
    runs "$p $signal can be taken up" "$TINY" train --data-dir "$DATA" --quiet --resume cut.safetensors --epochs $to \
        --save taken-up.safetensors
    runs "$p $signal, the same bytes" cmp whole.safetensors taken-up.safetensors
done

# ---- signals outside training, and two signals: a network whose steps take seconds
sed 's/^Conv2D.*/Flatten/; s/^Dense 12.*/Dense 1500 relu\nDense 1500 relu/; /^MaxPool/d; /^Dropout/d
    0,/^Flatten/b; /^Flatten/d; s/batch=24/batch=480/
    s/model tiny/model slow/' "$HERE/tiny.net" >slow.net
printf 'validate kfold k=5\nensemble voting members=2\n' >>slow.net
# shellcheck disable=SC2046
"$BUILD/cnnc" --target=generic -o slow.c slow.net && $CC -O0 -o slow slow.c $("$BUILD/cnnc" --cflags --libs) >log 2>&1
check "$p slow builds" "$(cat log)" || exit

export CNN_DATA_DIR="$DATA"
begin() { # COMMAND... -- starts the command in the background; sets pid
    : >log # at once: what the last command wrote there would pass for what this one has
    env --default-signal=INT,TERM,HUP "$@" >log 2>&1 &
    pid=$!
}
ended() { # NAME -- one test: it ends at once with status 130, and no file is half written
    before=$(date +%s)
    wait $pid
    got=$?
    took=$(($(date +%s) - before))
    [ $got = 130 ] && [ $took -le 2 ] && ! ls | grep -q '[.]tmp$'
    check "$p $1" "status $got after $took s; $(ls; tail -3 log)"
}
for command in bench gradcheck crossval "crossval --jobs 2" "ensemble --save e.safetensors --jobs 2" \
    "gradients --input $DATA/train-x --target $DATA/train-y -o g.npz"; do
    # shellcheck disable=SC2086
    begin ./slow $command
    sleep 0.5
    kill -TERM $pid
    ended "${command%% -*} ends at once"
done
begin ./slow train --save slow.safetensors
until grep -q Epoch log || ! kill -0 $pid; do sleep 0.1; done
kill -TERM $pid
sleep 0.3
kill -0 $pid
check "$p the first one waits for the batch" "$(cat log)"
kill -TERM $pid
ended "the second one does not"

# ---- a signal while the validation rows are evaluated: the resumed run finishes that epoch
$CC -std=c11 -O1 -o makedata "$HERE/makedata.c" && mkdir -p many && ./makedata many 48 300000
sed 's/test  idx/validation idx/; s/metrics accuracy/metrics accuracy f1/; s/epochs 4/epochs 2/' \
    "$HERE/tiny.net" >valid.net
build valid.net ./valid
./valid train --data-dir many --quiet --threads 1 --save whole.safetensors --log whole.csv
begin ./valid train --data-dir many --threads 1 --save cut.safetensors --log cut.csv
until grep -q Epoch log || ! kill -0 $pid; do sleep 0.02; done
kill -TERM $pid
ended "the validation rows are no reason to wait"
says "$p it was at the end of an epoch's steps" 0 'epoch [12], step [02];' cat log
runs "$p and can be taken up" ./valid train --data-dir many --quiet --resume cut.safetensors --save cut.safetensors \
    --log cut.csv
same "$p the same log" whole.csv cut.csv
runs "$p and the same bytes" cmp whole.safetensors cut.safetensors

# ---- cnnc --run passes the signal on and leaves no folder
mkdir run
for signal in INT TERM HUP; do
    TMPDIR=$PWD/run begin "$BUILD/cnnc" --run "$HERE/tiny.net" -- --data-dir "$DATA" --epochs 1000000 \
        --save run.safetensors
    until grep -q 'Epoch 2/' log || ! kill -0 $pid; do sleep 0.1; done
    kill -$signal $pid
    ended "cnnc --run: $signal"
    grep -q 'saved run.safetensors' log && [ ! "$(ls run)" ]
    check "$p cnnc --run: $signal reaches the program, and the folder is removed" "$(ls run; tail -2 log)"
done

# ---- after kill -9 no child process is left
begin ./slow ensemble --data-dir "$DATA" --jobs 2 --save e.safetensors
for _ in $(seq 50); do
    sleep 0.1
    children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null)
    [ "$(echo "$children" | wc -w)" != 2 ] || break
done
kill -KILL $pid
wait $pid 2>/dev/null
sleep 0.3
for child in $children; do
    state=$(sed 's/.*) //; s/ .*//' "/proc/$child/stat" 2>/dev/null)
    case $state in '' | Z) ;; *) false ;; esac
    check "$p a member dies with its parent" "process $child is in state $state"
done
[ "$children" ]
check "$p there were members" "none"

# ---- messages for a mapped file that is cut short, and for a limit on the size of files
cp -r "$DATA" cut
begin "$TINY" train --data-dir cut --epochs 1000000
sleep 0.5
: >cut/train-x
wait $pid
[ $? = 1 ] && grep -q 'cut/train-x: cannot read: it was cut short' log
check "$p a file that is cut short while it is read" "$(tail -3 log)"
says "$p a file that grows too large" 1 'w.safetensors: cannot write: file too large' \
    sh -c 'ulimit -f 4; "$@"' sh "$TINY" train --data-dir "$DATA" --quiet --epochs 1 --save w.safetensors
! ls | grep -q '^w.safetensors'
check "$p and nothing of it is left" "$(ls)"
says "$p so does cnnc" 1 'cnnc.*file too large|file too large' \
    sh -c 'ulimit -f 4; "$@"' sh "$BUILD/cnnc" -o big.c "$HERE/tiny.net"
! ls | grep -q '^big'
check "$p and leaves nothing either" "$(ls)"
