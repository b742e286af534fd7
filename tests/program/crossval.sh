#!/bin/sh
# crossval.sh -- cross-validation: a fold trains on its own rows and on nothing else, however many folds run at once.
. tests/program/lib.sh
p="program crossval:"
cd "$(folder crossval)" || exit 1
spec() { # NAME LINE... -- builds a program from tiny.net with these lines added
    name=$1
    shift
    { sed "s/model tiny/model $name/" "$HERE/tiny.net"; printf '%s\n' "$@"; } >"$name.net"
    build "$name.net" "./$name"
    check "$p $name builds" "$(cat "$name.log")"
}
crossval() { # PROGRAM OPTION...
    program=$1
    shift
    "./$program" crossval --data-dir "$DATA" "$@"
}

spec folds 'validate kfold k=5 stratified repeats=2' || exit
says "$p a line a fold" 0 '^repeat 2/2, fold 5/5 - accuracy: [01]\.[0-9]+ - loss: [0-9.]+ - penalty: ' crossval folds \
    --log serial.csv
cp "$TMP/log.$$" serial.out
[ "$(grep -c '^repeat [12]/2, fold [1-5]/5 - ' serial.out)" = 10 ]
check "$p ten of them" "$(cat serial.out)"

# ---- the same bits, whichever process runs which fold
for how in '--jobs 3' '--jobs 20 --threads 1' '--threads 2'; do
    rm -f other.csv
    # shellcheck disable=SC2086
    crossval folds $how --log other.csv >other.out 2>&1
    same "$p $how prints the same" serial.out other.out
    runs "$p $how writes the same" cmp serial.csv other.csv
done

# ---- the summary is computed from the rows; 2.262157 is Student's t for 9 degrees of freedom
awk -F, -v out="$(grep '^  loss: ' serial.out | tr -c '0-9.\n' ' ')" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "loss") at = i; next }
    { n++; sum += $at; x[n] = $at }
    END {
        mean = sum / n
        for (i = 1; i <= n; i++) squares += (x[i] - mean) ^ 2
        sd = sqrt(squares / (n - 1)); reach = 2.262157 * sd / sqrt(n)
        split(out, said, " ")
        want[1] = mean; want[2] = sd; want[4] = mean - reach; want[5] = mean + reach
        for (i in want) if (said[i] - want[i] > 6e-5 || want[i] - said[i] > 6e-5) bad = 1
        exit bad || n != 10 || said[3] != 95
    }' serial.csv
check "$p mean, deviation and interval" "$(cat serial.csv serial.out)"
says "$p the table's columns" 0 '^repeat,fold,train_rows,test_rows,epochs,accuracy,loss,penalty$' head -1 serial.csv
says "$p the rows of the folds" 0 '^2,5,400,100,4,' tail -1 serial.csv
says "$p other epochs" 0 '^1,1,400,100,2,' \
    sh -c './folds crossval --data-dir "$0" --epochs 2 --log e.csv >/dev/null && cat e.csv' "$DATA"
crossval folds --quiet >quiet.out 2>&1
tail -4 serial.out >summary.out
same "$p --quiet leaves the summary" summary.out quiet.out
crossval folds --seed 4 >seed.out 2>&1
! cmp -s seed.out serial.out
check "$p --seed does something" "$(cat seed.out)"

# ---- a fold by hand: files without the test rows, files of the test rows alone, and a training with the fold's seed
idx() { # FILE HEADER-BYTES BYTES-A-ROW OUT FIRST:COUNT... -- writes some rows of an IDX file into OUT
    from=$1 header=$2 row=$3 to=$4 rows=0
    shift 4
    for part in "$@"; do
        rows=$((rows + ${part#*:}))
    done
    head -c 4 "$from" >"$to"
    # shellcheck disable=SC2059
    printf "$(printf '\\000\\000\\%03o\\%03o' $((rows / 256)) $((rows % 256)))" >>"$to"
    head -c "$header" "$from" | tail -c +9 >>"$to"
    for part in "$@"; do
        tail -c +$((header + ${part%:*} * row + 1)) "$from" | head -c $((${part#*:} * row)) >>"$to"
    done
}
mkdir -p cut
idx "$DATA/train-x" 16 64 cut/train-x 0:100 200:300
idx "$DATA/train-y" 8 1 cut/train-y 0:100 200:300
idx "$DATA/train-x" 16 64 cut/test-x 100:100
idx "$DATA/train-y" 8 1 cut/test-y 100:100
{ sed 's/model watched/model hand/; s/normalize .*/normalize mean=auto std=auto/' "$HERE/callbacks.net"
  echo 'validate kfold 5 shuffle=no'; } >hand.net
build hand.net ./hand
check "$p hand builds" "$(cat hand.log)" || exit
numbers() { # LINE -- prints "accuracy: 0.98" and so on, a line each, sorted
    printf '%s\n' "$1" | sed 's/^.\{0,20\}\(test\|2\/5\) - //; s/ - /\n/g' | sort
}
crossval hand --jobs 2 --seed 10 --log hand.csv >hand.out 2>&1
[ ! -e best.safetensors ]
check "$p the checkpoint of the spec is left alone" "$(ls)"
./hand train --data-dir cut --seed 11 --log log.csv >train.out 2>&1
numbers "$(grep '^fold 2/5 - ' hand.out)" >fold.numbers
numbers "$(grep '^test - ' train.out)" >train.numbers
same "$p a fold is a training of its rows" train.numbers fold.numbers
[ "$(grep -c : fold.numbers)" -ge 6 ]
check "$p with all its numbers" "$(cat hand.out)"
says "$p and of its epochs" 0 "^1,2,320,100,$(($(wc -l <log.csv) - 1))," cat hand.csv

# ---- the other methods
spec held 'validate holdout test=0.3' || exit
says "$p holdout" 0 '^holdout - accuracy: ' crossval held --log held.csv
says "$p one training has no deviation" 0 '^  accuracy: [01]\.[0-9]+$' crossval held
says "$p holdout's rows" 0 '^1,1,350,150,' cat held.csv
spec again 'validate holdout 0.25 stratified repeats=3 seed=2' || exit
says "$p holdout, repeated" 0 '^repeat 3/3 - accuracy: ' crossval again --jobs 2
spec one 'validate leave_one_out' || exit
says "$p leave one out" 0 '^fold 30/30 - accuracy: [01]\.0000 - ' crossval one --limit 30 --log one.csv
[ "$(grep -c '^1,[0-9]*,29,1,' one.csv)" = 30 ]
check "$p each by itself" "$(cat one.csv)"

# ---- errors
says "$p more folds than rows" 1 '5 folds of 3 rows' crossval folds --limit 3
says "$p folds without a row of a class" 1 '5 folds, but no class has more than [1-4] rows' crossval folds --limit 8
says "$p a rare class is warned of" 0 'warning: 5 folds, but the rarest class has only 4 rows' crossval folds \
    --limit 17 --epochs 1
says "$p one row cannot leave itself out" 1 'wants 2 rows' crossval one --limit 1
for jobs in 1 4; do
    says "$p a fold that fails is named, $jobs at once" 1 \
        '^folds: repeat 1/2, fold 1/5: the loss is (nan|inf) at epoch 1, step' \
        crossval folds --lr 1e30 --jobs $jobs --log failed.csv
done
[ ! -e failed.csv ]
check "$p and leaves no table" "$(ls)"
says "$p a table that cannot be written" 1 'no/such' crossval folds --log no/such/f.csv
says "$p no such data" 1 'train-x' ./folds crossval --data-dir nowhere
for option in weights resume save; do
    says "$p --$option does nothing" 0 "'--$option' does nothing for 'crossval'" crossval held --$option no.npz
done
[ ! -e no.npz ]
check "$p nothing is saved" "$(ls)"

started() { # PROGRAM OPTION... -- starts crossval in the background and waits until folds run; sets pid and children
    env --default-signal=INT "./$1" crossval --data-dir "$DATA" --epochs 1000000 --jobs 2 --log cut.csv >cut.out 2>&1 &
    pid=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        sleep 0.1
        children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null)
        [ "$(echo "$children" | wc -w)" != 2 ] || break
    done
    sleep 0.3
}
gone() { # PID... -- succeeds when none of them runs any more
    for child in "$@"; do
        ! kill -0 "$child" 2>/dev/null || return 1
    done
}
for signal in INT TERM; do
    started folds
    kill -$signal $pid
    wait $pid
    [ $? = 130 ] && grep -q 'interrupted; 0 of 10 folds were done' cut.out
    check "$p $signal ends it" "$(cat cut.out)"
    # shellcheck disable=SC2086
    gone $children
    check "$p $signal ends its folds" "$children"
done
started folds
kill -KILL "${children%% *}"
wait $pid
[ $? = 1 ] && grep -q 'killed by signal 9' cut.out
check "$p a fold that was killed" "$(cat cut.out)"
# shellcheck disable=SC2086
gone $children
check "$p takes the others with it" "$children"

# ---- the YAML twin
cat >twin.net <<END
model twin
Input 8
Dense 3 softmax
train {
  loss sparse_categorical_crossentropy
}
validate kfold k=4 stratified repeats=2 seed=9
END
for form in '{kfold: {k: 4, stratified: yes, repeats: 2, seed: 9}}' '[kfold, stratified, {k: 4, repeats: 2, seed: 9}]' \
    'kfold k=4 stratified repeats=2 seed=9'; do
    cat >twin.yaml <<END
model: twin
layers:
  - Input: 8
  - Dense: [3, softmax]
train: {loss: sparse_categorical_crossentropy}
validate: $form
END
    "$BUILD/cnnc" -o - twin.net | grep -v '^/\* twin.c' >twin-net.c
    "$BUILD/cnnc" -o - twin.yaml | grep -v '^/\* twin.c' >twin-yaml.c
    same "$p twin $form" twin-net.c twin-yaml.c
done
says "$p and it says so" 0 'CNN_KFOLD, .k = 4, .repeats = 2' cat twin-yaml.c
