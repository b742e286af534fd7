/* up_sampling.c -- each pixel, or each step of a sequence, several times */
#include "layers/layers.h"
#include "ops/move.h"

static const char *const interpolations[] = {"nearest", "bilinear", NULL};

static const struct arg_def args[] = {
    {.name = "size",
     .type = ARG_DIMS,
     .flags = ARG_POSITIONAL,
     .def = "2",
     .min = 1,
     .max = LARGEST_COUNT,
     .doc = "how many times higher and wider; 3 of a sequence: how many times longer"},
    {.name = "interpolation",
     .type = ARG_CHOICE,
     .flags = ARG_BARE,
     .def = "nearest",
     .choices = interpolations,
     .doc = "nearest: each pixel several times; bilinear, of an image: between the pixels around"},
    {0}};

static int64_t factor(const struct node *n, int axis)
{
    const struct bound *b = node_arg(n, "size");
    return axis == n->in.rank - 1 ? 1 : b->dim[b->n_dims == 1 ? 0 : axis];
}

static bool is_bilinear(const struct node *n)
{
    return node_arg(n, "interpolation")->number != 0;
}

static void up_sampling_shape(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "size");
    struct shape out = n->in;
    if (!shape_is_plane(net, n) || !shape_fits_name(net, n))
        return;
    if (b->n_dims != 1 && b->n_dims != n->in.rank - 1) {
        diag_error(net->ctx, b->span, "'%s' has %d sizes here, but its input, %s, has %d dimensions beside channels",
                   n->stmt->name, b->n_dims, shape_words(net->ctx, n->in), n->in.rank - 1);
        shape_origin(net, n);
        return;
    }
    if (is_bilinear(n) && n->in.rank != 3) {
        diag_error(net->ctx, node_arg(n, "interpolation")->span,
                   "'bilinear' is for images, but the input of '%s' is %s", n->stmt->name,
                   shape_words(net->ctx, n->in));
        shape_origin(net, n);
        return;
    }
    for (int i = 0; i < out.rank; i++)
        out.dim[i] *= factor(n, i);
    shape_set(net, n, out);
}

static struct tensor *up_sampling_lower(struct net *net, struct node *n)
{
    struct move_axis axes[MAX_RANK];
    if (is_bilinear(n))
        return lower_resample(net, n, lower_resample(net, n, n->x, 0, n->out.dim[0], false), 1, n->out.dim[1], false);
    for (int i = 0; i < n->in.rank; i++)
        axes[i] = (struct move_axis){.axis = i, .step = 1, .repeat = factor(n, i), .size = n->out.dim[i]};
    return lower_move(net, n, n->x, n->in, axes, n->out, "larger");
}

const struct layer layer_up_sampling = {
    .rec = {.name = "UpSampling",
            .alias = {"UpSampling2D", "UpSampling1D", "UpSampling3D"},
            .doc = "A larger image, sequence or volume: each pixel several times.",
            .example = "UpSampling 2x2",
            .args = args},
    .keras = "UpSampling2D",
    .keras_sequence = "UpSampling1D",
    .keras_volume = "UpSampling3D",
    .input = "4x4x3",
    .shape = up_sampling_shape,
    .lower = up_sampling_lower,
};
