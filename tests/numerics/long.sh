#!/bin/sh
# long.sh -- sums of 10^6 and 10^7 equal terms through a pooling, a dense layer, a loss, a penalty and gradients. 0.1
# is no float: one chain of float additions of such terms rounds always to the same side, so its errors add up.
. tests/lib.sh

dir=$(mktemp -d "$TMP/long.XXXXXX")
$CC -std=c11 -O1 -o "$dir/constant" tests/numerics/constant.c || exit 1

printf 'Input 3200x3200x1\nGlobalAvgPool\nDense 1\ntrain {\n  loss mse\n  batch 1\n}\n' >"$dir/pool.net"
"$dir/constant" "$dir/pool.safetensors" dense.kernel 1x1 1 dense.bias 1 0
"$dir/constant" "$dir/pool-x.npy" 1x3200x3200x1 .1

printf 'Input 10000000\nDense 1\ntrain {\n  loss mse\n  batch 1\n}\n' >"$dir/dense.net"
"$dir/constant" "$dir/dense.safetensors" dense.kernel 10000000x1 1e-7 dense.bias 1 0
"$dir/constant" "$dir/dense-x.npy" 1x10000000 .1

printf 'Input 1600x1600x1\nConv2D 4 1x1 activity_regularizer=l2(1e-6)\ntrain {\n  loss mse\n  batch 1\n}\n' \
    >"$dir/plane.net"
"$dir/constant" "$dir/plane.safetensors" conv2d.kernel 1x1x1x4 1 conv2d.bias 4 0
"$dir/constant" "$dir/plane-x.npy" 1x1600x1600x1 .1
"$dir/constant" "$dir/plane-y.npy" 1x1600x1600x4 0
"$dir/constant" "$dir/one.npy" 1x1 0

near() { # NUMBER WANTED -- they differ by less than a hundred-thousandth
    echo "$1 is near $2, if"
    echo "$1 $2" | awk '{ exit !($1 > $2 * (1 - 1e-5) && $1 < $2 * (1 + 1e-5)) }'
}

check() { # NAME TARGETS LOSS
    net=$1 y=$dir/one.npy
    [ "$1" != plane ] || y=$dir/plane-y.npy
    for target in $2; do
        "$BUILD/cnnc" -w --target="$target" -o "$dir/$net.c" "$dir/$net.net" &&
            $CC -O1 -o "$dir/$net" "$dir/$net.c" $("$BUILD/cnnc" --cflags --libs)
        loss=$("$dir/$net" gradients --weights "$dir/$net.safetensors" --input "$dir/$net-x.npy" \
            --target "$y" -o "$dir/g.npz" |
            sed -n 's/^loss: //p')
        runs "numerics long $net $target" near "$loss" "$3"
    done
}

check pool 'generic cortex-m' 0.01
check dense 'generic cortex-m' 0.01
check plane 'generic cortex-m' 0.1124

# ---- gradients of weights by each strategy, against plain C, which sums in double
gradients() { # TARGET FILE.npz OPTION...
    to=$2 target=$1
    shift 2
    "$BUILD/cnnc" -w --target="$target" "$@" -o "$dir/w.c" "$dir/w.net" &&
        $CC -O1 -o "$dir/w" "$dir/w.c" $("$BUILD/cnnc" --cflags --libs) &&
        "$dir/w" gradients --weights "$dir/w.safetensors" --input "$dir/x.npy" --target "$dir/one.npy" -o "$to"
}

shape=
weight() { # STRATEGY INPUT KERNEL LAYER BEHIND...
    strategy=$1 input=$2 kernel=$3 layer=$4
    shift 4
    wanted "numerics long $strategy $input" || return 0
    name=$(echo "${layer%% *}" | sed 's/Depthwise/depthwise_/; s/Conv/conv/; s/D$/d/')
    outputs=${kernel##*x}
    [ "$strategy" != depthwise_weight ] || outputs=$((${input##*x} * outputs))
    { echo "Input $input"; echo "$layer"; printf '%s\n' "$@"
      printf 'GlobalAvgPool\nDense 1\ntrain {\n  loss mse\n  batch 1\n}\n'; } >"$dir/w.net"
    "$dir/constant" "$dir/w.safetensors" "$name.kernel" "$kernel" .1 "$name.bias" "$outputs" 0 dense.kernel \
        "${outputs}x1" .1 dense.bias 1 0
    [ "$shape" = "$input" ] || "$dir/constant" "$dir/x.npy" "1x$input" .1
    shape=$input
    runs "numerics long $strategy $input, vectors" gradients generic "$dir/g.npz" --strategy="$name:$strategy"
    cmp -s "$dir/w.net" "$dir/plain.net" ||
        runs "numerics long $strategy $input, plain" gradients cortex-m "$dir/plain.npz"
    cp "$dir/w.net" "$dir/plain.net"
    runs "numerics long $strategy $input" "$TMP/compare" --rtol 1e-4 "$dir/g.npz" "$dir/plain.npz"
}

weight conv_weight_tile 1000x1000x4 3x3x4x4 'Conv2D 4 3x3'
weight conv_weight_winograd 1000x1000x4 3x3x4x4 'Conv2D 4 3x3'
weight conv_weight_planes 1000x1000x4 3x3x4x4 'Conv2D 4 3x3'
weight conv_weight_planes 1000x1000x4 3x3x4x4 'Conv2D 4 3x3 stride=2'
weight depthwise_weight 1000x1000x4 3x3x4x1 'DepthwiseConv2D 3x3'
weight depthwise_weight 100000x10x4 3x3x4x2 'DepthwiseConv2D 3x3 depth_multiplier=2'
weight conv_weight_pooled 1000x1000x4 3x3x4x4 'Conv2D 4 3x3' 'MaxPool 2x2'
weight conv_weight_lists 1000x1000x4 3x3x4x4 'Conv2D 4 3x3' 'MaxPool 2x2'
weight conv_weight_tile 1000000x4 3x4x4 'Conv1D 4 3'
weight depthwise_weight 1x1000000x4 1x3x4x1 'DepthwiseConv2D 1x3'
rm -rf "$dir"
