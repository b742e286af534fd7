#!/bin/sh
# strategies.sh -- tests kernels that the plan did not choose. Every network of num/gradients runs once with the plain
# loops, in floats and with padded channels, and once with the other strategies that apply. The gradients must be
# PyTorch's both times.
#
#   strategies.sh          all networks
#   strategies.sh NAME     one of them
. tests/lib.sh

# prints "LAYER STRATEGY" for each strategy that was not chosen and applies to all ops of the layer that it is for, in
# the order of the plan: the first that an op can take is taken, and ops that belong together list them alike
alternatives() { # NET
    "$BUILD/cnnc" --target=native -d plan "$1" 2>"$dir/plan.log" |
        awk '/^      not / {
                applies = /: [0-9]+ cycles$/
                sub(":", "", $2)
                if (!applies) cannot[layer " " $2] = 1
                else if (!can[layer " " $2]++) order[++n] = layer " " $2
                next
            }
            /^  [^ ]/ { layer = $1 }
            END { for (i = 1; i <= n; i++) if (!(order[i] in cannot)) print order[i] }'
}

check() { # NAME WHICH -- compiles with the alternatives on standard input, if there are any
    name=$1 which=$2 from=tests/num/gradients/$1 program=$dir/program
    set --
    while read -r layer strategy; do
        set -- "$@" "--strategy=$layer:$strategy"
    done
    [ $# -gt 0 ] || return 0
    if "$BUILD/cnnc" --target=native "$@" -o "$dir/net.c" "$from.net" >"$dir/log" 2>&1 &&
        $CC -std=c11 -O0 -march=native -DCNN_NO_REFERENCE -o "$program" "$dir/net.c" \
            $("$BUILD/cnnc" --cflags --libs) >>"$dir/log" 2>&1 &&
        "$program" gradients --weights "$from/w.npz" --input "$from/x.npy" --target "$from/y.npy" -o "$dir/g.npz" \
            >>"$dir/log" 2>&1 &&
        "$TMP/compare" --rtol 1e-4 "$dir/g.npz" "$from/g.npz" >>"$dir/log" 2>&1; then
        pass "strategies $name $which"
    else
        { echo "$@"; cat "$dir/log"; } | fail "strategies $name $which"
    fi
}

if [ $# = 0 ]; then
    $CC -std=c11 -O2 -o "$TMP/compare" tests/num/compare.c -lz -lm || exit 1
    for net in tests/num/gradients/*.net; do
        name=$(basename "$net" .net)
        case $name in loss_* | pixels_[!s]*) [ -n "${ALL:-}" ] || continue ;; esac # layers that others have, too
        wanted "strategies $name" && echo "$name"
    done | in_parallel tests/strategies.sh
    exit
fi
dir=$(mktemp -d "$TMP/strategies.XXXXXX")
alternatives "tests/num/gradients/$1.net" >"$dir/all"
grep '_plain$' "$dir/all" | check "$1" plain
grep -v '_plain$' "$dir/all" | check "$1" other
rm -rf "$dir"
