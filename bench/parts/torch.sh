#!/bin/sh
# torch.sh NET... -- the same step in Debian's PyTorch, on one and two threads, when python3-torch is installed.
set -eu
. bench/lib.sh

if ! /usr/bin/python3 -c 'import torch' 2>/dev/null; then
    echo "PyTorch is not installed (python3-torch): no comparison"
    exit 0
fi

# OpenBLAS takes the slowest of its cores for processors that are younger than it is.
core_of_openblas() {
    if grep -q avx512bw /proc/cpuinfo; then echo SKYLAKEX; elif grep -q avx2 /proc/cpuinfo; then echo HASWELL; fi
}

theirs() { # NET THREADS -- us of a step, median
    # memory that malloc gives back to the system after every step costs PyTorch four fifths of its time on some
    # machines
    "$BUILD/cnnc" --emit=net "$1" -o - 2>/dev/null |
        env -u OPENBLAS_L2_SIZE OPENBLAS_CORETYPE="$(core_of_openblas)" MALLOC_MMAP_THRESHOLD_=1073741824 \
            MALLOC_TRIM_THRESHOLD_=4294967296 \
            /usr/bin/python3 bench/torch_step.py "$2" "${STEPS:+-}${STEPS:-$SECONDS_EACH}" |
        sed -n 's/^PyTorch .* step \([0-9.]*\) us.*/\1/p'
}

echo "BLAS of PyTorch: $(ldconfig -p | sed -n '/libblas.so.3 .*x86-64/ { s/.*=> //; p; q }' | xargs -r readlink -f)"
echo
against torch PyTorch "" "$@"
