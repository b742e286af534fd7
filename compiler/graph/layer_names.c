/* layer_names.c -- the names of layers: their labels, else the class in Keras with a number as in Keras. */
#include <string.h>

#include "graph/layer.h"

const char *keras_class(const struct node *n)
{
    const struct layer *l = n->layer;
    if (n->in.rank == 2 && l->keras_sequence)
        return l->keras_sequence;
    return n->in.rank == 4 && l->keras_volume ? l->keras_volume : l->keras;
}

/* How many layers of its class without a label come before it. The last of them knows its own number, so this is one
 * more. */
static int number_in_class(const struct net *net, const struct node *n)
{
    for (int i = n->id - 1; i >= 0; i--) {
        const struct node *o = net->nodes.at[i];
        if (!o->stmt->label && !o->shares && o->of == n->of && strcmp(keras_class(o), keras_class(n)) == 0)
            return o->number + 1;
    }
    return 0;
}

/* A layer without a label must not take a name that a later line gives. */
static void take_labels(struct net *net)
{
    net->layer_names = names_none(ctx_arena(net->ctx));
    for (size_t i = 0; i < net->nodes.n; i++)
        if (net->nodes.at[i]->stmt->label)
            names_add(net->layer_names, net->nodes.at[i]->name);
}

/* Another use of the layer c1 is c1_1; in Keras it has no name of its own. */
static int number_of_use(const struct net *net, const struct node *n)
{
    int uses = 1;
    for (int i = 0; i < n->id; i++)
        uses += net->nodes.at[i]->shares == n->shares && !net->nodes.at[i]->stmt->label;
    return uses;
}

/* conv2d, conv2d_1, ...; counted for each class; numbers that labels use are skipped. */
static const char *automatic_name(struct net *net, struct node *n)
{
    struct arena *a = ctx_arena(net->ctx);
    const char *base = n->shares ? n->shares->name : snake_case(a, keras_class(n));
    if (n->of && !n->shares)
        base = arena_printf(a, "%s.%s", n->of, base);
    int number = n->number = n->shares ? number_of_use(net, n) : number_in_class(net, n);
    if (!net->layer_names)
        take_labels(net);
    const char *name = number ? arena_printf(a, "%s_%d", base, number) : base;
    while (!names_add(net->layer_names, name))
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
