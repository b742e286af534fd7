/* unroll.c -- how many statements of straight-line code the network and a kernel may have. */
#include "plan/inner.h"

bool plan_unrolls(const struct plan *p, const struct op *o, const struct plan_options *options)
{
    struct kernel k = {.op = o};
    return p->unroll && !plan_cheapest(p, &k, REPR_DENSE, plan_forced(options, o)) && k.strategy->unrolled;
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
}
