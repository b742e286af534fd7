#!/bin/sh
# parity: every public name of Keras is a word of the language, or tests/parity/keras.txt gives the reason why not.
set -u
. tests/lib.sh
list=tests/parity/keras.txt

has() { # KIND WORD -- the word names a record of that kind; a callback is a statement
    "$BUILD/cnnc" --explain "$2" 2>/dev/null | sed -n 's/^.* -- //p' >"$TMP/kinds"
    case $1 in
    callback) grep -q '^statement of ' "$TMP/kinds" ;;
    *) grep -qx "$1" "$TMP/kinds" ;;
    esac
}

# A line of the list as: verdict, name, word or reason. The verdicts: have, lack, forgotten, mended.
judge() { # KIND LINE
    name=${2%%[:= ]*} word=${2##*= }
    case $2 in
    *": "*)
        has "$1" "$name" && echo "mended	$name	it has a word, and a reason why it has none" ||
            echo "lack	$name	${2#*: }"
        ;;
    *) has "$1" "$word" && echo "have	$name	$word" || echo "forgotten	$name	neither a word nor a reason" ;;
    esac
}

kind= family=
sed 's/#.*//; /^ *$/d' "$list" | while read -r line; do
    case $line in
    "["*) kind=${line%%]*} kind=${kind#[} family=${line#[} family=$(echo "$family" | tr -d ]) ;;
    *) judge "$kind" "$line" | sed "s/^/$family	/" ;;
    esac
done >"$TMP/parity"

cut -f1 "$TMP/parity" | uniq | while read -r family; do
    awk -F'\t' -v f="$family" '$1 == f' "$TMP/parity" >"$TMP/family"
    have=$(grep -c '	have	' "$TMP/family")
    [ -z "${SHOW:-}" ] || echo "$family: $have of $(wc -l <"$TMP/family")"
    [ -z "${SHOW:-}" ] || awk -F'\t' '$2 != "have" { print "    " $3 ": " $4 }' "$TMP/family"
    if grep -Eq '	(forgotten|mended)	' "$TMP/family"; then
        awk -F'\t' '$2 == "forgotten" || $2 == "mended" { print $3 ": " $4 }' "$TMP/family" | fail "$family"
    else
        pass "$family"
    fi
done

# What stands in REFERENCE.md is what the compiler prints: group `docs` compares them.
awk -f tests/parity/options.awk grammar/REFERENCE.md tests/parity/options.txt >"$TMP/options"
if [ -s "$TMP/options" ]; then fail options <"$TMP/options"; else pass options; fi
if [ -n "${SHOW:-}" ]; then
    echo 'arguments that are left out:'
    sed -n '/^[A-Z*][^:=]* [^:=]*: /s/^/    /p' tests/parity/options.txt
fi
