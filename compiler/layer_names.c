/* layer_names.c -- what layers are called: their labels, else Keras' class with Keras' numbers. */
#include <string.h>

#include "layer.h"

const char *keras_class(const struct node *n)
{
    return n->in.rank == 2 && n->layer->keras_sequence ? n->layer->keras_sequence : n->layer->keras;
}

/* By an earlier layer, or by the label of any: a layer without one must not take a name that a later line gives. */
static bool name_taken(const struct net *net, const struct node *n, const char *name)
{
    for (size_t i = 0; i < net->nodes.n; i++) {
        const struct node *o = net->nodes.at[i];
        const char *taken = o->id < n->id ? o->name : o->stmt->label;
        if (taken && strcmp(taken, name) == 0)
            return true;
    }
    return false;
}

/* conv2d, conv2d_1, ...; counted by class, and round what labels have. */
static const char *automatic_name(const struct net *net, const struct node *n)
{
    struct arena *a = ctx_arena(net->ctx);
    const char *base = snake_case(a, keras_class(n)), *name;
    int number = 0;
    for (int i = 0; i < n->id; i++) {
        const struct node *o = net->nodes.at[i];
        number += !o->stmt->label && strcmp(keras_class(o), keras_class(n)) == 0;
    }
    for (name = number ? arena_printf(a, "%s_%d", base, number) : base; name_taken(net, n, name);)
        name = arena_printf(a, "%s_%d", base, ++number);
    return name;
}

void name_layer(struct net *net, struct node *n)
{
    if (n->name)
        return;
    n->name = automatic_name(net, n);
    n->ident = names_take(net->names, n->name);
}
