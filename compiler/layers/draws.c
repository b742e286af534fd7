/* draws.c -- what layers share that change their input at random: streams of draws, factors as Keras has them, images
 * whose values have a range. */
#include <stdio.h>

#include "layers/layers.h"
#include "ops/ops.h"
#include "ops/warp.h"

int streams_of(const struct net *net)
{
    int n = 0;
    for (size_t i = 0; i < net->ops.n; i++)
        n += net->ops.at[i]->kind->draws;
    return n;
}

struct tensor *lower_draw(struct net *net, struct node *n, struct shape s, struct limits limits, double quiet)
{
    const int stream = streams_of(net);
    struct op *o = lower_unary(net, &op_draw, n, n->x, s, "draw");
    struct draw_op *d = (struct draw_op *)(void *)o;
    d->low = limits.low;
    d->high = limits.high;
    d->quiet = quiet;
    o->stream = stream;
    return o->out[0];
}

struct tensor *lower_normal(struct net *net, struct node *n, struct shape s)
{
    struct tensor *t = lower_draw(net, n, s, (struct limits){0, 0}, 0);
    ((struct draw_op *)(void *)t->producer)->normal = true;
    return t;
}

struct tensor *lower_constant(struct net *net, struct node *n, struct shape s, const char *values)
{
    struct op *o = lower_unary(net, &op_constant, n, n->x, s, "constant");
    ((struct constant_op *)(void *)o)->values = values;
    return o->out[0];
}

struct tensor *lower_numbers(struct net *net, struct node *n, struct shape s, const double *values)
{
    enum { MOST = sizeof " -1.7976931348623157e+308" };
    const size_t count = (size_t)shape_size(s);
    char *text = arena_alloc(ctx_arena(net->ctx), count * MOST + 1), *end = text;
    for (size_t i = 0; i < count; i++)
        end += snprintf(end, MOST, "%s%.17g", i ? " " : "", values[i]);
    return lower_constant(net, n, s, text);
}

struct tensor *lower_places(struct net *net, struct node *n, struct shape s, double first)
{
    const size_t count = (size_t)shape_size(s);
    double *values = arena_alloc(ctx_arena(net->ctx), (count + 1) * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = first + (double)i;
    return lower_numbers(net, n, s, values);
}

struct limits factor_of(const struct node *n, const char *name, bool around_zero)
{
    const struct bound *b = node_arg(n, name);
    const double first = b->n_items ? b->items[0].number : 0, last = b->n_items > 1 ? b->items[1].number : first;
    if (b->n_items < 2)
        return (struct limits){around_zero ? (first < 0 ? first : -first) : 0, first < 0 ? -first : first};
    return first < last ? (struct limits){first, last} : (struct limits){last, first};
}

const struct shape one_an_image = {3, {1, 1, 1}};

bool image_fits(struct net *net, const struct node *n, int64_t channels)
{
    const struct bound *range = record_arg_maybe(&n->layer->rec, n->args, "value_range");
    if (n->in.rank != 3 || (channels != ANY_CHANNELS && n->in.dim[2] != channels)) {
        shape_refuse(net, n, channels == COLOURS ? "[height, width, 3]" : "[height, width, channels]");
        return false;
    }
    if (!range || (range->n_items == 2 && range->items[0].number < range->items[1].number))
        return true;
    diag_error(net->ctx, range->span, "'value_range' wants two numbers, the least and the most");
    return false;
}

void image_shape(struct net *net, struct node *n)
{
    if (image_fits(net, n, ANY_CHANNELS))
        shape_same(net, n);
}

void colours_shape(struct net *net, struct node *n)
{
    if (image_fits(net, n, COLOURS))
        shape_same(net, n);
}

double range_end(const struct node *n, int end)
{
    return node_arg(n, "value_range")->items[end].number;
}

const char *within_range(struct net *net, const struct node *n, const char *formula)
{
    return arena_printf(ctx_arena(net->ctx), "clip(%s, %.17g, %.17g)", formula, range_end(n, 0), range_end(n, 1));
}

struct tensor *lower_indices(struct net *net, struct node *n, int axis)
{
    struct shape s = one_an_image;
    s.dim[axis] = n->in.dim[axis];
    return lower_places(net, n, s, 0);
}

struct tensor *lower_chosen(struct net *net, struct node *n)
{
    struct tensor *x[] = {lower_draw(net, n, one_an_image, factor_of(n, "factor", false), 0),
                          lower_draw(net, n, one_an_image, (struct limits){0, 1}, 2)};
    return lower_map(net, n, "b == 2 ? -1 : b < a ? 1 : 0", x, 2, one_an_image, "chosen");
}
