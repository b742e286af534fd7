# compare.awk -v words=WORDS WANT GOT -- compares what a command printed with what a document shows; prints both where
# they differ. A line "..." in the document stands for any lines, "..." within a line for any text. Numbers must be
# equal. With the word `about`, numbers and the white space between columns may differ; with `within=5%`, numbers may
# differ by that much.

function squeezed(s) {
    gsub(/(━)+/, "━", s)
    gsub(/[ \t]+/, " ", s)
    sub(/^ /, "", s)
    sub(/ $/, "", s)
    return s
}
function numberless(s) {
    s = squeezed(s)
    gsub(/[0-9]+([.,][0-9]+)*(e[-+]?[0-9]+)?/, "#", s)
    gsub(/-#/, "#", s)
    return s
}
function number(s) { # the first in s; `rest` is what is behind it
    if (!match(s, /-?[0-9]+([.][0-9]+)?(e[-+]?[0-9]+)?/))
        return 0
    rest = substr(s, RSTART + RLENGTH)
    value = substr(s, RSTART, RLENGTH) + 0
    return 1
}
function near(w, g,    a, b, distance) {
    if (numberless(w) != numberless(g))
        return 0
    while (number(w)) {
        a = value
        w = rest
        if (!number(g))
            return 0
        b = value
        g = rest
        distance = a > b ? a - b : b - a
        if (distance > tolerance * (a < 0 ? -a : a))
            return 0
    }
    return 1
}
function equal(w, g,    n, part, i, at) {
    if (about) {
        w = numberless(w)
        g = numberless(g)
    } else {
        sub(/ +$/, "", w)
        sub(/ +$/, "", g)
    }
    n = split(w, part, /[.][.][.]/)
    if (n == 1)
        return tolerance ? near(w, g) : w == g
    if (substr(g, 1, length(part[1])) != part[1])
        return 0
    g = substr(g, length(part[1]) + 1)
    for (i = 2; i < n; i++) {
        at = index(g, part[i])
        if (!at)
            return 0
        g = substr(g, at + length(part[i]))
    }
    return part[n] == "" || (length(g) >= length(part[n]) && substr(g, length(g) - length(part[n]) + 1) == part[n])
}
function matches(i, j,    k) { # promise from line i on, output from line j on
    for (; i <= nw; i++) {
        if (want[i] ~ /^ *[.][.][.]$/) {
            for (k = j; k <= ng + 1; k++)
                if (matches(i + 1, k))
                    return 1
            return 0
        }
        if (j > ng || !equal(want[i], got[j]))
            return 0
        j++
    }
    return j > ng
}

NR == FNR { want[++nw] = $0; next }
{ got[++ng] = $0 }
END {
    about = words ~ /(^| )about( |$)/
    if (match(words, /within=[0-9.]+%/))
        tolerance = substr(words, RSTART + 7, RLENGTH - 8) / 100
    while (nw && want[nw] ~ /^ *$/)
        nw--
    while (ng && got[ng] ~ /^ *$/)
        ng--
    if (matches(1, 1))
        exit 0
    print "promised:"
    for (i = 1; i <= nw; i++)
        print "  " want[i]
    print "printed:"
    for (i = 1; i <= ng; i++)
        print "  " got[i]
    exit 1
}
