/* print_plan.c -- -d plan: each kernel, its cost, and why other strategies do not apply. */
#include "plan/inner.h"
#include "base/text.h"

/* The form of transformed weights says nothing about the form of the gradient. */
static enum repr gradient_repr(enum repr r)
{
    return r >= REPR_WINOGRAD2 ? REPR_DENSE : r;
}

static const char *why_not(const struct plan *p, const struct kernel *chosen, const struct strategy *s, double *cycles)
{
    struct kernel other = {.op = chosen->op, .strategy = s};
    static const char *const comes[] = {"the gradient comes dense", "the gradient comes in lists",
                                        "the gradient comes pooled"};
    enum repr repr = plan_repr(p, chosen->op);
    if (s->repr != repr && chosen->op->phase == PHASE_PREPARE)
        return "its reader wants another form";
    if (gradient_repr(s->repr) != gradient_repr(repr))
        return comes[gradient_repr(repr)];
    const char *why = s->plan(p, &other);
    *cycles = other.cost;
    return why;
}

static void print_kernel(struct text *t, const struct plan *p, const struct kernel *k)
{
    text_add(t, "  %-18s %-16s %-18s %-28s %.0f cycles%s\n", k->op->node->name, k->op->kind->name, k->strategy->name,
             k->choice, k->cost, k->op->again ? ", again" : "");
    if (k->op->again)
        return;
    for (size_t s = 0; strategies[s]; s++) {
        double cycles = 0;
        if (strategies[s]->op != k->op->kind || !plan_takes_axes(strategies[s], k->op) ||
            strategies[s] == k->strategy || (strategies[s]->unrolled && !p->unroll))
            continue;
        const char *why = why_not(p, k, strategies[s], &cycles);
        if (why)
            text_add(t, "      not %s: %s\n", strategies[s]->name, why);
        else
            text_add(t, "      not %s: %.0f cycles\n", strategies[s]->name, cycles);
    }
}

char *plan_print(const struct plan *p)
{
    static const char *const phases[] = {"prepare", "forward", "backward", "update"};
    struct text t = {.arena = ctx_arena(p->net->ctx)};
    text_add(&t, "target %s: %d lanes, %d registers; %lld images a chunk, %lld chunks a batch", p->target->name,
             p->target->lanes, p->target->registers, (long long)p->chunk, (long long)p->chunks);
    if (p->team)
        text_add(&t, ", up to %lld threads", (long long)plan_threads(p));
    text_add(&t, "\n");
    if (p->whole)
        text_add(&t, "activations are computed again: %lld bytes of scratch instead of %lld, %.0f%% more cycles\n",
                 (long long)(p->scratch * p->number->bytes), (long long)(p->whole * p->number->bytes),
                 100 * p->repeated);
    for (size_t i = 0; i < p->groups.n; i++) {
        const struct group *g = &p->groups.at[i];
        text_add(&t, "%s, %s%s\n", phases[g->phase],
                 g->phase == PHASE_PREPARE ? "once a step"
                 : g->image_loop           ? "image by image"
                                           : "chunk at once",
                 g->lines ? arena_printf(t.arena, "; tensors of the next fetched: %d", g->n_soon) : "");
        for (size_t j = g->first; j < g->first + g->n; j++)
            print_kernel(&t, p, &p->kernels.at[j]);
    }
    return text_end(&t);
}
