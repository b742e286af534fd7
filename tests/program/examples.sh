#!/bin/sh
# examples.sh -- the examples do what their READMEs say, with fewer epochs than there.
. tests/program/lib.sh
p="program examples:"
export CNN_DATA_DIR="$SAMPLE"
cd "$(folder examples)" || exit 1
export CFLAGS="-O1 -march=native -DCNN_NO_REFERENCE" # compiled in half of the time

EPOCHS=4 SEEDS=1 sh "$ROOT/examples/overfitting/run.sh" >table 2>log
check "$p overfitting/run.sh" "$(cat log)"
for net in "$ROOT"/examples/overfitting/*.net; do
    spec=$(basename "$net" .net)
    runs "$p overfitting/$spec.net learns" awk -F'|' -v name="$spec" \
        '$2 ~ name ".net" { n++; found = $5 > 0.85 && $5 <= 1 && $4 < 0.5 && $8 >= 2 && $8 <= 4 }
            END { exit !(n == 1 && found) }' table
    says "$p overfitting/README.md tells of $spec.net" 0 "\`$spec.net\`" cat "$ROOT/examples/overfitting/README.md"
done
# a penalty or dropped units make learning slower, which shows from the first epochs on
runs "$p overfitting: nothing in the way learns best by heart" awk -F'|' \
    '$2 ~ /plain/ { plain = $5 } $2 ~ /together/ { other = $5 } END { exit !(plain > other) }' table

EPOCHS=4 SEEDS=1 LIMIT=2000 sh "$ROOT/examples/ensembles/run.sh" bagging boosting stacking >ensembles 2>log
check "$p ensembles/run.sh" "$(cat log)"
for spec in bagging boosting stacking; do # 0.01 is ten digits of the sample
    runs "$p ensembles/$spec.net is better than one" awk -F'|' -v name="$spec" \
        '$2 ~ name ".net" { n++; gsub(/[*]/, ""); found = $5 > 0.85 && $5 <= 1 && $5 > $3 - 0.01 }
            END { exit !(n == 1 && found) }' ensembles
done
for net in "$ROOT"/examples/ensembles/*.net; do
    says "$p ensembles/README.md or stacking.net tells of $(basename "$net")" 0 "$(basename "$net")" \
        cat "$ROOT/examples/ensembles/README.md" "$ROOT/examples/ensembles/stacking.net"
done

build "$ROOT/examples/strides.net" ./strides
runs "$p strides.net learns" sh -c './strides train --epochs 2 --quiet | awk "{ exit !(\$NF > 0.9) }"'

# beats FILE NAME COLUMN ACCURACY -- in a table of table.sh, the accuracy of NAME.net is above this one. Column 4 is
# for the training rows, column 5 for the test rows.
beats() {
    runs "$p $2.net of $1: column $3 above $4" awk -F'|' -v name="$2" -v column="$3" -v least="$4" \
        '$2 ~ "`" name ".net`" { n++; gsub(/[*]/, "", $column); found = $column + 0 > least && $column <= 1 }
            END { exit !(n == 1 && found) }' "$1"
}

CNN_DATA_DIR=$ROOT/examples/data/languages-sample EPOCHS=6 SEEDS=1 sh "$ROOT/examples/table.sh" \
    "$ROOT"/examples/languages/*.net >languages 2>log
check "$p table.sh, words" "$(cat log)"
beats languages languages 5 0.8
beats languages dense 4 0.8
runs "$p convolution knows new words better" awk -F'|' \
    '{ gsub(/[*]/, "") } /dense/ { dense = $5 } /languages/ { conv = $5 } END { exit !(conv > dense + 0.05) }' languages

CNN_DATA_DIR=$ROOT/examples/data/spoken-sample EPOCHS=40 SEEDS=1 sh "$ROOT/examples/table.sh" \
    "$ROOT/examples/spoken/spoken.net" >spoken 2>log
check "$p table.sh, spoken digits" "$(cat log)"
beats spoken spoken 4 0.9

# ---- asking a trained network about the user's own words and sounds

build "$ROOT/examples/languages/languages.net" ./languages
./languages train --data-dir "$ROOT/examples/data/languages-sample" --epochs 6 --quiet \
    --save languages.safetensors >/dev/null
says "$p ask.sh knows a word by its letters" 0 '^Straßenbahn: german \(0\.' sh "$ROOT/examples/languages/ask.sh" \
    Straßenbahn niño
says "$p ask.sh answers for each word" 0 '^NIÑO: spanish \(' sh "$ROOT/examples/languages/ask.sh" Straßenbahn NIÑO
says "$p ask.sh takes words one by one" 1 "'guten tag' is not one word" sh "$ROOT/examples/languages/ask.sh" 'guten tag'
says "$p ask.sh knows its letters" 1 'only letters of' sh "$ROOT/examples/languages/ask.sh" 日本
says "$p ask.sh says what is missing" 1 'there is no ./elsewhere' env PROGRAM=./elsewhere \
    sh "$ROOT/examples/languages/ask.sh" word
says "$p ask.sh wants words" 2 'usage' sh "$ROOT/examples/languages/ask.sh"

build "$ROOT/examples/spoken/spoken.net" ./spoken
./spoken train --data-dir "$ROOT/examples/data/spoken-sample" --epochs 40 --quiet --save spoken.safetensors >/dev/null
# Prints a WAV file: 600 samples of silence, then 12,300 samples of value 1000, the low byte first.
wav() {
    printf 'RIFF\304\144\0\0WAVEfmt \020\0\0\0\001\0\001\0\042\126\0\0\104\254\0\0\002\0\020\0data\310\144\0\0'
    awk 'BEGIN { for (i = 0; i < 12900; i++) printf i < 600 ? "\\000\\000" : "\\350\\003" }' >step
    # shellcheck disable=SC2059
    printf "$(cat step)"
}
wav >step.wav
says "$p ask.sh hears a digit" 0 '^step.wav: [0-9] \([01]\.[0-9]{4}\)' sh "$ROOT/examples/spoken/ask.sh" step.wav
$CC -O1 -o clip "$ROOT/examples/spoken/clip.c" -lm
runs "$p clip begins ten samples before the sound" sh -c './clip 10 <step.wav | od -An -v -td1 -w2 | awk "
    { v = \$1 * 256 + (\$2 + 256) % 256; bad += NR < 3 ? v != 0 : NR > 20 && NR <= 4000 && v != 1000 }
    END { exit bad || NR != 4096 }"'
echo 'not a sound' >bad.wav
says "$p ask.sh refuses other files" 1 'no WAV file' sh "$ROOT/examples/spoken/ask.sh" bad.wav
