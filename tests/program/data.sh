#!/bin/sh
# data.sh -- data files that are damaged, inconsistent or missing give status 1, one message that names the file, and
# no crash.
. tests/program/lib.sh
p="program data:"
cd "$(folder files)" || exit 1

fresh() { # makes a folder `d` with good files
    rm -rf d
    cp -r "$DATA" d
}

poke() { # FILE OFFSET BYTES-AS-PRINTF
    # shellcheck disable=SC2059
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

refuses() { # WHAT FILE [PATTERN] -- the file in d is not accepted
    says "$p $1" 1 "$2.*${3:-}" "$TINY" train --data-dir d --epochs 1 --quiet --save out.npz
    [ ! -e out.npz ] || { echo "out.npz was written all the same" | fail "$p $1 leaves nothing"; rm -f out.npz; }
}

fresh; runs "$p good" "$TINY" train --data-dir d --epochs 1
fresh; gzip d/*; runs "$p gzipped" "$TINY" train --data-dir d --epochs 1
fresh; cp d/train-x d/train-x.gz; rm d/train-x; ln -s train-x d/train-x
refuses "a file that cannot be looked at is there" 'd/train-x: cannot open: too many'
fresh; poke d/train-x 2 '\007'; refuses "bad magic, images" train-x
fresh; poke d/train-y 0 '\377'; refuses "bad magic, labels" train-y
fresh; poke d/train-x 3 '\001'; refuses "images of rank 1" train-x
fresh; poke d/train-x 4 '\0\0\002\377'; refuses "a count too high" train-x
fresh; poke d/train-x 4 '\0\0\0\005'; refuses "a count too low: trailing bytes" train-x
fresh; poke d/train-x 4 '\377\377\377\377'; refuses "a count of 4 thousand million" train-x
fresh; poke d/train-x 4 '\377\377\377\377\377\377\377\377\377\377\377\377'; refuses "counts that overflow" train-x
fresh; poke d/train-x 4 '\0\0\0\0'; refuses "no images" train-x
fresh; head -c 20000 "$DATA/train-x" >d/train-x; refuses "truncated images" train-x
fresh; head -c 300 "$DATA/train-y" >d/train-y; refuses "truncated labels" train-y
fresh; head -c 10 "$DATA/train-x" >d/train-x; refuses "a truncated header" train-x
fresh; : >d/train-x; refuses "an empty file" train-x
fresh; echo >>d/train-x; refuses "a trailing byte" train-x
fresh; poke d/train-y 100 '\004'; refuses "a label out of range" train-y 4
fresh; poke d/test-y 50 '\377'; refuses "a test label out of range" test-y 255
fresh; poke d/train-x 8 '\0\0\0\020\0\0\0\004'; refuses "images of another shape" train-x
fresh; cp d/test-y d/train-y; refuses "fewer labels than images" train-
fresh; rm d/train-x; refuses "a missing file" train-x
fresh; rm d/train-x; mkdir d/train-x; refuses "a folder" train-x
fresh; gzip d/train-x; head -c 5000 d/train-x.gz >d/cut && mv d/cut d/train-x.gz; refuses "a truncated .gz" train-x
fresh; gzip d/train-x; poke d/train-x.gz 3000 '\125\252\125\252'; refuses "a damaged .gz" train-x
fresh; echo '<html>not found</html>' >d/train-x; refuses "a web page" train-x
if [ "$(id -u)" != 0 ]; then
    fresh; chmod 000 d/train-x; refuses "no permission" train-x
fi
says "$p a missing folder" 1 'nowhere' "$TINY" train --data-dir nowhere
says "$p evaluate needs only the test set" 0 'accuracy' \
    sh -c 'rm -rf d; mkdir d; cp "$1"/test-* d; "$0" evaluate --data-dir d --weights "$2"' "$TINY" "$DATA" \
    "$TMP/tiny.safetensors"

# ---- .npy: for predict and gradients
good() {
    "$TINY" predict --weights "$TMP/tiny.safetensors" --input "$DATA/test-x" -o p.npy
}
good
bad() { # WHAT
    says "$p .npy, $1" 1 'x\.npy' "$TINY" predict --weights "$TMP/tiny.safetensors" --input x.npy -o out.npy
    [ ! -e out.npy ] || { echo "out.npy was written all the same" | fail "$p .npy, $1 leaves nothing"; rm -f out.npy; }
}
npy() { # DESCR SHAPE BYTES
    header="{'descr': '$1', 'fortran_order': ${4:-False}, 'shape': $2, }"
    printf '\223NUMPY\001\000v\000%-117s\n' "$header" >x.npy
    head -c "$3" /dev/zero >>x.npy
}
npy '<f4' '(2, 8, 8, 1)' 512
for args in "<f4" ">f4" "<f4 True" "<f2"; do
    set -- $args
    npy "$1" '(2, 8, 8, 1)' $((128 * ${1#?f})) "${2:-False}"
    runs "$p .npy, $args" "$TINY" predict --weights "$TMP/tiny.safetensors" --input x.npy -o out.npy
    rm -f out.npy
done
npy '<f4' '(2, 64)' 512; says "$p .npy, flat rows" '[01]' '' "$TINY" predict --weights "$TMP/tiny.safetensors" \
    --input x.npy -o p2.npy
npy '<f4' '(2, 8, 8, 1)' 500; bad truncated
npy '<f4' '(2, 8, 8, 1)' 516; bad trailing
npy '<f4' '(2, 9, 8, 1)' 576; bad "another shape"
npy '<f4' '(0, 8, 8, 1)' 0; bad "no rows"
npy '<f4' '(-2, 8, 8, 1)' 512; bad "a negative count"
npy '<f4' '(99999999999, 8, 8, 1)' 512; bad "a count that lies"
npy '<f4' '(4611686018427387904, 8, 8, 1)' 512; bad "a count that overflows"
npy '<c8' '(2, 8, 8, 1)' 1024; bad "complex numbers"
npy '|O' '(2, 8, 8, 1)' 1024; bad "Python objects"
npy '<f4' '(2, 8, 8, 1' 512; bad "a header cut short"
printf '\223NUMPY\001\000\377\377' >x.npy; bad "a header longer than the file"
printf 'hello' >x.npy; bad "no .npy at all"
rm -f x.npy; bad missing
