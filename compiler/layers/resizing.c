/* resizing.c -- an image of another size: resampled, or cut out of the middle */
#include "layers/layers.h"
#include "ops/move.h"
#include "ops/resample.h"

struct tensor *lower_resample(struct net *net, struct node *n, struct tensor *x, int axis, int64_t size, bool nearest)
{
    struct shape out = x->shape;
    if (out.dim[axis] == size)
        return x;
    out.dim[axis] = size;
    struct op *o = lower_unary(net, &op_resample, n, x, out, "resampled");
    struct resample *r = (struct resample *)(void *)o;
    r->axis = axis;
    r->nearest = nearest;
    return o->out[0];
}

static const char *const interpolations[] = {"bilinear", "nearest", NULL};

#define SIZE_ARG(NAME)                                                                                                 \
    {                                                                                                                  \
        .name = NAME, .type = ARG_INT, .flags = ARG_REQUIRED | ARG_POSITIONAL, .min = 1, .max = LARGEST_COUNT,         \
        .doc = NAME " of the output"                                                                                   \
    }

static bool is_image(struct net *net, const struct node *n)
{
    if (n->in.rank != 3)
        shape_refuse(net, n, "[height, width, channels]");
    return n->in.rank == 3;
}

static struct shape size_of(const struct node *n)
{
    return (struct shape){
        3, {(int64_t)node_arg(n, "height")->number, (int64_t)node_arg(n, "width")->number, n->in.dim[2]}};
}

/* ---- Resizing */

static const struct arg_def resizing_args[] = {SIZE_ARG("height"),
                                               SIZE_ARG("width"),
                                               {.name = "interpolation",
                                                .type = ARG_CHOICE,
                                                .flags = ARG_BARE,
                                                .def = "bilinear",
                                                .choices = interpolations,
                                                .doc = "bilinear: between the pixels around; nearest: the pixel there"},
                                               {0}};

static void resizing_shape(struct net *net, struct node *n)
{
    if (is_image(net, n))
        shape_set(net, n, size_of(n));
}

static struct tensor *resizing_lower(struct net *net, struct node *n)
{
    const bool nearest = node_arg(n, "interpolation")->number != 0;
    struct tensor *rows = lower_resample(net, n, n->x, 0, n->out.dim[0], nearest);
    return lower_resample(net, n, rows, 1, n->out.dim[1], nearest);
}

const struct layer layer_resizing = {
    .rec = {.name = "Resizing",
            .doc = "An image of another height and width.",
            .example = "Resizing 6 8",
            .args = resizing_args},
    .keras = "Resizing",
    .input = "8x8x3",
    .shape = resizing_shape,
    .lower = resizing_lower,
};

/* ---- CenterCrop */

static const struct arg_def crop_args[] = {SIZE_ARG("height"), SIZE_ARG("width"), {0}};

static void crop_shape(struct net *net, struct node *n)
{
    if (!is_image(net, n))
        return;
    const struct shape out = size_of(n);
    if (out.dim[0] > n->in.dim[0] || out.dim[1] > n->in.dim[1]) {
        diag_error(net->ctx, n->stmt->span, "'%s' cuts %lldx%lld out of an image, but its input is %s", n->stmt->name,
                   (long long)out.dim[0], (long long)out.dim[1], shape_words(net->ctx, n->in));
        shape_origin(net, n);
        diag_note(net->ctx, n->stmt->name_span, "'Resizing' makes an image larger");
        return;
    }
    shape_set(net, n, out);
}

static struct tensor *crop_lower(struct net *net, struct node *n)
{
    struct move_axis axes[3];
    for (int i = 0; i < 3; i++)
        axes[i] = (struct move_axis){
            .axis = i, .start = (n->in.dim[i] - n->out.dim[i]) / 2, .step = 1, .repeat = 1, .size = n->out.dim[i]};
    return lower_move(net, n, n->x, n->in, axes, n->out, "middle");
}

const struct layer layer_center_crop = {
    .rec = {.name = "CenterCrop", .doc = "The middle of an image.", .example = "CenterCrop 6 4", .args = crop_args},
    .keras = "CenterCrop",
    .input = "8x8x3",
    .shape = crop_shape,
    .lower = crop_lower,
};
