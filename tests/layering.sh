#!/bin/sh
# layering.sh -- the rules of the house: who includes whom (layering.txt), how long a file is, no warnings at all.
. tests/lib.sh

runtime_headers=$(cd runtime && echo *.h)

allowed() { # FILE -> patterns of the headers it may include
    while read -r pattern headers; do
        case $pattern in '' | '#'*) continue ;; esac
        # a pattern is a pattern here
        # shellcheck disable=SC2254
        case $1 in $pattern)
            echo "$headers" | sed "s/RUNTIME/$runtime_headers/"
            return
            ;;
        esac
    done <tests/layering.txt
    echo NONE
}

includes() { # FILE -> the project's headers that it includes, without their folders
    case $1 in *.ct) set -- "$1" % ;; esac # in a template, what has no % is text for the generated file
    sed -n "s/^${2:-} *# *include *\"\([^\"]*\)\".*/\1/p" "$1" | sed 's,.*/,,'
}

may() { # HEADER PATTERN...
    header=$1
    shift
    for p; do
        # shellcheck disable=SC2254
        case $header in $p) return 0 ;; esac
    done
    return 1
}

set -f
check_includes() { # FILE
    patterns=$(allowed "$1")
    bad=
    for h in $(includes "$1"); do
        # shellcheck disable=SC2086
        may "$h" $patterns || bad="$bad $h"
    done
    if [ -z "$bad" ]; then
        pass "includes of $1"
    else
        echo "includes$bad; tests/layering.txt allows: $patterns" | fail "includes of $1"
    fi
}

files() {
    find compiler files grammar runtime -name '*.[chly]' -o -name '*.ct' | sort
}

for f in $(files); do
    wanted "$f" || continue
    [ "$f" = grammar/ct.l ] || check_includes "$f"
done

# compiler and runtime share no header; generated text reaches the compiler as text
for f in $(find compiler grammar -name '*.[chly]' -o -name '*.ct' | sort); do
    for h in $(includes "$f"); do
        [ ! -f "runtime/$h" ] || [ -f "compiler/$h" ] || echo "$f includes runtime/$h"
    done
done >"$TMP/cross"
if [ -s "$TMP/cross" ]; then fail "compiler and runtime are apart" <"$TMP/cross"; else pass "compiler and runtime are apart"; fi

# no file over 600 lines
for f in $(files) $(find tests bench scripts -name '*.[ch]' ! -path 'tests/golden/*'); do
    n=$(wc -l <"$f")
    [ "$n" -le 600 ] || echo "$f: $n lines"
done >"$TMP/long"
if [ -s "$TMP/long" ]; then fail "no file over 600 lines" <"$TMP/long"; else pass "no file over 600 lines"; fi

# strict warnings, both compilers; only what flex and bison wrote is let off
strict="-std=c11 -D_DEFAULT_SOURCE -DCNNC_VERSION=\"0\" -DCNNC_PREFIX=\"/\" -Icompiler -Icompiler/kernels -Ifiles -I$BUILD/gen -fsyntax-only
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
cat >"$TMP/strict" <<END
. tests/lib.sh
for cc in gcc clang; do
    command -v \$cc >/dev/null || continue
    runs "\$cc, strict: \${1#\$BUILD/gen/}" \$cc $(echo $strict | sed 's/"/\\"/g') "\$1"
done
END
{
    files | grep '\.c$'
    find "$BUILD/gen/kernels" -name '*.c' 2>/dev/null | sort
} | while read -r f; do
    if wanted "$f"; then echo "$f"; fi
done | in_parallel "$TMP/strict"
