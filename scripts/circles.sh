#!/bin/sh
# circles.sh [BUILD] -- which files of the compiler and of the runtime need each other: by #include, and by what the
# linker sees (an object needs a symbol that another object defines). Prints, tab-separated,
#   need    FILE  FILE  WHY     every need between two files; WHY is `include` or the symbols
#   circle  FILE  NUMBER        every file of a circle; files of one circle have the same number
# tests/layering.sh reads this. Files are named as in the tree: what bison, flex and ct make counts as the grammar or
# template it is made of. gen/tables.c, the registry that names every record, is left out. To see the circles alone:
#   sh scripts/circles.sh | awk -F '\t' '$1 == "circle"'
set -u
BUILD=${1:-build}

# The headers that a file includes, by the name of the file that the compiler would find.
includes() {
    find compiler files grammar runtime -name '*.[chly]' -o -name '*.ct' | sort |
        xargs awk -v files="$(find compiler files runtime -name '*.h' -o -name '*.def')" '
        BEGIN {
            for (n = split(files, list, "\n"); n; n--)
                exists[list[n]] = 1
        }
        function found(header, i, n, dirs) {
            n = split(folder " " top " files runtime/include", dirs, " ")
            for (i = 1; i <= n; i++)
                if ((dirs[i] "/" header) in exists)
                    return dirs[i] "/" header
            return ""
        }
        FNR == 1 {
            folder = FILENAME
            sub(/\/[^\/]*$/, "", folder)
            top = folder == "grammar" ? "compiler" : folder
            sub(/\/.*/, "", top)
        }
        /# *include *"/ && FILENAME != "grammar/ct.l" && !/^ *\|/ { # behind a bar stands text for the generated file
            header = $0
            gsub(/.*include *"|".*/, "", header)
            if (found(header) != "")
                print "need\t" FILENAME "\t" found(header) "\tinclude"
        }'
}

# The object of every source, beside the name of the source.
objects() { # SOURCE...
    for source; do
        case $source in
        grammar/net.l) echo "$BUILD/obj/gen/net.lex.o $source" ;;
        grammar/net.y) echo "$BUILD/obj/gen/net.tab.o $source" ;;
        *.ct)
            object=${source#compiler/}
            echo "$BUILD/obj/gen/${object%.ct}.o $source"
            ;;
        *) echo "$BUILD/obj/${source%.c}.o $source" ;;
        esac
    done
}

# What the objects of one program need of each other.
symbols() { # SOURCE...
    objects "$@" >"$work/objects"
    cut -d " " -f 1 "$work/objects" | xargs nm -A -P -g >"$work/symbols" 2>"$work/missing" || {
        echo "circles.sh: $(head -n 1 "$work/missing"); build first" >&2
        return 1
    }
    awk '
        FNR == NR {
            source[$1] = $2
            next
        }
        {
            object = $1
            sub(/:$/, "", object)
        }
        $3 == "U" {
            needs[source[object], $2] = 1
            next
        }
        {
            defines[$2] = source[object]
        }
        END {
            for (need in needs) {
                split(need, part, SUBSEP)
                if (part[2] in defines) {
                    pair = part[1] "\t" defines[part[2]]
                    why[pair] = why[pair] " " part[2]
                }
            }
            for (pair in why)
                print "need\t" pair "\t" substr(why[pair], 2)
        }' "$work/objects" "$work/symbols"
}

# Files that reach each other, directly or not, are a circle. What nothing needs, or needs nothing, is in none; of the
# few that are left, a search from each tells.
circles() {
    awk -F '\t' '
        !(($2, $3) in seen) && $2 != $3 {
            seen[$2, $3] = 1
            from[++n] = $2
            to[n] = $3
        }
        function reach(file, i) {
            reached[start, file] = 1
            for (i = 1; i <= n; i++)
                if (from[i] == file && !((start, to[i]) in reached))
                    reach(to[i])
        }
        END {
            do {
                split("", into)
                split("", out)
                for (i = 1; i <= n; i++) {
                    out[from[i]] = 1
                    into[to[i]] = 1
                }
                kept = 0
                for (i = 1; i <= n; i++)
                    if (from[i] in into && to[i] in out) {
                        from[++kept] = from[i]
                        to[kept] = to[i]
                    }
                shrunk = kept < n
                n = kept
            } while (shrunk)
            for (i = 1; i <= n; i++) {
                files[from[i]] = 1
                files[to[i]] = 1
            }
            for (start in files)
                reach(start)
            for (a in files)
                for (b in files)
                    if (a != b && !(b in circle) && (a, b) in reached && (b, a) in reached) {
                        if (!(a in circle))
                            circle[a] = ++number
                        circle[b] = circle[a]
                    }
            for (file in circle)
                print "circle\t" file "\t" circle[file]
        }'
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
    includes
    symbols files/*.c grammar/net.[ly] $(find compiler -name '*.c' -o -name '*.ct') || exit 1
    # without MPI there are no objects of runtime/ranks
    symbols files/*.c \
        $(find runtime -name '*.c' | if [ -f "$BUILD/libcnn-mpi.a" ]; then cat; else grep -v /ranks/; fi) || exit 1
} >"$work/all" || exit 1
sort -u "$work/all" >"$work/needs"
cat "$work/needs"
circles <"$work/needs" | sort
