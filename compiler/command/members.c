/* members.c -- the other networks of an ensemble, and references: compilations beside that of the network of the
 * program */
#include "command/command.h"
#include "passes/passes.h"
#include "training/training.h"

/* A compilation that runs the same passes as `of`, from the first pass after the spec. */
static struct compilation beside(const struct compilation *of, enum purpose purpose, const struct spec *s)
{
    const struct pass *first = of->first;
    return (struct compilation){.ctx = of->ctx,
                                .options = of->options,
                                .target = of->target,
                                .first = first,
                                .next = first,
                                .purpose = purpose,
                                .of = of,
                                .spec = s,
                                .planning = of->planning};
}

/* Only up to shapes at first: input and output must be those of the network of the program. */
static struct compilation use_member(const struct compilation *c, const struct bound *use)
{
    struct compilation m = beside(c, MEMBER, use_spec(c->ctx, c->spec, use));
    if (!m.spec)
        return m;
    passes_run(&m, "objective");
    if (!ctx_errors(c->ctx))
        use_check(c->net, m.net, use);
    return m;
}

/* The parts that `samples` shows, behind the networks of the ensemble. */
static void use_parts(struct compilation *c)
{
    const struct net *n = c->net;
    samples_check(c->net, c->spec);
    for (size_t i = 0; i < n->train->samples.n && c->purpose == TRAINER && !ctx_errors(c->ctx); i++)
        if (n->train->samples.at[i].apart)
            c->members[c->n_members++] = beside(c, MEMBER, samples_spec(c->ctx, c->spec, &n->train->samples.at[i]));
}

/* ---- several models */

static void check_phases(const struct compilation *c)
{
    const size_t n = c->net->parts.n;
    struct net **nets = arena_alloc(ctx_arena(c->ctx), n * sizeof(struct net *));
    nets[0] = c->net;
    for (size_t i = 1; i < n; i++)
        nets[i] = c->members[i - 1].net;
    phases_check(nets);
}

/* The other networks of a spec with several models. */
static void use_models(struct compilation *c)
{
    c->n_members = c->net->parts.n - 1;
    c->members = arena_alloc(ctx_arena(c->ctx), (c->n_members + 1) * sizeof *c->members);
    for (size_t i = 0; i < c->n_members && !ctx_errors(c->ctx); i++) {
        c->members[i] = beside(c, MEMBER, c->spec);
        c->members[i].part = i + 1;
        passes_run(&c->members[i], "objective");
    }
    if (!ctx_errors(c->ctx))
        check_phases(c);
    samples_check(c->net, c->spec);
    for (size_t i = 0; i < c->net->train->samples.n && !ctx_errors(c->ctx); i++)
        if (c->net->train->samples.at[i].apart)
            diag_error(c->ctx, c->net->train->samples.at[i].span,
                       "of several models, 'samples' shows what '%s' answers; from= is its input",
                       c->net->parts.at[0].model);
}

void use_members(struct compilation *c)
{
    if (c->net->parts.n) {
        use_models(c);
        return;
    }
    const struct bound *uses = c->net->ensemble->uses;
    const size_t used = uses && !ctx_errors(c->ctx) ? uses->n_items : 0;
    c->members = arena_alloc(ctx_arena(c->ctx), (used + c->net->train->samples.n + 1) * sizeof *c->members);
    for (; c->n_members < used; c->n_members++)
        c->members[c->n_members] = use_member(c, &uses->items[c->n_members]);
    if (!ctx_errors(c->ctx))
        use_parts(c);
}

/* A library trains no ensemble, and a learner is one model. */
static bool has_members(const struct compilation *c)
{
    return c->purpose != LIBRARY || (c->net->parts.n && c->options->emit != EMIT_LEARN);
}

/* --strategy names only layers of the network of the program. */
void plan_members(struct compilation *c)
{
    if (!has_members(c))
        return;
    struct network *made = arena_alloc(ctx_arena(c->ctx), (c->n_members + 1) * sizeof *made);
    c->program.others = made;
    c->program.n_others = c->n_members;
    c->program.n_used = c->net->ensemble->uses ? c->net->ensemble->uses->n_items : 0;
    for (size_t i = 0; i < c->n_members; i++) {
        struct compilation *m = &c->members[i];
        m->planning = c->planning;
        m->planning.n_forced = 0;
        if (c->purpose == LIBRARY)
            strip_program(m->net);
        passes_run(m, NULL);
        if (m->stopped) {
            compilation_stop(c, m->status);
            return;
        }
        made[i] = (struct network){m->plan, m->program.reference};
        made[i].fast->network = (int)i + 1;
        if (made[i].reference)
            made[i].reference->network = (int)i + 1;
    }
}

/* A library checks no gradients. */
void make_reference(struct compilation *c)
{
    if (c->of && c->of->purpose == LIBRARY)
        return;
    struct compilation r = beside(c, REFERENCE, c->spec);
    r.part = c->part;
    passes_run(&r, NULL);
    c->program.reference = r.plan;
    if (!r.plan)
        compilation_stop(c, FAILED);
}
