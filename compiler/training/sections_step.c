/* sections_step.c -- the section `step`: the phases of a step of training that has several models. */
#include <string.h>

#include "layers/layers.h"
#include "training/sections.h"

enum { TRAIN_MODEL, TRAIN_ON, TRAIN_THROUGH, TRAIN_TARGET, TRAIN_LOSS, TRAIN_WEIGHT, TRAIN_METRICS, TRAIN_OPTIMIZER };

static const struct arg_def train_args[] = {
    [TRAIN_MODEL] = {.name = "model",
                     .type = ARG_WORD,
                     .flags = ARG_REQUIRED | ARG_POSITIONAL,
                     .doc = "the model whose parameters this phase updates"},
    [TRAIN_ON] = {.name = "on",
                  .type = ARG_VALUES,
                  .doc =
                      "what its inputs get: data, noise (normal numbers, drawn anew each step), the name of an input "
                      "of the data, a model, a layer of one, as encoder.mean, or a call such as generator(noise); a "
                      "list for several inputs, or for "
                      "several uses of the model; otherwise data"},
    [TRAIN_THROUGH] = {.name = "through",
                       .type = ARG_VALUES,
                       .doc = "a model that reads its output, and whose output is compared instead; it is not updated"},
    [TRAIN_TARGET] = {.name = "target",
                      .type = ARG_VALUES,
                      .doc = "what the output is compared with: data, a target or an input of the data by its name, a "
                             "number, or the output of a model that reads the data, as teacher or teacher.soft; a list "
                             "for several outputs; otherwise data"},
    [TRAIN_LOSS] = {.name = "loss",
                    .type = ARG_RECORDS,
                    .family = losses,
                    .doc = "the loss, or a list for several outputs; otherwise that of the section train"},
    [TRAIN_WEIGHT] = {.name = "weight",
                      .type = ARG_NUMBERS,
                      .min = 0,
                      .max = 1e30,
                      .alias = {"loss_weight"},
                      .doc =
                          "the factor of the loss in the sum of all, or a list; otherwise 1 divided by the number of "
                          "uses of the model"},
    [TRAIN_METRICS] = {.name = "metrics",
                       .type = ARG_RECORDS,
                       .family = metrics,
                       .doc = "what is counted; otherwise the metrics of the section train, for what data are compared "
                              "with"},
    [TRAIN_OPTIMIZER] = {.name = "optimizer",
                         .type = ARG_RECORD,
                         .family = optimizers,
                         .doc = "its optimizer; otherwise that of the section train; either way it has its own state"},
    {0}};

static void apply_train(struct net *n, const struct stmt *s, const struct bound *args)
{
    struct step_config *c = n->step;
    if (c->phases.n == MOST_PHASES) {
        diag_error(n->ctx, s->name_span, "a step has at most %d phases", MOST_PHASES);
        return;
    }
    const struct phase_config p = {.model = args[TRAIN_MODEL].text,
                                   .span = args[TRAIN_MODEL].span,
                                   .on = args[TRAIN_ON].value,
                                   .through = args[TRAIN_THROUGH].value,
                                   .target = args[TRAIN_TARGET].value,
                                   .losses = given(&args[TRAIN_LOSS]),
                                   .weights = given(&args[TRAIN_WEIGHT]),
                                   .metrics = given(&args[TRAIN_METRICS]),
                                   .optimizer = given(&args[TRAIN_OPTIMIZER])};
    vec_push(ctx_arena(n->ctx), &c->phases, p);
}

static const struct word word_step[] = {{.rec = {.name = "train",
                                                 .doc = "A phase: one update of one model's parameters.",
                                                 .example = "train generator on=noise through=discriminator target=1",
                                                 .args = train_args,
                                                 .many = true},
                                         .apply = apply_train}};

const struct record *const step_words[] = {&word_step[0].rec, &word_follow.rec, NULL};

void step_defaults(struct net *n)
{
    n->step = arena_alloc(ctx_arena(n->ctx), sizeof *n->step);
}

/* ---- a phase as a section `train` of its own */

/* The item of a list for output i of `outputs`; a single item is for all of them. */
static const struct bound *item_of(struct net *n, const struct bound *list, size_t i, size_t outputs, const char *what)
{
    if (list->n_items != 1 && list->n_items != outputs && i == 0)
        diag_error(n->ctx, list->span, "%zu %s, but the phase compares %zu output%s", list->n_items, what, outputs,
                   outputs == 1 ? "" : "s");
    return list->n_items == 1 ? &list->items[0] : &list->items[i < list->n_items ? i : 0];
}

/* By its number. NULL: every output, as where the only one has no name yet. */
static const struct bound *on_output(struct net *n, size_t i, struct span at)
{
    if (!port_name(&n->outputs.at[i]))
        return NULL;
    struct bound *on = arena_alloc(ctx_arena(n->ctx), sizeof *on);
    *on = (struct bound){.set = true, .span = at, .number = (double)i};
    return on;
}

static void apply_losses(struct net *n, const struct phase_config *p)
{
    struct train_config *t = n->train;
    t->asked_losses = t->given_losses;
    if (p->losses)
        memset(&t->given_losses, 0, sizeof t->given_losses);
    for (size_t i = 0; p->losses && i < n->outputs.n; i++) {
        const struct bound *b = item_of(n, p->losses, i, n->outputs.n, "losses");
        const struct goal g = {
            .loss = b->record, .args = b->sub, .span = b->span, .on = on_output(n, i, b->span), .weight = 1};
        vec_push(ctx_arena(n->ctx), &t->given_losses, g);
    }
    for (size_t i = 0; p->weights && i < n->outputs.n; i++) {
        n->fills.at[i].weight = item_of(n, p->weights, i, n->outputs.n, "weights")->number;
        n->fills.at[i].weighed = true;
    }
}

static void count_on(struct net *n, size_t output, const struct bound *counted)
{
    const struct metrics_line l = {counted, on_output(n, output, counted->span)};
    vec_push(ctx_arena(n->ctx), &n->train->given_metrics, l);
}

/* Metrics of the phase count every output, those of the section `train` the one that they name, or what data are
 * compared with. */
static void apply_metrics(struct net *n, const struct phase_config *p)
{
    struct train_config *t = n->train;
    t->asked_metrics = t->given_metrics;
    memset(&t->given_metrics, 0, sizeof t->given_metrics);
    for (size_t i = 0; i < n->outputs.n; i++) {
        if (p->metrics)
            count_on(n, i, p->metrics);
        for (size_t k = 0; !p->metrics && k < t->asked_metrics.n; k++) {
            const struct metrics_line *l = &t->asked_metrics.at[k];
            if (l->on ? is_named(n, i, l->on) : has_data_goal(n, i))
                count_on(n, i, l->metrics);
        }
    }
}

void phase_apply(struct net *n, const struct phase_config *p)
{
    if (p->optimizer)
        take_optimizer(n, p->optimizer->record, p->optimizer->sub, p->optimizer->span);
    apply_losses(n, p);
    apply_metrics(n, p);
}

struct chosen_optimizer {
    const struct record *rec;
    const struct bound *args;
};

static struct chosen_optimizer phase_optimizer(const struct net *n, const struct phase_config *p)
{
    if (p->optimizer)
        return (struct chosen_optimizer){p->optimizer->record, p->optimizer->sub};
    return (struct chosen_optimizer){n->train->optimizer, n->train->optimizer_args};
}

/* Whether both keep the same state and use it alike; the rates may differ. */
static bool same_optimizer(struct ctx *c, struct chosen_optimizer a, struct chosen_optimizer b)
{
    return strcmp(record_print(c, a.rec, a.args, "lr"), record_print(c, b.rec, b.args, "lr")) == 0;
}

/* The phases of a model share the state of its optimizer. */
static void check_optimizers(struct net *n)
{
    for (size_t i = 0; i < n->step->phases.n; i++) {
        const struct phase_config *p = &n->step->phases.at[i], *first = n->step->phases.at;
        while (strcmp(first->model, p->model) != 0)
            first++;
        if (same_optimizer(n->ctx, phase_optimizer(n, first), phase_optimizer(n, p)))
            continue;
        diag_error(n->ctx, p->optimizer ? p->optimizer->span : p->span,
                   "'%s' has one optimizer; in its phases only 'lr' may differ", p->model);
        diag_note(n->ctx, first->optimizer ? first->optimizer->span : first->span, "the first of them is here");
    }
}

const char *phase_name(const struct net *n, size_t part)
{
    const char *model = n->parts.at[part].model;
    size_t before = 0;
    for (size_t i = 0; i < part; i++)
        before += n->parts.at[i].phase >= 0 && strcmp(n->parts.at[i].model, model) == 0;
    return before ? arena_printf(ctx_arena(n->ctx), "%s_%zu", model, before + 1) : model;
}

void parts_check(struct net *n)
{
    check_optimizers(n);
}

/* What trains the models again, on other rows, tells by the model that answers how good they are. */
void answers_check(struct net *n)
{
    const struct ensemble_config *c = n->ensemble;
    const struct {
        bool given;
        struct span span;
        const char *name;
    } all[] = {{n->validate->given, n->validate->span, "validate"}, {c->given, c->span, "ensemble"}};
    for (int i = 0; i < 2; i++)
        if (all[i].given && !n->compares) {
            diag_error(n->ctx, all[i].span,
                       "'%s' tests the model that answers, but nothing that '%s' answers is compared with the data",
                       all[i].name, n->parts.at[0].model);
            diag_note(n->ctx, all[i].span, "'output NAME', or --model NAME, chooses another one");
        }
    if (c->given && c->kind == ENSEMBLE_BOOSTING)
        diag_error(n->ctx, c->span,
                   "'boosting' weighs the rows by what one network gets wrong, and several models learn from them; "
                   "bagging, voting, snapshot and stacking work");
    if (c->given && c->uses)
        diag_error(n->ctx, c->uses->span, "'use' adds networks to one of their kind, not to several models");
}
