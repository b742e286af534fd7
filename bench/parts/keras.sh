#!/bin/sh
# keras.sh NET... -- the same step in Keras 3 on JAX and on TensorFlow, on one and two threads, where `make oracles` has
# put them.
set -eu
. bench/lib.sh

python=$BUILD/oracles/bin/python

theirs() { # NET THREADS
    "$BUILD/cnnc" --emit=net "$1" -o - 2>/dev/null |
        KERAS_BACKEND=$backend taskset -c "0-$(($2 - 1))" "$python" -W ignore bench/keras_step.py "$2" \
            "${STEPS:+-}${STEPS:-$SECONDS_EACH}" 2>"$OUT/keras.log" |
        sed -n 's/^Keras .* step \([0-9.]*\) us.*/\1/p'
}

for backend in jax tensorflow; do
    if KERAS_BACKEND=$backend "$python" -W ignore -c 'import keras' 2>"$OUT/keras.log"; then
        against keras "Keras on $backend" "$backend;" "$@"
    else
        echo "Keras on $backend is not installed (make oracles): no comparison"
    fi
    echo
done
