#!/bin/sh
# layering.sh -- the rules of the source tree: which room may need which (layering.txt), no circles, limits on the
# length of files and on the number of files in a folder, a header that opens each room, no warnings.
# scripts/circles.sh finds which room needs which.
. tests/lib.sh

if ! sh scripts/circles.sh "$BUILD" >"$TMP/needs" 2>"$TMP/needs.err"; then
    fail "who needs whom" <"$TMP/needs.err"
    exit 1
fi

# a line for each need between two rooms: room<TAB>room<TAB>how<TAB>why; how is `include` or `symbol`
awk -F '\t' -v OFS='\t' '
    function room(file) {
        if (file ~ /^grammar\//)
            return "compiler/spec"
        sub(/\/[^\/]*$/, "", file)
        return file
    }
    $1 == "need" && room($2) != room($3) {
        how = $4 == "include" ? "include" : "symbol"
        print room($2), room($3), how, $2 ": " $3 (how == "include" ? "" : " (" $4 ")")
    }' "$TMP/needs" >"$TMP/walls"

# Each line is a pair that layering.txt allows: room<TAB>room<TAB>the number of its line there.
awk -v OFS='\t' '!/^#/ && NF {
    room = $1
    sub(/:$/, "", room)
    top = room
    sub(/\/.*/, "", top)
    for (i = 2; i <= NF; i++)
        print room, ($i == "files" || $i == "runtime" ? $i : top "/" $i)
}' tests/layering.txt | sort >"$TMP/allowed"

# compare NAME KIND < findings, lines of `WHAT<TAB>why`. layering_open.txt lists the findings that are not mended yet,
# each as a line `KIND WHAT`. A finding that is mended must leave the list, so that it only shrinks; UPDATE=1 removes
# it.
compare() {
    sort >"$TMP/found"
    grep -s "^$2 " tests/layering_open.txt | cut -d ' ' -f 2- | sort >"$TMP/open"
    cut -f 1 "$TMP/found" | sort -u >"$TMP/what"
    if [ -n "${UPDATE:-}" ]; then
        comm -13 "$TMP/what" "$TMP/open" | sed "s/^/$2 /" >"$TMP/mended"
        grep -vxFf "$TMP/mended" tests/layering_open.txt >"$TMP/rest"
        cat "$TMP/rest" >tests/layering_open.txt
        comm -12 "$TMP/what" "$TMP/open" >"$TMP/still"
        mv "$TMP/still" "$TMP/open"
    fi
    {
        comm -23 "$TMP/what" "$TMP/open" | while IFS= read -r what; do
            awk -F '\t' -v what="$what" '$1 == what' "$TMP/found"
        done
        comm -13 "$TMP/what" "$TMP/open" | sed "s/.*/mended; delete this line from tests\/layering_open.txt: $2 &/"
    } >"$TMP/wrong"
    if [ -s "$TMP/wrong" ]; then fail "$1" <"$TMP/wrong"; else pass "$1"; fi
}

# A room includes only files of rooms that its own line names.
awk -F '\t' 'FNR == NR { allowed[$1, $2] = 1; next }
    $3 == "include" && !(($1, $2) in allowed) { print $1 " " $2 "\t" $4 }' "$TMP/allowed" "$TMP/walls" |
    compare "rooms include what they may" include

# Its object files may also need symbols of the rooms that those rooms may use, and so on.
awk -F '\t' 'FNR == NR { allowed[$1, $2] = 1; rooms[$1] = 1; rooms[$2] = 1; next }
    FNR == 1 {
        for (b in rooms)
            for (a in rooms)
                for (c in rooms)
                    if ((a, b) in allowed && (b, c) in allowed)
                        allowed[a, c] = 1
    }
    $3 == "symbol" && !(($1, $2) in allowed) { print $1 " " $2 "\t" $4 }' "$TMP/allowed" "$TMP/walls" |
    compare "objects need symbols of rooms that theirs may use" symbol

cut -f 1,2 "$TMP/walls" | sort -u | comm -13 - "$TMP/allowed" | tr '\t' ' ' | compare "no permission is idle" idle

# A line names only rooms whose lines stand above, so there is no circle among rooms.
awk -F '[: ]+' '/^#/ || !NF { next }
    {
        top = $1
        sub(/\/.*/, "", top)
        for (i = 2; i <= NF; i++) {
            room = $i == "files" || $i == "runtime" ? $i : top "/" $i
            if ($i != "" && !(room in above))
                print $1 " " room "\tthe line of " room " stands below"
        }
        above[$1] = 1
    }' tests/layering.txt | compare "rooms use rooms above their lines" upward

# The files of one circle are printed together, with the needs that close it.
awk -F '\t' 'FNR == NR { if ($1 == "circle") circle[$2] = $3; next }
    $1 == "need" && $2 in circle && $3 in circle && circle[$2] == circle[$3] { print $2 "\tneeds " $3 ": " $4 }' \
    "$TMP/needs" "$TMP/needs" |
    compare "no circle among files" circle

# An op is described in one place: its record. Layers and kernels name the ops that they use; no other code names one.
grep -nE '&op_[a-z]' $(find compiler files runtime grammar -name '*.[chly]' -o -name '*.ct' | sort |
    grep -vE '^compiler/(ops|kernels|layers)/') >"$TMP/named"
if [ -s "$TMP/named" ]; then
    fail "only layers and kernels name an op" <"$TMP/named"
else
    pass "only layers and kernels name an op"
fi

# A folder holds at most 25 files, except folders with one file for each thing of a kind; compiler/ and runtime/
# themselves hold three.
for folder in compiler compiler/* runtime runtime/* files grammar; do
    [ -d "$folder" ] || continue
    case $folder in
    compiler/layers | compiler/ops | compiler/kernels | compiler/catalog) continue ;;
    compiler | runtime) most=3 ;;
    *) most=25 ;;
    esac
    n=$(find "$folder" -maxdepth 1 -type f | wc -l)
    [ "$n" -le $most ] || printf '%s\t%s files\n' "$folder" "$n"
done | compare "no crowded folder" crowded

# A room has a header of its name, which begins with what happens in the room and what must not.
for room in files compiler/* runtime/*; do
    [ -d "$room" ] || continue
    header=$room/${room##*/}.h
    [ "$room" != runtime/include ] || header=$room/cnn.h
    if [ ! -f "$header" ]; then
        printf '%s\thas no %s\n' "$room" "$header"
    elif ! awk 'NR == 1 && !/^\/\*/ { exit }
        { print }
        /\*\// { exit }' "$header" | tr '\n' ' ' | grep -Eqwi '(not|no|never|nothing|only|neither)'; then
        printf '%s\tthe first comment of %s does not say what must not happen there\n' "$room" "$header"
    fi
done | compare "a header opens every room" header

files() {
    find compiler files grammar runtime -name '*.[chly]' -o -name '*.ct' | sort
}

# A file has at most 600 lines.
for f in $(files) $(find tests bench scripts -name '*.[ch]' ! -path 'tests/golden/*'); do
    n=$(wc -l <"$f")
    [ "$n" -le 600 ] || printf "%s\t%s lines\n" "$f" "$n"
done | compare "no file over 600 lines" long

# strict warnings from both compilers; only the output of flex and bison is exempt
strict="-std=c11 -D_DEFAULT_SOURCE -DCNNC_PREFIX=\"/\" -Ifiles -I$BUILD/gen -fsyntax-only
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
mpi=$(${MPICC:-mpicc} -show 2>/dev/null | tr ' ' '\n' | sed -n 's/^-I/-isystem/p' | tr '\n' ' ')
cat >"$TMP/strict" <<END
. tests/lib.sh
case \$1 in
runtime/ranks/*) room="-Iruntime -Iruntime/include $mpi" ;;
runtime/*) room="-Iruntime -Iruntime/include" ;;
*) room=-Icompiler ;;
esac
for cc in gcc clang; do
    command -v \$cc >/dev/null || continue
    runs "\$cc, strict: \${1#\$BUILD/gen/}" \$cc $(echo $strict | sed 's/"/\\"/g') \$room "\$1"
done
END
{
    files | grep '\.c$' | if [ -n "$mpi" ]; then cat; else grep -v runtime/ranks/; fi
    for f in compiler/*/*.ct; do echo "$BUILD/gen/${f#compiler/}"; done | sed 's/ct$/c/'
} | while read -r f; do
    if wanted "$f"; then echo "$f"; fi
done | in_parallel "$TMP/strict"
