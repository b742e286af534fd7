/* sections_follow.c -- `follow` in the section `step`: a model whose weights go after those of another one, as the
 * target networks of BYOL, mean teachers and DQN do. */
#include <string.h>

#include "training/sections.h"

enum { FOLLOW_MODEL, FOLLOW_OF, FOLLOW_MOMENTUM, FOLLOW_EVERY };

static const struct arg_def follow_args[] = {
    [FOLLOW_MODEL] = {.name = "model",
                      .type = ARG_WORD,
                      .flags = ARG_REQUIRED | ARG_POSITIONAL,
                      .doc = "the model that follows; no phase trains it"},
    [FOLLOW_OF] = {.name = "of",
                   .type = ARG_WORD,
                   .flags = ARG_REQUIRED,
                   .doc = "the model that it follows, which has weights of the same names and shapes"},
    [FOLLOW_MOMENTUM] = {.name = "momentum",
                         .type = ARG_RECORD,
                         .def = "0.99",
                         .family = schedules,
                         .doc = "how much of its own weights it keeps each time, w = momentum w + (1 - momentum) of: a "
                                "number, or a schedule, as cosine(0.996, end=1); otherwise 0.99, or 0, a copy, where "
                                "every is given"},
    [FOLLOW_EVERY] = WHOLE("every", 0, 1, 1e15, "steps from one time to the next; otherwise 1"),
    {0}};

/* A momentum is from 0 to 1 all the time, so what it begins and ends with is, and nothing makes it grow without end. */
static bool stays_below_one(struct net *n, const struct bound *momentum)
{
    static const char *const names[] = {"lr", "values", "end", "rate", "m_mul"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct bound *b = record_arg_maybe(momentum->record, momentum->sub, names[i]);
        const bool list = b && b->n_items > 0;
        for (size_t k = 0; b && k < (list ? b->n_items : 1); k++) {
            const struct bound *v = list ? &b->items[k] : b;
            if (v->number <= 1)
                continue;
            diag_error(n->ctx, v->span.end ? v->span : momentum->span, "a momentum is from 0 to 1; %g is more",
                       v->number);
            return false;
        }
    }
    return true;
}

static void apply_follow(struct net *n, const struct stmt *s, const struct bound *args)
{
    struct step_config *c = n->step;
    const struct bound *momentum = &args[FOLLOW_MOMENTUM], *every = given(&args[FOLLOW_EVERY]);
    (void)s;
    if (momentum->set && !(schedule_fits(n, momentum) && stays_below_one(n, momentum)))
        return;
    const bool copies = !momentum->set && every;
    const struct follow_config f = {.model = args[FOLLOW_MODEL].text,
                                    .of = args[FOLLOW_OF].text,
                                    .span = args[FOLLOW_MODEL].span,
                                    .of_span = args[FOLLOW_OF].span,
                                    .momentum = copies ? NULL : momentum->record,
                                    .momentum_args = momentum->sub,
                                    .every = every ? (int64_t)every->number : 1,
                                    .behind = c->phases.n};
    vec_push(ctx_arena(n->ctx), &c->follows, f);
}

const struct word word_follow = {
    .rec = {.name = "follow",
            .doc = "A model goes after the weights of another one, trained or running statistics, at this place of the "
                   "step. It begins as a copy.",
            .example = "follow slow of=discriminator momentum=0.996",
            .setting = "model slow {\n  Input 12\n  Dense 1 sigmoid\n}",
            .args = follow_args,
            .many = true},
    .apply = apply_follow};

const struct follow_config *follow_of(const struct net *n, const char *model)
{
    for (size_t i = 0; i < n->step->follows.n; i++)
        if (strcmp(n->step->follows.at[i].model, model) == 0)
            return &n->step->follows.at[i];
    return NULL;
}

size_t part_of_model(const struct net *n, const char *model)
{
    size_t i = 0;
    while (n->parts.at[i].phase >= 0 || n->parts.at[i].output || strcmp(n->parts.at[i].model, model) != 0)
        i++;
    return i;
}

/* ---- do the weights fit? */

static const struct param *param_named(const struct net *n, const char *name)
{
    for (size_t i = 0; i < n->params.n; i++)
        if (strcmp(n->params.at[i]->name, name) == 0)
            return n->params.at[i];
    return NULL;
}

/* False after a report. */
static bool has_like(struct net *n, const struct follow_config *f, const struct net *of, const struct param *p)
{
    const char *rest = p->name + strlen(f->model);
    const struct param *q = param_named(of, arena_printf(ctx_arena(n->ctx), "%s%s", f->of, rest));
    if (q && shape_equal(p->shape, q->shape))
        return true;
    if (q)
        diag_error(n->ctx, f->span, "'%s' cannot follow '%s': %s is %s, but %s is %s", f->model, f->of, p->name,
                   shape_print(n->ctx, p->shape), q->name, shape_print(n->ctx, q->shape));
    else
        diag_error(n->ctx, f->span, "'%s' cannot follow '%s', which has no %s", f->model, f->of, rest + 1);
    diag_note(n->ctx, p->node->stmt->span, "%s is of this layer", p->name);
    return false;
}

void follows_check(struct net *n, struct net *const *nets)
{
    for (size_t i = 0; i < n->step->follows.n; i++) {
        const struct follow_config *f = &n->step->follows.at[i];
        const struct net *own = nets[part_of_model(n, f->model)], *of = nets[part_of_model(n, f->of)];
        size_t k = 0;
        while (k < own->params.n && has_like(n, f, of, own->params.at[k]))
            k++;
        if (own->params.n == 0)
            diag_error(n->ctx, f->span, "'%s' has no weights that could follow those of '%s'", f->model, f->of);
    }
}
