/* formula.c -- a formula of the user as ops: a REDUCE for each of its reductions, the inner ones first, and a MAP. */
#include <string.h>

#include "expr/expr.h"
#include "layers/layers.h"
#include "ops/ops.h"

bool formula_read(struct net *net, const struct bound *b, int names, struct expr_lambda *f)
{
    const bool quoted = b->span.end - b->span.begin != strlen(b->text);
    const uint32_t begin = b->span.begin + quoted;
    *f = expr_lambda(ctx_arena(net->ctx), b->text);
    const struct span at = {begin + (uint32_t)f->at, begin + (uint32_t)f->at + 1};
    if (f->error) {
        diag_error(net->ctx, at.end <= b->span.end + 1 ? at : b->span, "%s", f->error);
    } else if (f->count != names) {
        diag_error(net->ctx, b->span, "the formula has %d name%s, but it is given %d tensor%s", f->count,
                   f->count == 1 ? "" : "s", names, names == 1 ? "" : "s");
        f->body = NULL;
    }
    return f->body != NULL;
}

/* ---- the parts of a formula: its inputs, then its reductions, each of which may mention parts before it */

struct user_formula {
    struct net *net;
    struct span span;
    struct {
        const char *name;
        struct shape shape, full;
        const struct expr *reduction; /* NULL: an input */
        unsigned axes;
    } part[MOST_FACTORS];
    int count;
    const struct expr *value;
    struct shape out;
};

static struct shape shape_of_name(const struct user_formula *f, const char *name)
{
    int i = 0;
    while (strcmp(f->part[i].name, name) != 0)
        i++;
    return f->part[i].shape;
}

/* The shape of an expression, of rank 0 for a number; of rank -1 after a report. */
static struct shape shape_of(const struct user_formula *f, const struct expr *e)
{
    struct shape s = {0};
    if (e->kind == EXPR_NAME)
        return shape_of_name(f, e->name);
    for (int i = 0; i < 3 && e->arg[i] && s.rank >= 0; i++) {
        const struct shape other = shape_of(f, e->arg[i]), mine = s;
        s = other.rank < 0 ? other : shape_broadcast(mine, other);
        if (s.rank < 0 && other.rank >= 0)
            diag_error(f->net->ctx, f->span, "the formula wants shapes that fit, but has %s and %s",
                       shape_words(f->net->ctx, mine), shape_words(f->net->ctx, other));
    }
    return s;
}

static bool add_part(struct user_formula *f, const char *name, struct shape shape)
{
    if (f->count == MOST_FACTORS) {
        diag_error(f->net->ctx, f->span, "the formula has more than %d names and reductions", MOST_FACTORS);
        return false;
    }
    f->part[f->count].name = name;
    f->part[f->count++].shape = shape;
    return true;
}

/* Makes a part of a reduction whose argument has none itself. */
static bool take_reduction(struct user_formula *f, const struct expr *r)
{
    struct arena *a = ctx_arena(f->net->ctx);
    const struct shape full = shape_of(f, r->arg[0]);
    struct shape kept = full;
    unsigned axes;
    if (full.rank < 0)
        return false;
    if (!expr_axes(r, full.rank, &axes)) {
        diag_error(f->net->ctx, f->span, "'%s' of what is %s has the axes 1 to %d, or -1 to -%d", r->name,
                   shape_words(f->net->ctx, full), full.rank, full.rank);
        return false;
    }
    for (int i = 0; i < full.rank; i++)
        kept.dim[i] = axes >> i & 1 ? 1 : full.dim[i];
    const char *name = arena_printf(a, "%s%d", r->name, f->count);
    if (!add_part(f, name, kept))
        return false;
    f->part[f->count - 1].full = full;
    f->part[f->count - 1].reduction = r;
    f->part[f->count - 1].axes = axes;
    f->value = expr_replace(a, f->value, r, expr_name(a, name));
    return true;
}

/* Without reductions the formula is computed for the shape of all inputs, whether it mentions them or not. */
static struct shape shape_of_inputs(const struct shape *in, int count)
{
    struct shape s = in[0];
    for (int i = 1; i < count; i++)
        s = shape_broadcast(s, in[i]);
    return s;
}

/* False after a report. */
static bool formula_parts(struct net *net, const struct bound *b, const struct shape *in, int count,
                          struct user_formula *f)
{
    struct arena *a = ctx_arena(net->ctx);
    struct expr_lambda text;
    const char *names[MOST_NAMES];
    *f = (struct user_formula){.net = net, .span = b->span};
    if (!formula_read(net, b, count, &text))
        return false;
    for (int i = 0; i < count; i++) {
        names[i] = arena_printf(a, "in%d", i);
        if (!add_part(f, names[i], in[i]))
            return false;
    }
    f->value = expr_apply(a, &text, names);
    for (const struct expr *r; (r = expr_innermost(f->value));)
        if (!take_reduction(f, r))
            return false;
    f->out = f->count > count ? shape_of(f, f->value) : shape_of_inputs(in, count);
    return f->out.rank >= 0;
}

bool formula_shape(struct net *net, const struct bound *b, const struct shape *in, int count, struct shape *out)
{
    struct user_formula f;
    if (!formula_parts(net, b, in, count, &f))
        return false;
    *out = f.out;
    return true;
}

/* The tensors of all parts, of which x has the inputs. */
static void lower_parts(struct node *n, const struct user_formula *f, struct tensor *const *x, struct factor *factors)
{
    struct tensor *operands[MOST_FACTORS];
    int used;
    for (int i = 0; i < f->count; i++) {
        const struct expr *r = f->part[i].reduction;
        factors[i] = (struct factor){f->part[i].name, r ? NULL : x[i]};
        if (!r)
            continue;
        const char *text = factors_rename(f->net, r->arg[0], factors, i, operands, &used);
        factors[i].tensor = lower_reduce_map(f->net, n, reduction_named(r->name), text, operands, used, f->part[i].full,
                                             f->part[i].axes, f->part[i].name);
    }
}

struct tensor *lower_formula(struct net *net, struct node *n, const struct bound *b, struct tensor *const *x, int count)
{
    struct user_formula f;
    struct shape in[MOST_NAMES];
    struct factor factors[MOST_FACTORS];
    struct tensor *operands[MOST_FACTORS];
    int used;
    for (int i = 0; i < count; i++)
        in[i] = x[i]->shape;
    if (!formula_parts(net, b, in, count, &f))
        return x[0];
    lower_parts(n, &f, x, factors);
    if (f.value->kind == EXPR_NAME && f.count > count)
        return factors[f.count - 1].tensor;
    const char *text = factors_rename(net, f.value, factors, f.count, operands, &used);
    if (used == 0) /* a constant has the shape of its input */
        return lower_map(net, n, text, x, count, f.out, "formula");
    return lower_map(net, n, text, operands, used, f.out, "formula");
}
