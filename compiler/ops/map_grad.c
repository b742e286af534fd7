/* map_grad.c -- what maps and reductions leave to the way back: the gradient of an operand is a map of the gradient of
 * the result, summed over all places where the operand is repeated, for a parameter also over the images of a chunk. */
#include <string.h>

#include "expr/expr.h"
#include "ops/ops.h"

struct shape shape_broadcast(struct shape a, struct shape b)
{
    struct shape s = a.rank >= b.rank ? a : b;
    const struct shape other = a.rank >= b.rank ? b : a;
    for (int i = 1; i <= other.rank; i++) {
        int64_t *mine = &s.dim[s.rank - i], theirs = other.dim[other.rank - i];
        if (*mine != theirs && *mine != 1 && theirs != 1)
            return (struct shape){.rank = -1};
        if (*mine == 1)
            *mine = theirs;
    }
    return s;
}

const char *factors_rename(struct net *n, const struct expr *e, const struct factor *factors, int count,
                           struct tensor **x, int *used)
{
    struct arena *a = ctx_arena(n->ctx);
    *used = 0;
    for (int pass = 0; pass < 2; pass++) /* first to names that no factor has */
        for (int i = 0, k = 0; i < count; i++) {
            const char *between = arena_printf(a, "#%d", i);
            if (pass == 0) {
                e = expr_replace(a, e, expr_name(a, factors[i].name), expr_name(a, between));
            } else if (expr_mentions(e, between)) {
                e = expr_replace(a, e, expr_name(a, between), expr_name(a, op_operand(a, &op_map_grad, k++, false)));
                x[(*used)++] = factors[i].tensor;
            }
        }
    return expr_text(a, e);
}

/* `full` with 1 where the shape, aligned at the last axis, has 1 or no axis. */
static struct shape kept_by(struct shape s, struct shape full)
{
    struct shape kept = full;
    for (int i = 1; i <= full.rank; i++)
        if (i > s.rank || s.dim[s.rank - i] == 1)
            kept.dim[full.rank - i] = 1;
    return kept;
}

void grad_map(struct net *n, struct node *node, struct tensor *t, const struct expr *e, const struct factor *factors,
              int count, struct shape full)
{
    struct tensor *x[MOST_OPERANDS];
    int used;
    if (expr_equal(e, expr_number(ctx_arena(n->ctx), 0)))
        return;
    const bool param = t->role == ROLE_PARAM, repeated = shape_size(t->shape) != shape_size(full);
    const char *formula = factors_rename(n, e, factors, count, x, &used);
    struct op *o = net_op(n, param ? &op_map_param : repeated ? &op_map_sum : &op_map_grad, node);
    struct map_op *m = (struct map_op *)(void *)o;
    for (int i = 0; i < used; i++)
        op_in(n, o, x[i]);
    m->formula = formula;
    m->full = full;
    m->kept = kept_by(t->shape, full);
    if (param) {
        grad_param(n, o, t);
        return;
    }
    op_out(n, o, grad_tensor(n, t));
    grad_add(n, t, o->out[0], node);
}

/* Like the first operand of the same shape that is no input of the network. */
struct result_layout map_layout(const struct op *o)
{
    const struct shape s = o->out[0]->shape;
    const struct tensor *like = NULL;
    for (int i = 0; i < o->n_in; i++) {
        const struct tensor *x = o->in[i];
        if (!shape_equal(x->shape, s) ||
            (x->role != ROLE_ACTIVATION && x->role != ROLE_GRADIENT && x->role != ROLE_INPUT))
            continue;
        if (!like || (like->role == ROLE_INPUT && x->role != ROLE_INPUT))
            like = x;
    }
    return (struct result_layout){
        .like = like, .channels = shape_channels(s), .pixels = like ? 0 : shape_size(s) / shape_channels(s)};
}

/* A run of the last axis that is left. */
struct result_layout reduce_layout(const struct op *o)
{
    const struct shape s = o->out[0]->shape;
    return (struct result_layout){.channels = shape_channels(s), .pixels = shape_size(s) / shape_channels(s)};
}

static const struct attribute attributes[] = {
    {.name = "formula", .type = ATTRIBUTE_TEXT, .offset = offsetof(struct map_op, formula), .show = " "},
    {.name = "full", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct map_op, full), .show = " over "},
    {.name = "kept", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct map_op, kept)},
    {0}};

/* The gradient of a sum is that of each of its operands. */
static bool map_grad_copies(const struct op *o)
{
    return o->n_in == 1 && strcmp(map_of(o)->formula, "a") == 0 && shape_equal(o->in[0]->shape, o->out[0]->shape);
}

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_map_grad = {.name = "map_grad",
                                    .phase = PHASE_BACKWARD,
                                    .operands = MAP_OPERANDS " -> y",
                                    .attributes = attributes,
                                    .size = sizeof(struct map_op),
                                    .layout = map_layout,
                                    .formula = FORMULA_MAP,
                                    .epilogue = epilogue,
                                    .keeps_order = map_grad_copies};

const struct op_kind op_map_sum = {.name = "map_sum",
                                   .phase = PHASE_BACKWARD,
                                   .operands = MAP_OPERANDS " -> y",
                                   .attributes = attributes,
                                   .size = sizeof(struct map_op),
                                   .formula = FORMULA_REDUCED,
                                   .layout = reduce_layout};

const struct op_kind op_map_param = {.name = "map_param",
                                     .phase = PHASE_BACKWARD,
                                     .operands = MAP_OPERANDS " -> y",
                                     .attributes = attributes,
                                     .size = sizeof(struct map_op),
                                     .formula = FORMULA_REDUCED,
                                     .first = true};
