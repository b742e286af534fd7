#!/bin/sh
# identity.sh -- a program never writes over a file that it reads or also writes, by whatever name. Every option that
# writes is tried with every file that is read: by the same path, through ./, through a folder and back, by hard link
# and by symbolic link.
. tests/program/lib.sh
p="program identity:"
cd "$(folder identity)" || exit 1

another_name() { # HOW FILE ENDING -- prints another name of the file; nothing where such a name cannot have the ending
    case $1-$2 in
    path-*"$3") echo "$2" ;;
    dot-*"$3") echo "./$2" ;;
    back-*"$3") echo "sub/../$2" ;;
    hard-*) ln "$2" "other$3" && echo "other$3" ;;
    soft-*) ln -s "$2" "other$3" && echo "other$3" ;;
    esac
}

# Each line is a file, and a command that would write over it. In the command, the file's name is @ and the ending
# that it must have.
refused_all() {
    while read -r file command; do
        ending=$(expr "$command" : '.*@\([.a-z]*\)')
        for how in path dot back hard soft; do
            rm -f other*
            name=$(another_name $how "$file" "$ending")
            [ "$name" ] || continue
            cp "$file" before
            # shellcheck disable=SC2086
            timeout 20 $(echo "$command" | sed "s|@$ending|$name|") >log 2>&1 </dev/null
            got=$?
            [ $got = 1 ] && cmp -s "$file" before && grep -q 'the same file as\|would write over' log
            check "$p $file by $how: $command" "exit status $got; $(cmp "$file" before 2>&1); $(cat log)"
        done
    done
}

mkdir sub plots pictures pictures/a pictures/b
cp "$DATA"/* .
cp "$TINY" tiny
cp "$TMP/tiny.safetensors" w.safetensors
gzip test-y
./tiny export --weights w.safetensors -o w.npz
./tiny train --epochs 1 --quiet --log log.csv --save w2.safetensors
$CC -std=c11 -O1 -I"$ROOT/files" -o makenpz "$HERE/makenpz.c" -L"$BUILD" -lcnn -lz -lm -lpthread || exit 1
./makenpz d.npz deflated x=train-x y=train-y
cp train-x in.idx
cp train-y out.idx

refused_all <<'E'
w.safetensors   ./tiny train --weights w.safetensors --log @
w2.safetensors  ./tiny train --resume w2.safetensors --log @
train-x         ./tiny train --log @
train-y         ./tiny train --log @
test-x          ./tiny train --log @
test-y.gz       ./tiny train --log @
train-x         ./tiny train --save @.safetensors
test-y.gz       ./tiny train --save @.npz
tiny            ./tiny train --log @
train-x         ./tiny crossval --log @
in.idx          ./tiny predict --input in.idx --weights w.safetensors -o @.npy
w.npz           ./tiny predict --input in.idx --weights w.npz -o @.npy
w.npz           ./tiny predict in.idx --weights w.npz -o @.npy
in.idx          ./tiny predict --weights w.npz in.idx -o @.npy
in.idx          ./tiny gradients --input in.idx --target out.idx -o @.npz
out.idx         ./tiny gradients --input in.idx --target out.idx -o @.npz
w.npz           ./tiny gradients --input in.idx --target out.idx --weights w.npz -o @.npz
w.safetensors   ./tiny export --weights w.safetensors -o @.safetensors
train-x         ./tiny export --weights w.safetensors -o @.npz
train-x         ./tiny bench --steps 1 --csv @
train-x         ./tiny bench --steps 1 --json @
train-x         ./tiny bench --steps 1 --plot @
w.safetensors   ./tiny bench --steps 1 --weights w.safetensors --json @
w.safetensors   ./tiny crossval --weights w.safetensors --log @
tiny            ./tiny bench --steps 1 --csv @
E

# ---- a file for each input and each target
cat >pair.net <<'N'
model pair
left: Input 8x8x1
right: Input 8x8x1
Add from=[left, right]
Flatten
one: Dense 2
two: Dense 3 from=one
output one two
N
build pair.net ./pair >build.log 2>&1 || fail "$p pair.net builds" <build.log
for file in left right one two; do cp train-x $file.idx; done
left="--input left=left.idx" right="--input right=right.idx" targets="--target one=one.idx --target two=two.idx"
refused_all <<E
left.idx        ./pair predict --weights w.npz $left $right -o @.npz
right.idx       ./pair predict --weights w.npz $left $right -o @.npz
left.idx        ./pair predict --weights w.npz $right $left -o @.npz
left.idx        ./pair gradients $left $right $targets -o @.npz
one.idx         ./pair gradients $left $right $targets -o @.npz
two.idx         ./pair gradients $left $right $targets -o @.npz
right.idx       ./pair predict --weights w.npz left=left.idx right=right.idx -o @.npz
E

# ---- pictures: their folder holds, or would hold, another name of a file that is read
for how in hard soft; do
    mkdir drawn
    if [ $how = hard ]; then ln log.csv drawn/loss.dat; else ln -s ../log.csv drawn/loss.dat; fi
    cp log.csv before
    says "$p plots over the log by $how" 1 '[-]-plots would write over' ./tiny plot --log log.csv --plots drawn
    same "$p plots over the log by $how: it is as it was" before log.csv
    rm -r drawn
done
says "$p the log is a picture's" 1 'would write over' ./tiny train --log plots/loss.dat --plots plots
says "$p pictures into a file" 1 'log.csv: pictures go into a folder, and this is none' ./tiny plot --log log.csv \
    --plots log.csv
says "$p the log beside the pictures" 0 '' ./tiny train --quiet --epochs 1 --log plots/log.csv

# ---- two outputs with one path, which does not exist yet
two() { # NAME COMMAND...
    name=$1
    shift
    says "$p two on one: $name" 1 'the same file as' "$@"
    [ ! -e new.safetensors ] && [ ! -e new ]
    check "$p two on one: $name: nothing is written" "$(ls)"
}
ln -s new.safetensors dangling
two "save and log" ./tiny train --save new.safetensors --log new.safetensors
two "save and log through ./" ./tiny train --save new.safetensors --log ./new.safetensors
two "save and log by a link that leads nowhere" ./tiny train --save new.safetensors --log dangling
two "csv and json" ./tiny bench --steps 1 --csv new --json sub/../new

# ---- files that the spec names
spec() { # NAME CALLBACK
    sed "s/train idx.*/train npz \"d.npz\"/; /test  idx/d; s/^  epochs .*/  epochs 1 batch=24\n  $2/" \
        "$HERE/tiny.net" >"$1.net"
    # shellcheck disable=SC2046
    "$BUILD/cnnc" -o "$1.c" "$1.net" && $CC -std=c11 -O0 \
        -o "$1" "$1.c" $("$BUILD/cnnc" --cflags --libs) >"$1.log" 2>&1 || fail "$p $1.net builds" <"$1.log"
}
spec checkpoint 'checkpoint "d.npz"'
spec link 'checkpoint "link.npz"'
spec logged 'log csv="d.npz"'
spec best 'checkpoint "best.safetensors" monitor=loss best'
ln -s d.npz link.npz
cp d.npz before
for s in checkpoint link logged; do
    says "$p the spec's $s is its data" 1 'the same file as' ./$s train
    same "$p the spec's $s is its data: they are as they were" before d.npz
done
says "$p --save and the spec's best checkpoint" 1 'the same file as' ./best train --save best.safetensors

spec noted 'log csv="noted.csv"'
./noted train --quiet
cp noted.csv before
for command in "crossval --log noted.csv" "bench --steps 1 --csv noted.csv"; do
    # shellcheck disable=SC2086
    says "$p the log of a training stands: $command" 1 "the same file as the spec's log" ./noted $command
    same "$p $command: the log is as it was" before noted.csv
done
says "$p the checkpoint of a training stands" 1 "the same file as the spec's checkpoint" \
    ./best crossval --log best.safetensors

# ---- allowed combinations
says "$p from weights into the same file" 0 '' ./tiny train --quiet --epochs 1 --weights w2.safetensors \
    --save w2.safetensors
says "$p on with the same checkpoint" 0 '' ./tiny train --quiet --epochs 2 --resume w2.safetensors \
    --save ./w2.safetensors --log log.csv
says "$p everything to a device" 0 '' ./tiny bench --steps 2 --quiet --csv /dev/null --json /dev/null

# ---- cnnc
cat >a.net <<'E'
include "inc.net"
model a
Input 8x8x1
Flatten
Dense 4 softmax
train {
  loss sparse_categorical_crossentropy
  metrics accuracy
}
ensemble stacking use=["use.net"]
E
echo 'let unused = 3' >inc.net
printf 'Input 8x8x1\nFlatten\nDense 4 softmax\n' >use.net
cp use.net plain.net
cp "$HERE/tiny.net" tiny.net
cp "$BUILD/cnnc" cnnc
printf 'a,b,y\n1,2,3\n' >table.csv
{
    printf 'data {\n  train csv "table.csv" target=y\n  test  npy "tx.npy" "ty.npy"\n}\nInput 2\nDense 1\n'
    printf 'train {\n  loss mse\n  epochs 1\n  log csv="run.csv"\n  checkpoint "run.npz"\n}\n'
} >data.net
cp table.csv run.csv
cp d.npz run.npz
cp table.csv tx.npy
cp table.csv ty.npy
refused_all <<E
table.csv       $BUILD/cnnc -o @.csv data.net
run.csv         $BUILD/cnnc -o @ data.net
run.npz         $BUILD/cnnc -o t.c -MF @ data.net
tx.npy          $BUILD/cnnc -o t.c -MF @ data.net
ty.npy          $BUILD/cnnc --emit=dot -o @ data.net
table.csv       $BUILD/cnnc --emit=net -o @ data.net
a.net           $BUILD/cnnc -o @.c a.net
inc.net         $BUILD/cnnc -o @.c a.net
use.net         $BUILD/cnnc -o @.c a.net
inc.net         $BUILD/cnnc --emit=net -o @ a.net
inc.net         $BUILD/cnnc --emit=dot -o @ a.net
use.net         $BUILD/cnnc --emit=header -o @.h a.net
a.net           $BUILD/cnnc -o a.c -MF @ a.net
inc.net         $BUILD/cnnc -o a.c -MF @ a.net
use.net         $BUILD/cnnc -o a.c -MF @ a.net
w.safetensors   $BUILD/cnnc --emit=infer --weights=w.safetensors -o @.c tiny.net
w.safetensors   $BUILD/cnnc --emit=infer --weights=w.safetensors -o a.c --weights-file=@ tiny.net
w.safetensors   $BUILD/cnnc --emit=infer --weights=w.safetensors -o a.c -MF @ tiny.net
tiny.net        $BUILD/cnnc --emit=infer --weights=w.safetensors -o a.c --weights-file=@ tiny.net
cnnc            ./cnnc -o @.c plain.net
E
ln -s a.c leads-there
for words in '-MF a.c' '-MF ./a.h' '-MF sub/../a.c' '-MF leads-there'; do
    # shellcheck disable=SC2086
    says "$p cnnc -o a.c $words" 1 'the same file as' "$BUILD/cnnc" -o a.c $words a.net
    [ ! -e a.c ] && [ ! -e a.h ]
    check "$p cnnc -o a.c $words: nothing is written" "$(ls)"
done
says "$p cnnc --weights-file is the header" 1 'the same file as' "$BUILD/cnnc" --emit=infer --weights=w.safetensors \
    -o a.c \
    --weights-file=a.h tiny.net
ln a.net a.h
cp a.net before
says "$p cnnc: the header is the input" 1 'a.h: the header names the same file as the input' "$BUILD/cnnc" -o a.c a.net
same "$p cnnc: the header is the input: it is as it was" before a.net
says "$p cnnc -o is standard input" 1 'the same file as the input' \
    sh -c '"$0" --emit=net -o plain.net - <plain.net' "$BUILD/cnnc"
