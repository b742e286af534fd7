/* pool.c -- for a maximum, dy goes to the place of the largest element, which the index of the forward op tells; for a
 * mean, dy is spread over the window. */
#include "ops/ops.h"

static void maxpool_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_maxpool_grad, o, dy, o->out[1]);
}

static void avgpool_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    grad_data(n, &op_avgpool_grad, o, dy, NULL);
}

/* True if the windows do not overlap, so each pixel is in at most one, and are small enough to be unrolled in the
 * kernel of the convolution. Convolutions of volumes work slice by slice. */
static bool maxpool_joins(const struct op *o)
{
    const struct window *w = &o->win;
    return o->in[0]->shape.rank <= 3 && w->kh * w->kw <= 16 && w->sh == w->kh && w->sw == w->kw && w->dh == 1 &&
           w->dw == 1 && w->pt + w->pb + w->pl + w->pr == 0;
}

static struct result_layout pool_layout(const struct op *o)
{
    return (struct result_layout){.like = o->in[0], .pixels = window_outputs(&o->win)};
}

static struct result_layout pool_grad_layout(const struct op *o)
{
    return (struct result_layout){.channels = o->win.ic, .pixels = window_inputs(&o->win)};
}

static const struct attribute attributes[] = {
    {.name = "win", .type = ATTRIBUTE_WINDOW, .offset = offsetof(struct op, win), .show = ""}, {0}};

const struct op_kind op_maxpool = {.name = "maxpool",
                                   .phase = PHASE_FORWARD,
                                   .operands = "x -> y index",
                                   .attributes = attributes,
                                   .gradient = maxpool_gradient,
                                   .place = EPILOGUE_POOL,
                                   .joins = maxpool_joins,
                                   .hoists = true,
                                   .carries_maximum = true,
                                   .strip = STRIP_OUTPUTS,
                                   .layout = pool_layout};

const struct op_kind op_avgpool = {.name = "avgpool",
                                   .phase = PHASE_FORWARD,
                                   .operands = "x -> y",
                                   .attributes = attributes,
                                   .gradient = avgpool_gradient,
                                   .layout = pool_layout};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_maxpool_grad = {.name = "maxpool_grad",
                                        .phase = PHASE_BACKWARD,
                                        .operands = "dy index -> dx",
                                        .attributes = attributes,
                                        .epilogue = epilogue,
                                        .layout = pool_grad_layout,
                                        .loses_most = true};

const struct op_kind op_avgpool_grad = {.name = "avgpool_grad",
                                        .phase = PHASE_BACKWARD,
                                        .operands = "dy -> dx",
                                        .attributes = attributes,
                                        .epilogue = epilogue,
                                        .layout = pool_grad_layout};
