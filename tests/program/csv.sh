#!/bin/sh
# csv.sh -- training on .csv files, with classes by name; what is wrong with one; who needs libcsv.
. tests/program/lib.sh
p="program csv:"
cd "$(folder csv)" || exit 1

flowers() { # SEED ROWS -- three kinds that overlap a little; the columns are not in order, the names are quoted
    awk -v state="$1" -v rows="$2" '
        function noise() { state = (state * 16807) % 2147483647; return state / 2147483647 * 2 - 1 }
        BEGIN {
            split("setosa versicolor virginica", name, " ")
            print "petal_width,petal_length,species,sepal_width,\"sepal, length\""
            for (i = 0; i < rows; i++) {
                k = int(3 * (noise() + 1) / 2) + 1
                printf "%.1f,%.1f,\"%s\",%.2f,%.1f\n", 0.6 * k + 0.4 * noise(), 1.5 * k + noise(), name[k], 3 + noise(), 4.5 + k / 2 + noise()
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
runs "$p the twin in YAML" sh -c "grep -v '^ \*\|^/\*\|#include' net.c | sed 's/csv.net//' >a; grep -v '^ \*\|^/\*\|#include' yaml.c | sed 's/csv.yaml//' >b; cmp a b"

# the same rows, with another order of lines and columns, and gzipped: the same inputs
gzip -c flowers.csv >packed.csv.gz
cut -d, -f 1,2,4- flowers.csv >inputs.csv
for f in packed.csv.gz inputs.csv; do
    runs "$p predict $f" ./flowers predict --weights w.safetensors --input $f -o $f.npy
done
./flowers predict --weights w.safetensors --input flowers.csv -o whole.npy
runs "$p predictions of packed.csv.gz" cmp whole.npy packed.csv.gz.npy
runs "$p predictions of inputs.csv" cmp whole.npy inputs.csv.npy

wrong() { # NAME MESSAGE SED-SCRIPT -- what training says when flowers.csv is changed so
    mkdir -p bad && sed "$3" flowers.csv >bad/flowers.csv && cp others.csv bad
    says "$p $1" 1 "$2" ./flowers train --data-dir bad --quiet --save bad/w.safetensors
    if [ -f bad/w.safetensors ]; then echo "written" | fail "$p $1, nothing written"; else pass "$p $1, nothing written"; fi
    rm -rf bad
}
wrong 'no number' "bad/flowers.csv:3: column 'petal_width': 'wide' is not a number" '3s/^[^,]*/wide/'
wrong 'a field too few' 'bad/flowers.csv:9: 4 fields, but the header has 5' '9s/,[^,]*$//'
wrong 'another class' "bad/flowers.csv:301: column 'species': with 'rosa' there are more than the network's 3 classes" '301s/"[a-z]*"/rosa/'
wrong 'no such column' "bad/flowers.csv:1: there is no column 'species'" '1s/species/kind/'
wrong 'too few columns' "bad/flowers.csv:1: 3 columns of inputs, but the network's input is \[4\]" 's/^[^,]*,//'
wrong 'an open quote' 'bad/flowers.csv:301: a quoted field of the row that begins here is not closed' '301s/,"\([a-z]*\)"/,"\1/'
sed '2s/"[a-z]*"/rosa/' others.csv >rosa.csv && mkdir bad && cp flowers.csv bad && mv rosa.csv bad/others.csv
says "$p a class of the test alone" 1 "bad/others.csv:2: column 'species': 'rosa' is not a class of bad/flowers.csv: setosa, versicolor, virginica" \
    ./flowers evaluate --data-dir bad --weights w.safetensors

# checkpoints remember what the classes are called, and so does what is made of them
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
