#!/bin/sh
# threads.sh -- the same bits for any number of threads, and from run to run.
. tests/program/lib.sh
p="program threads:"
cd "$(folder threads)" || exit 1
run() { # FILE OPTION...
    file=$1
    shift
    "$TINY" train --data-dir "$DATA" --quiet --epochs 3 --save "$file" "$@" >"$file.out" 2>&1 ||
        echo "$file: status $?" >>"$file.out"
}
run one.safetensors --threads 1
for n in 2 3 7; do
    run $n.safetensors --threads $n --log $n.csv
    runs "$p $n as one" cmp one.safetensors $n.safetensors
done
run default.safetensors
runs "$p default as one" cmp one.safetensors default.safetensors
run again.safetensors --threads 2 --log again.csv
runs "$p again" cmp one.safetensors again.safetensors
runs "$p the log too" sh -c 'cut -d, -f 1-5 2.csv >a; cut -d, -f 1-5 again.csv >b; cmp a b'
for n in 1 3; do
    "$TINY" predict --weights one.safetensors --threads $n --input "$DATA/test-x" -o p$n.npy
done
runs "$p predictions" cmp p1.npy p3.npy
# a row's prediction does not depend on the rows beside it
head -c 16 "$DATA/test-x" >few-x && printf '\0\0\0\3' | dd of=few-x bs=1 seek=4 conv=notrunc 2>/dev/null
tail -c +17 "$DATA/test-x" | head -c 192 >>few-x
"$TINY" predict --weights one.safetensors --input few-x -o few.npy
runs "$p predictions of a few" sh -c 'tail -c +129 p1.npy | head -c 48 >a; tail -c +129 few.npy >b; cmp a b'
# with many chunks, three threads sum the gradients before the update, one thread during it; the last batch has few
# chunks
sed 's/batch=48/batch=240/' "$ROOT/tests/program/noise.net" >many.net
build many.net ./many || fail "$p many chunks: builds" <many.log
for n in 1 3; do
    ./many train --data-dir "$DATA" --quiet --epochs 3 --threads $n --save many$n.safetensors >many.out 2>&1 ||
        fail "$p many chunks, $n threads" <many.out
done
runs "$p many chunks, 3 as one" cmp many1.safetensors many3.safetensors
# noise, masks and factors are drawn for each row, whichever thread computes it
build "$ROOT/tests/program/noise.net" ./noise || fail "$p noise.net builds" <noise.log
for n in 1 2 3; do
    ./noise train --data-dir "$DATA" --quiet --threads $n --save noise$n.safetensors >noise.out 2>&1 ||
        fail "$p noise, $n threads" <noise.out
done
runs "$p noise, 2 as one" cmp noise1.safetensors noise2.safetensors
runs "$p noise, 3 as one" cmp noise1.safetensors noise3.safetensors
# with more parameters than a thread updates alone, each updates a part and fetches the others: means, statistics of a
# norm, what an optimizer keeps
cat >fetch.net <<'NET'
data {
  train idx "train-x" "train-y"
  validation idx "test-x" "test-y"
  normalize scale=1/255
}
Input 8x8x1
Flatten
Dense 600 relu
BatchNorm
Dense 500 tanh
Dense 40 frozen
Dense 4 softmax
train {
  optimizer adam global_clipnorm=1 use_ema=yes ema_overwrite_frequency=3 gradient_accumulation_steps=2
  loss sparse_categorical_crossentropy
  epochs 2 batch=240 seed=3
}
NET
build fetch.net ./fetch || fail "$p fetch.net builds" <fetch.log
for n in 1 2; do
    ./fetch train --data-dir "$DATA" --quiet --threads $n --save fetch$n.safetensors --log fetch$n.csv \
        >fetch.out 2>&1 ||
        fail "$p fetched parameters, $n threads" <fetch.out
done
runs "$p fetched parameters, 2 as one" cmp fetch1.safetensors fetch2.safetensors
runs "$p what they are validated with, too" cmp fetch1.csv fetch2.csv
