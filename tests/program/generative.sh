#!/bin/sh
# generative.sh -- the autoencoders of the examples learn: one takes noise away, one draws digits. A picture that is the
# mean of all digits has a binary cross-entropy of 0.26.
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
