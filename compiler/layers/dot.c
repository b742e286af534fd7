/* dot.c -- the products of two layers, summed along one axis of each */
#include "layers/layers.h"
#include "ops/move.h"
#include "ops/ops.h"

static const struct arg_def args[] = {{.name = "axes",
                                       .type = ARG_DIMS,
                                       .flags = ARG_REQUIRED | ARG_POSITIONAL | ARG_REST,
                                       .min = -MAX_RANK,
                                       .max = MAX_RANK,
                                       .doc = "the axis of both, or one axis of each, that is summed; 1 is the first "
                                              "one behind the batch, -1 the last one"},
                                      {.name = "normalize",
                                       .type = ARG_BOOL,
                                       .def = "no",
                                       .doc = "along the axis, divides by the length first: the cosine"},
                                      {0}};

/* The axis, without the batch, of input i; -1 if it has no such axis. */
static int axis_of(const struct node *n, int i)
{
    const struct bound *b = node_arg(n, "axes");
    const int axis = (int)b->dim[b->n_dims > 1 ? i : 0], rank = n->inputs[i]->out.rank;
    if (axis < 0)
        return axis + rank >= 0 ? axis + rank : -1;
    return axis > 0 && axis <= rank ? axis - 1 : -1;
}

/* The dimensions of x without the axis, behind those of `s`. */
static struct shape without(struct shape s, struct shape x, int axis)
{
    for (int i = 0; i < x.rank; i++)
        if (i != axis)
            s.dim[s.rank++] = x.dim[i];
    return s;
}

static bool axes_exist(struct net *net, const struct node *n)
{
    const struct bound *b = node_arg(n, "axes");
    if (b->n_dims > 2) {
        diag_error(net->ctx, b->span, "'%s' takes one axis for both layers, or one for each", n->stmt->name);
        return false;
    }
    for (int i = 0; i < 2; i++) {
        const struct shape s = n->inputs[i]->out;
        if (axis_of(n, i) >= 0)
            continue;
        diag_error(net->ctx, b->span, "'%s' has no axis %lld of %s, which has axes 1 to %d", n->stmt->name,
                   (long long)b->dim[b->n_dims > 1 ? i : 0], shape_words(net->ctx, s), s.rank);
        shape_note(net, n->inputs[i]);
        return false;
    }
    return true;
}

static void dot_shape(struct net *net, struct node *n)
{
    if (!axes_exist(net, n))
        return;
    const struct shape a = n->inputs[0]->out, b = n->inputs[1]->out;
    const int along_a = axis_of(n, 0), along_b = axis_of(n, 1);
    if (a.dim[along_a] != b.dim[along_b]) {
        diag_error(net->ctx, n->stmt->name_span, "'%s' sums along axis %d of %s and axis %d of %s, which differ",
                   n->stmt->name, along_a + 1, shape_words(net->ctx, a), along_b + 1, shape_words(net->ctx, b));
        shape_note(net, n->inputs[0]);
        if (n->inputs[1] != n->inputs[0])
            shape_note(net, n->inputs[1]);
        return;
    }
    if (a.rank + b.rank - 2 > MAX_RANK) {
        diag_error(net->ctx, n->stmt->name_span, "'%s' would have %d axes, and %d are the most", n->stmt->name,
                   a.rank + b.rank - 2, MAX_RANK);
        return;
    }
    const struct shape out = without(without((struct shape){0}, a, along_a), b, along_b);
    shape_set(net, n, out.rank ? out : (struct shape){1, {1}});
}

/* A matrix of an image, with the summed axis as its rows or as its columns. */
struct side {
    struct tensor *x;
    bool columns;
    int64_t others;
};

/* x divided by its length along the axis; the length is at least Keras' epsilon. */
static struct tensor *normalized(struct net *net, struct node *n, struct tensor *x, int axis)
{
    struct tensor *squares = lower_map(net, n, "a * a", &x, 1, x->shape, "squares");
    struct tensor *sum = lower_reduce(net, n, REDUCE_SUM, squares, 1U << axis, true, "length");
    return lower_map(net, n, "a * min(1 / sqrt(b), 1e7)", (struct tensor *[]){x, sum}, 2, x->shape, "direction");
}

static struct side side_of(struct net *net, struct node *n, int i)
{
    struct tensor *x = n->inputs[i]->y;
    const struct shape s = n->inputs[i]->out;
    const int axis = axis_of(n, i);
    if (node_arg(n, "normalize")->number != 0)
        x = normalized(net, n, x, axis);
    const int64_t others = shape_size(s) / s.dim[axis];
    if (axis == s.rank - 1)
        return (struct side){x, true, others};
    if (axis == 0)
        return (struct side){lower_reshape(net, n, x, (struct shape){2, {s.dim[0], others}}, i ? "b" : "a"), false,
                             others};
    int order[MAX_RANK];
    struct shape moved = {.rank = s.rank};
    for (int j = 0; j < s.rank; j++) {
        order[j] = j == s.rank - 1 ? axis : j < axis ? j : j + 1;
        moved.dim[j] = s.dim[order[j]];
    }
    return (struct side){lower_permute(net, n, x, s, order, moved, i ? "b" : "a"), true, others};
}

static struct tensor *dot_lower(struct net *net, struct node *n)
{
    const struct side a = side_of(net, n, 0), b = side_of(net, n, 1);
    const struct shape s = n->inputs[0]->out;
    const struct product form = {.matrices = 1,
                                 .rows = a.others,
                                 .inner = s.dim[axis_of(n, 0)],
                                 .columns = b.others,
                                 .transposed_a = !a.columns,
                                 .transposed_b = b.columns};
    const struct shape matrix = {2, {a.others, b.others}};
    struct tensor *y = lower_matmul(net, n, a.x, b.x, &form, matrix, "product");
    return lower_reshape(net, n, y, n->out, "reshaped");
}

const struct layer layer_dot = {
    .rec = {.name = "Dot",
            .doc = "The products of two layers, summed along an axis of each.",
            .example = "image: Input 8x8x3\na: Dense 4\nb: Dense 4 from=image\nDot 1 from=[a, b]",
            .args = args},
    .keras = "Dot",
    .least_inputs = 2,
    .most_inputs = 2,
    .shape = dot_shape,
    .lower = dot_lower,
};
