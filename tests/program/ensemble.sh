#!/bin/sh
# ensemble.sh -- every kind of ensemble, run as a user runs it, on the small data of makedata.
. tests/program/lib.sh
p="program ensemble:"
cd "$(folder ensemble)" || exit 1
spec() { # NAME LINE... -- builds a program from tiny.net with these lines added
    name=$1
    shift
    { sed "s/model tiny/model $name/; s/nadam lr=cosine(.*) clip/nadam lr=0.01 clip/" "$HERE/tiny.net"
      printf '%s\n' "$@"; } >"$name.net"
    build "$name.net" "./$name"
    check "$p $name builds" "$(cat "$name.log")"
}
ensemble() { # PROGRAM OPTION...
    program=$1
    shift
    "./$program" ensemble --data-dir "$DATA" "$@"
}

# ---- bagging: a line for each member, with its score on the rows out of its bag; one file, with the name that the
# manual gives
spec bag 'ensemble bagging members=3' || exit
says "$p a line a member" 0 \
    '^member 3/3 - accuracy: [01]\.[0-9]+ - loss: [0-9.]+ - oob_accuracy: [01]\.[0-9]+ - oob_loss: ' ensemble bag
cp "$TMP/log.$$" bag.out
says "$p and one of all" 0 '^ensemble of 3 - accuracy: [01]\.[0-9]+ - oob_accuracy: [01]\.[0-9]+$' tail -1 bag.out
[ -s bag-ensemble.safetensors ]
check "$p the file" "$(ls)"
for how in '--jobs 2' '--jobs 9 --threads 1' '--threads 2'; do
    # shellcheck disable=SC2086
    ensemble bag $how --save other.safetensors >other.out 2>&1
    same "$p $how prints the same" bag.out other.out
    runs "$p $how writes the same" cmp bag-ensemble.safetensors other.safetensors
done
says "$p evaluate takes it" 0 "^$(tail -1 bag.out | sed 's/ - oob.*//')$" ./bag evaluate --data-dir "$DATA" \
    --weights bag-ensemble.safetensors
says "$p predict takes it" 0 '^99: [0-3] \(0\.[0-9]+\)$' ./bag predict --input "$DATA/test-x" \
    --weights bag-ensemble.safetensors
says "$p export takes a member out" 0 '' ./bag export --weights bag-ensemble.safetensors --member 2 \
    -o second.safetensors
./bag evaluate --data-dir "$DATA" --weights second.safetensors >second.out
says "$p which is as good as it was" 0 \
    "^member 2/3$(sed 's/^loss: \([0-9.]*\).* - accuracy: \([0-9.]*\)/ - accuracy: \2 - loss: \1/' second.out) " \
    cat bag.out
says "$p train says that it is of one network" 0 \
    "^bag: note: this trains one network; the command 'ensemble' trains all" \
    ./bag train --data-dir "$DATA" --epochs 1
says "$p --quiet leaves the end" 0 '^ensemble of 3' ensemble bag --quiet --save other.safetensors
[ "$(wc -l <"$TMP/log.$$")" = 1 ]
check "$p and nothing else" "$(cat "$TMP/log.$$")"

# ---- voting and snapshots
spec vote 'ensemble voting members=2 hard' || exit
ensemble vote --jobs 2 --seed 5 --save vote.safetensors >vote.out
numbers() { # prints "accuracy: 0.98" and so on, a line each, sorted
    sed 's/^[^-]* - //; s/ - /\n/g' | sort
}
for i in 1 2; do # a member is the result of a training with its seed
    ./vote train --data-dir "$DATA" --seed $((4 + i)) | grep '^test - ' | numbers >train.numbers
    grep "^member $i/2" vote.out | numbers >member.numbers
    if [ -s member.numbers ]; then grep -vFx -f train.numbers member.numbers >strangers; else echo none >strangers; fi
    [ ! -s strangers ]
    check "$p member $i is that training" "$(cat train.numbers member.numbers)"
done
spec snap 'ensemble snapshot members=2' || exit
says "$p snapshots" 0 '^member 2/2 - accuracy: ' ensemble snap
says "$p their epochs" 1 '5 epochs cannot be cut into 2 cycles' ensemble snap --epochs 5

# ---- boosting: for classes, rows have weights; for numbers, rows are drawn
spec boost 'ensemble boosting members=3 rate=0.5' || exit
says "$p boosting" 0 \
    '^member 2/3 - accuracy: [01]\.[0-9]+ - loss: [0-9.]+ - penalty: [0-9.]+ - weight: [0-9.]+ - weighted_error: 0\.' \
    ensemble boost --epochs 1
cp "$TMP/log.$$" boost.out
says "$p evaluate takes it" 0 "^$(tail -1 boost.out)$" ./boost evaluate --data-dir "$DATA" \
    --weights boost-ensemble.safetensors
says "$p its threads" 0 '' ensemble boost --epochs 1 --threads 2 --save other.safetensors
same "$p they print the same" boost.out "$TMP/log.$$"
runs "$p and write the same" cmp boost-ensemble.safetensors other.safetensors
for i in 1 2; do
    ./boost export --weights boost-ensemble.safetensors --member $i -o boosted.npz
    ./boost train --data-dir "$DATA" --epochs 1 --seed $((2 + i)) --save trained.npz >train.out
    cmp -s boosted.npz trained.npz
    same=$?
    [ $same = $((i - 1)) ]
    check "$p member $i is $([ $i = 1 ] || echo not) the training of its seed" "$(cat train.out boost.out)"
done
{ sed 's/model tiny/model numbers/; s/Dense 4 softmax/Dense 1/
    s/loss sparse_.*/loss mse/; s/metrics accuracy/metrics mae/' "$HERE/tiny.net"
  echo 'ensemble boosting members=4'; } >numbers.net
build numbers.net ./numbers
check "$p boosting of numbers builds" "$(cat numbers.log)"
says "$p boosting of numbers" 0 '^ensemble of [1-4] - mae: [0-9.]+$' ensemble numbers
cp "$TMP/log.$$" numbers.out
says "$p evaluate takes the median" 0 "^$(tail -1 numbers.out)$" ./numbers evaluate --data-dir "$DATA" \
    --weights numbers-ensemble.safetensors
./numbers predict --input "$DATA/test-x" --weights numbers-ensemble.safetensors >median.out
for i in $(seq "$(sed -n '$s/ensemble of \([1-4]\).*/\1/p' numbers.out)"); do
    ./numbers export --weights numbers-ensemble.safetensors --member "$i" -o one.safetensors
    ./numbers predict --input "$DATA/test-x" --weights one.safetensors
done >each.out
[ -z "$(grep -vFx -f each.out median.out)" ] && [ "$(wc -l <median.out)" = 100 ]
check "$p a median is what some member says" "$(head -3 median.out)"
sed '/^ *test  *idx/d' bag.net >untested.net
build untested.net ./untested
says "$p no test rows" 0 '^ensemble of 3 .*\(there are no test rows to judge it by\)$' ensemble untested --epochs 1

# ---- errors
says "$p another's file" 1 'is an ensemble of another network' sh -c \
    'sed "s/Dense 12/Dense 13/; s/model bag/model wide/" bag.net >wide.net &&
        "$0"/cnnc wide.net 2>/dev/null &&
        $1 -std=c11 -O1 -DCNN_NO_REFERENCE -o wide wide.c $("$0"/cnnc --cflags --libs) &&
        ./wide evaluate --data-dir "$2" --weights bag-ensemble.safetensors' \
    "$BUILD" "$CC" "$DATA"
says "$p no inference of an ensemble" 1 "bag-ensemble.safetensors: holds an ensemble" \
    "$BUILD/cnnc" --emit=infer --weights=bag-ensemble.safetensors -o infer.c bag.net
head -c 3000 bag-ensemble.safetensors >cut.safetensors
says "$p half a file" 1 'cut.safetensors: ' ./bag evaluate --data-dir "$DATA" --weights cut.safetensors
says "$p a name that says npz" 1 'use .safetensors' ensemble bag --save e.npz
says "$p a file that cannot be written" 1 'no/such' ensemble bag --save no/such.safetensors
for option in weights resume log; do
    says "$p --$option does nothing" 0 "'--$option' does nothing for 'ensemble'" ensemble vote --epochs 1 \
        --$option no.npz --save other.safetensors
done

# ---- a run that is interrupted leaves the old file
cp bag-ensemble.safetensors kept.safetensors
for signal in INT TERM KILL; do
    env --default-signal=INT ./bag ensemble --data-dir "$DATA" --epochs 1000000 --jobs 2 \
        --save kept.safetensors >cut.out 2>&1 &
    pid=$!
    sleep 0.5
    children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null)
    kill -$signal $pid
    wait $pid
    got=$?
    [ $got = 130 ] && grep -q 'interrupted; 0 of 3 members were done; nothing was saved' cut.out || [ $signal = KILL ]
    check "$p $signal ends it" "$(cat cut.out)"
    [ -n "$children" ] && cmp kept.safetensors bag-ensemble.safetensors && [ "$(echo kept*)" = kept.safetensors ]
    check "$p and leaves what was there after $signal" "$(ls)"
done

# ---- the YAML twin
twin() { # TEXT FORM... -- the statement and its forms in YAML mean the same
    text=$1
    shift
    printf '%s\n' 'model twin' 'Input 8' 'Dense 3 softmax' 'train {' '  loss sparse_categorical_crossentropy' \
        '  metrics accuracy' '  epochs 4' '}' \
        "$text" >twin.net
    "$BUILD/cnnc" -o - twin.net | grep -v '^/\* twin.c' >twin-net.c
    for form; do
        cat >twin.yaml <<END
model: twin
layers:
  - Input: 8
  - Dense: [3, softmax]
train: {loss: sparse_categorical_crossentropy, metrics: accuracy, epochs: 4}
ensemble: $form
END
        "$BUILD/cnnc" -o - twin.yaml | grep -v '^/\* twin.c' >twin-yaml.c
        same "$p twin $form" twin-net.c twin-yaml.c
    done
}
twin 'ensemble boosting members=7 rate=0.25' '{boosting: {members: 7, learning_rate: 0.25}}' \
    '[boosting, 7, {rate: 0.25}]'
twin 'ensemble voting members=2 hard weights=[2, 1]' '{voting: {members: 2, combine: hard, weights: [2, 1]}}' \
    '[voting, hard, {weights: [2, 1]}]' 'voting members=2 hard weights=[2, 1]'
says "$p and it says so" 0 '.kind = CNN_VOTING, .members = 2, .combine = CNN_HARD,' cat twin-yaml.c
says "$p and whose votes count twice" 0 '.weights = member_weight' cat twin-yaml.c
