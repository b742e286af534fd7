/* slow.c -- warnings about layers that will run far below the machine's speed. A warning gives the reason and the
 * nearest size without that problem, when these can be computed. */
#include "plan/plan.h"

/* Cycles an image of a layer's kernels that multiply, the cycles that their multiply-adds alone would take, and the op
 * that loses most. */
struct pace {
    const struct op *worst;
    double cycles, least, lost;
};

static void add_kernel(struct pace *pace, const struct target *t, const struct kernel *k)
{
    const int64_t macs = op_macs(k->op);
    const double least = (double)macs / (t->lanes * t->fma_ports);
    if (macs == 0)
        return;
    if (!pace->worst || k->cost - least > pace->lost)
        pace->worst = k->op, pace->lost = k->cost - least;
    pace->cycles += k->cost;
    pace->least += least;
}

/* The pace of every layer, by its id. */
static const struct pace *paces_of(const struct plan *p)
{
    struct pace *paces = arena_alloc(ctx_arena(p->net->ctx), (p->net->nodes.n + 1) * sizeof *paces);
    for (size_t i = 0; i < p->kernels.n; i++)
        add_kernel(&paces[p->kernels.at[i].op->node->id], p->target, &p->kernels.at[i]);
    return paces;
}

static double all_cycles(const struct plan *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->kernels.n; i++)
        if (p->kernels.at[i].op->phase != PHASE_PREPARE)
            sum += p->kernels.at[i].cost;
    return sum;
}

static const char *fills(struct arena *a, const char *whose, int64_t n, const char *what, int lanes)
{
    const long long most = round_up(n, lanes), fewer = n / lanes * lanes;
    const char *other = fewer ? arena_printf(a, "%lld or ", fewer) : "";
    return n == 1 ? arena_printf(a, "%s only %s fills 1 of %d lanes; %d would fill them", whose, what, lanes, lanes)
                  : arena_printf(a, "%s %lld %ss fill %lld of %lld lanes; %s%lld would fill them", whose, (long long)n,
                                 what, (long long)n, most, other, most);
}

static const char *reason(const struct plan *p, const struct op *o)
{
    struct arena *a = ctx_arena(p->net->ctx);
    const struct window *w = &o->win;
    const int lanes = p->target->lanes;
    if (w->kh == 0) {
        const int64_t units = shape_channels(o->node->out);
        return units < lanes ? fills(a, "its", units, "unit", lanes) : "each weight is read for few multiplications";
    }
    const int64_t in = w->ic / w->groups, out = w->oc / w->groups;
    if (w->groups == w->ic && w->ic > 1 && w->oc % lanes)
        return fills(a, "its", w->oc, "channel", lanes);
    if (w->groups == w->ic && out > 1)
        return arena_printf(a, "each channel must be brought to the lanes of its %lld outputs", (long long)out);
    if (w->groups > 1 && out % lanes)
        return fills(a, "a group's", out, "channel", lanes);
    if (w->oc % lanes && w->oc < 2 * lanes)
        return fills(a, "its", w->oc, "channel", lanes);
    if (in < lanes && w->groups < w->ic)
        return fills(a, w->groups > 1 ? "a group's" : "its", in, "input channel", lanes);
    return w->oh * w->ow < lanes ? arena_printf(a, "its results are %lld pixels, fewer than the %d lanes of a vector",
                                                (long long)(w->oh * w->ow), lanes)
                                 : "its planes are small beside its window";
}

void plan_warn_slow(const struct plan *p)
{
    const double slow = 0.25, matters = 0.1, cycles_that_matter = 20000;
    const double all = all_cycles(p);
    if (p->target->lanes == 1)
        return;
    const struct pace *paces = paces_of(p);
    for (size_t i = 0; i < p->net->nodes.n; i++) {
        const struct node *n = p->net->nodes.at[i];
        const struct pace pace = paces[n->id];
        if (!pace.worst || pace.cycles < matters * all || pace.cycles < cycles_that_matter ||
            pace.least > slow * pace.cycles)
            continue;
        diag_warning(p->net->ctx, n->stmt->span, "slow",
                     "'%s' takes %.0f%% of %s at about %.0f%% of what %s can do: %s", n->name, 100 * pace.cycles / all,
                     p->inference ? "the time" : "a step", 100 * pace.least / pace.cycles, p->target->name,
                     reason(p, pace.worst));
    }
}
