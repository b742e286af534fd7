/* plan_unroll.c -- how much becomes straight-line code. */
#include "plan.h"

bool plan_unrolls(const struct plan *p, const struct op *o, const struct plan_options *options)
{
    struct kernel k = {.op = o};
    return p->unroll && !plan_cheapest(p, &k, REPR_DENSE, plan_forced(options, o)) && k.strategy->unrolled;
}

/* Why the op is done in loops although it could be straight-line code; NULL when it could not, or is. */
static const char *why_loops(const struct plan *p, const struct kernel *k)
{
    for (size_t i = 0; strategies[i] && !k->strategy->unrolled; i++) {
        struct kernel other = {.op = k->op, .strategy = strategies[i]};
        if (strategies[i]->op == k->op->code && strategies[i]->unrolled)
            return strategies[i]->plan(p, &other);
    }
    return NULL;
}

/* What is done in loops is an error when everything was to be unrolled, unless --strategy wants it so. */
static void check_full(const struct plan *p, const struct plan_options *options)
{
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct op *o = p->kernels.at[i].op;
        const char *why = plan_forced(options, o) ? NULL : why_loops(p, &p->kernels.at[i]);
        if (why)
            diag_error(p->net->ctx, o->node->stmt->span, "--unroll=full: %s of '%s' cannot be unrolled: %s",
                       op_name(o->code), o->node->name, why);
    }
}

void plan_check_unrolled(const struct plan *p, const struct plan_options *options)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct node *n = p->kernels.at[i].op->node;
        sum += p->kernels.at[i].statements;
        if (sum <= UNROLL_MOST)
            continue;
        diag_error(
            p->net->ctx, n->stmt->span,
            "the network is too large for --unroll=%s: with '%s' it has %lld statements, and no more than %d are "
            "unrolled; %s",
            options->unroll < 0 ? "full" : "N", n->name, (long long)sum, UNROLL_MOST,
            options->unroll < 0 ? "--unroll=N unrolls only layers of at most N"
                                : "a smaller N leaves more layers in loops");
        return;
    }
    if (options->unroll < 0)
        check_full(p, options);
}
