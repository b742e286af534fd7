#!/bin/sh
# docs.sh [update] -- checks that documents say what the program does. `make docs` updates the generated ones.
. tests/lib.sh
cnnc=$BUILD/cnnc

"$cnnc" --list=markdown >"$TMP/REFERENCE.md" && "$cnnc" --list=man >"$TMP/records" || exit 1
{
    echo '.\" made by `make docs` from man/net.5.in and the compiler'"'"'s tables; edit those'
    sed -e 1d -e '/@RECORDS@/{' -e "r $TMP/records" -e 'd' -e '}' man/net.5.in
} >"$TMP/net.5"

if [ "${1:-}" = update ]; then
    cmp -s "$TMP/REFERENCE.md" grammar/REFERENCE.md || cat "$TMP/REFERENCE.md" >grammar/REFERENCE.md
    cmp -s "$TMP/net.5" man/net.5 || cat "$TMP/net.5" >man/net.5
    exit 0
fi
same "grammar/REFERENCE.md (make docs)" grammar/REFERENCE.md "$TMP/REFERENCE.md"
same "man/net.5 (make docs)" man/net.5 "$TMP/net.5"

# the version is 0.N.PATCH, where N is CNN_ABI, and the same wherever it stands (`make version`)
version=$("$cnnc" --version | sed 's/^cnnc //')
abi=$(sed -n 's/.*CNN_ABI = \([0-9]*\).*/\1/p' runtime/include/cnn.h)
case $version in
0."$abi".[0-9]*) pass "the version moves with CNN_ABI" ;;
*) echo "version $version in the Makefile, CNN_ABI $abi in runtime/include/cnn.h" |
    fail "the version moves with CNN_ABI" ;;
esac
for page in man/*.[157] man/net.5.in; do
    grep -q "^\.TH .*\"cnnc $version\"" "$page" || echo "$page"
done >"$TMP/old"
grep -m 1 '^## \[' CHANGELOG.md | grep -qwF "$version" ||
    echo "CHANGELOG.md: its first version is not $version" >>"$TMP/old"
if [ -s "$TMP/old" ]; then fail "all tell version $version" <"$TMP/old"; else pass "all tell version $version"; fi

# every option that cnnc -h lists is in its man page
options() {
    sed 's/-Wno-[^ ]*/-Wno/g' | grep -o -E -e '(^|[ ,|[(])--?[A-Za-z][A-Za-z-]*' | sed 's/^[^-]*//' | sort -u
}
"$cnnc" -h 2>&1 | options >"$TMP/help"
sed 's/\\-/-/g; s/\\f[BIRP]//g' man/cnnc.1 | options >"$TMP/man"
comm -23 "$TMP/help" "$TMP/man" >"$TMP/missing"
if [ -s "$TMP/missing" ]; then
    fail "man/cnnc.1 has every option" <"$TMP/missing"
else
    pass "man/cnnc.1 has every option"
fi

# every pass that -d shows is in the man page, too
"$cnnc" -d help | sed 's/ .*//' | while read -r pass; do
    sed -n '/^\.BI \\-d/,/^\.TP/p' man/cnnc.1 | grep -qw "$pass" || echo "$pass"
done >"$TMP/untold"
if [ -s "$TMP/untold" ]; then fail "man/cnnc.1 has every pass" <"$TMP/untold"; else pass "man/cnnc.1 has every pass"; fi

# every kind of warning that the compiler gives has a text, and every text belongs to such a kind
cat compiler/*.c compiler/*/*.c | tr -d '\n' | grep -o -E 'diag_warning\([^"]*"[a-z_-]+"' | sed 's/.*"\(.*\)"/\1/' |
    sort -u >"$TMP/given"
"$cnnc" --list warnings | sed 's/ .*//' | while read -r kind; do
    ! grep -q "\"$kind\"" $(ls compiler/*.c compiler/*/*.c | grep -v warnings.c) || echo "$kind"
done | sort -u >"$TMP/listed"
"$cnnc" --list warnings | sed 's/ .*//' | sort -u >"$TMP/told"
sort -u "$TMP/given" "$TMP/listed" >"$TMP/all"
same "warnings.c has every kind of warning" "$TMP/all" "$TMP/told"

# specs shown in documents compile
for doc in README.md grammar/LANGUAGE.md; do
    [ -f "$doc" ] || continue
    awk -v to="$TMP/doc-$(basename "$doc" .md)" '
        /^```net$/        { file = net = to "-" NR ".net"; next }
        /^```yaml$/       { file = to "-" NR ".yaml"; next }
        /^```yaml twin$/  { file = net; sub(/net$/, "yaml", file); next }
        /^```/            { if (file) close(file); file = ""; next }
        file              { print > file }' "$doc"
done
for f in "$TMP"/doc-*.net "$TMP"/doc-*.yaml; do
    [ -f "$f" ] || continue
    runs "a spec in a document: $(basename "$f" | sed 's/doc-\(.*\)-\([0-9]*\)\..*/\1.md:\2/')" \
        "$cnnc" -fsyntax-only "$f"
done

# ```yaml twin is the ```net before it in YAML: both give the same C
for twin in "$TMP"/doc-*.yaml; do
    net=${twin%.yaml}.net
    [ -f "$net" ] || continue
    where=$(basename "$net" .net | sed 's/doc-\(.*\)-\([0-9]*\)/\1.md:\2/')
    "$cnnc" -w -o - "$net" >"$TMP/twin-net.c" && "$cnnc" -w -o - "$twin" >"$TMP/twin-yaml.c"
    same "a spec in a document and its twin in YAML: $where" "$TMP/twin-net.c" "$TMP/twin-yaml.c"
done

# parts of specs (```net part) compile as well, and so does each line of ```net lines, when the rest is put around it
frame() { # PART -- prints a whole spec: the part, and what it leaves out
    data='train npy "x.npy" "y.npy"' train='loss sparse_categorical_crossentropy; metrics accuracy; epochs 10'
    grep -q '^Input' "$1" || echo 'Input 28x28x1'
    sed -n "s/^data {\(.*\)}.*/\1/p" "$1" >"$TMP/in-data"
    sed -n "s/^train {\(.*\)}.*/\1/p" "$1" >"$TMP/in-train"
    { echo 'data {'; echo "$data"; cat "$TMP/in-data"; echo '}'; }
    grep -v -e '^data {' -e '^train {' "$1"
    printf 'Flatten\nDense 10 softmax\n'
    { echo 'train {'; echo "$train" | tr ';' '\n'; cat "$TMP/in-train"; echo '}'; }
}
mkdir "$TMP/parts"
frame /dev/null | tee "$TMP/parts/conv.net" >"$TMP/parts/deep.net"
awk -v to="$TMP/parts/" '
    /^```net (part|lines)$/ { lines = $2 == "lines"; file = to FILENAME ":" NR; next }
    /^```/                  { file = ""; next }
    file                    { print > (lines ? to FILENAME ":" NR : file) }' README.md
for part in "$TMP"/parts/*.md:*; do
    frame "$part" >"$part.net"
    runs "a part of a spec in a document: ${part##*/}" "$cnnc" -fsyntax-only "$part.net"
done

# excerpts (```c from=FILE) are lines that the file has today, in its order; `...` stands for lines that are left out
for doc in README.md CONTRIBUTING.md tests/README.md bench/README.md grammar/LANGUAGE.md; do
    awk '
        function check(at) {
            at = index(rest, "\n" piece)
            if (!at)
                print FILENAME ":" line ": not in " file ", or in another order:\n" piece
            rest = substr(rest, at + length(piece))
            piece = ""
        }
        /^```[a-z]* from=/ {
            file = $2
            sub(/from=/, "", file)
            line = FNR
            rest = "\n"
            while ((got = (getline text < file)) > 0)
                rest = rest text "\n"
            if (got < 0)
                print FILENAME ":" line ": no " file
            close(file)
            next
        }
        /^```/ && file {
            check()
            file = ""
        }
        file && $0 == "..." { check(); next }
        file { piece = piece $0 "\n" }' "$doc"
done >"$TMP/stale"
if [ -s "$TMP/stale" ]; then
    fail "excerpts in documents are up to date" <"$TMP/stale"
else
    pass "excerpts in documents are up to date"
fi

# files that documents name exist
for doc in README.md CONTRIBUTING.md tests/README.md grammar/LANGUAGE.md; do
    [ -f "$doc" ] || continue
    grep -o -E '`(compiler|files|runtime|grammar|examples|scripts|tests|bench|man)/[a-zA-Z0-9_./-]+`' "$doc" |
        tr -d '`' | grep -v GROUP | sort -u |
        while read -r f; do
            [ -e "$f" ] || echo "$doc: $f"
        done
done >"$TMP/dead"
if [ -s "$TMP/dead" ]; then
    fail "files named in documents exist" <"$TMP/dead"
else
    pass "files named in documents exist"
fi

# files that comments name exist, also when only the end of the path is given: FOLDER/FILE.c. Words in capitals are
# placeholders
find bench compiler files grammar runtime scripts tests ! -path 'tests/golden/*' \
    \( -name '*.[chly]' -o -name '*.ct' -o -name '*.sh' -o -name '*.py' \) >"$TMP/sources"
{ cat "$TMP/sources"; find examples man "$BUILD/gen" -type f; ls *.md Makefile
  find . -name '*.md' -o -name '*.def' -o -name '*.txt'; } >"$TMP/tree"
awk '
    FNR == NR {
        for (path = $0; path; path = index(path, "/") ? substr(path, index(path, "/") + 1) : "")
            there[path] = 1
        next
    }
    {
        rest = ""
        if (FILENAME ~ /(\.sh|\.py|Makefile)$/) {
            if (match($0, /(^|[ \t])# /))
                rest = substr($0, RSTART)
        } else if (match($0, /\/\*|^[ \t]*\* /)) {
            rest = substr($0, RSTART + 2)
        }
        while (match(rest, /[^ ,;:()"`]+/)) {
            word = substr(rest, RSTART, RLENGTH)
            rest = substr(rest, RSTART + RLENGTH)
            sub(/[.\047]+$/, "", word)
            if (word ~ /^[a-z][a-z0-9_-]*\/[A-Za-z0-9_.\/-]*\.(c|h|l|y|ct|sh|py|md|def|txt)$/ &&
                word !~ /[A-Z]\.|[A-Z]\// && !(word in there))
                print FILENAME ":" FNR ": " word
        }
    }' "$TMP/tree" $(cat "$TMP/sources") Makefile >"$TMP/dead"
if [ -s "$TMP/dead" ]; then
    fail "files named in comments exist" <"$TMP/dead"
else
    pass "files named in comments exist"
fi

# man pages are well formed
for page in man/*.[157]; do
    [ -f "$page" ] || continue
    command -v groff >/dev/null || continue
    groff -man -Tutf8 -ww -z "$page" >"$TMP/groff" 2>&1
    command -v mandoc >/dev/null && mandoc -Tlint -Wwarning "$page" >>"$TMP/groff" 2>&1
    if [ -s "$TMP/groff" ]; then fail "$page" <"$TMP/groff"; else pass "$page"; fi
done
