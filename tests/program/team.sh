#!/bin/sh
# team.sh -- more threads than chunks: the same bits for any number of them, on one core, crowded and pinned; what is
# said of threads that would have no work.
. tests/program/lib.sh
. tests/team_net.sh
p="program team:"
cd "$(folder team)" || exit 1

team_net >team.net <<'END'
DepthwiseConv2D 3x3 same
SpectralNorm {
  Conv2D 48 1x1 relu
}
Dropout 0.3
Conv2D 70 3x3 relu same
Flatten
Dense 100 relu
Dense 10 softmax
train {
  optimizer adam
  loss sparse_categorical_crossentropy class_weight=[1, 2, 1, 1, 1, 3, 1, 1, 1, 1]
  metrics accuracy
  epochs 1 batch=27 seed=1
}
END
train() { # WEIGHTS OPTION...
    weights=$1
    shift
    ./team train --limit 200 --save "$weights" --log "$weights.csv" "$@" 2>"$weights.err" >/dev/null &&
        cmp one.safetensors "$weights" && cmp one.safetensors.csv "$weights.csv"
}
build team.net team --target=x86-64-v3
check "$p builds" "$(cat team.log)" || exit 0
train one.safetensors --threads 1
for n in 2 3 5 16 100; do
    runs "$p $n threads" train "$n.safetensors" --threads $n
done
runs "$p 5 threads on one core, pinned" \
    taskset -c 0 ./team train --limit 200 --quiet --threads 5 --pin --save p.safetensors
runs "$p with the same bits" cmp one.safetensors p.safetensors
says "$p threads without work are named" 0 '[0-9]+ threads are as many as have work' cat 100.safetensors.err
unset CNN_OVERSUBSCRIBE
runs "$p 16 threads, not more than there are cores" train few.safetensors --threads 16
taskset -c 0 ./team bench --limit 200 --steps 2 --threads 16 --quiet --json few.json >log 2>&1
runs "$p of which there is one" grep -q '"threads": 1,' few.json
export CNN_OVERSUBSCRIBE=1
for bad in abc 0 -3 1000000000; do
    says "$p CNN_THREADS=$bad" 2 "CNN_THREADS is '$bad'" env CNN_THREADS="$bad" ./team train --limit 200
done
for bad in abc 0 -3 1e6; do
    says "$p CNN_BUCKET=$bad" 2 "CNN_BUCKET is '$bad'" env CNN_BUCKET="$bad" ./team train --limit 200
done
says "$p CNN_THREADS" 0 '' env CNN_THREADS=3 ./team train --limit 200 --quiet --save e.safetensors
runs "$p with the same bits" cmp one.safetensors e.safetensors
says "$p a simulation" 0 '^16 threads: [0-9.]+ us a step, [0-9.]+x one thread$' \
    ./team bench --seconds 0.3 --simulate threads=16
# Sums over the batch, on which threads wait for one another; a norm with running statistics does not change. A layer
# that is used three times, in planes of two sizes. All runs at the same time, so that threads are interrupted.
sed -e '/^Conv2D 24/a BatchNorm' -e '/^MaxPool/a BatchNorm trainable=no' -e '/^Dense 100/a BatchNorm scale=no' \
    -e '/^Dropout/a look: Conv2D 48 3x3 relu same\
@look\
MaxPool 2x2\
@look' team.net >norm.net
build norm.net norm --target=x86-64-v3
check "$p with statistics of the batch builds" "$(cat norm.log)" || exit 0
runs "$p and with gradients that several kernels add to" grep -q '^static void team_leg_' norm.c
for n in 1 2 3 5 16; do
    ./norm train --limit 81 --quiet --threads $n --save "norm$n.safetensors" --log "norm$n.csv" >/dev/null 2>&1 &
done
wait
for n in 2 3 5 16; do
    runs "$p $n threads with statistics of the batch" cmp norm1.safetensors "norm$n.safetensors"
done
runs "$p with the same log" cmp norm1.csv norm16.csv
says "$p a simulation of one prediction" 0 '^[0-9]+ threads: [0-9.]+ us for 1 image, [0-9.]+x one thread$' \
    ./team bench --seconds 0.1 --simulate threads=16 predict=1
says "$p of more images than threads share" 1 'each predicts some of them' \
    ./team bench --seconds 0.1 --simulate threads=16 predict=1000

# Targets of many numbers: each image of a team has its own. A loss of the whole batch, the last of which is short. A
# product of matrices, which threads share by its rows.
sed -e '/^Dropout/,$d' -e '/^MaxPool/a positions: Reshape 169x40\
Dot axes=2 from=[positions, positions]\
Reshape 13x13x169' -e 's/\(images-[^"]*"\) .*/\1 target=input/' team.net >whole.net
cat >>whole.net <<'END'
Conv2DTranspose 1 8x8 strides=4 sigmoid
train {
  loss dice
  epochs 1 batch=8
}
END
build whole.net whole --target=x86-64-v3
check "$p with targets of many numbers builds" "$(cat whole.log)" || exit 0
runs "$p products in slices" grep -q '_matmul(.*, int begin' whole.c
for n in 1 7; do
    ./whole train --limit 20 --quiet --threads $n --save "whole$n.safetensors" >/dev/null 2>&1
done
runs "$p targets of many numbers" cmp whole1.safetensors whole7.safetensors

# Fewer inputs than threads, which share each of them; and more.
gzip -dc "$SAMPLE/train-images-idx3-ubyte.gz" >images
for rows in 1 3 20; do
    { printf '\000\000\010\003\000\000\000%b' "\\0$(printf %o $rows)" && tail -c +9 images; } |
        head -c $((16 + rows * 784)) >"$rows.idx"
    for n in 1 2 5 16; do
        ./team predict --input "$rows.idx" --weights one.safetensors --threads $n -o "$rows.$n.npy"
    done >predict.log 2>&1
    runs "$p $rows predicted by 2 threads" cmp "$rows.1.npy" "$rows.2.npy"
    runs "$p $rows predicted by 5 threads" cmp "$rows.1.npy" "$rows.5.npy"
    runs "$p $rows predicted by 16 threads" cmp "$rows.1.npy" "$rows.16.npy"
done
build team.net plain --target=generic
check "$p builds for a target without vectors" "$(cat plain.log)" || exit 0
for n in 1 16; do
    ./plain train --limit 54 --quiet --threads $n --save "plain$n.safetensors" >/dev/null 2>&1
done
runs "$p there, too" cmp plain1.safetensors plain16.safetensors

# The same under ThreadSanitizer, which must see the library, too.
echo 'int main(void) { return 0; }' >tsan.c
if $CC -fsanitize=thread tsan.c -o tsan 2>/dev/null && ./tsan >/dev/null 2>&1; then
    make -s -C "$ROOT" BUILD="$BUILD/tsan" SAN=-fsanitize=thread "$BUILD/tsan/libcnn.a" >tsan.log 2>&1 &&
        $CC -std=c11 -O1 -fsanitize=thread -DCNN_NO_REFERENCE -o watched norm.c -I"$BUILD/include" \
            -L"$BUILD/tsan" -lcnn -lz -lm -lpthread >>tsan.log 2>&1
    check "$p builds with ThreadSanitizer" "$(cat tsan.log)" || exit 0
    for n in 2 5; do
        runs "$p no races among $n threads" ./watched train --limit 135 --quiet --threads $n --save w.safetensors
    done
    runs "$p no races among 5 that share a prediction" \
        ./watched predict --input 3.idx --weights w.safetensors --threads 5 -o w.npy
else
    skip "$p races" "no ThreadSanitizer"
fi
