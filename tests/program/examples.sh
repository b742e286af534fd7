#!/bin/sh
# examples.sh -- the examples do what they say, in a short form: fewer epochs than their READMEs tell of.
. tests/program/lib.sh
p="program examples:"
export CNN_DATA_DIR="$SAMPLE"
cd "$(folder examples)" || exit 1

EPOCHS=4 SEEDS=1 sh "$ROOT/examples/overfitting/run.sh" >table 2>log
check "$p overfitting/run.sh" "$(cat log)"
for net in "$ROOT"/examples/overfitting/*.net; do
    spec=$(basename "$net" .net)
    runs "$p overfitting/$spec.net learns" awk -F'|' -v name="$spec" \
        '$2 ~ name ".net" { n++; found = $5 > 0.85 && $5 <= 1 && $4 < 0.5 && $8 >= 2 && $8 <= 4 } END { exit !(n == 1 && found) }' table
    says "$p overfitting/README.md tells of $spec.net" 0 "\`$spec.net\`" cat "$ROOT/examples/overfitting/README.md"
done
# what a penalty or dropped units cost while learning shows from the first epochs on
runs "$p overfitting: nothing in the way learns best by heart" awk -F'|' \
    '$2 ~ /plain/ { plain = $5 } $2 ~ /together/ { other = $5 } END { exit !(plain > other) }' table

build "$ROOT/examples/strides.net" ./strides
runs "$p strides.net learns" sh -c './strides train --epochs 2 --quiet | awk "{ exit !(\$NF > 0.9) }"'
