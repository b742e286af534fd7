#!/bin/sh
# make.sh [FOLDER] -- makes the data of spoken.net: espeak-ng says the digits in all its voices. All voices of a
# family (f1, f2, ...) are in one part, so whoever is heard in the test has never been heard in training.
#
#   CLIPS=6   times that each voice says each digit,   TRAIN=20000   TEST=20000   clips at most,
# are the defaults; FOLDER is data/spoken
set -eu
here=$(dirname "$0")
# shellcheck source=examples/spoken/sound.sh
. "$here/sound.sh"
out=${1:-data/spoken}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$out"
if ! command -v espeak-ng >/dev/null; then
    echo "make.sh: there is no espeak-ng: apt-get install espeak-ng" >&2
    exit 1
fi
build_clip

espeak-ng --voices=variant | sed -n 's|.*!v/\([^ ]*\) *$|\1|p' | LC_ALL=C sort -u |
    LC_ALL=C awk -v clips="${CLIPS:-6}" -f "$here/draw.awk" | LC_ALL=C sort | cut -f2- >"$dir/clips"

make_part() { # PART CLIPS
    part=$1
    grep "^$part" "$dir/clips" | head -n "$2" >"$dir/part"
    n=$(wc -l <"$dir/part")
    samples_header "$n" >"$out/$part-samples.idx"
    digits_header "$n" >"$out/$part-digits.idx"
    while read -r _ voice digit word accent speed pitch delay; do
        espeak-ng -v "$accent+$voice" -s "$speed" -p "$pitch" --stdout "$word" 2>/dev/null |
            "$dir/clip" "$delay" >>"$out/$part-samples.idx"
        bytes "$digit" >>"$out/$part-digits.idx"
    done <"$dir/part"
    echo "$out: $n clips to $part, of $(cut -f2 "$dir/part" | sort -u | wc -l) voices"
}
make_part train "${TRAIN:-20000}"
make_part test "${TEST:-20000}"
