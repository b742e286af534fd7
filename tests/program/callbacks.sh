#!/bin/sh
# callbacks.sh -- early stopping, falling learning rates, checkpoints of the best epoch; a resumed run keeps their
# memory.
. tests/program/lib.sh
p="program callbacks:"
cd "$(folder callbacks)" || exit 1
build "$HERE/callbacks.net" ./watched
check "$p builds" "$(cat watched.log)" || exit
train() {
    ./watched train --data-dir "$DATA" "$@"
}
column() { # NAME FILE -- prints that column of a CSV log, one value a line
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$2"
}

says "$p stops early, and says so" 0 '^epoch [0-9]+: stopping early, as val_loss was best in epoch [0-9]+$' \
    train --save whole.safetensors --log whole.csv
cp "$TMP/log.$$" whole.out
cp best.safetensors whole-best.safetensors
best=$(sed -n 's/^epoch .* best in epoch \([0-9]*\)$/\1/p' whole.out)
epochs=$(column epoch whole.csv | wc -l)
[ "$epochs" -ge $((best + 5)) ] && [ "$epochs" -lt 40 ]
check "$p stops after its patience" "best was $best of $epochs epochs"
says "$p the rate falls" 0 . \
    grep -E '^epoch [0-9]+: val_loss is no better; the learning rate falls from 0\.02 to 0\.01$' whole.out
# each rate equals that of the epoch before, or half of it
says "$p the log has the rates" 0 ok \
    awk 'NR > 1 && $1 != last && $1 != last / 2 { bad = 1 }
        { last = $1 }
        END { print (bad || last > 0.01 ? "bad" : "ok") }' <<END
$(column learning_rate whole.csv)
END
says "$p the penalty stands apart" 0 \
    '^epoch,accuracy,auc,f1,learning_rate,loss,penalty,precision,recall,val_accuracy,val_auc,.*,val_penalty,' \
    head -1 whole.csv

# the restored weights are those at the end of the best epoch: a run of so many epochs gives the same
train --quiet --epochs "$best" --save short.safetensors >log 2>&1
./watched export --weights whole.safetensors -o whole.npz && ./watched export --weights short.safetensors -o short.npz
runs "$p the best weights are restored" cmp whole.npz short.npz
says "$p also where nothing stopped" 0 "^restored the weights of epoch $best, when val_loss was best\$" train \
    --epochs $((best + 1)) --save ended.safetensors
./watched export --weights ended.safetensors -o ended.npz
runs "$p the best weights are restored where nothing stopped" cmp whole.npz ended.npz
./watched evaluate --data-dir "$DATA" --weights whole.safetensors >evaluate.out
says "$p and tested" 0 "^test - $(cat evaluate.out)\$" cat whole.out

# the checkpoint of the best epoch
at=$(column val_accuracy whole.csv | awk '$1 > most { most = $1; at = NR } END { print at }')
train --quiet --epochs "$at" --save at.safetensors >log 2>&1
runs "$p the best checkpoint has the first of the best epochs" cmp best.safetensors whole-best.safetensors

# a run that is resumed after any epoch gives the same bytes and the same log
for k in 1 3 $((best)) $((epochs - 1)) "$epochs"; do
    rm -f part.csv
    train --quiet --epochs "$k" --save part.safetensors --log part.csv >log 2>&1
    train --quiet --epochs 40 --resume part.safetensors --threads 2 --save part.safetensors --log part.csv >log 2>&1
    runs "$p resumed after epoch $k, the same bytes" cmp whole.safetensors part.safetensors
    runs "$p resumed after epoch $k, the same log" cmp whole.csv part.csv
    runs "$p resumed after epoch $k, the same best checkpoint" cmp whole-best.safetensors best.safetensors
done
says "$p a run that has stopped stays stopped" 0 'stopped early after epoch [0-9]+; nothing is left to do' \
    train --resume whole.safetensors --epochs 100 --save again.safetensors
runs "$p and loses nothing" cmp whole.safetensors again.safetensors

# --force: a callback that watches another number than before, or kept no weights before, starts without memory;
# training goes on from the last weights, not from the restored ones
changed() { # NAME SED -- builds callbacks.net as changed by the sed script
    sed "$2" "$HERE/callbacks.net" >"$1.net" && ! cmp -s "$1.net" "$HERE/callbacks.net" && build "$1.net" "./$1"
    check "$p $1 builds" "$(cat "$1.log")" || exit
}
remembers() { # FILE KEY
    head -c 8000 "$1" | sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p"
}
more=$((epochs + 1))
changed unstopped 's/.*early_stopping.*//'
./unstopped train --data-dir "$DATA" --quiet --epochs $more --save fresh.safetensors >log 2>&1
runs "$p forced on without early stopping" ./unstopped train --data-dir "$DATA" --quiet --force \
    --resume whole.safetensors --epochs $more --save forced.safetensors
./unstopped export --weights fresh.safetensors -o fresh.npz &&
    ./unstopped export --weights forced.safetensors -o forced.npz
runs "$p goes on from the last weights" cmp fresh.npz forced.npz
changed others \
    's/early_stopping val_loss/early_stopping accuracy/; s/reduce_lr val_loss/reduce_lr penalty/
    s/monitor=val_accuracy/monitor=loss/'
says "$p what watches another number begins anew" 0 "restored the weights of epoch $more, when accuracy was best" \
    ./others train --data-dir "$DATA" --force --resume whole.safetensors --epochs $more --save others.safetensors
for key in early_stopping reduce_lr checkpoint; do
    [ "$(remembers others.safetensors $key.best)" != "$(remembers whole.safetensors $key.best)" ]
    check "$p $key remembers nothing of another number" "$(remembers others.safetensors $key.best)"
done
changed unkept 's/patience=5/patience=30/; s/ restore_best//'
./unkept train --data-dir "$DATA" --quiet --epochs 3 --save unkept.safetensors >log 2>&1
says "$p weights that were not kept are not restored" 0 'restored the weights of epoch 4, ' \
    train --force --resume unkept.safetensors --epochs 4 --save kept.safetensors
says "$p more patience goes on" 0 "^Epoch $more/$more" \
    ./unkept train --data-dir "$DATA" --force --resume whole.safetensors --epochs $more --save patience.safetensors

# every=N
sed 's/checkpoint .*/checkpoint "every.safetensors" every=3/; s/.*early_stopping.*//; s/model watched/model every/' \
    "$HERE/callbacks.net" >every.net
build every.net ./every
check "$p every builds" "$(cat every.log)" || exit
./every train --data-dir "$DATA" --quiet --epochs 5 >log 2>&1
./every train --data-dir "$DATA" --quiet --epochs 3 --save three.safetensors >log 2>&1
./every train --data-dir "$DATA" --quiet --epochs 2 --save two.safetensors >log 2>&1
runs "$p written after three epochs, not after five" cmp every.safetensors three.safetensors
