#!/bin/sh
# long.sh -- sums of 10^7 equal terms through a pooling, a dense layer, a loss, a penalty and gradients. 0.1 is no float, and what one chain
# of floats loses of such terms, it loses always on the same side.
. tests/lib.sh

dir=$(mktemp -d "$TMP/long.XXXXXX")
$CC -std=c11 -O1 -o "$dir/constant" tests/numerics/constant.c || exit 1

printf 'Input 3200x3200x1\nGlobalAvgPool\nDense 1\ntrain {\n  loss mse\n  batch 1\n}\n' >"$dir/pool.net"
"$dir/constant" "$dir/pool.safetensors" dense.kernel 1x1 1 dense.bias 1 0
"$dir/constant" "$dir/pool-x.npy" 1x3200x3200x1 .1

printf 'Input 10000000\nDense 1\ntrain {\n  loss mse\n  batch 1\n}\n' >"$dir/dense.net"
"$dir/constant" "$dir/dense.safetensors" dense.kernel 10000000x1 1e-7 dense.bias 1 0
"$dir/constant" "$dir/dense-x.npy" 1x10000000 .1

printf 'Input 1600x1600x1\nConv2D 4 1x1 activity_regularizer=l2(1e-6)\ntrain {\n  loss mse\n  batch 1\n}\n' >"$dir/plane.net"
"$dir/constant" "$dir/plane.safetensors" conv2d.kernel 1x1x1x4 1 conv2d.bias 4 0
"$dir/constant" "$dir/plane-x.npy" 1x1600x1600x1 .1
"$dir/constant" "$dir/plane-y.npy" 1x1600x1600x4 0
"$dir/constant" "$dir/one.npy" 1x1 0

near() { # NUMBER WANTED -- within a hundred-thousandth
    echo "$1 is near $2, if"
    echo "$1 $2" | awk '{ exit !($1 > $2 * (1 - 1e-5) && $1 < $2 * (1 + 1e-5)) }'
}

check() { # NAME TARGETS LOSS
    net=$1 y=$dir/one.npy
    [ "$1" != plane ] || y=$dir/plane-y.npy
    for target in $2; do
        "$BUILD/cnnc" -w --target="$target" -o "$dir/$net.c" "$dir/$net.net" &&
            $CC -O1 -o "$dir/$net" "$dir/$net.c" $("$BUILD/cnnc" --cflags --libs)
        loss=$("$dir/$net" gradients --weights "$dir/$net.safetensors" --input "$dir/$net-x.npy" --target "$y" -o "$dir/g.npz" |
            sed -n 's/^loss: //p')
        runs "numerics long $net $target" near "$loss" "$3"
    done
}

check pool 'generic cortex-m' 0.01
check dense 'generic cortex-m' 0.01
check plane 'generic cortex-m' 0.1124
rm -rf "$dir"
