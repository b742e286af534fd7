#!/bin/sh
# names/run.sh -- a model and its layers may have any name. Names that C, C++, their libraries and compilers, libcnn
# or the emitted files use themselves work as well: such a model compiles as C, and its header as C++, from a folder
# that is searched for headers.
#
# This is tested in three ways. The rule of names is compared with all that the installed headers and libraries
# define. A header for each of these names is compiled, all in one file. Whole programs are compiled for a sample of
# words.txt, and for all names with ALL=1 (`make names`).
. tests/lib.sh
HERE=$ROOT/tests/names
include=$BUILD/include
compilers=$(for c in gcc clang; do command -v $c; done | sed 's,.*/,,')
cxx='#include <bits/stdc++.h>'
cd "$TMP" || exit 1

# ---- one network, as a trainer and as inference

weights() { # NAME MODEL -- writes weights of model/NAME.c into NAME.npz
    printf '%s\n' "#include \"$1.h\"" "static struct $2 m;" 'int main(void)' '{' "$2_init(&m, 1);" \
        "return $2_save(&m, \"$1.npz\");" '}' >save.c
    # shellcheck disable=SC2046
    $CC -O0 -DCNN_NO_MAIN -Imodel -o save save.c "model/$1.c" $("$BUILD/cnnc" --cflags --libs) && ./save
}
both() { # NAME MODEL -- emits the trainer and inference of NAME.net
    "$BUILD/cnnc" --target=x86-64-v3 -o "model/$1.c" "$1.net" && weights "$1" "$2" &&
        "$BUILD/cnnc" --target=x86-64-v3 --emit=infer --weights="$1.npz" -o "model/$1_infer.c" "$1.net"
}
mkdir model programs
printf 'model zzz\nInput 6x6x1\nConv2D 3 3x3 relu\nMaxPool 2\nFlatten\nDropout 0.2\nDense 2 softmax\n' >zzz.net
both zzz zzz >log 2>&1 &&
    $CC -std=c11 -D_DEFAULT_SOURCE -I"$ROOT/compiler" -o rename "$HERE/rename.c" "$BUILD/libcnnc.a" \
        -lyaml -lm >>log 2>&1 ||
    { fail "names: a program, and the rule" <log; exit 1; }

for c in $compilers; do
    runs "names: inference as C++, $c" "$c" -x c++ -std=c++17 -fsyntax-only model/zzz_infer.c
done

# ---- all names that headers and libraries define

is_word() { grep -E '^[A-Za-z_][A-Za-z0-9_]*$'; }
for c in $compilers; do
    $c -D_GNU_SOURCE -E -dM "$HERE/headers.c"
    $c -std=gnu17 -E -dM - </dev/null
    echo "$cxx" | $c -x c++ -std=gnu++20 -E -dM - 2>/dev/null
    $c -D_GNU_SOURCE -I"$include" -E -dM model/zzz.c
done | awk '$1 == "#define" && $2 !~ /[(]/ { print $2 }' | sort -u >macros
for c in $compilers; do
    $c -D_GNU_SOURCE -E -P "$HERE/headers.c"
    $c -D_GNU_SOURCE -I"$include" -E -P model/zzz.c
    $c -I"$include" -E -P model/zzz_infer.c
done >seen.i
grep -oE '[A-Za-z_][A-Za-z0-9_]*' seen.i | sort -u >seen
grep -oE '(struct|union|enum) +[A-Za-z_][A-Za-z0-9_]* *[{]' seen.i | awk '{ sub(/[{]/, " "); print $2 }' | sort -u >tags
for c in $compilers; do
    $c -D_GNU_SOURCE -I"$include" -M "$HERE/headers.c"
    $c -I"$include" -M model/zzz.c
    echo "$cxx" | $c -x c++ -std=gnu++20 -M -
done 2>/dev/null | tr ' ' '\n' | grep -E '^/.*/include(/[a-z0-9_]*-linux-gnu)?/[^/]*[.]h$' | sed 's,.*/,,; s,[.]h$,,' |
    is_word | sort -u >headers
for l in c m csv png jpeg z; do $CC -print-file-name=lib$l.a; done | grep / >libraries
# shellcheck disable=SC2046
nm -g --defined-only "$BUILD/libcnn.a" $(cat libraries) 2>/dev/null | awk 'NF == 3 { print $3 }' | is_word |
    sort -u >symbols
sed 's/#.*//' "$HERE/words.txt" | tr ' ' '\n' | is_word | sort -u >words

# ---- the rule

kept() { # prints those names that cnnc would leave as they are
    grep -v '^_' | ./rename | awk '$1 == $2 && $1 !~ /^zzz/ { print $1 }' | sort -u
}
none() { # TEST -- fails when there is anything on standard input
    cat >rest
    if [ -s rest ]; then fail "$1" <rest; else pass "$1"; fi
}
kept <macros | none "names: macros"
{ cat tags; grep '_t$' seen; } | kept | none "names: structs and types"
{ cat headers; tr '[:lower:]' '[:upper:]' <headers; } | kept | none "names: headers"
# where a name ends like one that our headers declare, no model may be called like its beginning
cat model/zzz.h model/zzz_infer.h | grep -oE '\b(zzz|ZZZ)_[A-Za-z0-9_]+' | sed 's/^[a-zA-Z]*_//' | sort -u >ends
[ "$(wc -l <ends)" -ge 8 ] || fail "names: few are declared" <ends
beginnings() { # prints the beginnings of names with such an end
    awk 'NR == FNR { ends[$1]; next }
        {
            for (e in ends) {
                n = length($1) - length(e)
                if (n > 1 && substr($1, n) == "_" e) print substr($1, 1, n - 1)
            }
        }' ends -
}
{ cat symbols macros | beginnings; grep -v '[a-z]' macros | beginnings | tr '[:upper:]' '[:lower:]'; } | kept |
    none "names: functions and constants"
printf '%s\n' mnist lenet tiny iris VGG16 LeNet5 MNIST resnet strides toy a x model2 my_net cifar10 island \
    EfficientNet |
    ./rename | awk '$1 != $2' | none "names: ordinary ones stay"
cat words macros tags headers | ./rename | awk '$1 != $2 { print $2 }' | sort -u >new
cat seen macros tags headers symbols | sort -u | comm -12 - new | none "names: new ones are known to nobody"

# ---- the header of each name, as C and as C++, after and before the compilers' headers; in rounds, because Abc and
# ABC share constants

{
    if [ -n "${ALL:-}" ]; then cat seen symbols headers macros; else awk 'NR % 40 == 1' seen macros; fi
    beginnings <seen
    cat words tags
} |
    ./rename | awk '{ print $2 }' | sort -u |
    awk '{ n = round[toupper($1)]++; print >"round" n }'
all_headers() { # FILE of names
    printf '#include <stddef.h>\n#include <stdint.h>\n#ifdef __cplusplus\nextern "C" {\n#endif\n'
    awk -v text="$(sed '/^#ifdef __cplusplus/,/^#endif/d; /^#include/d; s/\\$/\\\\/' model/zzz.h)" '
        { upper = toupper($1); own = text; gsub(/zzz/, $1, own); gsub(/ZZZ/, upper, own); print own }' "$1"
    printf '#ifdef __cplusplus\n}\n#endif\n'
}
for round in round*; do
    n=$(wc -l <"$round")
    all_headers "$round" >all.h
    { cat "$HERE/headers.c"; echo '#include "all.h"'; } >behind.c
    { echo '#include "all.h"'; cat "$HERE/headers.c"; } >before.c
    { echo "$cxx"; grep -v -e complex -e stdatomic -e iso646 -e threads -e stdnoreturn behind.c; } >behind.cc
    { echo '#include "all.h"'; cat behind.cc; } >before.cc
    for c in $compilers; do
        for file in before.c behind.cc ${ALL:+behind.c before.cc}; do
            case $file in *.cc) std=gnu++20 ;; *) std=gnu11 ;; esac
            runs "names: $n headers $file, $c" "$c" -D_GNU_SOURCE -std=$std -fsyntax-only $file
        done
    done
done

# ---- programs

{
    if [ -n "${ALL:-}" ]; then cat words macros headers; else awk 'NR % 12 == 1' words; fi
} | sort -u |
    awk -v compilers="$compilers" '{ n = split(compilers, c); print $1, c[1 + NR % n] }' |
    while read -r line; do if wanted "names: model $line"; then echo "$line"; fi; done | in_parallel "$HERE/one.sh"

# ---- layers of all these names in one network; each has kernels of its own, because no two have the same shape. Then
# layers with the names that end names of the header, in a model whose name is the beginning of constants

layers() { # NAME MODEL < labels
    { echo "model $2"
        echo 'Input 3'
        awk 'length($1) < 60 { print $1 ": Dense " NR % 7 + int(NR / 7) + 1 " relu activity_regularizer=l2(0.1)" }'; } \
            >"$1.net"
    both "$1" "$2" >log 2>&1 || { fail "names: labels, $1" <log; return; }
    for c in $compilers; do
        runs "names: labels, $1, $c" "$c" -std=gnu11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
            -I"$include" \
            -fsyntax-only "model/$1.c" "model/$1_infer.c"
    done
}
{ for w in dense cnn vf; do printf 'ref_%s\nother_1_%s\n' $w $w; done; cat words; } | awk '!seen[$1]++' >labels
layers words labels <labels
{ cat ends; sed 's/^/x_/' ends; } | awk '{ $0 = tolower($0) } !seen[$1]++' >labels
layers ends a <labels
layers longer a_x <labels

# ---- messages

cp zzz.net my-net.net
sed -i '/^model/d' my-net.net
"$BUILD/cnnc" my-net.net 2>said
grep -q "called 'my_net': 'my-net' is no name of C" said && [ -f my_net.c ]
[ $? = 0 ] && pass "names: a file's name" || fail "names: a file's name" <said
sed 's/zzz/math/' zzz.net | "$BUILD/cnnc" - 2>said
grep -q "^<stdin>:1:7: note: in C the model is called 'math_net': 'math' is the name of a header" said &&
    [ -f math_net.h ]
[ $? = 0 ] && pass "names: a model's name" || fail "names: a model's name" <said
"$BUILD/cnnc" -o math.c zzz.net 2>said
grep -q "the header is 'math_net.h'" said && grep -q '^#include "math_net.h"' math.c
[ $? = 0 ] && pass "names: -o math.c" || fail "names: -o math.c" <said
status "names: --emit=header -o math.h" 1 "$BUILD/cnnc" --emit=header -o math.h zzz.net
