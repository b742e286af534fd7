/* random_warp.c -- layers that mirror, turn, shift, zoom and shear images at random while they train, and crop them. */
#include "layers/layers.h"
#include "ops/move.h"
#include "ops/ops.h"
#include "ops/warp.h"

static const char *const modes[] = {"horizontal", "vertical", "horizontal_and_vertical", NULL};

#define FACTOR(NAME, FLAGS, DEFAULT, MOST, DOC) FACTOR_ARG(NAME, ARG_POSITIONAL | (FLAGS), DEFAULT, -(MOST), MOST, DOC)
static const struct arg_def flip_args[] = {
    {.name = "mode",
     .type = ARG_CHOICE,
     .flags = ARG_POSITIONAL | ARG_BARE,
     .def = "horizontal_and_vertical",
     .choices = modes,
     .doc = "columns change places, or rows, or both, each in half of the images"},
    {0}};
static const struct arg_def rotation_args[] = {
    FACTOR("factor", ARG_REQUIRED, NULL, 1, "part of a full turn, either way; or [least, most]"), OUTSIDE_ARGS, {0}};
static const struct arg_def translation_args[] = {
    FACTOR("height_factor", ARG_REQUIRED, NULL, 1, "part of the height, up or down; or [least, most]"),
    FACTOR("width_factor", ARG_REQUIRED, NULL, 1, "part of the width, left or right; or [least, most]"),
    OUTSIDE_ARGS,
    {0}};
static const struct arg_def zoom_args[] = {
    FACTOR("height_factor", ARG_REQUIRED, NULL, 1, "0.2: shows from 80% to 120% of the height; or [least, most]"),
    FACTOR("width_factor", 0, NULL, 1, "the same for the width; without it both are zoomed alike"),
    OUTSIDE_ARGS,
    {0}};
static const struct arg_def shear_args[] = {
    FACTOR("x_factor", 0, "0", 1, "columns a row, to either side; or [least, most]"),
    FACTOR("y_factor", 0, "0", 1, "rows a column, up or down; or [least, most]"),
    OUTSIDE_ARGS,
    {0}};
static const struct arg_def crop_args[] = {{.name = "height",
                                            .type = ARG_INT,
                                            .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                            .min = 1,
                                            .max = LARGEST_COUNT,
                                            .doc = "rows that are left"},
                                           {.name = "width",
                                            .type = ARG_INT,
                                            .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                            .min = 1,
                                            .max = LARGEST_COUNT,
                                            .doc = "columns that are left"},
                                           {0}};

/* ---- shapes */

static void crop_shape(struct net *net, struct node *n)
{
    const int64_t size[] = {(int64_t)node_arg(n, "height")->number, (int64_t)node_arg(n, "width")->number};
    if (!image_fits(net, n, ANY_CHANNELS))
        return;
    if (size[0] > n->in.dim[0] || size[1] > n->in.dim[1]) {
        diag_error(net->ctx, n->stmt->span, "'%s' wants %lldx%lld pixels of an input that is %s", n->stmt->name,
                   (long long)size[0], (long long)size[1], shape_words(net->ctx, n->in));
        shape_origin(net, n);
        return;
    }
    shape_set(net, n, (struct shape){3, {size[0], size[1], n->in.dim[2]}});
}

/* ---- ops */

static void set_limits(double to[2], struct limits l, double plus, double times)
{
    to[0] = (l.low + plus) * times;
    to[1] = (l.high + plus) * times;
}

/* A warp that changes nothing yet. */
static struct warp_op *lower_warp(struct net *net, struct node *n)
{
    const int stream = streams_of(net);
    struct op *o = lower_unary(net, &op_warp, n, n->x, n->in, "warped");
    struct warp_op *w = (struct warp_op *)(void *)o;
    o->stream = stream;
    w->between = between_of(n, FILL_REFLECT);
    for (int i = 0; i < 2; i++)
        w->zoom_rows[i] = w->zoom_columns[i] = 1;
    return w;
}

static struct tensor *flip_lower(struct net *net, struct node *n)
{
    const int mode = (int)node_arg(n, "mode")->number;
    struct warp_op *w = lower_warp(net, n);
    w->mirror_columns = mode != 1;
    w->mirror_rows = mode != 0;
    w->between.nearest = true;
    return w->op.out[0];
}

static struct tensor *rotation_lower(struct net *net, struct node *n)
{
    const double full_turn = 6.283185307179586;
    struct warp_op *w = lower_warp(net, n);
    set_limits(w->turn, factor_of(n, "factor", true), 0, full_turn);
    return w->op.out[0];
}

static struct tensor *translation_lower(struct net *net, struct node *n)
{
    struct warp_op *w = lower_warp(net, n);
    set_limits(w->shift_rows, factor_of(n, "height_factor", true), 0, (double)n->in.dim[0]);
    set_limits(w->shift_columns, factor_of(n, "width_factor", true), 0, (double)n->in.dim[1]);
    return w->op.out[0];
}

static struct tensor *zoom_lower(struct net *net, struct node *n)
{
    struct warp_op *w = lower_warp(net, n);
    w->one_zoom = !node_arg(n, "width_factor")->n_items;
    set_limits(w->zoom_rows, factor_of(n, "height_factor", true), 1, 1);
    if (!w->one_zoom)
        set_limits(w->zoom_columns, factor_of(n, "width_factor", true), 1, 1);
    return w->op.out[0];
}

static struct tensor *shear_lower(struct net *net, struct node *n)
{
    struct warp_op *w = lower_warp(net, n);
    set_limits(w->shear_columns, factor_of(n, "x_factor", true), 0, 1);
    set_limits(w->shear_rows, factor_of(n, "y_factor", true), 0, 1);
    return w->op.out[0];
}

/* The image is shifted by whole pixels, so that each window of the size may come to the middle, which is cut out. */
static struct tensor *crop_lower(struct net *net, struct node *n)
{
    struct move_axis axes[3];
    struct warp_op *w = lower_warp(net, n);
    double *const shifts[] = {w->shift_rows, w->shift_columns};
    for (int i = 0; i < 3; i++) {
        const int64_t rest = n->in.dim[i] - n->out.dim[i], before = rest / 2;
        axes[i] = (struct move_axis){.axis = i, .start = before, .step = 1, .repeat = 1, .size = n->out.dim[i]};
        if (i < 2)
            shifts[i][0] = (double)(before - rest) - .5, shifts[i][1] = (double)before + .5;
    }
    w->whole = w->between.nearest = true;
    return lower_move(net, n, w->op.out[0], n->in, axes, n->out, "cropped");
}

const struct layer layer_random_flip = {
    .rec = {.name = "RandomFlip",
            .doc = "Mirrors images at random while training.",
            .example = "RandomFlip horizontal",
            .args = flip_args},
    .keras = "RandomFlip",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = flip_lower,
};

const struct layer layer_random_rotation = {
    .rec = {.name = "RandomRotation",
            .doc = "Turns images at random about their centre while training.",
            .example = "RandomRotation 0.1",
            .args = rotation_args},
    .keras = "RandomRotation",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = rotation_lower,
};

const struct layer layer_random_translation = {
    .rec = {.name = "RandomTranslation",
            .doc = "Shifts images at random while training.",
            .example = "RandomTranslation 0.1 0.1",
            .args = translation_args},
    .keras = "RandomTranslation",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = translation_lower,
};

const struct layer layer_random_zoom = {
    .rec = {.name = "RandomZoom",
            .doc = "Zooms images at random while training.",
            .example = "RandomZoom 0.2",
            .args = zoom_args},
    .keras = "RandomZoom",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = zoom_lower,
};

const struct layer layer_random_shear = {
    .rec = {.name = "RandomShear",
            .doc = "Shears images at random while training.",
            .example = "RandomShear 0.2 0.1",
            .args = shear_args},
    .keras = "RandomShear",
    .noisy = true,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = shear_lower,
};

const struct layer layer_random_crop = {
    .rec = {.name = "RandomCrop",
            .doc = "A window of images, at random while training, else in the middle.",
            .example = "RandomCrop 6 6",
            .args = crop_args},
    .keras = "RandomCrop",
    .noisy = true,
    .input = "8x8x3",
    .shape = crop_shape,
    .lower = crop_lower,
};
