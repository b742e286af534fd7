# pairs.awk -- counts layers, and ordered pairs of which the second reads the first, in the networks of randgraph. A
# layer that opens a path reads what stands before the block; a layer behind a block reads what joins it.
function name(line) {
    sub(/^ *([a-z0-9]+: )?/, "", line)
    sub(/ .*/, "", line)
    return line
}
/^# randgraph/ { networks++; before = ""; depth = 0; next }
/^train/ || /^}/ && !depth { before = ""; next }
/^ *(residual|concat)/ { depth++; outer[depth] = before; kind[depth] = name($0); next }
/^ *path/ { depth++; outer[depth] = before = outer[depth - 1]; kind[depth] = "path"; next }
/^ *}/ { before = kind[depth] == "residual" ? "Add" : kind[depth] == "concat" ? "Concatenate" : outer[depth]; depth--; next }
/^ *([a-z0-9]+: )?[A-Za-z]/ {
    layer = name($0)
    if (layer ~ /^(epochs|optimizer|loss)$/)
        next
    if (!kinds[layer]++)
        n_kinds++
    if (before != "" && !pairs[before, layer]++)
        n_pairs++
    before = layer
}
END { printf "%d networks: %d kinds of layers, %d ordered pairs of %d\n", networks, n_kinds, n_pairs, n_kinds * n_kinds }
