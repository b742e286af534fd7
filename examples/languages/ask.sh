#!/bin/sh
# ask.sh WORD... -- asks the network of languages.net what language these words are of, and how sure it is.
#
#   PROGRAM=./languages   WEIGHTS=languages.safetensors   are the defaults
set -eu
# shellcheck source=examples/languages/words.sh
. "$(dirname "$0")/words.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if [ $# = 0 ]; then
    echo "usage: ask.sh WORD..." >&2
    exit 2
fi
printf '%s\n' "$@" >"$dir/words"
build_encode
lower <"$dir/words" | "$dir/encode" "$dir/words.idx"
"${PROGRAM:-./languages}" predict --weights "${WEIGHTS:-languages.safetensors}" --input "$dir/words.idx" >"$dir/said"
paste "$dir/words" "$dir/said" | awk -F'\t' -v names="$names" '
    BEGIN { split(names, name, " ") }
    { split($2, said, " "); print $1 ": " name[said[2] + 1], said[3] }'
