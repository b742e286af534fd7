#!/bin/sh
# infer.sh NET... -- one image through what --emit=infer writes, one thread; the middle one of ROUNDS (3) rounds.
set -eu
. bench/lib.sh

echo "| network | one image, median | fastest tenth | GFLOP/s nominal | of the peak | of the best burst | scratch |" \
    "an image of 32 at once | of the peak | of the best burst |"
echo "|---|---|---|---|---|---|---|---|---|---|"
for net; do
    name=$(name_of "$net") weights=$OUT/$(name_of "$net").safetensors c=$OUT/$(name_of "$net")-infer.c
    big=$(upper "$name")
    "$BUILD/cnnc" -o "$OUT/$name-face.c" "$net"
    # shellcheck disable=SC2046
    $CC -O0 -DCNN_NO_MAIN -DCNN_NO_REFERENCE -DCNN_NO_BENCH -DMODEL="$name" -DHEADER="\"$name-face.h\"" -I"$OUT" \
        -o "$OUT/$name-weights" \
        bench/weights.c "$OUT/$name-face.c" $("$BUILD/cnnc" --cflags --libs) && "$OUT/$name-weights" "$weights" ||
        { echo "bench: no weights for $net" >&2; continue; }
    "$BUILD/cnnc" --emit=infer --weights="$weights" -o "$c" "$net"
    # shellcheck disable=SC2046
    $CC -O3 -march=native -I"$OUT" -DFILE_C="\"$name-infer.c\"" -DBENCH_INFER="${name}_infer" \
        -DBENCH_INFER_BATCH="${name}_infer_batch" -DBENCH_INPUT="${big}_INPUT" -DBENCH_OUTPUT="${big}_OUTPUT" \
        -DBENCH_BATCH_SCRATCH="${big}_BATCH_SCRATCH" \
        -DBENCH_SCRATCH="${big}_SCRATCH" $("$BUILD/cnnc" --cflags) -o "$OUT/$name-infer" bench/infer.c -lm
    for round in $(rounds); do
        "$OUT/$name-infer" "${STEPS:+-}${STEPS:-$SECONDS_EACH}"
    done | sort -g -k3 | middle >"$OUT/$name-infer.txt"
    macs=$("$BUILD/cnnc" --summary "$net" | awk '/forward, .* in training/ { gsub(",", "", $4); print $4 }')
    echo "$name $macs $(cat "$OUT/$name-infer.txt")" | awk -v r="$RESULTS" '{
        work = 2 * $2; one = work / $5; batch = work / $10
        printf "| %s | %.2f us | %.2f us | %.1f | %.2f | %.2f | %d bytes | %.2f us | %.2f | %.2f |\n",
            $1, $3, $4, 1e-3 * work / $3, one, 1e-3 * work / $3 / $7, $13, $8, batch, 1e-3 * work / $8 / $12
        printf "infer,%s,batch,us_an_image,%.3f\ninfer,%s,batch,of_peak,%.4f\n", $1, $8, $1, batch >>r
        printf "infer,%s,one_image,us,%.3f\ninfer,%s,one_image,us_at_225,%.3f\n", $1, $3, $1, $5 / 225e3 >>r
        printf "infer,%s,one_image,of_peak,%.4f\ninfer,%s,one_image,scratch_bytes,%d\n", $1, one, $1, $13 >>r }'
done
