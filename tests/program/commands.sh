#!/bin/sh
# commands.sh -- every command of a generated program, its exit status, and its messages for wrong use.
. tests/program/lib.sh
p="program commands:"
w=$TMP/tiny.safetensors
export CNN_DATA_DIR="$DATA"
cd "$(folder commands)" || exit 1

says "$p train is the default" 0 'accuracy: ' "$TINY" --epochs 1
says "$p train ends with the test set" 0 'test|evaluat' "$TINY" train --epochs 1
says "$p evaluate" 0 'accuracy: 0\.[0-9]+|accuracy: 1' "$TINY" evaluate --weights "$w"
says "$p summary" 0 'conv2d' "$TINY" summary
says "$p gradcheck" 0 '[0-9]e-' "$TINY" gradcheck
says "$p samples of gradcheck" 0 'kernel +[0-9]+ +3 ' "$TINY" gradcheck --samples 3
says "$p help" 0 'gradcheck' "$TINY" -h
says "$p --help" 0 'gradcheck' "$TINY" --help
options() { grep -oE -e '--[a-z][a-z-]+' | sort -u; }
"$TINY" -h 2>&1 | options >told
sed 's/\\-/-/g' "$ROOT/man/cnnc-program.7" | options >man
comm -23 told man >missing
[ -s told ] && [ ! -s missing ]
check "$p every option of help is in the man page" "$(cat missing)"
says "$p help on a command" 0 '--data-dir' "$TINY" train -h
says "$p predict without -o" 0 '.' "$TINY" predict --weights "$w" --input "$DATA/test-x"
runs "$p predict" "$TINY" predict --weights "$w" --input "$DATA/test-x" -o p.npy
runs "$p export to npz" "$TINY" export --weights "$w" -o w.npz
runs "$p export back" "$TINY" export --weights w.npz -o w.safetensors
runs "$p evaluate the exported" "$TINY" evaluate --weights w.npz
"$TINY" evaluate --weights "$w" >a 2>&1
"$TINY" evaluate --weights w.safetensors >b 2>&1
sed -i 's/[0-9]*m\{0,1\}s[^ ]*//g' a b
same "$p exported weights evaluate alike" a b
runs "$p quiet" sh -c 'out=$("$0" train --epochs 1 --quiet) && ! echo "$out" | grep Epoch' "$TINY"

# the parameters of tiny.net: 60, 54 x 12 + 12, 12 x 4 + 4
says "$p summary counts" 0 '772' "$TINY" summary

says "$p --version" 0 '^tiny, with libcnn [0-9.]+$' "$TINY" --version
says "$p --batch" 2 "tiny: the batch is compiled in: change 'batch' in the spec's 'train'" "$TINY" train --batch=64
says "$p one prefix" 1 '^tiny: no validation set' "$TINY" evaluate --weights "$w" --part validation
# a reader that closes the pipe early is no error; a full disk is one
{ "$TINY" predict --weights "$w" --input "$DATA/train-x" 2>said; echo $? >status; } | sed -n '1{p;q}' >/dev/null
{ "$TINY" -h 2>>said; } | true
{ "$TINY" bench --steps 1 2>>said; } | true
[ ! -s said ] && grep -qx '0\|141' status
check "$p a pipe that is closed" "$(cat said status)"
says "$p a full disk" 1 'standard output: cannot write|cannot write to standard output' \
    sh -c '"$0" -h >/dev/full' "$TINY"

says "$p no such command" 2 "trian" "$TINY" trian
says "$p a command is suggested" 2 "train" "$TINY" trian
says "$p no such option" 2 'epoch' "$TINY" train --epoch 3
says "$p option without a value" 2 'epochs' "$TINY" train --epochs
says "$p not a number" 2 'epochs' "$TINY" train --epochs many
says "$p not a positive number" 2 'epochs' "$TINY" train --epochs=-3
says "$p number with a tail" 2 'threads' "$TINY" train --threads 2x
says "$p learning rate is no number" 2 'lr' "$TINY" train --lr fast
says "$p number too large" 2 'epochs' "$TINY" train --epochs 99999999999999999999
says "$p a word too many" 2 'more' "$TINY" train more
says "$p predict wants --input" 2 'input' "$TINY" predict --weights "$w"
says "$p gradients wants --target" 2 'target' "$TINY" gradients --weights "$w" --input "$DATA/test-x" -o g.npz
says "$p export wants -o" 2 '(-o|output)' "$TINY" export --weights "$w"
says "$p evaluate wants weights" '[12]' 'weights' "$TINY" evaluate
says "$p evaluate: no such part" 2 'train, validation, test' "$TINY" evaluate --weights "$w" --part dev
says "$p evaluate: a part that is not there" 1 "no 'validation'" "$TINY" evaluate --weights "$w" --part validation
says "$p evaluate --part train" 0 'accuracy: ' "$TINY" evaluate --weights "$w" --part train
"$TINY" evaluate --weights "$w" --part test >a 2>&1
"$TINY" evaluate --weights "$w" --part train >b 2>&1
"$TINY" evaluate --weights "$w" >c 2>&1
same "$p evaluate looks at the test set" a c
runs "$p evaluate looks at other rows with --part train" sh -c '! cmp -s a b'
says "$p crossval wants a validate section" 1 "no 'validate'" "$TINY" crossval
says "$p ensemble wants an ensemble section" 1 "no 'ensemble'" "$TINY" ensemble

# ---- options that must have an effect
says "$p --epochs" 0 'Epoch 2/2|2/2' "$TINY" train --epochs 2
"$TINY" train --epochs 1 --limit 48 >limit 2>&1
says "$p --limit" 0 '2/2' cat limit
"$TINY" train --epochs 1 --quiet --save s3.npz >log 2>&1
"$TINY" train --epochs 1 --quiet --seed 3 --save same.npz >log 2>&1
"$TINY" train --epochs 1 --quiet --seed 4 --save s4.npz >log 2>&1
"$TINY" train --epochs 1 --quiet --lr 0.001 --save lr.npz >log 2>&1
"$TINY" train --epochs 1 --quiet --no-shuffle --save plain.npz >log 2>&1
runs "$p --seed of the spec" cmp s3.npz same.npz
for other in s4 lr plain; do
    ! cmp -s s3.npz $other.npz
    check "$p $other.npz differs" "an option did nothing"
done

# ---- the log: CSV, a row an epoch, from 0, keys as Keras has them
"$TINY" train --epochs 3 --quiet --log log.csv >/dev/null 2>&1
awk -F, 'NR == 1 { n = NF; ok = $1 == "epoch" && /,accuracy/ && /,loss/ }
    NR > 1 { ok = ok && NF == n && $1 == NR - 2; for (i = 2; i <= NF; i++) ok = ok && $i ~ /^-?[0-9.e+-]+$/ }
    END { exit !(ok && NR == 4) }' log.csv
check "$p log" "$(cat log.csv)"
says "$p log that cannot be written" 1 'no/such' "$TINY" train --epochs 1 --log no/such/log.csv
says "$p save that cannot be written" 1 'no/such' "$TINY" train --epochs 1 --save no/such/w.npz
says "$p save under no known name" '[12]' 'w\.h5' "$TINY" train --epochs 1 --save w.h5
says "$p predictions that cannot be written" 1 'no/such' "$TINY" predict --weights "$w" --input "$DATA/test-x" \
    -o no/such/p.npy
says "$p loss that is no number" 1 '(step|epoch).*|nan|NaN|not a number' "$TINY" train --epochs 2 --lr 1e30
says "$p loss that is no number names the step" 1 'step' "$TINY" train --epochs 2 --lr 1e30
says "$p what is not kept is told before" 0 '^tiny: note: nothing will be saved; --save FILE keeps the weights$' \
    "$TINY" train --epochs 1 --limit 48
says "$p and after" 0 '^tiny: note: nothing was saved; --save FILE keeps the weights$' "$TINY" train --epochs 1 \
    --limit 48
"$TINY" train --epochs 1 --limit 48 --quiet >quiet 2>&1 &&
    "$TINY" train --epochs 1 --limit 48 --save kept.npz >/dev/null 2>>quiet
[ ! -s quiet ]
check "$p neither when quiet, nor when it is kept" "$(cat quiet)"
