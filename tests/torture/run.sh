#!/bin/sh
# run.sh -- runs cnnc and generated programs while one call after the other fails: see torture.c. SPREAD (4) calls of
# each kind are tried, with 0 all of them. KIND limits the test to one kind of call.
. tests/lib.sh
cd "$TMP" || exit 1
here=$ROOT/tests/torture

$CC -std=c11 -O1 -fPIC -shared -o inject.so "$here/inject.c" 2>log &&
    $CC -std=c11 -O1 -o torture "$here/torture.c" 2>>log ||
    { echo "skipped torture: this is not Linux with glibc"; echo "ok torture needs Linux"; exit 0; }
$CC -std=c11 -O1 -o makedata "$ROOT/tests/program/makedata.c" && mkdir data && ./makedata data 96 24 || exit 1
sed 's/test  idx/validation idx "test-x" "test-y"\n  test idx/
    s/scale=1\/255/mean=auto std=auto/; s/metrics accuracy/metrics accuracy f1/; s/epochs 4/epochs 1/' \
    "$ROOT/tests/program/tiny.net" >tiny.net
printf 'validate kfold k=2\nensemble voting members=2\n' >>tiny.net
cat >table.net <<'N'
model table
data {
  train csv "table.csv" target=kind
  split validation=0.25
  normalize mean=auto std=auto
}
Input 2
Dense 3 softmax
train {
  loss sparse_categorical_crossentropy
  metrics accuracy
  epochs 1 batch=4
}
N
{ echo a,b,kind; for i in 1 2 3 4 5 6 7 8; do echo "$i,$((i * i)),k$((i % 3))"; done; } >data/table.csv
mkdir folder
cp tiny.net folder
# shellcheck disable=SC2046
"$BUILD/cnnc" --target=generic -o tiny.c tiny.net &&
    $CC -std=c11 -O1 -o tiny tiny.c $("$BUILD/cnnc" --cflags --libs) || exit 1
# shellcheck disable=SC2046
"$BUILD/cnnc" --target=generic -o table.c table.net &&
    $CC -std=c11 -O1 -o table table.c $("$BUILD/cnnc" --cflags --libs table.net) || exit 1
./tiny train --quiet --data-dir data --save folder/w.safetensors &&
    ./tiny export --weights folder/w.safetensors -o folder/w.npz || exit 1
gzip -c data/train-x >folder/in.gz
cp data/train-x data/train-y folder
cd folder || exit 1
infer="$BUILD/cnnc --target=generic --emit=infer"
there='--data-dir ../data'
alone="--quiet --threads 1 $there"
cat >../commands <<C
cnnc-train | a.c a.h a.d | $BUILD/cnnc --target=generic -o a.c -MF a.d tiny.net
cnnc-infer | a.c a.h a.bin | $infer --weights=w.safetensors --weights-file=a.bin -o a.c tiny.net
cnnc-npz | a.c a.h | $infer --weights=w.npz -o a.c tiny.net
train | s.safetensors l.csv | ../tiny train $alone --save s.safetensors --log l.csv
resume | s.safetensors | ../tiny train $alone --resume w.safetensors --epochs 2 --save s.safetensors
crossval | c.csv | ../tiny crossval $alone --log c.csv
ensemble | n.safetensors | ../tiny ensemble $alone --save n.safetensors
table | t.safetensors | ../table train $alone --save t.safetensors
evaluate | | ../tiny evaluate --threads 1 $there --weights w.npz
predict | y.npy | ../tiny predict --threads 1 --input in.gz --weights w.safetensors -o y.npy
lines | | ../tiny predict --threads 1 $there --input in.gz --weights w.safetensors
export | e.npz | ../tiny export --weights w.safetensors -o e.npz
gradients | g.npz | ../tiny gradients $there --input train-x --target train-y --weights w.safetensors -o g.npz
C
grep "${ONLY:-.}" ../commands >../some
../torture "$TMP/inject.so" "${SPREAD:-4}" "${KIND:-}" <../some
