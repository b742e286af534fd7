#!/bin/sh
# row_weights.sh -- weights of rows: a row of weight 2 counts as if it were there twice, one of weight 0 as if it were
# not there.
. tests/program/lib.sh
p="program row_weights:"
cd "$(folder row_weights)" || exit 1

net() { # SOURCE -- prints a net with full batches, so that only the rows' weights differ
    cat <<END
data {
  train $1
  test csv "weighted.csv" target=kind weight=w
  split validation=0.5
}
Input 2
Dense 3 tanh
Dense 3 softmax
train {
  optimizer sgd lr=0.5
  loss sparse_categorical_crossentropy
  metrics accuracy
  epochs 20 batch=64 seed=3
}
END
}
# The training rows have weights 2, 1, 0, 1; `twice` has the first row twice and lacks the third. Both losses are
# divided by 4 rows.
cat >weighted.csv <<END
w,a,kind,b
2,1,0,2
1,-1,1,.5
0,3,2,3
1,.5,2,-1
1,1,1,1
3,2,2,0
1,0,0,-1
1,-2,1,2
END
cat >twice.csv <<END
a,kind,b
1,0,2
1,0,2
-1,1,.5
.5,2,-1
1,1,1
2,2,0
0,0,-1
-2,1,2
END
net 'csv "weighted.csv" target=kind weight=w' >weighted.net
net 'csv "twice.csv" target=kind' >twice.net
for k in weighted twice; do
    runs "$p $k builds" build $k.net ./$k
    runs "$p $k trains" ./$k train --no-shuffle --log $k.log --save $k.safetensors
done
rm -f a.txt b.txt
./weighted predict --weights weighted.safetensors --input twice.csv >a.txt
./twice predict --weights twice.safetensors --input twice.csv >b.txt
same "$p two rows, or one of weight 2" b.txt a.txt
awk -F, 'NR > 1 && !($3 > 0) { exit 1 }' weighted.log
check "$p the log has losses" "$(cat weighted.log)"
awk -F, 'NR == FNR { loss[FNR] = $3; next } FNR > 1 { d = loss[FNR] - $3; if (d > 1e-5 || d < -1e-5) exit 1 }' \
    twice.log weighted.log
check "$p the loss that is shown is weighted" "$(cat twice.log weighted.log)"

# evaluation: the loss is weighted, metrics are not
sed 's/^[0-9]*,/1,/; s/^1,a/w,a/' weighted.csv >ones && sed 's/^1,/3,/' ones >threes
for k in ones threes; do
    mkdir $k.d && cp $k $k.d/weighted.csv && ./weighted evaluate --weights weighted.safetensors --data-dir $k.d >$k.txt
done
paste -d ' ' ones.txt threes.txt | tr -d ':' |
    awk '{ d = 3 * $2 - $7; ok = d < 1e-3 && d > -1e-3 && $2 > 0 && $5 == $10 } END { exit !ok }'
check "$p evaluate weighs the loss, not the metrics" "$(cat ones.txt threes.txt)"

# a file of weights beside the rows
sed 's/train idx "train-x" "train-y"/train idx "train-x" "train-y" weight="w.npy"/' "$HERE/tiny.net" >tiny.net
cp "$DATA"/* . && {
    printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': (500,), }"
    head -c 500 /dev/zero
} >w.npy
runs "$p npy builds" build tiny.net ./tiny
says "$p rows that weigh nothing have no loss" 0 'loss: ([^ ]+) - penalty: \1$' ./tiny train --epochs 1
head -c 600 w.npy >cut && mv cut w.npy
says "$p a file that ends early" 1 \
    'w.npy: byte 128: file ends early: its header promises 500 bytes of data, it has 472' \
    ./tiny train --epochs 1 --save never.npz
