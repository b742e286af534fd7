#!/bin/sh
# ask.sh WORD... -- asks the network of languages.net what language these words are of, and how sure it is.
#
#   PROGRAM=./languages   WEIGHTS=languages.safetensors   are the defaults
set -eu
# shellcheck source=examples/languages/words.sh
. "$(dirname "$0")/words.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
program=${PROGRAM:-./languages}
if [ $# = 0 ]; then
    echo "usage: ask.sh WORD..." >&2
    exit 2
fi
refuse() {
    echo "ask.sh: $*" >&2
    exit 1
}
[ -x "$program" ] || refuse "there is no $program; README.md tells how to build it, and PROGRAM=... where it is"
for word; do
    case $word in '' | *[[:space:]]*) refuse "'$word' is not one word" ;; esac
done
printf '%s\n' "$@" >"$dir/words"
lower <"$dir/words" >"$dir/letters" 2>"$dir/log" || refuse "only letters of western European languages are known"
build_encode
"$dir/encode" "$dir/words.idx" <"$dir/letters"
"$program" predict --weights "${WEIGHTS:-languages.safetensors}" --input "$dir/words.idx" >"$dir/said"
paste "$dir/words" "$dir/said" | awk -F'\t' -v names="$names" '
    BEGIN { split(names, name, " ") }
    { split($2, said, " "); print $1 ": " name[said[2] + 1], said[3] }'
