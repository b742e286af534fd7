#!/bin/sh
# onnx.sh -- the networks of bench/onnx: one image through what --emit=infer writes, in ONNX Runtime and in PyTorch, one
# thread each, by turns in one process, with the same weights. Where `make oracles` has put no ONNX Runtime there is no
# comparison.
set -eu
. bench/lib.sh

python=$BUILD/oracles/bin/python
if ! "$python" -c 'import onnx, onnxruntime, torch' 2>/dev/null; then
    echo "ONNX Runtime is not installed (make oracles): no comparison"
    exit 0
fi

echo "| network | ours, an image | ONNX Runtime | PyTorch | times as fast as ONNX Runtime | outputs differ by |"
echo "|---|---|---|---|---|---|"
for net in bench/onnx/*.net; do
    name=$(name_of "$net") folder=$OUT/$(name_of "$net")-onnx
    mkdir -p "$folder"
    "$BUILD/cnnc" -w -o "$folder/face.c" "$net"
    # shellcheck disable=SC2046
    $CC -O0 -DCNN_NO_MAIN -DCNN_NO_REFERENCE -DCNN_NO_BENCH -DMODEL="$name" -DHEADER='"face.h"' -I"$folder" \
        -o "$folder/fresh" bench/weights.c "$folder/face.c" $("$BUILD/cnnc" --cflags --libs) &&
        "$folder/fresh" "$folder/fresh.safetensors" &&
        "$BUILD/cnnc" --emit=net "$net" -o - 2>/dev/null |
        "$python" -W ignore bench/onnx_image.py prepare "$folder/fresh.safetensors" "$folder" 2>"$folder/log" ||
        { echo "bench: no ONNX of $net" >&2; continue; }
    "$BUILD/cnnc" -w --emit=infer --weights="$folder/weights.safetensors" --weights-file="$folder/weights.bin" \
        -o "$folder/infer.c" "$net"
    $CC -O3 -march=native -shared -fPIC -D"$(upper "$name")_OWN_SCRATCH" -o "$folder/infer.so" "$folder/infer.c" -lm
    # shellcheck disable=SC2046
    set -- $(OPENBLAS_NUM_THREADS=1 "$python" -W ignore bench/onnx_image.py compare "$folder" "$name" \
        "${STEPS:+1}${STEPS:-$((3 * ${SECONDS_EACH%.*} + 3))}" 2>"$folder/log") 0 0 0 0
    echo "| $name | $2 us | $3 us | $4 us | $(echo "$2 $3" | awk '{ printf "%.2f", $2 / $1 }') | $1 |"
    record onnx "$name" one_image us "$2"
    record onnx "$name" one_image onnx_runtime_us "$3"
    record onnx "$name" one_image torch_us "$4"
done
