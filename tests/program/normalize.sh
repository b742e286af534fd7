#!/bin/sh
# normalize.sh -- mean and deviation of each channel: fitted to the training rows, remembered in files of weights,
# given in the spec.
. tests/program/lib.sh
p="program normalize:"
cd "$(folder normalize)" || exit 1

rows() { # SEED ROWS FACTOR -- prints rows of two features, one of them FACTOR times as wide, and one that never changes
    awk -v state="$1" -v rows="$2" -v factor="$3" '
        function noise() { state = (state * 16807) % 2147483647; return state / 2147483647 * 2 - 1 }
        BEGIN {
            print "a,b,c,y"
            for (i = 0; i < rows; i++) { a = noise(); b = noise()
                printf "%.3f,%.3f,5,%d\n", a, factor * b + 3 * factor, (a + b > 0) }
        }'
}
net() { # NORMALIZE
    cat <<END
data {
  train csv "train.csv" target=y
  test csv "test.csv" target=y
  normalize $1
  split validation=0.25
}
Input 3
Dense 2 softmax
train {
  optimizer adam lr=0.05
  loss sparse_categorical_crossentropy
  metrics accuracy
  epochs 8 batch=16 seed=1
}
validate kfold k=3
END
}
rows 3 200 1000 >train.csv
rows 4 100 1000 >test.csv
net 'mean=auto std=auto' >fitted.net
mkdir far && rows 5 200 7 >far/train.csv && rows 6 100 7 >far/test.csv
runs "$p builds" build fitted.net ./fitted
says "$p a wide feature is no better than a narrow one" 0 'test.*accuracy: (0\.9|1)' ./fitted --save w.safetensors \
    --log log.csv
runs "$p crossval" ./fitted crossval --jobs 2 --quiet

# the fitted numbers stay with the weights, through export and --resume, also when training goes on with other rows
mkdir other && cp test.csv other && rows 5 200 1 >other/train.csv
./fitted evaluate --weights w.safetensors >a.txt
./fitted evaluate --weights w.safetensors --data-dir other >b.txt
same "$p evaluate remembers" a.txt b.txt
./fitted export --weights w.safetensors -o plain.safetensors
./fitted evaluate --weights plain.safetensors --data-dir other >b.txt
same "$p export remembers" a.txt b.txt
./fitted export --weights plain.safetensors -o w.npz && ./fitted export --weights w.npz -o back.safetensors
./fitted evaluate --weights w.npz --data-dir other >b.txt
same "$p an .npz remembers" a.txt b.txt
./fitted evaluate --weights back.safetensors --data-dir other >b.txt
same "$p and back" a.txt b.txt
./fitted --quiet --save saved.npz && ./fitted evaluate --weights saved.npz --data-dir other >b.txt
same "$p a saved .npz remembers" a.txt b.txt

./fitted --quiet --epochs 3 --save half.safetensors &&
    ./fitted --quiet --resume half.safetensors --save whole.safetensors
runs "$p the same bits after --resume" cmp w.safetensors whole.safetensors
runs "$p --emit=infer takes such weights" "$BUILD/cnnc" --emit=infer --weights=w.safetensors -o infer.c fitted.net

# the same numbers are given in the spec; they are those of the first 150 rows, which train
set -- $(sed -n '2,151p' train.csv | awk -F, '
    { a += $1; aa += $1 * $1; b += $2; bb += $2 * $2; n++ }
    END { printf "%.9g %.9g %.9g %.9g\n", a / n, b / n, sqrt(aa / n - a / n * a / n), sqrt(bb / n - b / n * b / n) }')
net "mean=[$1, $2, 5] std=[$3, $4, 1]" >given.net
runs "$p lists build" build given.net ./given
./given --quiet --save given.safetensors
./given predict --weights given.safetensors --input test.csv >b.txt
./fitted --quiet --data-dir far --epochs 1 --save far.safetensors
far="'normalize scale=1 mean=[-0-9.e]+ std=[0-9.]+' .channel [0-9]., but"
far="warning: far.safetensors: was trained with $far the spec says scale=1"
says "$p numbers of the spec are not those of the weights: predict" 0 "$far" ./given predict --weights far.safetensors \
    --input test.csv
says "$p numbers of the spec are not those of the weights: train" 0 "$far" ./given train --epochs 1 \
    --weights far.safetensors
says "$p numbers of the spec are not those of the weights: --emit=infer" 0 "$far.*Wnormalize" \
    "$BUILD/cnnc" --emit=infer --weights=far.safetensors -o far.c given.net
./fitted predict --weights w.safetensors --input test.csv >a.txt
paste -d ' ' a.txt b.txt | tr -d '()' | awk '$2 != $5 || $3 - $6 > 2e-4 || $6 - $3 > 2e-4 { exit 1 }'
check "$p lists mean the same" "$(paste a.txt b.txt)"

# an image: augment surrounds it with what 0 becomes, in each channel
printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': (40, 6, 6, 3), }" >x.npy
awk 'BEGIN { for (i = 0; i < 40 * 108; i++) printf "%c", 65 + (i * 7 + int(i / 108) % 2 * 5) % 50 }' >>x.npy
printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': (40,), }" >y.npy
awk 'BEGIN { for (i = 0; i < 40; i++) printf "%s", i % 2 ? "b" : "a" }' | tr ab '\000\001' >>y.npy
cat >image.net <<'END'
data {
  train npy "x.npy" "y.npy"
  normalize scale=1/255 mean=auto std=auto
  augment shift=1 rotate=10
}
Input 6x6x3
Conv2D 4 3x3 relu
Flatten
Dense 2 softmax
END
runs "$p image builds" build image.net ./image
for n in 1 2; do
    runs "$p image trains, $n threads" ./image --quiet --epochs 2 --threads $n --save $n.safetensors
done
runs "$p the same bits for any threads" cmp 1.safetensors 2.safetensors
poke=$(grep -abo '"normalize.std"' 1.safetensors | head -1 | cut -d: -f 1)
[ -n "$poke" ]
check "$p the file names the deviations" "$(head -c 2000 1.safetensors)"
sed 's/mean=auto std=auto/mean=[1, 2]/' image.net >two.net
says "$p a list of the wrong length" 1 \
    "two.net:3:30: error: 'mean' has 2 numbers, but the input \[6,6,3\] has 3 channels" \
    "$BUILD/cnnc" -fsyntax-only two.net

# inference alone and the library also take raw rows
cat >rows.c <<'END'
#include <stdio.h>
#ifdef INFER
#include "infer.h"
#else
#include "fitted.h"
static struct fitted net, again;
#endif

int main(int argc, char **argv)
{
    float raw[3], x[3], y[2];
    int label, i;
#ifdef INFER
    static float scratch[FITTED_SCRATCH];
    (void)argc, (void)argv;
#else
    fitted_init(&net, 1);
    if (argc != 3 || fitted_normalize_rows(&net, raw, x, 1) != -1 || fitted_load(&net, argv[1]) != 0 ||
        fitted_save(&net, argv[2]) != 0 || fitted_load(&again, argv[2]) != 0)
        return 3;
#endif
    scanf("%*[^\n]");
    for (i = 0; scanf("%f,%f,%f,%d", &raw[0], &raw[1], &raw[2], &label) == 4; i++) {
#ifdef INFER
        fitted_normalize(raw, x);
        fitted_infer(x, y, scratch);
#else
        if (fitted_normalize_rows(&again, raw, x, 1) != 0)
            return 4;
        fitted_predict(&again, x, y, 1);
#endif
        printf("%d: %d (%.4f)\n", i, y[1] > y[0], (double)y[y[1] > y[0]]);
    }
    return 0;
}
END
sed 's/^data/model fitted\n&/' fitted.net >named.net
./fitted predict --weights w.npz --input test.csv >a.txt
"$BUILD/cnnc" -o fitted.c named.net 2>/dev/null
# shellcheck disable=SC2046
$CC -O1 -Dmain=other_main -c -o fitted.o fitted.c $("$BUILD/cnnc" --cflags) &&
    $CC -O1 -I. -o rows rows.c fitted.o $("$BUILD/cnnc" --libs named.net)
for file in w.npz w.safetensors; do
    ./rows $file copy.npz <test.csv >b.txt 2>err
    same "$p the library face, of $file" a.txt b.txt
    runs "$p --emit=infer, of $file" "$BUILD/cnnc" --emit=infer --weights=$file -o infer.c named.net
    $CC -std=c99 -O1 -I. -DINFER -o rows-infer rows.c infer.c -lm && ./rows-infer <test.csv >b.txt
    same "$p --emit=infer normalises, of $file" a.txt b.txt
done
runs "$p says why it cannot" grep -q '^fitted: mean and std of the inputs are not known: load a file' err

# weights without remembered numbers are refused; --force fits them again, which is correct where the training data
# are at hand
./given export --weights given.safetensors -o mute.npz && ./fitted evaluate --weights mute.npz --force >b.txt
./fitted evaluate --weights given.safetensors >a.txt
same "$p --force" a.txt b.txt
for command in "evaluate" "predict --input test.csv"; do
    says "$p $command: weights that remember nothing" 1 \
        "^fitted: mute.npz: does not know the mean and std that 'auto'.*--force" \
        ./fitted $command --weights mute.npz
done

says "$p --emit=infer: weights that remember nothing" 1 "mute.npz: does not know the mean and std that 'auto'" \
    "$BUILD/cnnc" --emit=infer --weights=mute.npz -o no.c fitted.net

# a file that cannot be read is not treated as one that does not exist
mkdir folder.safetensors && ln -s loop.safetensors loop.safetensors
sed 's/epochs 8/checkpoint "loop.safetensors"\n  epochs 8/' fitted.net >loop.net
runs "$p with a checkpoint builds" build loop.net ./loop
says "$p a folder for weights" 1 '^fitted: folder.safetensors: not a regular file' \
    ./fitted evaluate --weights folder.safetensors
says "$p a checkpoint that cannot be read" 1 '^loop: loop.safetensors: cannot open: too many' ./loop evaluate
rm loop.safetensors
says "$p a checkpoint that is not there" 1 '^loop: no weights: give --weights FILE' ./loop evaluate
