/* fetch.c -- each pixel of y is what stands at a place of the image x: rows and columns say where, numbers that need
 * not be whole. An image stays as it is unless its `when` is above 0. All of them come from draws alone, so the
 * gradient goes to x, to the pixels that each was made of. */
#include "ops/ops.h"
#include "ops/warp.h"

static void fetch_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    struct op *back = grad_data(n, &op_fetch_grad, o, dy, o->in[1]);
    op_in(n, back, o->in[2]);
    op_in(n, back, o->in[3]);
}

static const struct attribute attributes[] = {BETWEEN_ATTRIBUTES(struct fetch_op), {0}};

const struct op_kind op_fetch = {.name = "fetch",
                                 .phase = PHASE_FORWARD,
                                 .operands = "x rows columns when -> y",
                                 .attributes = attributes,
                                 .size = sizeof(struct fetch_op),
                                 .gradient = fetch_gradient,
                                 .strip = STRIP_PASS,
                                 .step = true};

const struct op_kind op_fetch_grad = {.name = "fetch_grad",
                                      .phase = PHASE_BACKWARD,
                                      .operands = "dy rows columns when -> dx",
                                      .attributes = attributes,
                                      .size = sizeof(struct fetch_op),
                                      .step = true};
