# words.sh -- what make.sh and ask.sh share. Sourced, with $dir a folder for `encode`.
# shellcheck shell=sh disable=SC2034,SC2154
names="english french german spanish italian" # classes 0 to 4

# UTF-8 to one byte a letter, without capitals; fails where a letter has none
lower() {
    iconv -f utf-8 -t iso-8859-15 >"$dir/latin" && LC_ALL=C tr 'A-Z\300-\336\274' 'a-z\340-\376\275' <"$dir/latin"
}

build_encode() {
    ${CC:-cc} -std=c11 -O2 -o "$dir/encode" "$(dirname "$0")/encode.c"
}
