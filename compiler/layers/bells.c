/* bells.c -- a blur by bells: a product with a matrix for the rows, then one for the columns. */
#include "layers/layers.h"

struct tensor *lower_bells(struct net *net, struct node *n, int64_t size, const struct bell *b)
{
    struct arena *a = ctx_arena(net->ctx);
    const struct shape row = {3, {2 * b->most + 1, 1, 1}}, down = {3, {size, 1, 1}}, across = {3, {1, size, 1}};
    struct tensor *of[] = {b->sigma, lower_places(net, n, row, -(double)b->most)};
    const char *formula = arena_printf(a, "abs(b) > %s ? 0 : exp(-0.5 * square(b / a))", b->reach);
    struct tensor *sum = lower_reduce_map(net, n, REDUCE_SUM, formula, of, 2, row, 1u << 0, "sum");
    struct tensor *x[] = {b->sigma, lower_places(net, n, down, 0), lower_places(net, n, across, 0), sum};
    formula = arena_printf(a, "abs(b - c) > %s ? 0 : exp(-0.5 * square((b - c) / a)) / d", b->reach);
    return lower_map(net, n, formula, x, 4, (struct shape){3, {size, size, 1}}, "bells");
}

static struct tensor *columns_first(struct net *net, struct node *n, struct tensor *x)
{
    static const int order[] = {1, 0, 2};
    const struct shape from = x->shape, out = {3, {from.dim[1], from.dim[0], from.dim[2]}};
    return lower_permute(net, n, x, from, order, out, "turned");
}

/* Rows become sums of rows. */
static struct tensor *blurred(struct net *net, struct node *n, struct tensor *x, struct tensor *bells)
{
    const int64_t size = x->shape.dim[0];
    const struct product form = {.matrices = 1, .rows = size, .inner = size, .columns = shape_size(x->shape) / size};
    return lower_matmul(net, n, bells, x, &form, x->shape, "blurred");
}

struct tensor *lower_blur(struct net *net, struct node *n, struct tensor *image, struct tensor *rows,
                          struct tensor *columns)
{
    struct tensor *turned = columns_first(net, n, blurred(net, n, image, rows));
    return columns_first(net, n, blurred(net, n, turned, columns));
}
