/* budget.c -- whether the network fits into the memory. If not, the message names the layer where the memory runs out.
 * */
#include "plan/plan.h"

/* Reports the layer with the largest live set: the user should make it smaller first. */
static void ram_exceeded(const struct plan *p, int64_t need, int64_t limit)
{
    struct ctx *c = p->net->ctx;
    const struct op *o = p->kernels.at[p->peak].op;
    diag_error(c, o->node->stmt->span,
               "the network needs %lld bytes of RAM, but --max-ram allows %lld; most is alive in '%s' (%s): %lld bytes",
               (long long)need, (long long)limit, o->node->name, o->kind->name, p->number->bytes * (long long)p->live);
}

/* Reports the layer whose parameters no longer fit behind those of the layers before it. */
static void flash_exceeded(const struct plan *p, int64_t need, int64_t limit)
{
    struct ctx *c = p->net->ctx;
    const struct node *n = NULL;
    int64_t end = 0;
    for (size_t i = 0; i < p->net->params.n && end <= limit; i++) {
        const struct param *q = p->net->params.at[i];
        const struct layout *l = layout_of(p, q->tensor);
        n = q->node;
        end = p->number->bytes * (l->offset + l->size);
    }
    if (!n)
        return;
    diag_error(
        c, n->stmt->span,
        "the network needs %lld bytes of flash, but --max-flash allows %lld; with the weights of '%s' it is %lld "
        "bytes%s",
        (long long)need, (long long)limit, n->name, (long long)end, end <= limit ? ", and prepared copies follow" : "");
}

bool budget_fits(const struct budget *need, const struct budget *limit)
{
    return (limit->ram < 0 || need->ram <= limit->ram) && (limit->flash < 0 || need->flash <= limit->flash);
}

struct budget budget_of_inference(const struct plan *p)
{
    return (struct budget){.ram = p->number->bytes * p->scratch, .flash = p->number->bytes * plan_constants(p)};
}

bool budget_check(const struct plan *p, const struct budget *need, const struct budget *limit)
{
    const bool ram = limit->ram < 0 || need->ram <= limit->ram, flash = limit->flash < 0 || need->flash <= limit->flash;
    if (!ram)
        ram_exceeded(p, need->ram, limit->ram);
    if (!flash)
        flash_exceeded(p, need->flash, limit->flash);
    return ram && flash;
}
