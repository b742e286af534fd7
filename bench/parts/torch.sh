#!/bin/sh
# torch.sh NET... -- the same step in Debian's PyTorch, on one and two threads, when python3-torch is installed.
set -eu
. bench/lib.sh

if ! /usr/bin/python3 -c 'import torch' 2>/dev/null; then
    echo "PyTorch is not installed (python3-torch): no comparison"
    exit 0
fi

theirs() { # NET THREADS -- us of a step, median
    "$BUILD/cnnc" --emit=net "$1" -o - 2>/dev/null |
        for_torch /usr/bin/python3 bench/torch_step.py "$2" "${STEPS:+-}${STEPS:-$SECONDS_EACH}" |
        sed -n 's/^PyTorch .* step \([0-9.]*\) us.*/\1/p'
}

echo "BLAS of PyTorch: $(ldconfig -p | sed -n '/libblas.so.3 .*x86-64/ { s/.*=> //; p; q }' | xargs -r readlink -f)"
echo
against torch PyTorch "" "$@"
