/* sides.c -- zeros around an image, a sequence or a volume, or so much cut off at its sides */
#include "layers/layers.h"
#include "ops/move.h"

#define SIDES_ARG(NAME, DEFAULT, DOC)                                                                                  \
    {                                                                                                                  \
        .name = NAME, .type = ARG_PAIRS, .flags = ARG_POSITIONAL, .def = DEFAULT, .min = 0, .max = LARGEST_COUNT,      \
        .doc = DOC                                                                                                     \
    }

struct sides {
    int64_t before, after;
};

/* What one axis of the plane gets or loses. A sequence may have both numbers in one value, as in Keras. */
static struct sides sides_of(const struct bound *b, int axis, int axes)
{
    if (b->n_items)
        return (struct sides){b->items[axis].dim[0], b->items[axis].dim[1]};
    if (axes == 1 && b->n_dims == 2)
        return (struct sides){b->dim[0], b->dim[1]};
    const int64_t both = b->dim[b->n_dims == 1 ? 0 : axis];
    return (struct sides){both, both};
}

/* Whether the value has as many numbers as the input has axes without channels. */
static bool sides_fit(struct net *net, const struct node *n, const struct bound *b)
{
    const int axes = n->in.rank - 1, given = b->n_items ? (int)b->n_items : b->n_dims;
    if (given == axes || (!b->n_items && (given == 1 || (axes == 1 && given == 2))))
        return true;
    diag_error(net->ctx, b->span, "'%s' has numbers for %d dimensions here, but its input, %s, has %d beside channels",
               n->stmt->name, given, shape_words(net->ctx, n->in), axes);
    shape_origin(net, n);
    return false;
}

/* sign: 1 adds sides, -1 cuts them off. */
static void sides_shape(struct net *net, struct node *n, const struct bound *b, int sign)
{
    struct shape out = n->in;
    if (!shape_is_plane(net, n) || !shape_fits_name(net, n) || !sides_fit(net, n, b))
        return;
    for (int i = 0; i < out.rank - 1; i++) {
        const struct sides s = sides_of(b, i, out.rank - 1);
        out.dim[i] += sign * (s.before + s.after);
        if (out.dim[i] > 0)
            continue;
        diag_error(net->ctx, b->span, "'%s' cuts off %lld and %lld of %lld, so nothing is left", n->stmt->name,
                   (long long)s.before, (long long)s.after, (long long)n->in.dim[i]);
        shape_origin(net, n);
        return;
    }
    shape_set(net, n, out);
}

static struct tensor *sides_lower(struct net *net, struct node *n, const struct bound *b, int sign, const char *suffix)
{
    struct move_axis axes[MAX_RANK];
    for (int i = 0; i < n->in.rank; i++) {
        const int64_t before = i < n->in.rank - 1 ? sides_of(b, i, n->in.rank - 1).before : 0;
        axes[i] = (struct move_axis){.axis = i, .start = -sign * before, .step = 1, .repeat = 1, .size = n->out.dim[i]};
    }
    return lower_move(net, n, n->x, n->in, axes, n->out, suffix);
}

/* ---- ZeroPadding */

static const struct arg_def padding_args[] = {
    SIDES_ARG("padding", "1",
              "1x2: a row above and below and two columns left and right; [[1, 2], [0, 3]]: one row above and two "
              "below, three columns on the right; 1x2 of a sequence: one step before and two behind"),
    {0}};

static void padding_shape(struct net *net, struct node *n)
{
    sides_shape(net, n, node_arg(n, "padding"), 1);
}

static struct tensor *padding_lower(struct net *net, struct node *n)
{
    return sides_lower(net, n, node_arg(n, "padding"), 1, "padded");
}

const struct layer layer_zero_padding = {
    .rec = {.name = "ZeroPadding",
            .alias = {"ZeroPadding2D", "ZeroPadding1D", "ZeroPadding3D"},
            .doc = "Zeros around an image, a sequence or a volume.",
            .example = "ZeroPadding 1x2",
            .args = padding_args},
    .keras = "ZeroPadding2D",
    .keras_sequence = "ZeroPadding1D",
    .keras_volume = "ZeroPadding3D",
    .input = "8x8x3",
    .shape = padding_shape,
    .lower = padding_lower,
};

/* ---- Cropping */

static const struct arg_def cropping_args[] = {
    SIDES_ARG("cropping", "1",
              "1x2: without a row above and below and two columns left and right; [[1, 2], [0, 3]]: without one row "
              "above and two below, and three columns on the right; 1x2 of a sequence: without its first step and its "
              "last two"),
    {0}};

static void cropping_shape(struct net *net, struct node *n)
{
    sides_shape(net, n, node_arg(n, "cropping"), -1);
}

static struct tensor *cropping_lower(struct net *net, struct node *n)
{
    return sides_lower(net, n, node_arg(n, "cropping"), -1, "cropped");
}

const struct layer layer_cropping = {
    .rec = {.name = "Cropping",
            .alias = {"Cropping2D", "Cropping1D", "Cropping3D"},
            .doc = "An image, a sequence or a volume without its margins.",
            .example = "Cropping 1x2",
            .args = cropping_args},
    .keras = "Cropping2D",
    .keras_sequence = "Cropping1D",
    .keras_volume = "Cropping3D",
    .input = "8x8x3",
    .shape = cropping_shape,
    .lower = cropping_lower,
};
