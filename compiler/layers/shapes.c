/* shapes.c -- the shapes that layers take and make. */
#include <string.h>

#include "layers/layers.h"

int64_t shape_size_within(struct shape s, int64_t limit)
{
    int64_t n = 1;
    for (int i = 0; i < s.rank; i++) {
        if (s.dim[i] > limit / n)
            return -1;
        n *= s.dim[i];
    }
    return n;
}

const char *shape_words(struct ctx *c, struct shape s)
{
    const char *text = "";
    for (int i = 0; i < s.rank; i++)
        text = arena_printf(ctx_arena(c), "%s%s%lld", text, i ? ", " : "", (long long)s.dim[i]);
    return arena_printf(ctx_arena(c), "[%s]", text);
}

bool shape_set(struct net *net, struct node *n, struct shape s)
{
    if (shape_size_within(s, MOST_ELEMENTS) < 0) {
        diag_error(net->ctx, n->stmt->span, "'%s' makes %s of one image, 2^31 elements or more", n->stmt->name,
                   shape_words(net->ctx, s));
        return false;
    }
    n->out = s;
    return true;
}

void shape_origin(struct net *net, const struct node *n)
{
    if (n->input)
        shape_note(net, n->input);
}

void shape_note(struct net *net, const struct node *maker)
{
    const struct node *from = maker;
    while (from->input && shape_equal(from->in, from->out))
        from = from->input; /* a layer that kept the shape did not make it */
    if (from->input)
        diag_note(net->ctx, from->stmt->name_span, "'%s' made it %s here, from %s", from->stmt->name,
                  shape_words(net->ctx, from->out), shape_words(net->ctx, from->in));
    else
        diag_note(net->ctx, from->stmt->name_span, "'%s' made it %s here", from->stmt->name,
                  shape_words(net->ctx, from->out));
}

void shape_refuse(struct net *net, const struct node *n, const char *wants)
{
    diag_error(net->ctx, n->stmt->name_span, "'%s' wants %s, but its input is %s", n->stmt->name, wants,
               shape_words(net->ctx, n->in));
    shape_origin(net, n);
    shape_cure(net, n);
}

bool shape_fits_name(struct net *net, struct node *n)
{
    const char *const name = n->stmt->name, *const end = strlen(name) > 2 ? name + strlen(name) - 2 : name;
    static const char *const wants[] = {"[length, channels]", "[height, width, channels]",
                                        "[depth, height, width, channels]"};
    const int axes = end[0] >= '1' && end[0] <= '3' && strcmp(end + 1, "D") == 0 ? end[0] - '0' : 0;
    if (!axes || n->in.rank < 2 || n->in.rank == axes + 1)
        return true;
    shape_refuse(net, n, wants[axes - 1]);
    return false;
}

bool shape_is_plane(struct net *net, struct node *n)
{
    if (n->in.rank >= 2 && n->in.rank <= 4)
        return true;
    shape_refuse(net, n, "[height, width, channels], [length, channels] or [depth, height, width, channels]");
    return false;
}

void shape_same(struct net *net, struct node *n)
{
    (void)net;
    n->out = n->in;
}

void shape_broadcast_all(struct net *net, struct node *n)
{
    struct shape out = n->in;
    for (int i = 1; i < n->n_inputs; i++) {
        const struct node *a = n->inputs[0], *b = n->inputs[i];
        out = shape_broadcast(out, b->out);
        if (out.rank >= 0)
            continue;
        diag_error(net->ctx, n->stmt->name_span, "'%s' wants inputs of one shape, but they are %s and %s",
                   n->stmt->name, shape_words(net->ctx, a->out), shape_words(net->ctx, b->out));
        shape_note(net, a);
        shape_note(net, b);
        return;
    }
    shape_set(net, n, out);
}

int axis_given(struct net *net, const struct node *n)
{
    const struct bound *b = node_arg(n, "axis");
    const int number = (int)b->number, rank = n->in.rank, axis = number < 0 ? number + rank : number - 1;
    if (number != 0 && axis >= 0 && axis < rank)
        return axis;
    diag_error(net->ctx, b->set ? b->span : n->stmt->name_span, "'%s' has no axis %d: %s has axes 1 to %d",
               n->stmt->name, number, shape_words(net->ctx, n->in), rank);
    return -1;
}
