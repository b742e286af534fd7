#!/bin/sh
# plots.sh -- --verbose, --plots and `plot`: what is printed, which files are written; a picture that fails never
# makes training fail.
. tests/program/lib.sh
p="program plots:"
export CNN_DATA_DIR="$DATA"
cd "$(folder plots)" || exit 1
w=weak.safetensors # its network makes mistakes
"$TINY" train --epochs 1 --lr 0.001 --quiet --save $w >log 2>&1
mkdir none # a PATH without gnuplot
lines() { # N NAME -- the last command printed N lines
    cp "$TMP/log.$$" out
    [ "$(wc -l <out)" = "$1" ]
    check "$2" "$(cat out)"
}

# ---- in the terminal
says "$p --verbose: the confusion matrix" 0 '^confusion of the test set: [0-9]+ of 100 rows are right' \
    "$TINY" evaluate --weights "$w" --verbose
sed -n '/^confusion/,$p' "$TMP/log.$$" >matrix
"$TINY" predict --weights "$w" --input "$DATA/test-x" | awk '{ print $2 }' >said
# idx: 8 bytes, then a label each
od -An -v -tu1 -w1 -j8 "$DATA/test-y" | awk '{ print $1 }' >true
paste true said | awk '{ n[$1, $2]++ }
    END { for (t = 0; t < 4; t++) { for (c = 0; c < 4; c++) printf "%d ", n[t, c]; print "" } }' >want
awk '$1 ~ /^[0-3]$/ && NF == 6 { gsub("·", "0"); print $2, $3, $4, $5, "" }' matrix >have
same "$p --verbose: counts what predict says" have want
says "$p --verbose: of another part" 0 '^confusion of the train set: [0-9]+ of 500 rows' \
    "$TINY" evaluate --weights "$w" --verbose --part train
says "$p --verbose: train" 0 '^loss +(...){3}  [0-9.]+ to [0-9.]+, least in epoch 3$' "$TINY" train --epochs 3 \
    --verbose --log v.csv --save v.safetensors
cp "$TMP/log.$$" out
runs "$p --verbose: train shows the matrix" grep -q '^confusion of the test set' out
says "$p --verbose: resumed, the curve is whole" 0 '^loss +(...){5}  ' \
    "$TINY" train --epochs 5 --verbose --log v.csv --resume v.safetensors --save v.safetensors
says "$p without it no more than ever" 0 '' "$TINY" evaluate --weights "$w"
lines 1 "$p without it one line"
says "$p --verbose and --quiet" 2 'exclude each other' "$TINY" train --verbose --quiet
says "$p --verbose is not for predict" 2 'verbose' "$TINY" predict --verbose --input "$DATA/test-x"

# ---- pictures
all="accuracy confusion filters loss mistakes penalty"
files() { # ENDING... -- prints the names that a folder must have
    for name in $all; do for ending; do echo "$name.$ending"; done; done | sort
}
draw() { # FOLDER OPTION...
    dir=$1
    shift
    "$TINY" plot --plots "$dir" --weights "$w" --log v.csv "$@"
}
said="'gnuplot \*\.gp' there draws them"
says "$p without gnuplot: scripts, data, status 1" 1 "gnuplot is not here; 'bare' .*$said" env PATH="$PWD/none" \
    "$TINY" plot --plots bare --weights "$w" --log v.csv
files dat gp >want
ls bare >have
same "$p without gnuplot: the files" have want
says "$p training without gnuplot is training" 0 "warning: .*$said" env PATH="$PWD/none" "$TINY" train --epochs 2 \
    --plots late --save late.safetensors
runs "$p training without gnuplot saves" test -s late.safetensors
says "$p the best epochs stand in the script" 0 "'loss, best in epoch 5: " cat bare/loss.gp
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "loss") at = i; next } { printf "%d %s\n", $1 + 1, $at }' \
    v.csv >want
grep -v '^#' bare/loss.dat >have
same "$p the numbers of the log" have want
[ "$(awk '!/^#/ && NF { n += $3 } END { print n }' bare/confusion.dat)" = 100 ]
check "$p every row is counted" "$(cat bare/confusion.dat)"
wrong=$(awk '!/^#/ && NF && $1 != $2 { n += $3 } END { print n < 40 ? n : 40 }' bare/confusion.dat)
[ $wrong -gt 5 ] && [ "$(grep -c '^set label' bare/mistakes.gp)" = $((wrong + 1)) ] &&
    [ "$(grep -c '^[0-9]' bare/mistakes.dat)" = $((wrong * 64)) ]
check "$p every mistake has its image and caption" "$wrong mistakes: $(grep -c . bare/mistakes.dat) pixels"
[ "$(grep -c '^[0-9]' bare/filters.dat)" = 54 ]
check "$p six filters of 3x3" "$(grep -c . bare/filters.dat) pixels"

if command -v gnuplot >/dev/null; then
    says "$p with gnuplot" 0 '^drawn/loss.svg$' draw drawn
    lines 6 "$p with gnuplot: says nothing else"
    files dat gp svg >want
    ls drawn >have
    same "$p with gnuplot: the files" have want
    for name in $all; do
        grep -q '</svg>' "drawn/$name.svg"
        check "$p $name.svg is whole" "$(head -c 300 "drawn/$name.svg")"
    done
    runs "$p the scripts draw elsewhere" sh -c \
        "cd bare && for f in $all; do LC_ALL=C.UTF-8 gnuplot -d \$f.gp && cmp \$f.svg ../drawn/\$f.svg || exit 1; done"
    says "$p a picture that is not this run's goes" 1 'gnuplot' env PATH="$PWD/none" "$TINY" plot --plots drawn \
        --log v.csv
    runs "$p so loss.svg is gone" test ! -e drawn/loss.svg
    says "$p --png" 0 '^png/loss.png$' draw png --png
    runs "$p which is PNG" \
        sh -c 'for f in png/*.png; do head -c 4 "$f" | grep -q PNG || exit 1; done; ls png | grep -c png$ | grep -qx 6'
    says "$p while training" 0 '^live/confusion.svg$' "$TINY" train --epochs 2 --plots live
    printf '#!/bin/sh\nexit 3\n' >none/gnuplot && chmod +x none/gnuplot
    says "$p a gnuplot that fails" 1 "could not draw 3 of the pictures in 'broken'" env PATH="$PWD/none:/bin:/usr/bin" \
        "$TINY" plot --plots broken --log v.csv
    rm none/gnuplot
else
    skip "$p drawing" "no gnuplot"
fi
says "$p quiet" 1 . env PATH="$PWD/none" "$TINY" plot --plots hush --log v.csv --quiet
lines 1 "$p quiet but for the error"
ls hush >have
printf '%s\n' accuracy.dat accuracy.gp loss.dat loss.gp penalty.dat penalty.gp >want
same "$p a log alone: the curves" have want

# ---- refused commands
says "$p nothing to draw" 1 'nothing to draw' "$TINY" plot --plots no
says "$p a folder that cannot be" 1 'v.csv' "$TINY" plot --plots v.csv/x --log v.csv
says "$p training looks first" 1 'v.csv' "$TINY" train --epochs 1 --plots v.csv/x --save never.safetensors
runs "$p training did not begin" test ! -e never.safetensors
says "$p a log that is none" 1 'matrix:1: not the log of a training run' "$TINY" plot --plots no --log matrix
says "$p a log that is a folder" 1 'none: cannot read.*irectory' "$TINY" plot --plots no --log none
says "$p no such part" 2 'no part' "$TINY" plot --plots no --weights "$w" --part most
says "$p --png wants a folder" 2 'plots' "$TINY" train --png
says "$p --plots is not for evaluate" 2 'plots' "$TINY" evaluate --weights "$w" --plots no
runs "$p nothing was written" test ! -e no

# ---- names of classes that gnuplot must not run as commands
cat >names.csv <<'END'
a,b,kind
1,2,it's `touch obeyed`
2,1,"<b>&amp;"" $(touch obeyed)"
3,5,it's `touch obeyed`
4,4,@x\n%s
END
cat >names.net <<'END'
data {
  train csv "names.csv" target=kind
  test csv "names.csv" target=kind
}
Input 2
Dense 3 softmax
train {
  loss sparse_categorical_crossentropy
  epochs 1 batch=4
}
END
runs "$p names build" build names.net ./names
./names train --data-dir . --quiet --save names.safetensors
says "$p names of classes in the matrix" 0 "^it's .touch obey +[0-9]" ./names evaluate --data-dir . --verbose \
    --weights names.safetensors
if command -v gnuplot >/dev/null; then
    says "$p names of classes" 0 'named/confusion.svg' ./names train --data-dir . --plots named
    runs "$p are as they are" grep -qF '&lt;b>&amp;amp;' named/confusion.svg
    runs "$p a percent sign, too" grep -qF "@x\\n%s" named/confusion.svg
    runs "$p and nobody obeys them" test ! -e named/obeyed -a ! -e obeyed
fi

# ---- an ensemble answers like a network, but has no filters
sed 's/^train {/ensemble bagging members=2\ntrain {/; s/model tiny/model crowd/' "$HERE/tiny.net" >crowd.net
runs "$p an ensemble builds" build crowd.net ./crowd
./crowd ensemble --epochs 1 --lr 0.001 --quiet --save crowd.safetensors
says "$p --verbose of an ensemble" 0 '^confusion of the test set' ./crowd evaluate --weights crowd.safetensors --verbose
awk '/accuracy/ { sub(/.*accuracy: /, ""); said = $1 * 100 }
    /^confusion/ { right = $6 }
    END { print said, right; exit said != right || !right }' "$TMP/log.$$" >out
check "$p and its matrix has what it got right" "$(cat out)"
"$TINY" plot --weights "$w" --plots alone --quiet >log 2>&1
./crowd plot --weights crowd.safetensors --plots together --quiet >log 2>&1
ls together >have
ls alone | grep -v filters >want
same "$p pictures of an ensemble" have want
