# pairs.awk -- counts layers, and ordered pairs of which the second reads the first, in the networks of randgraph. A
# layer that opens a path reads what stands before the block; a layer behind a block reads what joins it. A layer that
# is used once more counts as what it is.
function name(line) {
    sub(/^ *([a-z0-9]+: )?/, "", line)
    sub(/ .*/, "", line)
    return line ~ /^@/ ? labelled[substr(line, 2)] : line
}
function saw(first, second) {
    if (first != "" && !pairs[first, second]++)
        n_pairs++
}
/^# randgraph/ { networks++; before = ""; depth = 0; split("", labelled); next }
/^train/ || /^}/ && !depth { before = ""; next }
/^ *(residual|concat)/ { depth++; outer[depth] = before; kind[depth] = name($0); next }
/^ *path/ { depth++; outer[depth] = before = outer[depth - 1]; kind[depth] = "path"; next }
/^ *}/ {
    joins = kind[depth] == "residual" ? "Add" : kind[depth] == "concat" ? "Concatenate" : ""
    if (kind[depth] == "path" || kind[depth] == "residual")
        saw(before, kind[depth] == "path" ? "Concatenate" : "Add")
    before = joins != "" ? joins : outer[depth]
    depth--
    next
}
/^ *([a-z0-9]+: )?[@A-Za-z]/ {
    layer = name($0)
    if (layer ~ /^(epochs|optimizer|loss)$/)
        next
    if (!kinds[layer]++)
        n_kinds++
    if (match($0, /from=\[[^]]*/)) {
        n = split(substr($0, RSTART + 6, RLENGTH - 6), read, /, */)
        for (i = 1; i <= n; i++)
            saw(labelled[read[i]], layer)
    } else {
        saw(before, layer)
    }
    if (match($0, /^ *[a-z0-9]+: /)) {
        label = $1
        sub(/:$/, "", label)
        labelled[label] = layer
    }
    before = layer
}
END {
    printf "told %d networks: %d kinds of layers, %d ordered pairs of %d (%.1f%%)\n", networks, n_kinds, n_pairs, \
        n_kinds * n_kinds, 100 * n_pairs / (n_kinds * n_kinds)
}
