#!/bin/sh
# everything.sh -- a run with everything that is random or has memory gives the same bytes when it is stopped and
# resumed; the parts of its loss.
. tests/program/lib.sh
p="program everything:"
cd "$(folder everything)" || exit 1
build "$HERE/everything.net" ./all
check "$p builds" "$(cat all.log)" || exit
train() {
    ./all train --data-dir "$DATA" --quiet "$@"
}

# ---- 4 epochs in one run, and 2 epochs that are resumed up to 4
runs "$p trains" train --save whole.safetensors --log whole.csv
cp best.safetensors whole-best.safetensors
for threads in 1 2; do
    rm -f best.safetensors
    train --epochs 2 --threads $threads --save part.safetensors --log part.csv >log 2>&1
    runs "$p two epochs, then to four" train --resume part.safetensors \
        --threads $((3 - threads)) --save part.safetensors --log part.csv
    runs "$p the same bytes" cmp whole.safetensors part.safetensors
    runs "$p the same log" cmp whole.csv part.csv
    runs "$p the same best checkpoint" cmp whole-best.safetensors best.safetensors
done
# the state must be the reason: without it, the rest of the run differs
./all export --weights part.safetensors -o weights.npz
train --epochs 2 --save two.safetensors >log 2>&1
./all export --weights two.safetensors -o two.npz
train --epochs 2 --weights two.npz --save other.safetensors >log 2>&1
./all export --weights other.safetensors -o other.npz
runs "$p weights alone are not enough" sh -c '! cmp -s weights.npz other.npz'
# the run is stopped in the middle of an epoch
sed 's/^  early_stopping.*//; s/model everything/model endless/' "$HERE/everything.net" >endless.net
build endless.net ./endless
check "$p endless builds" "$(cat endless.log)" || exit
env --default-signal=INT ./endless train --data-dir "$DATA" --epochs 100000 --save cut.safetensors >log 2>&1 &
pid=$!
sleep 0.4
kill -INT $pid
wait $pid
[ $? = 130 ]
check "$p is interrupted" "$(tail -5 log)"
to=$(($(grep -o 'Epoch [0-9]*' log | tail -1 | tr -dc 0-9) + 1))
./endless train --data-dir "$DATA" --quiet --epochs $to --save long.safetensors >log2 2>&1
runs "$p goes on" ./endless train --data-dir "$DATA" --quiet --epochs $to --resume cut.safetensors \
    --save taken-up.safetensors
runs "$p interrupted, the same bytes" cmp long.safetensors taken-up.safetensors

# ---- loss and penalty: a network without regularizers has, for the same weights, the loss without the penalty,
# wherever it is printed
sed 's/ l2=1e-4//; s/ l1=1e-5//; s/ activity_regularizer=.*//; s/model everything/model bare/' \
    "$HERE/everything.net" >bare.net
build bare.net ./bare
check "$p bare builds" "$(cat bare.log)" || exit
number() { # NAME FILE -- prints that number from a line of results
    sed -n "s/.*\\b$1: \\([^ ]*\\).*/\\1/p" "$2" | tail -1
}
runs "$p bare has no penalty" sh -c '! ./bare evaluate --data-dir "$0" --weights weights.npz | grep penalty' "$DATA"
for part in train validation test; do
    ./all evaluate --data-dir "$DATA" --weights whole.safetensors --part $part >with
    ./bare evaluate --data-dir "$DATA" --weights whole.safetensors --part $part >without
    says "$p loss is what bare has, and the penalty: $part" 0 same awk -v with="$(number loss with)" \
        -v penalty="$(number penalty with)" \
        -v without="$(number loss without)" 'BEGIN { d = with - penalty - without
            print (penalty > 1e-3 && d * d < 4e-8 ? "same" : with " " penalty " " without) }'
done
./all evaluate --data-dir "$DATA" --weights whole.safetensors >test
./all train --data-dir "$DATA" --epochs 4 --save again.safetensors >out
says "$p train ends with the same" 0 "^test - $(cat test)\$" cat out
# the last row of the log equals what evaluate prints for the validation rows, the penalty included
./endless train --data-dir "$DATA" --quiet --epochs 2 --save two.safetensors --log two.csv >log 2>&1
./endless evaluate --data-dir "$DATA" --weights two.safetensors --part validation | sed 's/ - /\n/g; s/: / /g' |
    sort >said
awk -F, 'NR == 1 { split($0, key) }
    END { for (i = 2; i <= NF; i++) if (sub(/^val_/, "", key[i])) printf "%s %.4f\n", key[i], $i }' two.csv |
    sort >logged
same "$p the log has what evaluate says" said logged
runs "$p the penalty among it" grep -q '^penalty 0\.0[0-9]*[1-9]' logged
