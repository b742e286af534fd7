#!/bin/sh
# ask.sh FILE.wav... -- asks the network of spoken.net which digit each file says, and how sure it is. The files are
# as espeak-ng writes them, 16 bits of one channel at 22,050 Hz: espeak-ng -v en+f3 -w seven.wav seven
#
#   PROGRAM=./spoken   WEIGHTS=spoken.safetensors   are the defaults
set -eu
# shellcheck source=examples/spoken/sound.sh
. "$(dirname "$0")/sound.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if [ $# = 0 ]; then
    echo "usage: ask.sh FILE.wav..." >&2
    exit 2
fi
program=${PROGRAM:-./spoken}
if [ ! -x "$program" ]; then
    echo "ask.sh: there is no $program; README.md tells how to build it, and PROGRAM=... where it is" >&2
    exit 1
fi
build_clip
samples_header $# >"$dir/samples.idx"
for file; do
    "$dir/clip" 0 <"$file" >>"$dir/samples.idx" || exit 1
done
printf '%s\n' "$@" >"$dir/files"
"$program" predict --weights "${WEIGHTS:-spoken.safetensors}" --input "$dir/samples.idx" | sed 's/^[0-9]*: //' |
    paste -d: "$dir/files" - | sed 's/:\([^:]*\)$/: \1/'
