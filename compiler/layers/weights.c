/* weights.c -- what layers with a kernel and a bias share: their parameters, and the ops after the sums. */
#include <string.h>

#include "layers/layers.h"
#include "ops/ops.h"

struct penalty {
    double l1, l2;
    struct orthogonal orthogonal;
};

static struct penalty penalty_of(const struct bound *b)
{
    struct penalty p = {0};
    if (b->record) {
        const struct bound *l1 = record_arg_maybe(b->record, b->sub, "l1");
        const struct bound *l2 = record_arg_maybe(b->record, b->sub, "l2");
        p.l1 = l1 ? l1->number : 0;
        p.l2 = l2 ? l2->number : 0;
        p.orthogonal = orthogonal_of_arg(b);
    }
    return p;
}

/* The argument with the name <kernel>_<what>. */
static const struct bound *kernel_arg(struct net *net, const struct node *n, const char *kernel, const char *what)
{
    return node_arg(n, arena_printf(ctx_arena(net->ctx), "%s_%s", kernel, what));
}

/* kernel_regularizer, or its short forms l1= and l2=. */
static bool kernel_penalty(struct net *net, const struct node *n, const char *kernel, struct penalty *p)
{
    const struct bound *l1 = node_arg(n, "l1"), *l2 = node_arg(n, "l2");
    const struct bound *long_form = kernel_arg(net, n, kernel, "regularizer");
    *p = penalty_of(long_form);
    if (long_form->set && (l1->set || l2->set)) {
        diag_error(net->ctx, (l1->set ? l1 : l2)->span, "'%s' is short for '%s_regularizer', which is given too",
                   l1->set ? "l1" : "l2", kernel);
        diag_note(net->ctx, long_form->span, "it is given here");
        return false;
    }
    p->l1 += l1->set ? l1->number : 0;
    p->l2 += l2->set ? l2->number : 0;
    return true;
}

/* As in Keras, only trained parameters are penalized. */
static void penalize(struct param *w, const struct node *n, struct penalty p)
{
    w->frozen = n->frozen;
    w->l1 = w->frozen ? 0 : p.l1;
    w->l2 = w->frozen ? 0 : p.l2;
    w->orthogonal = p.orthogonal;
}

void param_penalize(struct param *w, const struct node *n, const struct bound *regularizer)
{
    penalize(w, n, penalty_of(regularizer));
}

/* The axes of the norm, counted from 0 as in the file's shape, or from -1 backwards. */
static bool axes_of_norm(struct net *net, const struct param *w, const struct bound *given, struct constraint *k)
{
    for (size_t i = 0; i < given->n_items; i++) {
        const int number = (int)given->items[i].number, axis = number < 0 ? w->shape.rank + number : number;
        if (axis < 0 || axis >= w->shape.rank) {
            diag_error(net->ctx, given->items[i].span, "%s is %s: it has no axis %d", w->name,
                       shape_words(net->ctx, w->shape), number);
            return false;
        }
        k->along |= 1U << axis;
    }
    return true;
}

/* A word without a norm keeps numbers from being negative; one without bounds makes the norm 1. */
static bool constraint_of(struct net *net, const struct param *w, const struct bound *b, struct constraint *k)
{
    const struct bound *axis = record_arg_maybe(b->record, b->sub, "axis");
    const struct bound *low = record_arg_maybe(b->record, b->sub, "min_value");
    const struct bound *high = record_arg_maybe(b->record, b->sub, "max_value");
    const struct bound *rate = record_arg_maybe(b->record, b->sub, "rate");
    *k = (struct constraint){.given = true,
                             .low = low    ? low->number
                                    : high ? 0
                                           : 1,
                             .high = high ? high->number : 1,
                             .rate = rate ? rate->number : 1};
    if (k->low > k->high) {
        diag_error(net->ctx, low->set ? low->span : high->span, "min_value is %g, but max_value is %g", k->low,
                   k->high);
        return false;
    }
    return !axis || axes_of_norm(net, w, axis, k);
}

bool param_constrain(struct net *net, struct param *w, const struct node *n, const char *name)
{
    const struct bound *given =
        record_arg_maybe(&n->layer->rec, n->args, arena_printf(ctx_arena(net->ctx), "%s_constraint", name));
    struct constraint k;
    if (!given || !given->record)
        return true;
    if (!constraint_of(net, w, given, &k))
        return false;
    if (!n->frozen)
        w->constraint = k;
    return true;
}

struct param *kernel_free(struct net *net, struct node *n, const char *name, enum param_kind kind, struct shape shape,
                          int64_t fan_in, int64_t fan_out)
{
    struct penalty p;
    if (!kernel_penalty(net, n, name, &p))
        return NULL;
    const char *suffix = strcmp(name, "kernel") == 0 ? name : arena_printf(ctx_arena(net->ctx), "%s_kernel", name);
    struct param *w = net_param(net, n, suffix, kind, shape, kernel_arg(net, n, name, "initializer"), fan_in, fan_out);
    penalize(w, n, p);
    return w;
}

bool kernel_declare(struct net *net, struct node *n, const char *name, enum param_kind kind, struct shape shape,
                    int64_t fan_in, int64_t fan_out)
{
    struct param *w = kernel_free(net, n, name, kind, shape, fan_in, fan_out);
    return w && param_constrain(net, w, n, name);
}

struct param *array_declare(struct net *net, struct node *n, const char *name, struct shape shape)
{
    const struct bound *init = kernel_arg(net, n, name, "initializer");
    if (strcmp(init->record->name, "orthogonal") == 0 && shape.rank < 2) {
        diag_error(net->ctx, init->span, "'orthogonal' makes a matrix, but %s is %s", name,
                   shape_words(net->ctx, shape));
        return NULL;
    }
    const int64_t fan = shape_channels(shape);
    struct param *w = net_param(net, n, name, PARAM_ARRAY, shape, init, fan, fan);
    penalize(w, n, penalty_of(kernel_arg(net, n, name, "regularizer")));
    return param_constrain(net, w, n, name) ? w : NULL;
}

bool bias_declare(struct net *net, struct node *n, int64_t size)
{
    const struct bound *init = node_arg(n, "bias_initializer");
    if (node_arg(n, "bias")->number == 0)
        return true;
    if (strcmp(init->record->name, "orthogonal") == 0) {
        diag_error(net->ctx, init->span, "'orthogonal' makes a matrix, but a bias is [%lld]", (long long)size);
        return false;
    }
    struct penalty p = penalty_of(node_arg(n, "bias_regularizer"));
    struct param *bias = net_param(net, n, "bias", PARAM_VECTOR, (struct shape){1, {size}}, init, size, size);
    penalize(bias, n, p);
    return param_constrain(net, bias, n, "bias");
}

bool weights_declare(struct net *net, struct node *n, enum param_kind kind, struct shape kernel, int64_t fan_in,
                     int64_t fan_out)
{
    return kernel_declare(net, n, "kernel", kind, kernel, fan_in, fan_out) &&
           bias_declare(net, n, shape_channels(kernel));
}

struct tensor *weights_finish(struct net *net, struct node *n, struct tensor *x)
{
    struct tensor *y = x;
    const struct param *last = n->params.at[n->params.n - 1];
    if (last->kind == PARAM_VECTOR) {
        struct op *o = lower_unary(net, &op_bias, n, y, y->shape, "sum");
        op_in(net, o, last->tensor);
        y = o->out[0];
    }
    const struct bound *act = node_arg(n, "activation");
    if (act->record)
        y = lower_activation(net, n, y, act->record, act->sub);
    struct penalty p = penalty_of(node_arg(n, "activity_regularizer"));
    if (p.l1 > 0 || p.l2 > 0) {
        struct op *o = net_op(net, &op_penalty, n);
        op_in(net, o, y);
        o->l1 = p.l1;
        o->l2 = p.l2;
    }
    return y;
}
