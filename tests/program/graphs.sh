#!/bin/sh
# graphs.sh -- the examples whose networks branch and join compile, have a README, and their YAML twins emit the
# same C.
. tests/program/lib.sh
p="program graphs:"
cd "$(folder graphs)" || exit 1

# ---- twins

mkdir net yaml
for net in "$ROOT"/examples/unet/*.net "$ROOT"/examples/cells/*.net "$ROOT"/examples/residual/*.net \
    "$ROOT"/examples/two_inputs/*.net; do
    spec=$(basename "$net" .net)
    "$BUILD/cnnc" -Wno-slow -o "net/$spec.c" "$net" >>log 2>&1
    "$BUILD/cnnc" -Wno-slow -o "yaml/$spec.c" "${net%.net}.yaml" >>log 2>&1
    runs "$p $spec.yaml is the twin of $spec.net" cmp "net/$spec.c" "yaml/$spec.c"
    runs "$p $spec.net has at most 60 lines" awk 'END { exit NR > 60 }' "$net"
    says "$p a README tells of $spec.net" 0 "$spec\.net" cat "$(dirname "$net")/README.md"
done

runs "$p unet/make.sh makes scenes" env TRAIN=8 TEST=4 sh "$ROOT/examples/unet/make.sh" scenes "$SAMPLE"
runs "$p two_inputs/make.sh makes pairs" env TRAIN=100 TEST=10 sh "$ROOT/examples/two_inputs/make.sh" pairs "$SAMPLE"
