#!/bin/sh
# recompute.sh -- activations that the backward pass computes again: less memory, the same bits.
. tests/program/lib.sh
p="program recompute:"
cd "$(folder recompute)" || exit 1

# shellcheck disable=SC2046
built() { # PROGRAM [OPTION...]
    program=$1
    shift
    "$BUILD/cnnc" -w "$@" -o "$program.c" "$HERE/recompute.net" >"$program.log" 2>&1 &&
        $CC -std=c11 -O1 -march=native -Wall -Wextra -Werror -o "$program" "$program.c" \
            $("$BUILD/cnnc" --cflags --libs "$HERE/recompute.net" 2>/dev/null) >>"$program.log" 2>&1
    check "$p $program builds" "$(cat "$program.log")"
}

trained() { # PROGRAM THREADS -- writes PROGRAM.safetensors
    "./$1" train --data-dir "$DATA" --quiet --threads "$2" --save "$1.safetensors" --log "$1.csv" >log 2>&1 ||
        fail "$p $1 trains" <log
    cut -d, -f 1-5 "$1.csv" >"$1.log"
}

# Bytes are those of one target, whatever this machine is.
planned() { # OPTION...
    "$BUILD/cnnc" -w --target=x86-64-v4 "$@" "$HERE/recompute.net"
}

arena() { # [OPTION...]
    planned --summary "$@" | sed -n 's/,//g; s/^ Arena: \([0-9]*\) bytes.*/\1/p'
}

all=$(arena) least=$(arena --recompute) some=$(arena --recompute=1100K)
[ "$least" -lt $((all * 6 / 10)) ]
check "$p it takes less memory" "$least of $all bytes"
[ "$some" -le 1126400 ] && [ "$some" -gt "$least" ]
check "$p as much less as is wanted" "$some, at least $least of $all bytes"
says "$p the plan tells of it" 0 "scratch instead of $all, [0-9]+% more cycles" \
    planned --recompute -d plan
says "$p the summary, too" 0 'Arena without --recompute:' planned --summary --recompute
says "$p too little" 1 "at least $least bytes" planned --recompute=10K -o no.c
printf 'Input 2\nDense 1\n' >little.net
says "$p too little of little" 1 "at least [0-9]+ bytes" "$BUILD/cnnc" -w --recompute=1 -o no.c little.net
says "$p as little as can be of little" 0 '' "$BUILD/cnnc" -w --recompute -o no.c little.net
says "$p nothing for inference" 2 'what trains' "$BUILD/cnnc" --emit=infer --recompute "$HERE/recompute.net"

built whole && built again --recompute || exit 0
trained whole 1
for n in 1 2; do
    trained again $n
    runs "$p $n threads: weights" cmp whole.safetensors again.safetensors
    runs "$p $n threads: log" cmp whole.log again.log
done
runs "$p gradients" ./again gradcheck --weights whole.safetensors
"$BUILD/cnnc" -w --recompute=1100K -o some.c "$HERE/recompute.net"
runs "$p another way, other C" sh -c '! cmp -s some.c again.c'
