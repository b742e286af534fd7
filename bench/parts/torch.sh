#!/bin/sh
# torch.sh NET... -- the same step in Debian's PyTorch, on one and two threads, when python3-torch is installed.
set -eu
. bench/lib.sh

if ! /usr/bin/python3 -c 'import torch' 2>/dev/null; then
    echo "PyTorch is not installed (python3-torch): no comparison"
    exit 0
fi
echo "| network | threads | PyTorch's step, median | ours, median | times as fast |"
echo "|---|---|---|---|---|"
for net; do
    name=$(name_of "$net")
    for threads in 1 2; do
        # memory that malloc gives back to the system after every step costs PyTorch four fifths of its time on some machines
        "$BUILD/cnnc" --emit=net "$net" -o - 2>/dev/null |
            env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=4294967296 \
                /usr/bin/python3 bench/torch_step.py $threads "${STEPS:+-}${STEPS:-$SECONDS_EACH}" >"$OUT/$name-torch.txt" ||
            { echo "bench: no PyTorch step for $net" >&2; continue; }
        theirs=$(sed -n 's/^PyTorch .* step \([0-9.]*\) us.*/\1/p' "$OUT/$name-torch.txt")
        record torch "$name" "threads=$threads" step_median_us "$theirs"
        ours=$(figure train "$name" "threads=$threads" step_median_us)
        echo "$name $threads $theirs ${ours:-0}" |
            awk '{ ours = ($4 > 0); printf "| %s | %s | %.1f us | %s | %s |\n", $1, $2, $3, ours ? sprintf("%.1f us", $4) : "", ours ? sprintf("%.1f", $3 / $4) : "" }'
    done
done
