#!/bin/sh
# data.sh -- data that must be decoded are decoded by one rank of a machine, and the others have the same rows.
. tests/ranks/lib.sh
cd "$(folder rows)" || exit 1
awk 'BEGIN {
    split("red green blue", colour, " "); split("cat dog owl", kind, " ")
    print "id,a,b,colour,weight,kind"
    for (i = 0; i < 200; i++) {
        a = i * 37 % 101 / 101
        print i "," a "," (i % 9 ? i * 53 % 97 / 97 : "") "," colour[1 + i % 3] "," 1 + i % 2 "," kind[1 + int(3 * a)]
    }
}' >train.csv
{ head -1 train.csv; tail -50 train.csv; } | gzip >test.csv.gz
cat >table.net <<'N'
model table
data {
  train csv "train.csv" target=kind weight=weight drop=[id] missing=mean
  test csv "test.csv" target=kind weight=weight
  categories colour=3
  normalize mean=auto std=auto
}
Input 5
Dense 8 relu
Dense 3 softmax
train {
  loss sparse_categorical_crossentropy
  metrics accuracy
  epochs 2 batch=30 seed=1
}
N
cat >packed.net <<'N'
model packed
data {
  train idx "train-x" "train-y"
}
Input 8x8x1
Flatten
Dense 4 softmax
train {
  loss sparse_categorical_crossentropy
  epochs 1 batch=60
}
N
gzip -c "$DATA/train-x" >train-x.gz
cp "$DATA/train-y" .
export CNN_DATA_DIR=.
for net in table packed; do
    link $net.net ./$net || continue
    one ./$net
    as_one $net ./$net 3 1
done
rm -f many.safetensors
timeout 60 mpirun -n 1 ./table train --quiet --save table.safetensors : \
    -n 1 env CNN_DATA_DIR=/nowhere ./table train --quiet --save table.safetensors >log 2>&1
./table-alone train --quiet --save one.safetensors >>log 2>&1
runs "ranks: a table is read by one rank" cmp one.safetensors table.safetensors
printf '1,2\n' >>train.csv
says "ranks: a mistake in a table is told once" '[1-9]*' '^table: .*train.csv:202: 2 fields' \
    timeout 60 mpirun -n 2 ./table train --quiet
