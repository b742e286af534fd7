#!/bin/sh
# growth.sh -- deep networks: layers of equal shape share their kernels, calls and rows of tables, so that neither the
# C nor any of its functions grows with the depth.
. tests/program/lib.sh
p="program growth:"
cnnc=$BUILD/cnnc
nets=$(ls "$ROOT"/examples/*.net "$ROOT"/bench/nets/*.net)
cd "$(folder growth)" || exit 1
statements() { # FILE.c -- prints "STATEMENTS FUNCTION" for its longest function
    awk -f "$HERE/statements.awk" "$1" | sort -rn | sed -n 1p
}

kernels() { # FILE.c -- prints the number of functions, without those that hold parts of a long run of calls, and those
    # of threads that share a prediction, which there are only where layers do not repeat often
    awk -f "$HERE/statements.awk" "$1" |
        grep -cvE ' ((ref_|batch_)?(forward|backward|prepare)_[0-9]+|(stack_)?crew_.*)$'
}

bounded() { # NAME FILE.c
    longest=$(statements "$2")
    [ "${longest%% *}" -le 1000 ]
    check "$p no function of $1 has more than 1,000 statements" "the longest: $longest"
}

# ---- the counter itself: three functions of 1, 7 and 4 statements
cat >count.c <<'END'
static const int t[] = {1, 2};
#define M(x) do { f(x); } while (0)
/* a comment; with semicolons; */
static int one(void)
{
    return 1; /* not; these; */
}
static void seven(int n,
    const char *s)
{
    for (int i = 0; i < n; i++) {
        if (s[i] == ';')
            puts("a;b;c");
        else
            M(i);
        x++;
    }
    y = (struct v){0};
}
__attribute__((noinline)) static int four(int n)
{
    int a = 0, b;
    while (a < n)
        a++;
    return a;
}
END
awk -f "$HERE/statements.awk" count.c >count.out
printf '1 one\n7 seven\n4 four\n' >count.want
same "$p statements are counted" count.want count.out

# ---- stacks of equal layers: the kernels of twenty are those of two hundred
stack() { # LAYERS KIND
    echo "model stack"
    case $2 in
    conv) echo "Input 16x16x16" && layer="Conv2D 16 3x3 relu same" ;;
    depthwise) echo "Input 16x16x16" &&
        layer="DepthwiseConv2D 3x3 same; Conv2D 16 1x1 relu; MaxPool 3x3 stride=1 same" ;;
    dense) echo "Input 80" && layer="Dense 80 relu l2=1e-4; Dropout 0.1" ;; # twenty are work for many threads
    esac
    printf 'repeat %s {\n' "$1"
    echo "  $layer" | sed 's/; /\n  /g'
    printf '}\nFlatten\nDense 10 softmax\ntrain {\n  loss sparse_categorical_crossentropy\n}\n'
}

# shellcheck disable=SC2046
made() { # NAME FILE CC-OPTION... -- makes FILE.c and FILE.o from FILE.net
    name=$1 file=$2
    shift 2
    "$cnnc" --target=generic -o "$file.c" "$file.net" >log 2>&1 &&
        $CC -std=c11 -O0 "$@" $("$cnnc" --cflags) -c -o "$file.o" "$file.c" >>log 2>&1
    check "$p $name compiles" "$(head -c 2000 log)"
}

cost() { # FILE -- prints the number of kernels, the bytes of C, the bytes of code and tables, the bytes of code
    echo "$(kernels "$1.c") $(wc -c <"$1.c") $(size "$1.o" | awk 'END { print $1 + $2 }')" \
        "$(size -A "$1.o" | awk '/^\.text/ { n += $2 } END { print n }')"
}

# Repeated layers share code, so twenty layers, fifty and two hundred give C files and objects of nearly the same size.
# Fewer are less code, as marks of gradients that are ready (CNN_READY) cut a run of layers into up to eight.
for kind in conv depthwise dense; do
    : >$kind.cost
    for layers in 20 50 200; do
        stack $layers $kind >$kind$layers.net
        made "$layers times $kind" $kind$layers -Wall -Wextra -Wpedantic -Werror
        bounded "$layers times $kind" $kind$layers.c
        echo "$layers $(cost $kind$layers)" >>$kind.cost
    done
    awk '{ kernels[NR] = $2; text[NR] = $3; object[NR] = $4; code[NR] = $5 }
        function grows(name, size) {
            if (!size[1] || size[2] > 1.04 * size[1] || size[3] > 1.01 * size[2])
                bad = bad name ": " size[1] ", " size[2] ", " size[3] " bytes\n"
        }
        END {
            if (NR != 3 || kernels[1] < 10 || kernels[2] != kernels[1] || kernels[3] != kernels[1])
                bad = "functions: " kernels[1] ", " kernels[2] ", " kernels[3] "\n"
            grows("C", text)
            grows("object", object)
            grows("code", code)
            printf "%s", bad
        }' $kind.cost >bad
    [ ! -s bad ]
    check "$p equal layers share kernels, $kind" "$(cat bad)"
done

# ---- with so many calls that they are divided among functions, also within a loop over images, the numbers are
# right. No part of a Thue-Morse sequence occurs three times in a row, so no calls become a loop.
thue_morse() { # LAYERS -- convolutions with three channels for each 1, else two
    awk -v n="$1" 'BEGIN {
        for (i = 0; i < n; i++) {
            ones = 0
            for (rest = i; rest > 0; rest = int(rest / 2))
                ones += rest % 2
            print "Conv2D", 2 + ones % 2, "1x1 tanh"
        }
    }'
}
{
    printf 'model deep\ndata {\n  train idx "train-x" "train-y"\n  normalize scale=1/255\n}\n'
    printf 'Input 8x8x1\nConv2D 2 4x4 stride=4\n'
    thue_morse 320
    printf 'Flatten\nDense 4 softmax\ntrain {\n'
    printf '  loss sparse_categorical_crossentropy\n  epochs 1 batch=8\n}\n'
} >deep.net
{
    printf "\223NUMPY\001\000\166\000%-117s\n" "{'descr': '|u1', 'fortran_order': False, 'shape': (9, 8, 8, 1), }"
    tail -c +17 "$DATA/test-x" | head -c 576
} >x.npy
# shellcheck disable=SC2046
"$cnnc" -o deep.c deep.net && $CC -std=c11 -O1 -march=native -o deep deep.c $("$cnnc" --cflags --libs)
bounded "a net of 320 layers" deep.c
grep -q 'backward_3(.*int i' deep.c && grep -q '^static void .*ref_forward_2(\|^CNN_SHARED void ref_forward_2(' deep.c
check "$p its calls are dealt to functions" "$(grep -E '_[0-9]+\(.*\)$' deep.c | head)"
runs "$p its gradients" ./deep gradcheck --samples 4
runs "$p it trains" ./deep train --data-dir "$DATA" --limit 16 --quiet --save w.safetensors
runs "$p it predicts" ./deep predict --weights w.safetensors --input x.npy -o want.npy
"$cnnc" --emit=infer --weights=w.safetensors -o infer.c deep.net
bounded "inference of a net of 320 layers" infer.c
grep -q '^static void forward_2(' infer.c
check "$p the calls of inference are dealt to functions" "$(grep -c deep infer.c) lines"
runs "$p inference compiles" $CC -std=c99 -O1 -march=native -Wall -Wextra -Wpedantic -Wshadow -Werror \
    -DFILE_C='"infer.c"' \
    -DDRIVEN_INFER=deep_infer -DDRIVEN_BATCH=deep_infer_batch -DDRIVEN_INPUT=DEEP_INPUT -DDRIVEN_OUTPUT=DEEP_OUTPUT \
    -DDRIVEN_SHAPE='"4"' -DDRIVEN_SCRATCH=DEEP_SCRATCH -DDRIVEN_BATCH_SCRATCH=DEEP_BATCH_SCRATCH -I. \
    -o infer "$ROOT/tests/infer/driver.c" -lm
runs "$p inference predicts" ./infer x.npy y.npy
$CC -std=c11 -O1 -o compare "$ROOT/tests/num/compare.c" -lz -lm
runs "$p inference predicts what the trainer does" ./compare --rtol 1e-5 y.npy want.npy

# ---- with repeated calls, inside a loop over images and outside, at regular distances and at others, the numbers are
# right
{
    printf 'model looped\nInput 6x6x3\nrepeat 9 {\n  Conv2D 5 3x3 relu same l2=1e-3\n}\nFlatten\n'
    printf 'repeat 7 {\n  Dense 9 tanh\n  Dropout 0.1\n  Dense 11 elu\n}\nDense 4 softmax\ntrain {\n'
    printf '  loss sparse_categorical_crossentropy\n  epochs 1 batch=8\n}\n'
} >looped.net
# shellcheck disable=SC2046
"$cnnc" -o looped.c looped.net && $CC -std=c11 -O1 -march=native -Wall -Wextra -Wpedantic -Wshadow -Werror \
    -o looped looped.c \
    $("$cnnc" --cflags --libs)
[ "$(grep -c 'for (int r = 0; r < [68]; r++)' looped.c)" -ge 8 ] && grep -q 'at\[r\]\[0\]' looped.c
check "$p calls of repeated layers are loops" "$(grep -n 'int r = 0' looped.c)"
runs "$p their gradients" ./looped gradcheck
{
    for i in '' $(seq -f '_%.0f' 1 8); do printf 'conv2d%s.kernel\nconv2d%s.bias\n' "$i" "$i"; done
    for i in '' $(seq -f '_%.0f' 1 14); do printf 'dense%s.kernel\ndense%s.bias\n' "$i" "$i"; done
} >want
./looped gradcheck | awk '$1 ~ /\./ && NF == 5 { print $1 }' >got
same "$p their names" want got
./looped summary | awk '/\(None/ { print $1 }' >got
{
    echo input_layer
    for i in '' $(seq -f '_%.0f' 1 8); do echo "conv2d$i"; done
    echo flatten
    for i in $(seq 0 6); do printf 'dense_%d\ndropout_%d\ndense_%d\n' $((2 * i)) "$i" $((2 * i + 1)); done |
        sed 's/_0$//'
    echo dense_14
} >want
same "$p their summary" want got

# ---- every network of the examples and of the bench, each for one of the targets (ALL=1: for all)
targets='generic x86-64-v3 x86-64-v4 armv8-a cortex-m'
for net in $nets; do
    for target in ${ALL:+$targets} ${targets%% *}; do
        "$cnnc" -w --target="$target" -o net.c "$net"
        bounded "$(basename "$net"), $target" net.c
    done
    targets="${targets#* } ${targets%% *}"
done
