#!/bin/sh
# hostile.sh -- the user's text is never copied unchanged into the generated C. The C compiles without a warning and
# defines nothing unexpected, and the program names the file as the user wrote it.
. tests/program/lib.sh
p="program hostile:"
cd "$(folder hostile)" || exit 1

# shellcheck disable=SC2046
compiles() { # NAME FILE.c -- with -std=c11, which has trigraphs
    name=$1 file=$2
    $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -c -o hostile.o "$file" $("$BUILD/cnnc" --cflags) >log 2>&1
    check "$name" "$(cat log)"
    ! nm hostile.o | grep -q pwned
    check "$name, nothing injected" "$(nm hostile.o)"
}

network() { # PATH-AS-IN-THE-SPEC -- prints a net whose data have this path, with the same text in a comment
    cat <<E
# $1
data {
  train idx "$1" "$1.y"
}
Input 4
Dense 3 softmax   # $1
train {
  log csv="$1.csv"
  loss sparse_categorical_crossentropy
  epochs 1 batch=4
}
E
}

n=0
try() { # TEXT-IN-THE-SPEC TEXT-IN-MESSAGES
    n=$((n + 1))
    network "$1" >h$n.net
    "$BUILD/cnnc" -o h$n.c h$n.net >log 2>&1
    check "$p path $n is taken: $1" "$(cat log)"
    [ -f h$n.c ] || return
    compiles "$p path $n" h$n.c
    # shellcheck disable=SC2046
    $CC -std=c11 -O1 -o h$n h$n.c $("$BUILD/cnnc" --cflags --libs) 2>log && ./h$n >out 2>&1
    grep -qF -e "$2" out
    check "$p path $n comes back" "$(cat log out)"
}
try 'x */ int pwned(void) { return 1; } /*' 'x */ int pwned(void) { return 1; } /*'
try 'what??/' 'what??/'
try '// \\' '// \'
try 'a\"b' 'a"b'
try '%s%n%d' '%s%n%d'
try 'tab	ümlaut' 'ümlaut'
try '$(touch pwned) `touch pwned`' '$(touch pwned)'
[ ! -e pwned ]
check "$p no shell sees a path" "a file pwned is there"

# ---- names: a model, a label, a file
refused() { # NAME STATEMENTS
    printf '%b\n' "$2" >r.net
    rm -f r.c
    "$BUILD/cnnc" -o r.c r.net >log 2>&1
    [ $? = 1 ] && [ ! -e r.c ] && grep -q 'r.net:[0-9]*:[0-9]*: error' log
    check "$p $1 is refused" "$(cat log)"
}
refused "a model that is no name" 'model a*/b\nInput 4\nDense 3 softmax'
refused "a label that is no name" 'Input 4\nx*/y: Dense 3 softmax'
refused "a quoted label" 'Input 4\n"x": Dense 3 softmax'
refused "two labels alike" 'Input 4\na: Dense 3\na: Dense 3 softmax'

word() { # WORD -- as a model and as a label it is either accepted, and the C compiles, or refused
    printf 'model %s\nInput 4\n%s: Dense 3 softmax\n' "$1" "$1" >w.net
    rm -f w.c
    "$BUILD/cnnc" -o w.c w.net >log 2>&1
    case $? in
    0) compiles "$p the word $1" w.c ;;
    1) [ ! -e w.c ]; check "$p the word $1" "w.c was written" ;;
    *) fail "$p the word $1" <log ;;
    esac
}
for w in int main while printf float restrict default vf theta grad scratch model x y n i EOF NULL errno signed static \
    cnn_main \
    _Bool __x INPUT CHUNK predict train init save load size uint8_t asm; do
    word $w
done

for file in 'ev*il' 'a??' 'sp ace' "quo'te" 'do"uble' 'new
line' '-dash' '1digit' 'int' '..' 'b\'; do
    printf 'Input 4\nDense 3 softmax\n' >"./$file.net"
    rm -f f.c
    "$BUILD/cnnc" -o f.c "./$file.net" >log 2>&1
    case $? in
    0) compiles "$p the file $(printf %s "$file" | tr '\n' ' ').net" f.c ;;
    1) [ ! -e f.c ]; check "$p the file $file.net" "f.c was written" ;;
    *) fail "$p the file $file.net" <log ;;
    esac
done
