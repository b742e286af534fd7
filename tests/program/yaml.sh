#!/bin/sh
# yaml.sh -- --emit=yaml: a network read back from it becomes the same bytes of C, also from standard input
. tests/program/lib.sh
p="program yaml:"
cp -r "$ROOT/examples" "$(folder yaml)/examples"
cd "$(folder yaml)" || exit 1
for where in graph syntax stages outputs; do
    cp -r "$ROOT/tests/golden/$where" .
done
cp "$ROOT"/tests/num/ports/*.net .

emit() { # NAME INPUT -- the C of a spec, whose own name it leaves out
    "$BUILD/cnnc" -w --target=generic -o "$1.c" "$2" >>log 2>&1 && sed -i 's/[.]yaml/.net/g' "$1.c"
}
mkdir net yaml
for net in examples/*.net examples/*/*.net */*.net ./*.net; do
    name=$(basename "$net" .net)
    : >log
    emit "net/$name" "$net" || continue # a part of a spec, or a wrong one
    "$BUILD/cnnc" -w --emit=yaml -o "${net%.net}.yaml" "$net" >>log 2>&1 && emit "yaml/$name" "${net%.net}.yaml"
    cmp "net/$name.c" "yaml/$name.c" >>log 2>&1
    check "$p $net" "$(cat log "${net%.net}.yaml")"
done
[ "$(ls net/*.c | wc -l)" -gt 50 ]
check "$p many networks" "$(ls net)"
says "$p from standard input" 0 "Dense: .2, softmax." \
    sh -c 'printf "Input 3\nDense 2 softmax\n" | "$0" --emit=yaml -' \
    "$BUILD/cnnc"
