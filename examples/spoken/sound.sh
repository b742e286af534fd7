# sound.sh -- what make.sh and ask.sh share. Sourced, with $dir a folder for `clip`.
# shellcheck shell=sh disable=SC2154

build_clip() {
    ${CC:-cc} -std=c11 -O2 -o "$dir/clip" "$(dirname "$0")/clip.c" -lm
}

bytes() { # NUMBER... -- a byte each
    for byte; do
        # shellcheck disable=SC2059
        printf "\\$(printf %03o "$byte")"
    done
}

# The beginnings of two IDX files: N clips of 4096 samples, of 16 bits; N digits, of 8.
samples_header() { # N
    bytes 0 0 11 2 0 0 $(($1 / 256)) $(($1 % 256)) 0 0 16 0
}
digits_header() { # N
    bytes 0 0 8 1 0 0 $(($1 / 256)) $(($1 % 256))
}
