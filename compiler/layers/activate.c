/* activate.c -- what activations become: ACT where one number is enough beside x, MAP for more, reductions and maps
 * along an axis. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"
#include "layers/layers.h"
#include "ops/move.h"

/* ---- axes */

static bool axes_named(struct net *net, const struct node *n, const struct bound *list, struct shape s, unsigned *axes)
{
    *axes = 0;
    for (size_t i = 0; i < list->n_items; i++) {
        const int number = (int)list->items[i].number, axis = number < 0 ? s.rank + number : number - 1;
        if (number == 0 || axis < 0 || axis >= s.rank) {
            diag_error(net->ctx, list->set ? list->items[i].span : n->stmt->span,
                       "%s has the axes 1 to %d, or -1 to -%d: there is no %d", shape_words(net->ctx, s), s.rank,
                       s.rank, number);
            return false;
        }
        if (*axes >> axis & 1) {
            diag_error(net->ctx, list->items[i].span, "axis %d is named twice", axis + 1);
            return false;
        }
        *axes |= 1U << axis;
    }
    return true;
}

bool axes_given(struct net *net, const struct node *n, const struct bound *given, struct shape s, unsigned *axes)
{
    struct bound one = given ? *given : (struct bound){.number = -1};
    const struct bound list = {.set = one.set, .span = one.span, .items = &one, .n_items = 1};
    return axes_named(net, n, given && given->n_items ? given : &list, s, axes);
}

static int lowest(unsigned axes)
{
    int axis = 0;
    while (!(axes >> axis & 1))
        axis++;
    return axis;
}

/* ---- along an axis */

static struct tensor *softmax(struct net *net, struct node *n, struct tensor *x, unsigned axes)
{
    if (axes == 1U << (x->shape.rank - 1))
        return lower_unary(net, &op_softmax, n, x, x->shape, "softmax")->out[0];
    struct tensor *const shifted[] = {x, lower_peak(net, n, x, axes, "peak")};
    struct tensor *e = lower_map(net, n, "exp(a - b)", shifted, 2, x->shape, "exp");
    struct tensor *const parts[] = {e, lower_reduce_map(net, n, REDUCE_SUM, "a", &e, 1, x->shape, axes, "sum")};
    return lower_map(net, n, "a / b", parts, 2, x->shape, "softmax");
}

static struct tensor *log_softmax(struct net *net, struct node *n, struct tensor *x, unsigned axes)
{
    struct tensor *const shifted[] = {x, lower_peak(net, n, x, axes, "peak")};
    struct tensor *sum = lower_reduce_map(net, n, REDUCE_SUM, "exp(a - b)", shifted, 2, x->shape, axes, "sum");
    struct tensor *const parts[] = {x, shifted[1], sum};
    return lower_map(net, n, "a - b - log(c)", parts, 3, x->shape, "log");
}

/* x less a threshold, and 0 below it, so that the sum is 1. x[i] is above it where 1 + k x[i] > s, with k the number
 * and s the sum of what is at least x[i]. Over the last axis. */
static struct tensor *sparsemax(struct net *net, struct node *n, struct tensor *x)
{
    const int64_t classes = shape_channels(x->shape), rows = shape_size(x->shape) / classes;
    const struct shape pairs = {3, {rows, classes, classes}}, each = {3, {rows, classes, 1}};
    struct tensor *column = lower_view(net, n, x, each);
    struct tensor *const both[] = {column, lower_view(net, n, x, (struct shape){3, {rows, 1, classes}})};
    struct tensor *k = lower_reduce_map(net, n, REDUCE_SUM, "b >= a ? 1 : 0", both, 2, pairs, 4, "rank");
    struct tensor *s = lower_reduce_map(net, n, REDUCE_SUM, "b >= a ? b : 0", both, 2, pairs, 4, "above");
    struct tensor *const parts[] = {column, k, s};
    struct tensor *count = lower_reduce_map(net, n, REDUCE_SUM, "1 + b * a > c ? 1 : 0", parts, 3, each, 2, "count");
    struct tensor *sum = lower_reduce_map(net, n, REDUCE_SUM, "1 + b * a > c ? a : 0", parts, 3, each, 2, "sum");
    k->producer->kind = s->producer->kind = count->producer->kind = &op_peak; /* they are constant between jumps */
    struct tensor *const all[] = {column, sum, count};
    return lower_view(net, n, lower_map(net, n, "max(0, a - (b - 1) / c)", all, 3, each, "act"), x->shape);
}

static struct tensor *glu(struct net *net, struct node *n, struct tensor *x, int axis)
{
    struct tensor *half[2];
    for (int i = 0; i < 2; i++) {
        struct move_axis all[MAX_RANK];
        for (int d = 0; d < x->shape.rank; d++)
            all[d] = (struct move_axis){.axis = d, .step = 1, .repeat = 1, .size = n->out.dim[d]};
        all[axis].start = i * n->out.dim[axis];
        half[i] = lower_move(net, n, x, x->shape, all, n->out, i ? "gate" : "value");
    }
    return lower_map(net, n, "a * sigmoid(b)", half, 2, n->out, "act");
}

static struct tensor *along(struct net *net, struct node *n, struct tensor *x, enum along what,
                            const struct bound *given)
{
    unsigned axes;
    if (!axes_given(net, n, given, x->shape, &axes))
        return x;
    if (what == ALONG_SPARSEMAX && axes == 1U << (x->shape.rank - 1))
        return sparsemax(net, n, x);
    if (what == ALONG_SPARSEMAX) {
        diag_error(net->ctx, given && given->set ? given->span : n->stmt->span, "sparsemax goes along the last axis");
        return x;
    }
    if (what != ALONG_GLU)
        return what == ALONG_SOFTMAX ? softmax(net, n, x, axes) : log_softmax(net, n, x, axes);
    const int axis = lowest(axes);
    if (n->out.rank == x->shape.rank && n->out.dim[axis] * 2 == x->shape.dim[axis])
        return glu(net, n, x, axis);
    diag_error(net->ctx, n->stmt->span, "glu halves what it is given; write it as a layer of its own: 'GLU'");
    return x;
}

/* ---- element by element */

static const struct bound *argument(const struct record *owner, const struct bound *args, const struct arg_def *d)
{
    return args ? record_arg_maybe(owner, args, d->name) : NULL;
}

/* One that does not have its default, for which there may be a short form. */
static bool is_unusual(const struct arg_def *d, const struct bound *b)
{
    return b && b->set && (!d->def || strtod(d->def, NULL) != b->number);
}

static bool is_general(const struct activation *f, const struct record *owner, const struct bound *args)
{
    for (const struct arg_def *d = f->rec.args; f->general && d && d->name; d++)
        if (is_unusual(d, argument(owner, args, d)))
            return true;
    return f->general && !f->value;
}

static struct tensor *general(struct net *net, struct node *n, struct tensor *x, const struct activation *f,
                              const struct record *owner, const struct bound *args)
{
    struct arena *a = ctx_arena(net->ctx);
    const struct expr *e = expr_of(a, f->general);
    for (const struct arg_def *d = f->rec.args; d->name; d++) {
        const struct bound *b = argument(owner, args, d);
        const double absent = d->def ? strtod(d->def, NULL) : (double)INFINITY;
        e = expr_set(a, e, d->name, b && (b->set || d->def) ? b->number : absent);
    }
    e = expr_replace(a, e, expr_name(a, "x"), expr_name(a, "a"));
    return lower_map(net, n, expr_text(a, e), &x, 1, x->shape, "act");
}

/* Linear appends no op. */
struct tensor *lower_own_activation(struct net *net, struct node *n, struct tensor *x, const struct record *act,
                                    const struct record *owner, const struct bound *args)
{
    const struct activation *f = activation_of(act);
    const struct bound *first = act->args ? argument(owner, args, act->args) : NULL;
    if (f->along)
        return along(net, n, x, f->along, first);
    if (f->formula)
        return lower_formula(net, n, first, &x, 1);
    if (act == record_find(activations, "linear"))
        return x;
    if (is_general(f, owner, args))
        return general(net, n, x, f, owner, args);
    struct op *o = lower_unary(net, &op_act, n, x, x->shape, "act");
    o->act = act;
    o->alpha = first && !f->general ? first->number : f->alpha;
    return o->out[0];
}

struct tensor *lower_activation(struct net *net, struct node *n, struct tensor *x, const struct record *act,
                                const struct bound *args)
{
    return lower_own_activation(net, n, x, act, act, args);
}

/* ---- shapes */

/* A formula of the user's keeps the shape, as all activations but glu do. */
static bool formula_keeps_shape(struct net *net, struct shape in, const struct bound *formula)
{
    struct shape out;
    if (!formula_shape(net, formula, &in, 1, &out))
        return false;
    if (shape_equal(in, out))
        return true;
    diag_error(net->ctx, formula->span, "an activation keeps the shape, but this makes %s of %s; Lambda may",
               shape_words(net->ctx, out), shape_words(net->ctx, in));
    return false;
}

void check_activation(struct net *net, struct node *n)
{
    const struct bound *b = record_arg_maybe(&n->layer->rec, n->args, "activation");
    if (n->out.rank >= 0 && b && b->record && activation_of(b->record)->formula &&
        !formula_keeps_shape(net, n->out, argument(b->record, b->sub, b->record->args)))
        n->out.rank = -1;
}

void activation_shape(struct net *net, struct node *n, const struct record *act, const struct record *owner,
                      const struct bound *args)
{
    const struct activation *f = activation_of(act);
    struct shape out = n->in;
    unsigned axes = 0;
    if (f->along && !axes_given(net, n, argument(owner, args, act->args), n->in, &axes))
        return;
    if (f->formula && !formula_keeps_shape(net, n->in, argument(owner, args, act->args)))
        return;
    if (f->along == ALONG_GLU) {
        int64_t *halved = &out.dim[lowest(axes)];
        if (*halved % 2) {
            diag_error(net->ctx, n->stmt->span, "glu halves axis %d of %s, which is odd", lowest(axes) + 1,
                       shape_words(net->ctx, n->in));
            return;
        }
        *halved /= 2;
    }
    shape_set(net, n, out);
}
