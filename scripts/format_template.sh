#!/bin/sh
# format_template.sh FILE.ct -- prints a kernel template as clang-format leaves its C. Lines of text (| ...) stand for
# statements: each gets the indentation of one, and keeps what is behind the bar.
set -eu
awk '/^[ \t]*\|([^|]|$)/ { print "text_" NR "(); // text"; next } { print }' "$1" |
    clang-format --assume-filename=template.c |
    awk -v template="$1" '
        BEGIN {
            while ((getline line < template) > 0) {
                n++
                if (line ~ /^[ \t]*\|/)
                    text[n] = substr(line, index(line, "|"))
            }
        }
        match($0, /text_[0-9]+\(\); *\/\/ text$/) {
            print substr($0, 1, RSTART - 1) text[substr($0, RSTART + 5) + 0]
            next
        }
        { print }'
