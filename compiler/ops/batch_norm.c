/* batch_norm.c -- y = (x - mean) * gamma / sqrt(variance + epsilon) + beta, where mean and variance of each channel are
 * those of the whole batch, or the running ones. The sums of x and x^2 of each image, doubles, are added for each
 * chunk; behind a barrier every chunk has the sums of the batch and makes coefficients of them, with which one pass
 * over x makes y. The gradient does the same with dy and dy * x. One product and one sum a value remain:
 * y = (x - near) * scale + shift, where `near` is the mean as a number of the machine, so that no digits cancel. */
#include <math.h>

#include "ops/norm.h"
#include "ops/ops.h"

static const struct attribute norm_attributes[] = {
    {.name = "epsilon", .type = ATTRIBUTE_REAL, .offset = offsetof(struct norm_op, epsilon), .show = " epsilon="},
    {.name = "momentum", .type = ATTRIBUTE_REAL, .offset = offsetof(struct norm_op, momentum)},
    {.name = "scale", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct norm_op, scale), .show = " scale"},
    {.name = "center", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct norm_op, center), .show = " center"},
    {.name = "pixels", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct norm_op, pixels)},
    {.name = "weight", .type = ATTRIBUTE_REAL, .offset = offsetof(struct norm_op, weight)},
    {0}};

struct tensor *norm_statistic(struct net *n, const char *name, int64_t rows, int64_t channels, enum dtype dtype)
{
    struct tensor *t = net_tensor(n, name, (struct shape){2, {rows, channels}}, ROLE_STATISTIC);
    t->dtype = dtype;
    return t;
}

/* The layout of a statistic: a run of channels for each of its rows. */
static struct result_layout rows_layout(const struct op *o)
{
    const struct shape s = o->out[0]->shape;
    return (struct result_layout){.channels = s.dim[1], .pixels = s.dim[0]};
}

struct tensor *norm_sums(struct net *n, const char *name, int64_t channels, enum role role)
{
    struct tensor *t = net_tensor(n, name, (struct shape){2, {NORM_SUMS, channels}}, role);
    t->dtype = DTYPE_F64;
    return t;
}

static struct tensor *sum_of(struct net *n, const struct op_kind *kind, struct tensor *x, int64_t rows,
                             struct node *node, const char *name, enum phase phase)
{
    struct op *o = net_op(n, kind, node);
    o->phase = phase;
    op_in(n, o, x);
    op_out(n, o, norm_statistic(n, name, rows, x->shape.dim[1], DTYPE_F64));
    return o->out[0];
}

static const char *own_name(struct net *n, const char *name)
{
    return arena_printf(ctx_arena(n->ctx), "%s_of_chunk", name);
}

struct tensor *norm_total(struct net *n, struct tensor *sums, struct node *node, const char *name, enum phase phase)
{
    const int64_t rows = sums->shape.dim[0];
    struct tensor *partial = sum_of(n, &op_chunk_sums, sums, rows, node, own_name(n, name), phase);
    return sum_of(n, &op_total, partial, rows, node, name, phase);
}

struct tensor *norm_rows(struct net *n, struct tensor *rows, struct node *node, const char *name, int64_t images)
{
    struct tensor *partial = sum_of(n, &op_batch_rows, rows, images, node, own_name(n, name), PHASE_BACKWARD);
    return sum_of(n, &op_total, partial, images, node, name, PHASE_BACKWARD);
}

/* ---- gradients */

static const char *named(const struct net *n, const char *what, const struct node *node)
{
    return arena_printf(ctx_arena(n->ctx), "d_%s_%s", node->ident, what);
}

/* The gradients of gamma and beta, which are in[first ..] of `of`. */
static void weights_gradient(struct net *n, struct op *of, int first, struct tensor *sums, struct tensor *k)
{
    if (of->n_in == first || !grad_wanted(of->in[first]))
        return;
    struct op *o = net_op(n, &op_batch_norm_weights, of->node);
    op_in(n, o, sums);
    op_in(n, o, k);
    op_inherit(o, of);
    for (int i = first; i < of->n_in; i++)
        grad_param(n, o, of->in[i]);
}

static void data_gradient(struct net *n, struct op *affine, struct op *norm, struct tensor *dy, struct tensor *sums)
{
    struct tensor *x = affine->in[0], *k = affine->in[1];
    struct op *slopes = NULL, *o = NULL;
    struct tensor *total = norm_total(n, sums, affine->node, named(n, "total", affine->node), PHASE_BACKWARD);
    slopes = net_op(n, &op_batch_norm_slopes, affine->node);
    op_in(n, slopes, total);
    op_in(n, slopes, k);
    op_out(n, slopes, norm_statistic(n, named(n, "slopes", affine->node), NORM_SLOPES, k->shape.dim[1], DTYPE_F32));
    op_inherit(slopes, norm);
    o = net_op(n, &op_affine_grad, affine->node);
    op_in(n, o, dy);
    op_in(n, o, x);
    op_in(n, o, k);
    op_in(n, o, slopes->out[0]);
    op_out(n, o, grad_tensor(n, x));
    grad_add(n, x, o->out[0], affine->node);
}

static void affine_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    struct tensor *k = o->in[1];
    struct op *norm = k->producer;
    if (norm->kind == &op_still_norm) {
        grad_data(n, &op_still_affine_grad, o, dy, k);
        return;
    }
    struct op *sums = net_op(n, &op_affine_sums, o->node);
    op_in(n, sums, dy);
    op_in(n, sums, o->in[0]);
    op_in(n, sums, k);
    op_out(n, sums, norm_sums(n, named(n, "sums", o->node), k->shape.dim[1], ROLE_GRADIENT));
    weights_gradient(n, norm, NORM_GAMMA, sums->out[0], k);
    if (grad_wanted(o->in[0]))
        data_gradient(n, o, norm, dy, sums->out[0]);
}

/* A shared layer moves its running statistics once for each of its K uses: r becomes m * r + (1 - m) * s. That is one
 * move with momentum m^K toward a weighted mean of all s, which is what the running ops add up to. */
struct running_move {
    double weight, momentum; /* of this use's s in the mean; m^K */
};

static struct running_move move_of(const struct net *n, const struct op *of, double momentum)
{
    const struct param *mean = of->in[NORM_MEAN]->param;
    double all = 0, own = 0;
    int uses = 0;
    for (size_t i = n->ops.n; i-- > 0;) { /* the last use first, because its statistics have moved no further */
        const struct op *o = n->ops.at[i];
        if (o->kind != &op_batch_norm || o->in[NORM_MEAN]->param != mean)
            continue;
        const double one = pow(momentum, uses++);
        all += one;
        own = o == of ? one : own;
    }
    return (struct running_move){own / all, pow(momentum, uses)};
}

static void batch_norm_statistics(struct net *n, struct op *of)
{
    const struct norm_op *norm = (const struct norm_op *)(const void *)of;
    if (!of->in[NORM_MEAN]->param->running)
        return;
    const struct running_move move = move_of(n, of, norm->momentum);
    struct op *o = net_op(n, &op_running, of->node);
    op_in(n, o, of->in[NORM_TOTAL]);
    for (int i = NORM_MEAN; i <= NORM_VARIANCE; i++) {
        grad_param(n, o, of->in[i]);
        of->in[i]->param->momentum = move.momentum;
    }
    op_inherit(o, of);
    ((struct norm_op *)(void *)o)->weight = move.weight;
}

/* Inference has no batch, only the running statistics. */
static void batch_norm_infer(struct op *o)
{
    o->kind = &op_still_norm;
    o->in++;
    o->n_in--;
}

/* ---- inference */

static int id_of(const struct op *norm, int number)
{
    return number < norm->n_in ? norm->in[number]->param->id : -1;
}

/* A parameter that is made of others, among them weights that a shared layer has for this use alone. */
static struct tensor *derived(struct net *n, struct node *node, enum param_kind kind, struct shape shape)
{
    const struct bound zeros = {.record = record_find(initializers, "zeros")};
    struct param *p = net_own_param(n, node, "folded", kind, shape, &zeros, 1, 1);
    p->derived = p->frozen = true;
    return p->tensor;
}

/* The convolution or dense layer whose sums x are, with or without a bias; NULL: x is something else, others read x,
 * the sums, or the weights, or outputs are not the last axis of the weights. */
static struct op *weights_before(const struct net *n, const struct tensor *x, struct op **bias)
{
    const int *users = net_users(n);
    struct op *o = x->producer;
    *bias = o && o->kind == &op_bias && users[x->id] == 1 ? o : NULL;
    if (*bias)
        o = (*bias)->in[0]->producer;
    if (!o || !o->kind->weighs || users[o->out[0]->id] != 1 || o->in[1]->role != ROLE_PARAM ||
        o->in[1]->param->outputs_first || users[o->in[1]->id] != 1 || (*bias && users[(*bias)->in[1]->id] != 1))
        return NULL;
    return o;
}

/* y = x * w * factor + folded, or y = (x - mean) * factor + beta with coefficients from the compiler. */
static void affine_fold(struct net *n, struct op *o)
{
    const struct op *norm = o->in[1]->producer;
    if (!norm || norm->kind != &op_still_norm)
        return;
    const struct norm_op *how = (const struct norm_op *)(const void *)norm;
    const int first = NORM_GAMMA - NORM_MEAN;
    struct op *bias, *weighs = weights_before(n, o->in[0], &bias);
    struct fold f = {.mean = norm->in[0]->param->id,
                     .variance = norm->in[1]->param->id,
                     .gamma = how->scale ? id_of(norm, first) : -1,
                     .beta = how->center ? id_of(norm, first + how->scale) : -1,
                     .epsilon = how->epsilon,
                     .kernel = weighs ? weighs->in[1]->param->id : -1,
                     .bias = weighs && bias ? bias->in[1]->param->id : -1};
    const int64_t channels = norm->in[0]->shape.dim[0];
    const struct shape one = {1, {channels}}, rows = {2, {NORM_SHIFT + 1, channels}};
    if (weighs) {
        o->kind = &op_bias;
        o->in[0] = weighs->out[0];
    }
    o->in[1] = derived(n, o->node, weighs ? PARAM_VECTOR : PARAM_ARRAY, weighs ? one : rows);
    f.into = o->in[1]->param->id;
    vec_push(ctx_arena(n->ctx), &n->folds, f);
}

/* No gradient flows through the coefficients: that of `affine` knows what they are made of. */
static void no_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    (void)n, (void)o, (void)dy;
}

/* ---- the kinds */

const struct op_kind op_moments = {.name = "moments",
                                   .phase = PHASE_FORWARD,
                                   .operands = "x -> sums",
                                   .gradient = no_gradient,
                                   .layout = rows_layout,
                                   .strip = STRIP_OP,
                                   .step = true};

const struct op_kind op_chunk_sums = {.name = "chunk_sums",
                                      .phase = PHASE_FORWARD,
                                      .operands = "sums -> partial",
                                      .gradient = no_gradient,
                                      .layout = rows_layout,
                                      .strip = STRIP_OP,
                                      .granularity = WHOLE_CHUNK,
                                      .step = true,
                                      .adds_images = true};

const struct op_kind op_batch_rows = {.name = "batch_rows",
                                      .phase = PHASE_BACKWARD,
                                      .operands = "rows -> partial",
                                      .gradient = no_gradient,
                                      .layout = rows_layout,
                                      .strip = STRIP_OP,
                                      .granularity = WHOLE_CHUNK,
                                      .step = true,
                                      .judges = true,
                                      .spreads_images = true};

const struct op_kind op_total = {.name = "total",
                                 .phase = PHASE_FORWARD,
                                 .operands = "partial -> total",
                                 .gradient = no_gradient,
                                 .layout = rows_layout,
                                 .strip = STRIP_OP,
                                 .barrier = true};

/* p, q: gamma and beta, or the one of them that there is */
const struct op_kind op_batch_norm = {.name = "batch_norm",
                                      .phase = PHASE_FORWARD,
                                      .operands = "total mean variance p q -> k",
                                      .attributes = norm_attributes,
                                      .size = sizeof(struct norm_op),
                                      .gradient = no_gradient,
                                      .statistics = batch_norm_statistics,
                                      .layout = rows_layout,
                                      .infer = batch_norm_infer,
                                      .granularity = WHOLE_CHUNK,
                                      .step = true};

const struct op_kind op_still_norm = {.name = "still_norm",
                                      .phase = PHASE_FORWARD,
                                      .operands = "mean variance p q -> k",
                                      .attributes = norm_attributes,
                                      .size = sizeof(struct norm_op),
                                      .gradient = no_gradient,
                                      .layout = rows_layout,
                                      .granularity = WHOLE_CHUNK};

static const struct op_kind *const epilogue[] = {&op_act, NULL};
static const struct op_kind *const data_epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_affine = {.name = "affine",
                                  .phase = PHASE_FORWARD,
                                  .operands = "x k -> y",
                                  .gradient = affine_gradient,
                                  .pads = true,
                                  .remade = true,
                                  .fold = affine_fold,
                                  .epilogue = epilogue,
                                  .merges = true};

const struct op_kind op_affine_sums = {
    .name = "affine_sums", .phase = PHASE_BACKWARD, .operands = "dy x k -> sums", .layout = rows_layout};

const struct op_kind op_affine_grad = {.name = "affine_grad",
                                       .phase = PHASE_BACKWARD,
                                       .operands = "dy x k dk -> dx",
                                       .epilogue = data_epilogue,
                                       .merges = true};

const struct op_kind op_still_affine_grad = {.name = "still_affine_grad",
                                             .phase = PHASE_BACKWARD,
                                             .operands = "dy k -> dx",
                                             .epilogue = data_epilogue,
                                             .merges = true};

const struct op_kind op_batch_norm_weights = {.name = "batch_norm_weights",
                                              .phase = PHASE_BACKWARD,
                                              .operands = "sums k -> dp dq",
                                              .attributes = norm_attributes,
                                              .size = sizeof(struct norm_op),
                                              .granularity = WHOLE_CHUNK,
                                              .first = true};

const struct op_kind op_batch_norm_slopes = {.name = "batch_norm_slopes",
                                             .phase = PHASE_BACKWARD,
                                             .operands = "total k -> dk",
                                             .attributes = norm_attributes,
                                             .size = sizeof(struct norm_op),
                                             .layout = rows_layout,
                                             .granularity = WHOLE_CHUNK,
                                             .step = true};

const struct op_kind op_running = {.name = "running",
                                   .phase = PHASE_BACKWARD,
                                   .operands = "total -> dmean dvariance",
                                   .attributes = norm_attributes,
                                   .size = sizeof(struct norm_op),
                                   .granularity = WHOLE_CHUNK,
                                   .step = true,
                                   .first = true};
