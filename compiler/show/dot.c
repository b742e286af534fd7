/* dot.c -- the layers as a graph for Graphviz: dot -Tsvg. A box is a layer, darker if it has weights; an arrow shows
 * the shape that passes from one layer to the next. Names are in quotes, since `node` and `graph` are words of DOT. */
#include "show/show.h"

#include <string.h>

#include "base/text.h"

/* In a quoted string of DOT, only the quote and the backslash are special. */
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

/* 28 x 28 x 1 */
static const char *dims(struct arena *a, struct shape s)
{
    const char *text = "";
    for (int i = 0; i < s.rank; i++)
        text = arena_printf(a, "%s%s%lld", text, i ? " x " : "", (long long)s.dim[i]);
    return text;
}

static void put_node(struct text *t, const struct net *n, const struct node *k)
{
    const int64_t weights = node_parameters(k);
    text_add(t, "  \"%s\" [label=\"%s\\n%s", k->ident, quoted(t->arena, node_print(n, k)), k->name);
    if (weights > 0)
        text_add(t, ", %lld parameters\", fillcolor=\"#cfe2f3", (long long)weights);
    text_add(t, "\"];\n");
}

static void put_edge(struct text *t, const struct node *from, const char *to)
{
    text_add(t, "  \"%s\" -> \"%s\" [label=\" %s\"];\n", from->ident, to, dims(t->arena, from->out));
}

char *dot_print(const struct net *n)
{
    static const char output[] = "output of the network"; /* the spaces make it unlike every name of a layer */
    struct text t = {.arena = ctx_arena(n->ctx)};
    text_add(&t, "digraph \"%s\" {\n", net_title(n));
    text_add(&t, "  graph [ranksep=0.35, label=\"%s, %s\", labelloc=t, fontname=\"sans-serif\"];\n", net_title(n),
             quoted(t.arena, n->file));
    text_add(&t,
             "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", fontsize=11];\n");
    text_add(&t, "  edge [fontname=\"sans-serif\", fontsize=10, fontcolor=\"#404040\", color=\"#404040\"];\n");
    for (size_t i = 0; i < n->nodes.n; i++)
        put_node(&t, n, n->nodes.at[i]);
    text_add(&t, "  \"%s\" [shape=plaintext, style=\"\", label=output];\n", output);
    for (size_t i = 0; i < n->nodes.n; i++)
        for (int k = 0; k < n->nodes.at[i]->n_inputs; k++)
            put_edge(&t, n->nodes.at[i]->inputs[k], n->nodes.at[i]->ident);
    for (size_t i = 0; i < n->outputs.n; i++)
        put_edge(&t, n->outputs.at[i].node, output);
    text_add(&t, "}\n");
    return text_end(&t);
}
