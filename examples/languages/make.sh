#!/bin/sh
# make.sh [FOLDER] -- makes the data of languages.net from Debian's lists of words: wamerican, wfrench, wngerman,
# wspanish, witalian.
#
#   TRAIN=20000   TEST=2000   words of each language, are the defaults; FOLDER is data/languages
set -eu
here=$(dirname "$0")
# shellcheck source=examples/languages/words.sh
. "$here/words.sh"
out=${1:-data/languages}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$out"
build_encode

class=0
for list in american-english french ngerman spanish italian; do
    if [ ! -r "/usr/share/dict/$list" ]; then
        echo "make.sh: there is no /usr/share/dict/$list:" \
            "apt-get install wamerican wfrench wngerman wspanish witalian" >&2
        exit 1
    fi
    lower <"/usr/share/dict/$list" | LC_ALL=C sort -u | sed "s/\$/ $class/"
    class=$((class + 1))
done | LC_ALL=C awk -f "$here/split.awk" | LC_ALL=C sort -n |
    LC_ALL=C awk -v train="${TRAIN:-20000}" -v test="${TEST:-2000}" -v dir="$dir" '
    ++n[$2, $4] <= ($2 == "train" ? train : test) { print $3, $4 >(dir "/" $2) }'

for part in train test; do
    "$dir/encode" "$out/$part-words.idx" "$out/$part-languages.idx" <"$dir/$part"
    echo "$out: $(wc -l <"$dir/$part") words to $part"
done
