/* members.c -- the other networks of an ensemble, and references: compilations beside that of the network of the
 * program */
#include "command/command.h"
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

/* ---- do the networks of a spec with several models fit one another? */

static struct net *net_of(const struct compilation *c, size_t part)
{
    return part ? c->members[part - 1].net : c->net;
}

/* What a teacher answers becomes targets, one for each number of the output. */
static void check_teacher(const struct compilation *c, struct net *n, size_t output)
{
    const struct fill *f = &n->fills.at[output];
    const struct net *teacher = net_of(c, f->part);
    const struct net_part *p = &n->parts.at[f->part];
    net_aim(n, output);
    if (p->output && teacher->outputs.n == 0)
        diag_error(c->ctx, f->span, "'%s' has no layer '%s'", p->model, p->output);
    else if (teacher->outputs.n != 1)
        diag_error(c->ctx, f->span, "'%s' has %zu outputs; a label tells which one is the target, as in %s.%s",
                   p->model, teacher->outputs.n, p->model,
                   teacher->outputs.n ? teacher->outputs.at[0].name ? teacher->outputs.at[0].name : "LABEL" : "LABEL");
    else if (loss_of(n->train->loss)->sparse)
        diag_error(c->ctx, f->span, "'%s' compares numbers of classes, but '%s' answers one number for each output",
                   n->train->loss->name, p->model);
    else if (!shape_equal(teacher->outputs.at[0].node->out, n->outputs.at[output].node->out))
        diag_error(c->ctx, f->span, "'%s' answers %s, but is compared with %s", p->model,
                   shape_print(c->ctx, teacher->outputs.at[0].node->out),
                   shape_print(c->ctx, n->outputs.at[output].node->out));
    else if (teacher->inputs.n != 1 || n->inputs.n != 1)
        diag_error(c->ctx, f->span, "a model whose answers are targets reads the only input of the data");
    net_aim(n, 0);
}

/* So does an input of the data. */
static void check_input(const struct compilation *c, struct net *n, size_t output)
{
    const struct fill *f = &n->fills.at[output];
    const struct node *input = n->inputs.at[f->part].node, *compared = n->outputs.at[output].node;
    net_aim(n, output);
    if (loss_of(n->train->loss)->sparse)
        diag_error(c->ctx, f->span, "'%s' compares numbers of classes, not what an input is", n->train->loss->name);
    else if (!shape_equal(input->out, compared->out))
        diag_error(c->ctx, f->span, "'%s' is %s, but is compared with %s", port_name(&n->inputs.at[f->part]),
                   shape_print(c->ctx, input->out), shape_print(c->ctx, compared->out));
    net_aim(n, 0);
}

/* A number is a target that the loss takes. */
static void check_number(const struct compilation *c, struct net *n, size_t output)
{
    const struct fill *f = &n->fills.at[output];
    net_aim(n, output);
    const struct loss *l = loss_of(n->train->loss);
    const double last = (double)(shape_channels(n->outputs.at[output].node->out) - 1);
    if (l->sparse && !(f->number >= 0 && f->number <= last && f->number == (double)(int64_t)f->number))
        diag_error(c->ctx, f->span, "%g is no class: there are 0 to %g", f->number, last);
    else if (l->target.bounded && !(f->number >= l->target.low && f->number <= l->target.high))
        diag_error(c->ctx, f->span, "'%s' takes targets from %g to %g", n->train->loss->name, l->target.low,
                   l->target.high);
    net_aim(n, 0);
}

/* What a phase takes the targets of the data for. */
struct data_target {
    bool classes;
    struct shape out; /* of the output that is compared */
};

static struct data_target data_target(struct net *n, size_t number)
{
    size_t i = 0;
    while (!is_data_target(n, i) || number-- > 0)
        i++;
    net_aim(n, i);
    const struct data_target t = {loss_of(n->train->loss)->sparse, n->outputs.at[i].node->out};
    net_aim(n, 0);
    return t;
}

static bool same_target(const struct data_target *a, const struct data_target *b)
{
    return a->classes == b->classes &&
           (a->classes ? shape_equal(a->out, b->out) : shape_size(a->out) == shape_size(b->out));
}

static const char *target_told(struct ctx *c, const struct data_target *t)
{
    return arena_printf(ctx_arena(c), "%s for an output %s", t->classes ? "classes" : "numbers",
                        shape_print(c, t->out));
}

/* All phases read the same targets of the data. */
static void check_same_targets(struct net *n, struct net *before)
{
    const size_t own = data_targets(n), others = data_targets(before);
    const struct phase_config *p = &n->step->phases.at[n->parts.at[n->which].phase];
    if (own != others)
        diag_error(n->ctx, p->span, "this phase has %zu targets of the data, but the one before %zu", own, others);
    for (size_t k = 0; k < own && own == others; k++) {
        const struct data_target now = data_target(n, k), was = data_target(before, k);
        if (!same_target(&now, &was))
            diag_error(n->ctx, p->span, "this phase takes the targets of the data for %s, but the one before for %s",
                       target_told(n->ctx, &now), target_told(n->ctx, &was));
    }
}

static void check_parts(const struct compilation *c)
{
    struct net *of_data = NULL;
    for (size_t i = 0; i < c->net->parts.n; i++) {
        struct net *n = net_of(c, i);
        for (size_t k = 0; n->parts.at[i].phase >= 0 && k < n->fills.n; k++) {
            if (n->fills.at[k].from == FILL_PART)
                check_teacher(c, n, k);
            else if (n->fills.at[k].from == FILL_NUMBER)
                check_number(c, n, k);
            else if (n->fills.at[k].from == FILL_INPUT)
                check_input(c, n, k);
        }
        if (n->parts.at[i].phase < 0 || !data_targets(n))
            continue;
        if (of_data)
            check_same_targets(n, of_data);
        of_data = n;
    }
    const struct data_config *d = net_of(c, c->n_members)->data;
    if (!of_data && (d->train.kind == SOURCE_CSV || d->train.kind == SOURCE_IMAGES))
        diag_error(c->ctx, d->train.span,
                   "tables and folders have targets, but no phase compares anything with the data; 'npy', 'idx' and "
                   "'npz' may have inputs alone");
    else if (!of_data && d->train.y)
        diag_warning(c->ctx, d->train.each_y ? d->train.each_y->span : d->train.span, "unused",
                     "no phase compares anything with these targets");
}

/* Callbacks of the first network may watch numbers of the others. */
static void check_monitors(const struct compilation *c)
{
    const size_t n = c->net->parts.n;
    struct net **nets = arena_alloc(ctx_arena(c->ctx), n * sizeof(struct net *));
    for (size_t i = 0; i < n; i++)
        nets[i] = net_of(c, i);
    for (size_t i = 1; i < n; i++)
        if (c->net->parts.at[i].phase >= 0)
            snapshot_check(c->net, nets[i]);
    monitors_check_phases(c->net, nets);
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
    if (!ctx_errors(c->ctx)) {
        check_parts(c);
        check_monitors(c);
    }
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

/* --strategy names only layers of the network of the program. */
void plan_members(struct compilation *c)
{
    struct network *made = arena_alloc(ctx_arena(c->ctx), (c->n_members + 1) * sizeof *made);
    c->program.others = made;
    c->program.n_others = c->n_members;
    c->program.n_used = c->net->ensemble->uses ? c->net->ensemble->uses->n_items : 0;
    for (size_t i = 0; i < c->n_members; i++) {
        struct compilation *m = &c->members[i];
        m->planning = c->planning;
        m->planning.n_forced = 0;
        passes_run(m, NULL);
        if (m->stopped) {
            compilation_stop(c, m->status);
            return;
        }
        made[i] = (struct network){m->plan, m->program.reference};
        made[i].fast->network = made[i].reference->network = (int)i + 1;
    }
}

void make_reference(struct compilation *c)
{
    struct compilation r = beside(c, REFERENCE, c->spec);
    r.part = c->part;
    passes_run(&r, NULL);
    c->program.reference = r.plan;
    if (!r.plan)
        compilation_stop(c, FAILED);
}
