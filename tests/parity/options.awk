# options.awk -- reads grammar/REFERENCE.md, then options.txt; prints `kind, class, argument` of each argument that has
# neither a name here nor a reason, or of a reason that nothing needs.
function title(text) { gsub(/`/, "", text); return text }
function learn(names, k, n, list) {
    n = split(names, list, /, */)
    for (k = 1; k <= n; k++)
        known[kind, word, list[k]] = 1
}
FNR == 1 { file++ }
file == 1 && /^## / { kind = tolower(substr($0, 4)); if (!sub(/sses$/, "ss", kind)) sub(/s$/, "", kind); next }
file == 1 && /^### / { word = substr($0, 5); is[kind, word] = word; next }
file == 1 && / Also called [^.]*\.$/ {
    sub(/.* Also called /, ""); sub(/\.$/, "")
    n = split($0, other, /, */)
    for (i = 1; i <= n; i++) is[kind, other[i]] = is[kind, other[i]] ? is[kind, other[i]] : word
    next
}
file == 1 && /^\| `/ { split($0, cell, /\|/); names = title(cell[2]); gsub(/ /, "", names); learn(names); next }
file == 1 || /^#/ || NF == 0 { next }
/^\[/ { kind = title(substr($1, 2, length($1) - 2)); next }
/^[^:]* [^:=]*: / && !/ = / { split($0, part, /: /); why[part[1]] = 1; next }
{
    colon = index($0, ":")
    class = substr($0, 1, colon - 1); n = split(substr($0, colon + 1), arg, " ")
    word = class
    if (class ~ / = /) { word = class; sub(/.* = /, "", word); sub(/ = .*/, "", class) }
    word = is[kind, word]
    if (!word) { print kind "\t" class "\tthere is no such word"; next }
    for (i = 1; i <= n; i++) {
        if ((kind, word, arg[i]) in known) continue
        reason = (class " " arg[i]) in why ? class " " arg[i] : "* " arg[i]
        if (reason in why) used[reason] = 1
        else print kind "\t" class "\t" arg[i] " has neither a name nor a reason"
    }
}
END {
    for (reason in why)
        if (!(reason in used)) print "reasons\t" reason "\tnothing needs it"
}
