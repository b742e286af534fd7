#!/bin/sh
# run.sh [NET...] -- time of a training step against the FMA peak measured in the same run, and against Debian's PyTorch when
# python3-torch is installed. Nothing else should run meanwhile. See bench/README.md for how each figure is made.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build} cc=${CC:-cc} out=${BUILD:-build}/bench
mkdir -p "$out"
[ $# -gt 0 ] || set -- examples/mnist.net

now() { date +%s.%N; }
since() { echo "$1 $(now)" | awk '{printf "%.3f", $2 - $1}'; }
upper() { echo "$1" | tr a-z A-Z; }

# real digits for networks that take them: bytes behind the headers of two plain IDX files
digits() {
    grep -q "_INPUT = 784" "$1" || return 0
    if [ ! -f data/mnist/train-images-idx3-ubyte ]; then
        for f in train-images-idx3-ubyte train-labels-idx1-ubyte; do
            gzip -dc "examples/data/mnist-sample/$f.gz" >"$out/$f"
        done
        echo "$out/train-images-idx3-ubyte $out/train-labels-idx1-ubyte"
        return
    fi
    echo data/mnist/train-images-idx3-ubyte data/mnist/train-labels-idx1-ubyte
}

torch=$(/usr/bin/python3 -c 'import torch; print(torch.__version__)' 2>/dev/null || true)
for net; do
    name=$(basename "$net" .net)
    start=$(now); "$build/cnnc" "$net" -o "$out/$name.c"; compile=$(since "$start")
    macs=$("$build/cnnc" --summary "$net" | awk '/forward, .* in training/ {gsub(",", "", $6); print $6}')
    sparse=$(grep -q "train_step(.*const int32_t" "$out/$name.h" && echo 1 || echo 0)
    type=float labels=$(upper "$name")_OUTPUT
    [ "$sparse" = 0 ] || type=int32_t labels=1
    start=$(now)
    "$cc" -O3 -I"$build/include" -DCNN_NO_MAIN -c "$out/$name.c" -o "$out/$name.o"
    build_time=$(since "$start")
    "$cc" -O3 -march=native -I"$build/include" -I"$out" -DMODEL="$name" -DMODEL_UPPER="$(upper "$name")" \
        -DBENCH_HEADER="\"$name.h\"" -DTARGET="$type" -DLABELS="$labels" -DMACS="$macs.0" \
        bench/step.c "$out/$name.o" -L"$build" -lcnn -lz -lm -lpthread -o "$out/$name-step"
    echo "$name: cnnc $compile s, $cc -O3 without main() $build_time s, $(wc -l <"$out/$name.c") lines of C"
    # shellcheck disable=SC2046
    "$out/$name-step" 2000 $(digits "$out/$name.h") | tee "$out/$name.txt"
    if [ -n "$torch" ]; then
        # memory that malloc gives back to the system after every step costs PyTorch four fifths of its time on some machines
        "$build/cnnc" --emit=net "$net" -o - 2>/dev/null |
            env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=4294967296 \
                /usr/bin/python3 bench/torch_step.py 1 >"$out/$name-torch.txt"
        cat "$out/$name-torch.txt"
        awk '/^step/ {ours = $2} /^PyTorch/ {printf "%.1f times as fast as PyTorch\n", $4 / ours}' "$out/$name.txt" "$out/$name-torch.txt"
    else
        echo "PyTorch is not installed (python3-torch): no comparison"
    fi
done
