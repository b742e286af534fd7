#!/bin/sh
# generative.sh -- the autoencoders of the examples learn: one takes noise away, one draws digits. A picture that is the
# mean of all digits has a binary cross-entropy of 0.26. The examples of several models learn, too.
. tests/program/lib.sh
p="program generative:"
cd "$(folder generative)" || exit 1
export CNN_DATA_DIR="$SAMPLE"

learns autoencoder/denoise loss below 0.16 --epochs 3 --limit 4000 --log log.csv
runs "$p denoise.net leaves a quarter of the noise, whose mean square is 0.25" awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "mse") at = i } { last = $at }
    END { exit !(NR == 4 && last < 0.0625) }' log.csv
runs "$p denoise.net draws what it does" test -s denoised.png
learns vae/vae digit_loss below 0.2 --epochs 3 --lr 0.003
runs "$p vae.net draws digits" test -s seen.png -a -s drawn.png

# ---- several models

# quickly EXAMPLE -- compiles examples/EXAMPLE.net, without what the test does not use
# shellcheck disable=SC2046
quickly() {
    spec=$(basename "$1")
    "$BUILD/cnnc" -Wno-slow -o "$spec.c" "$ROOT/examples/$1.net" >"$spec.log" 2>&1 &&
        $CC -std=c11 -O1 -march=native -DCNN_NO_REFERENCE -DCNN_NO_BENCH -o "./$spec" "$spec.c" \
            $("$BUILD/cnnc" --cflags --libs) >>"$spec.log" 2>&1
    check "$p $spec.net builds" "$(cat "$spec.log")"
}

# A written digit has a mean of -0.74, what a generator draws that has learnt nothing one of 0.
quickly gan/gan
runs "$p gan.net trains" ./gan train --quiet --epochs 2 --limit 1920 --lr 1e-3 --save gan.safetensors
runs "$p gan.net draws a sheet an epoch" test -s samples-001.png -a -s samples-002.png
# shellcheck disable=SC2046
$CC -std=c11 -O1 -o makenpy "$HERE/makenpy.c" && ./makenpy noise.npy f4 4x64 \
    $(awk 'BEGIN { srand(1); for (i = 0; i < 256; i++) print 2 * (rand() + rand() + rand()) - 3 }')
./gan predict --input noise.npy --weights gan.safetensors -o drawn.npy >drawn.log 2>&1
check "$p gan.net draws from noise" "$(cat drawn.log)" &&
    runs "$p gan.net: nothing normalises noise" test ! -s drawn.log
runs "$p gan.net draws light strokes on a dark ground" sh -c 'od -An -v -tf4 -w4 -j128 drawn.npy | awk "
    { sum += \$1; light += \$1 > 0 } END { exit !(NR == 3136 && sum / NR < -0.2 && light > 50) }"'

quickly distillation/teacher
quickly distillation/distillation
runs "$p teacher.net trains" ./teacher train --quiet --epochs 2 --save teacher.safetensors
says "$p distillation.net takes the teacher's weights" 0 "6 of the network's 6 parameters are taken" \
    ./distillation train --limit 1000 --epochs 30 --init teacher=teacher.safetensors --save student.safetensors
for model in student alone; do
    ./distillation evaluate --model $model --weights student.safetensors >$model
    runs "$p distillation.net: the one $model learns" awk '{ exit !($NF > 0.8 && $NF < 1) }' $model
done
