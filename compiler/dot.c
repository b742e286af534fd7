/* dot.c -- the layers as a graph for Graphviz: dot -Tsvg */
#include "dot.h"

#include <string.h>

/* In a quoted string of DOT only the quote and the backslash are special. */
static const char *quoted(struct arena *a, const char *s)
{
    char *copy = arena_alloc(a, 2 * strlen(s) + 1), *t = copy;
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            *t++ = '\\';
        *t++ = *s;
    }
    return copy;
}

char *dot_print(const struct net *n)
{
    struct arena *a = ctx_arena(n->ctx);
    char *text = arena_printf(a, "digraph %s {\n  rankdir=TB;\n  node [shape=box, fontname=\"monospace\"];\n", n->name);
    for (size_t i = 0; i < n->nodes.n; i++) {
        const struct node *k = n->nodes.at[i];
        text = arena_printf(a, "%s  %s [label=\"%s\\n%s\"];\n", text, k->ident, quoted(a, node_print(n, k)),
                            shape_print(n->ctx, k->out));
    }
    for (size_t i = 0; i < n->nodes.n; i++)
        if (n->nodes.at[i]->input)
            text = arena_printf(a, "%s  %s -> %s;\n", text, n->nodes.at[i]->input->ident, n->nodes.at[i]->ident);
    return arena_printf(a, "%s}\n", text);
}
