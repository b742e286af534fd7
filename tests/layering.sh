#!/bin/sh
# layering.sh -- the rules of the house: who includes whom (layering.txt), how long a file is, no warnings at all.
. tests/lib.sh

# room<TAB>header's room<TAB>file: header, of every header of the project that a file includes. A header with a folder in front is named
# from where the rooms are.
includes() {
    find compiler files grammar runtime -name '*.[chly]' -o -name '*.ct' | sort | xargs awk -v shared="$(cd files && echo *.h)" \
        -v public="$(cd runtime/include && echo *.h)" '
        function room_of(path, parts) {
            if (path ~ /^grammar\//)
                return "compiler/spec"
            split(path, parts, "/")
            return path ~ /\/.*\// ? parts[1] "/" parts[2] : parts[1]
        }
        function room_of_header(header, parts) {
            if (split(header, parts, "/") == 2)
                return top "/" parts[1]
            if (index(" " shared " ", " " header " "))
                return "files"
            return index(" " public " ", " " header " ") ? "runtime/include" : top
        }
        FNR == 1 {
            room = room_of(FILENAME)
            top = room
            sub(/\/.*/, "", top)
        }
        /# *include *"/ && FILENAME != "grammar/ct.l" && !/^ *\|/ { # in a template, that is text for the generated file
            header = $0
            gsub(/.*include *"|".*/, "", header)
            if (header !~ /^net\.(tab|lex)\.h$/ && room_of_header(header) != room)
                print room "\t" room_of_header(header) "\t" FILENAME ": " header
        }'
}

# What layering.txt allows, a pair a line.
permissions() {
    awk '!/^#/ && NF { room = $1; sub(/:$/, "", room); top = room; sub(/\/.*/, "", top)
        for (i = 2; i <= NF; i++) print room "\t" ($i == "files" || $i == "runtime" ? $i : top "/" $i) }' tests/layering.txt
}

includes >"$TMP/includes"
permissions | sort >"$TMP/allowed"
cut -f 1,2 "$TMP/includes" | sort -u >"$TMP/used"
comm -23 "$TMP/used" "$TMP/allowed" | while read -r from to; do
    awk -F '\t' -v from="$from" -v to="$to" '$1 == from && $2 == to { print $3 }' "$TMP/includes"
done >"$TMP/forbidden"
if [ -s "$TMP/forbidden" ]; then fail "rooms include what they may" <"$TMP/forbidden"; else pass "rooms include what they may"; fi
comm -13 "$TMP/used" "$TMP/allowed" >"$TMP/idle"
if [ -s "$TMP/idle" ]; then fail "no permission is idle" <"$TMP/idle"; else pass "no permission is idle"; fi

files() {
    find compiler files grammar runtime -name '*.[chly]' -o -name '*.ct' | sort
}

# no file over 600 lines
for f in $(files) $(find tests bench scripts -name '*.[ch]' ! -path 'tests/golden/*'); do
    n=$(wc -l <"$f")
    [ "$n" -le 600 ] || echo "$f: $n lines"
done >"$TMP/long"
if [ -s "$TMP/long" ]; then fail "no file over 600 lines" <"$TMP/long"; else pass "no file over 600 lines"; fi

# strict warnings, both compilers; only what flex and bison wrote is let off
strict="-std=c11 -D_DEFAULT_SOURCE -DCNNC_VERSION=\"0\" -DCNNC_PREFIX=\"/\" -Ifiles -I$BUILD/gen -fsyntax-only
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
cat >"$TMP/strict" <<END
. tests/lib.sh
case \$1 in runtime/*) room="-Iruntime -Iruntime/include" ;; *) room=-Icompiler ;; esac
for cc in gcc clang; do
    command -v \$cc >/dev/null || continue
    runs "\$cc, strict: \${1#\$BUILD/gen/}" \$cc $(echo $strict | sed 's/"/\\"/g') \$room "\$1"
done
END
{
    files | grep '\.c$'
    find "$BUILD/gen/kernels" "$BUILD/gen/emit" -name '*.c' 2>/dev/null | sort
} | while read -r f; do
    if wanted "$f"; then echo "$f"; fi
done | in_parallel "$TMP/strict"
