#!/bin/sh
# weights.sh -- files of weights that are damaged or belong to another network give status 1 and a message that names
# file and parameter.
. tests/program/lib.sh
p="program weights:"
w=$TMP/tiny.safetensors
cd "$(folder weights)" || exit 1

refuses() { # WHAT FILE [PATTERN]
    says "$p $1" 1 "$2.*${3:-}" "$TINY" evaluate --data-dir "$DATA" --weights "$2"
}

"$TINY" export --weights "$w" -o w.npz
refuses missing nothing.safetensors
head -c 100 "$w" >short.safetensors; refuses "truncated in the header" short.safetensors
head -c 3000 "$w" >cut.safetensors; refuses "truncated in the data" cut.safetensors
{ cat "$w"; echo; } >long.safetensors; refuses "trailing bytes" long.safetensors
: >empty.safetensors; refuses empty empty.safetensors
printf '\377\377\377\377\377\377\377\177{}' >huge.safetensors; refuses "a header of 2^63 bytes" huge.safetensors
printf '\002\0\0\0\0\0\0\0{}' >none.safetensors; refuses "no tensors" none.safetensors
printf '\010\0\0\0\0\0\0\0not json' >text.safetensors; refuses "no JSON" text.safetensors
head -c 1000 w.npz >cut.npz; refuses "a truncated .npz" cut.npz
echo hello >text.npz; refuses "no .npz at all" text.npz
: >empty.npz; refuses "an empty .npz" empty.npz
sed 's/dense\.kernel/dense.kernal/' "$w" >named.safetensors; refuses "a parameter of another name" \
    named.safetensors 'kern'
sed 's/\[54,12\]/[12,54]/; s/\[54, 12\]/[12, 54]/' "$w" >turned.safetensors; refuses "a parameter of another shape" \
    turned.safetensors 'dense.kernel'
sed 's/"F32"/"F64"/' "$w" >typed.safetensors; refuses "a type whose size does not fit" typed.safetensors
cp "$DATA/train-x" other.xyz; says "$p a name that says nothing" '[12]' 'other.xyz' \
    "$TINY" evaluate --data-dir "$DATA" --weights other.xyz

sed 's/Dense 12/Dense 13/; s/model tiny/model other/' "$HERE/tiny.net" >other.net
build other.net ./other
says "$p another network's weights" 1 'dense' ./other evaluate --data-dir "$DATA" --weights w.npz
sed 's/Dense 12/Dense 12 relu\nDense 12/; s/model tiny/model deeper/' "$HERE/tiny.net" >deeper.net
build deeper.net ./deeper
says "$p a deeper network" 1 'dense' ./deeper evaluate --data-dir "$DATA" --weights w.npz

# a damaged byte anywhere in a file is noticed or harmless, and never causes a crash
i=0
while [ $i -lt 60 ]; do
    cp w.npz damaged.npz
    printf '\377' | dd of=damaged.npz bs=1 seek=$((i * 37)) conv=notrunc 2>/dev/null
    "$TINY" evaluate --data-dir "$DATA" --weights damaged.npz >log 2>&1
    case $? in 0 | 1) ;; *) fail "$p byte $((i * 37)) of an .npz damaged" <log; break ;; esac
    cp "$w" damaged.safetensors
    printf '\377' | dd of=damaged.safetensors bs=1 seek=$((i * 19)) conv=notrunc 2>/dev/null
    "$TINY" evaluate --data-dir "$DATA" --weights damaged.safetensors >log 2>&1
    case $? in 0 | 1) ;; *) fail "$p byte $((i * 19)) of a .safetensors damaged" <log; break ;; esac
    i=$((i + 1))
done
[ $i = 60 ]
check "$p damaged bytes" "stopped at $i"
