#!/bin/sh
# cnnc.sh -- cnnc's own command line: what it writes where, and its exit statuses.
. tests/program/lib.sh
p="program cnnc:"
cnnc=$BUILD/cnnc
cd "$(folder cnnc)" || exit 1
cp "$HERE/tiny.net" .
printf 'Input 4\nDens 3 softmax\n' >wrong.net

runs "$p default output" "$cnnc" tiny.net
[ -f tiny.c ] && [ -f tiny.h ]
check "$p writes tiny.c and tiny.h here" "$(ls)"
mkdir sub
runs "$p -o" "$cnnc" -o sub/name.c tiny.net
[ -f sub/name.c ] && [ -f sub/name.h ]
check "$p -o: the header beside it" "$(ls sub)"
says "$p -o -" 0 'int main' "$cnnc" -o - tiny.net
says "$p from standard input" 0 'int main' sh -c '"$0" -o - - <tiny.net' "$cnnc"
says "$p --emit=net" 0 'Conv2D 6 3x3' "$cnnc" --emit=net -o - tiny.net
says "$p --emit=dot" 0 'digraph' "$cnnc" --emit=dot -o - tiny.net
if command -v dot >/dev/null; then
    for name in graph.net 'a"b\n.net'; do
        cp "$ROOT/tests/golden/graph/dot.net" "$name"
        "$cnnc" --emit=dot -o net.dot "$name" 2>log
        says "$p dot draws $name" 0 ">$(echo "$name" | sed 's/.*/graph, &/; s/"/\&quot;/; s/\\/\\\\/')<" \
            dot -Tsvg net.dot
    done
    [ "$(dot -Tsvg net.dot | grep -c '^<g id="node')" = 7 ]
    check "$p dot draws every layer and the output" "$(dot -Tsvg net.dot)"
else
    skip "$p dot draws" "no graphviz"
fi
says "$p --emit=header" 0 'tiny_predict' "$cnnc" --emit=header -o - tiny.net
says "$p --summary" 0 '772' "$cnnc" --summary tiny.net
says "$p --summary of the tutorial" 0 '93,322' "$cnnc" --summary "$ROOT/examples/mnist.net"
for count in 320 18,496 36,928 650; do
    says "$p --summary has $count" 0 "$count" "$cnnc" --summary "$ROOT/examples/mnist.net"
done
says "$p --target=help" 0 'x86-64-v4' "$cnnc" --target=help
says "$p --version" 0 'cnnc [0-9]' "$cnnc" --version
says "$p --help" 0 '--emit' "$cnnc" --help
says "$p -h" 0 '--emit' "$cnnc" -h
says "$p --layers" 0 'Conv2D' "$cnnc" --layers
says "$p --layers Dense" 0 'units' "$cnnc" --layers Dense
says "$p -fsyntax-only" 0 '' "$cnnc" -fsyntax-only tiny.net
for stage in spec net grad plan mem; do
    says "$p -d $stage" 0 'conv2d|Conv2D' "$cnnc" -d $stage tiny.net
done
"$cnnc" -MD -MF deps -o tiny.c tiny.net
says "$p -MD" 0 'tiny\.c.*:.*tiny\.net' cat deps
printf 'let w = 5\nInput 4\nDense $w\n' >let.net
says "$p -D" 0 'Dense 9' "$cnnc" -D w=9 --emit=net -o - let.net
for bad in '' x -1 8x 99999999999999999999 Full; do
    says "$p --unroll=$bad" 2 'takes a number of statements' "$cnnc" --unroll="$bad" -o u.c tiny.net
done
says "$p --unroll=0" 0 '' "$cnnc" --unroll=0 -o u.c tiny.net
cmp -s u.c tiny.c || sed 's/"u.h"/"tiny.h"/' u.c | cmp - tiny.c
check "$p --unroll=0: as without" "$(head -3 u.c)"
says "$p --unroll=500" 0 '' "$cnnc" --unroll=500 -o u.c tiny.net
grep -q 'cnnc .* --unroll=500; edit' u.c && grep -q 'maxpool_unrolled\|dense_unrolled' u.c
check "$p --unroll=500: banner and kernels" "$(head -3 u.c)"

says "$p an error" 1 'wrong.net:2:1: error.*Dense' "$cnnc" -o wrong.c wrong.net
[ ! -e wrong.c ] && [ ! -e wrong.h ]
check "$p an error: nothing written" "$(ls)"
says "$p an error says so" 1 'nothing written' "$cnnc" -o wrong.c wrong.net
says "$p JSON" 1 '^\[|"' "$cnnc" -fdiagnostics-format=json -o wrong.c wrong.net
echo keep >kept.c
says "$p an error keeps the old file" 1 'error' "$cnnc" -o kept.c wrong.net
says "$p the old file is as it was" 0 '^keep$' cat kept.c
mkdir own && cp tiny.net own/ && cd own || exit 1
"$TINY" export --weights "$TMP/tiny.safetensors" -o w.npz
says "$p a trainer" 0 '' "$cnnc" tiny.net
cp tiny.c trainer.c
says "$p --emit=infer leaves a trainer alone" 1 "cannot write 'tiny.c': it is a trainer that cnnc wrote; -o" \
    "$cnnc" --emit=infer --weights=w.npz tiny.net
runs "$p it is as it was" cmp tiny.c trainer.c
says "$p a trainer is made anew" 0 '' "$cnnc" --unroll=1 tiny.net
says "$p -o is the user's word" 0 '' "$cnnc" --emit=infer --weights=w.npz -o tiny.c tiny.net
says "$p a trainer leaves inference alone" 1 "cannot write 'tiny.c'" "$cnnc" tiny.net
says "$p inference is made anew" 0 '' "$cnnc" --emit=infer --weights=w.npz tiny.net
echo '/* mine */' >tiny.c
says "$p somebody's file is left alone" 1 "cannot write 'tiny.c': it is no file of cnnc's; -o" "$cnnc" tiny.net
echo '/* mine */' >tiny.h && rm tiny.c
says "$p a header, too" 1 "cannot write 'tiny.h'" "$cnnc" tiny.net
[ ! -e tiny.c ]
check "$p nothing written" "$(ls)"
cd .. || exit 1
says "$p a missing file" 1 'nowhere.net' "$cnnc" nowhere.net
says "$p a folder" 1 'sub' "$cnnc" -o x.c sub
says "$p output that cannot be written" 1 'no/such' "$cnnc" -o no/such/tiny.c tiny.net
says "$p no input" 2 'usage|input|file' "$cnnc"
says "$p no such option" 2 'frobnicate' "$cnnc" --frobnicate tiny.net
says "$p no such target" 2 'z80' "$cnnc" --target=z80 tiny.net
says "$p no such thing to emit" 2 'rust' "$cnnc" --emit=rust tiny.net
says "$p no such stage" 2 'soup' "$cnnc" -d soup tiny.net
says "$p -o without a value" 2 '-o' "$cnnc" tiny.net -o

flags=$(cd / && "$cnnc" --cflags --libs)
# shellcheck disable=SC2086
runs "$p --cflags --libs from any folder" $CC -std=c11 -O1 -o tiny tiny.c $flags
"$TINY" summary | grep -v '^ Batch' >program.txt
"$cnnc" --summary tiny.net | grep -v -e '^ Arena, lower' -e '^ Flash' >compiler.txt
same "$p one summary, the program's and the compiler's" compiler.txt program.txt
says "$p --run" 0 'conv2d' "$cnnc" --run tiny.net -- summary
"$cnnc" -o a.c tiny.net && cp a.c b.c && touch -d '2001-01-01' a.c && "$cnnc" -o a.c tiny.net
runs "$p the same bytes" cmp a.c b.c

printf 'model plain\nInput 4\nDense 2 softmax\n' >kinds.net
printf 'model plain\nInput 4\nSoftmax\n' >without.net
says "$p a trainer by the model's name" 0 '' "$cnnc" kinds.net
says "$p inference is not written over it" 1 "'plain.c': it is a trainer that cnnc wrote; -o names" \
    "$cnnc" --emit=infer without.net
says "$p but where -o says so" 0 '' "$cnnc" --emit=infer -o plain.c without.net
says "$p a trainer is not written over inference" 1 "'plain.c': it is inference that cnnc wrote" "$cnnc" kinds.net
