#!/bin/sh
# csv.sh -- training on .csv files, with classes by name; messages for wrong files; which programs need libcsv.
. tests/program/lib.sh
p="program csv:"
cd "$(folder csv)" || exit 1

flowers() { # SEED ROWS -- prints three kinds that overlap a little; the columns are out of order, the names are quoted
    awk -v state="$1" -v rows="$2" '
        function noise() { state = (state * 16807) % 2147483647; return state / 2147483647 * 2 - 1 }
        BEGIN {
            split("setosa versicolor virginica", name, " ")
            print "petal_width,petal_length,species,sepal_width,\"sepal, length\""
            for (i = 0; i < rows; i++) {
                k = int(3 * (noise() + 1) / 2) + 1
                printf "%.1f,%.1f,\"%s\",%.2f,%.1f\n", 0.6 * k + 0.4 * noise(), 1.5 * k + noise(), name[k],
                    3 + noise(), 4.5 + k / 2 + noise()
            }
        }'
}
flowers 7 300 >flowers.csv
flowers 8 100 >others.csv

runs "$p builds" build "$HERE/csv.net" ./flowers
says "$p trains" 0 'test.*accuracy: 0\.9|test.*accuracy: 1' ./flowers train --save w.safetensors
says "$p evaluates" 0 'accuracy: 0\.9|accuracy: 1' ./flowers evaluate --weights w.safetensors
runs "$p gradcheck" ./flowers gradcheck
"$BUILD/cnnc" -o net.c "$HERE/csv.net" && "$BUILD/cnnc" -o yaml.c "$HERE/csv.yaml"
runs "$p the twin in YAML" sh -c "grep -v '^ \*\|^/\*\|#include' net.c | sed 's/csv.net//' >a
    grep -v '^ \*\|^/\*\|#include' yaml.c | sed 's/csv.yaml//' >b; cmp a b"

# the same rows with another order of lines and columns, and gzipped, give the same inputs
gzip -c flowers.csv >packed.csv.gz
cut -d, -f 1,2,4- flowers.csv >inputs.csv
# columns go by name, in any order, with others between them, and other separators; a file without names is taken in
# order
awk -F, -v OFS=';' 'NR == 1 {print "id", "sepal_width", "\"sepal, length\"", "petal_length", "petal_width"; next}
    {print NR, $4, $5, $2, $1}' flowers.csv >mixed.csv
tail -n +2 inputs.csv >headless.csv
for f in packed.csv.gz inputs.csv mixed.csv headless.csv; do
    runs "$p predict $f" ./flowers predict --weights w.safetensors --input $f -o $f.npy
done
./flowers predict --weights w.safetensors --input flowers.csv -o whole.npy
runs "$p predictions of packed.csv.gz" cmp whole.npy packed.csv.gz.npy
for f in inputs mixed headless; do runs "$p predictions of $f.csv" cmp whole.npy $f.csv.npy; done
says "$p predict away from the training data" 0 '^0: ' ./flowers predict --weights w.safetensors --data-dir / \
    --input "$PWD/mixed.csv"
cp mixed.csv mixed.txt
says "$p predict of a table that is not called .csv" 0 '^0: ' ./flowers predict --weights w.safetensors \
    --input mixed.txt
says "$p predict notes what it leaves out" 0 'note: .*mixed.csv: columns that are no inputs are not looked at: id$' \
    ./flowers predict --weights w.safetensors --input mixed.csv
cut -d, -f 1,2 inputs.csv >few.csv
without="few.csv:1: there is no column 'sepal_width, sepal, length', which the network was trained on"
says "$p predict without a column" 1 "$without; the columns are petal_width, petal_length" \
    ./flowers predict --weights w.safetensors --input few.csv

wrong() { # NAME MESSAGE SED-SCRIPT -- training gives this message when flowers.csv is changed by the script
    mkdir -p bad && sed "$3" flowers.csv >bad/flowers.csv && cp others.csv bad
    says "$p $1" 1 "$2" ./flowers train --data-dir bad --quiet --save bad/w.safetensors
    if [ -f bad/w.safetensors ]; then
        echo "written" | fail "$p $1, nothing written"
    else
        pass "$p $1, nothing written"
    fi
    rm -rf bad
}
wrong 'no number' "bad/flowers.csv:3: column 'petal_width': 'wide' is not a number" '3s/^[^,]*/wide/'
wrong 'a field too few' 'bad/flowers.csv:9: 4 fields, but the header has 5' '9s/,[^,]*$//'
wrong 'another class' "bad/flowers.csv:301: column 'species': with 'rosa' there are more than the network's 3 classes" \
    '301s/"[a-z]*"/rosa/'
wrong 'no such column' "bad/flowers.csv:1: there is no column 'species'" '1s/species/kind/'
wrong 'a comma for a point' \
    "bad/flowers.csv:2: column 'petal_width': '0,5' is not a number: decimals are written with a point, 0\.5" \
    '2s/^[^,]*/"0,5"/'
wrong 'a value that is missing' "bad/flowers.csv:4: column 'petal_width' is empty; missing=drop leaves such rows out" \
    '4s/^[^,]*//'
wrong 'too few columns' "bad/flowers.csv:1: 3 columns of inputs, but the network's input is \[4\]" 's/^[^,]*,//'
wrong 'an open quote' 'bad/flowers.csv:301: a quoted field of the row that begins here is not closed' \
    '301s/,"\([a-z]*\)"/,"\1/'
sed '2s/"[a-z]*"/rosa/' others.csv >rosa.csv && mkdir bad && cp flowers.csv bad && mv rosa.csv bad/others.csv
says "$p a class of the test alone" 1 \
    "bad/others.csv:2: column 'species': 'rosa' is not a class of w.safetensors: setosa, versicolor, virginica" \
    ./flowers evaluate --data-dir bad --weights w.safetensors

awk -F, -v OFS=, '{print $3, $4, $1, $5, $2}' others.csv |
    sed '1s/.*/species,sepal_width,petal_width,"sepal, length",petal_length/' >mixed.csv
mkdir mixed && mv mixed.csv mixed/others.csv
./flowers evaluate --weights w.safetensors >a.txt
./flowers evaluate --data-dir mixed --weights w.safetensors >b.txt
same "$p evaluates by name, without the training data" a.txt b.txt
mkdir turned && cut -d, -f 1-2 flowers.csv >a && cut -d, -f 3- flowers.csv >b && paste -d, b a >turned/flowers.csv &&
    cp others.csv turned
# shellcheck disable=SC2086
for args in "train --epochs 1" "evaluate --part train"; do
    says "$p weights of columns in another order: $args" 1 \
        "turned/flowers.csv: column 'sepal_width' stands where 'petal_width' stood when w.safetensors was trained" \
        ./flowers $args --data-dir turned --weights w.safetensors
done
sed -i '1s/petal_width/leaf/' turned/flowers.csv
says "$p weights of other columns in another order" 1 \
    "turned/flowers.csv: column '.*' stands where '.*' stood when w.safetensors was trained: columns=" \
    ./flowers train --data-dir turned --weights w.safetensors --epochs 1
sed 's/petal_width/leaf/' flowers.csv >turned/flowers.csv; sed 's/petal_width/leaf/' others.csv >turned/others.csv
says "$p weights of other columns" 0 "warning: turned/flowers.csv: column 'leaf' stands where 'petal_width' stood" \
    ./flowers train --data-dir turned --weights w.safetensors --epochs 1
# checkpoints remember the names of the classes, and so do files that are made from checkpoints
./flowers predict --weights w.safetensors --input inputs.csv >a.txt
says "$p predict says names" 0 '^0: (setosa|versicolor|virginica) \([01]\.' cat a.txt
./flowers export --weights w.safetensors -o plain.safetensors
./flowers predict --weights plain.safetensors --input inputs.csv >b.txt
same "$p predict says names, exported" a.txt b.txt

# only programs that read .csv are linked with libcsv
says "$p --libs with the spec" 0 ' -lcsv ' "$BUILD/cnnc" --libs "$HERE/csv.net"
for spec in "$HERE/tiny.net" ''; do
    # shellcheck disable=SC2086
    "$BUILD/cnnc" --libs $spec >libs
    runs "$p --libs without .csv" sh -c '! grep -q csv libs && grep -q lcnn libs'
done
says "$p predict of a program without .csv" 1 'only programs whose spec has a source in csv' \
    "$TINY" predict --weights "$TMP/tiny.safetensors" --input flowers.csv
runs "$p --run links it too" "$BUILD/cnnc" --run "$HERE/csv.net" -- summary

# realistic tables: columns left out, words, missing values, several targets; the twin in YAML
cat >houses.csv <<'END'
id;city;area;kind;rooms;price;days
1;Paris;50;flat;1;5.5;3
2;New York;NA;house;2;7;4
3;"Paris";60;flat;3.0;6;5
4;?;70;flat;2;6;5
END
cat >houses.net <<'END'
model houses
data {
  train csv "houses.csv" target=[price, days] drop=id missing=mean separator=";"
  categories city=[Paris, "New York"] kind=2 ["rooms", [1, 2, 3]] unseen=zero
}
Input 8
Dense 2
train {
  loss mse
  epochs 2 batch=4 seed=1
}
END
cat >houses.yaml <<'END'
model: houses
data:
  train: [csv, houses.csv, {target: [price, days], drop: id, missing: mean, separator: ";"}]
  categories: {city: [Paris, "New York"], kind: 2, rooms: [1, 2, 3], unseen: zero}
layers:
  - Input: 8
  - Dense: 2
train: {loss: mse, epochs: 2, batch: 4, seed: 1}
END
for f in houses.net houses.yaml; do "$BUILD/cnnc" -o - $f | grep -v '^ \*\|^/\*\|#include' | sed "s/$f//" >$f.c; done
same "$p the twin in YAML of a table" houses.net.c houses.yaml.c
runs "$p a table builds" build houses.net ./houses
runs "$p a table trains" ./houses train --quiet --save h.safetensors
printf 'price,rooms,kind,area,city\n1,2,house,,Rome\n' >new.csv
says "$p a table predicts" 0 '^0: [-0-9.]+ [-0-9.]+$' ./houses predict --weights h.safetensors --input new.csv \
    --data-dir /

# ---- columns of several outputs: words and numbers, the same bits as from a file for each
awk 'BEGIN { for (i = 0; i < 60; i++) { k = i * 7 % 3; print i % 9 + 3 * k, i % 5, k, 10 + i % 9 + 4 * k, i % 7 } }' \
    >rows
awk 'BEGIN { split("ash birch cedar", name, " "); print "age,height,kind,width,price" }
    { print $5 "," $1 "," name[$3 + 1] "," $2 "," $4 }' rows >trees.csv
octal() { awk -v f="$1" '{ n = split(f, at, ","); for (i = 1; i <= n; i++) printf "\\%03o", $at[i] }' rows; }
# shellcheck disable=SC2059
idx() { printf "\\000\\000\\010\\00$1\\000\\000\\000\\074$2$(octal "$3")" >"$4"; }
idx 2 '\000\000\000\002' 1,2 inputs
idx 1 '' 3 kinds
idx 2 '\000\000\000\002' 4,5 sizes
cat >trees.net <<'END'
data {
  train csv "trees.csv" target=[price, age, kind]
  test csv "trees.csv" target=[price, age, kind]
}
Input 2
rings: Dense 8 tanh
kind: Dense 3 softmax
size: Dense 2 from=rings
output size kind
train {
  loss sparse_categorical_crossentropy on=kind
  loss mse on=size
  metrics accuracy on=kind
  epochs 3 batch=16
}
END
sed 's/csv "trees.csv".*/idx "inputs" ["sizes", "kinds"]/' trees.net >files.net
for f in trees files; do
    runs "$p $f.net builds" build $f.net ./$f
    ./$f train --quiet --save $f.safetensors >$f.log 2>&1
    ./$f evaluate --weights $f.safetensors >$f.out 2>>$f.log
done
./trees predict --weights trees.safetensors --input trees.csv -o trees.npz 2>>trees.log
./files predict --weights files.safetensors --input inputs -o files.npz
same "$p columns of several outputs, the same predictions" trees.npz files.npz
same "$p columns of several outputs, the same evaluation" trees.out files.out
mkdir away && sed 's/birch/beech/; s/^\(.*\),cedar,/\1,ash,/' trees.csv >away/trees.csv
says "$p names of the classes of the second output go with the weights" 1 \
    "trees.csv:[0-9]*: column 'kind': 'beech' is not a class of trees.safetensors: ash, birch, cedar" \
    ./trees evaluate --weights trees.safetensors --data-dir away
says "$p a line for each output, with the name of the class" 0 '^0, size: [-0-9. ]+0, kind: [abc][a-z]+ .0' \
    sh -c './trees predict --weights trees.safetensors --input trees.csv --data-dir / | head -2 | tr "\n" " "'

cat >wrong.net <<'END'
data {
  train csv "x.csv" target=[a, b] columns=[c, d] missing=median
  test csv "y.csv" target=a columns=[c]
  categories c=[x, x] d=0
}
Input 3
Dense 3 softmax
END
wrong_spec() { # NAME SED-SCRIPT MESSAGE
    sed "$2" wrong.net >w.net
    says "$p $1" 1 "$3" "$BUILD/cnnc" -fsyntax-only w.net
}
wrong_spec 'no such rule' '' "w.net:2:58: error: 'missing' takes error, drop, mean, not 'median'"
wrong_spec 'a value twice' 's/ missing=.*//' "w.net:4:20: error: 'x' is twice among the values of 'c'"
wrong_spec 'no values' 's/ missing=.*//' \
    "w.net:4:25: error: 'd' wants its values, d=\[a, b\], or how many they are, d=2"
wrong_spec 'other columns' 's/ missing=.*//' "w.net:3:37: error: 'columns' holds for all sources, and for predict"
wrong_spec 'a wrong width' 's/ missing=.*//; /test/d; s/ c=.*/ c=[x, y, z]/' \
    "w.net:2:43: error: these columns are 4 numbers, one for each value of a category, but the input \[3\] has 3"
wrong_spec 'a class of several columns' 's/ missing=.*//; /test/d; s/ c=.*/ c=[x, y]/' \
    "'sparse_categorical_crossentropy' wants one column, of classes, but there are 2 targets"
wrong_spec 'a target too many' 's/ missing=.*//; /test/d; s/ c=.*/ c=[x, y]/; s/ softmax//' \
    "there are 2 targets, but the network's output is \[3\]"
wrong_spec 'columns of arrays' 's/csv "x.csv" target=.*/npz "x.npz" columns=a/; /test/d; /categories/d' \
    "'train npz' takes no 'columns'"
wrong_spec 'a separator of letters' 's/ missing=.*/ sep=ab/; /test/d; s/ c=.*/ c=[x, y]/' "'separator' is one character"
