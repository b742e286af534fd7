/* sections_ensemble.c -- the statement `ensemble`: which networks `ensemble` trains, and how they answer together. A kind, then its
 * own arguments. */
#include <string.h>

#include "layer.h"
#include "sections.h"

enum { MOST_MEMBERS = 1000 };

static const char *const combinations[] = {"soft", "hard", NULL};
static const char *const equally[] = {"equal", NULL};

#define MEMBERS(DOC)                                                                                                   \
    {                                                                                                                  \
        .name = "members", .type = ARG_INT, .flags = ARG_POSITIONAL, .def = "5", .min = 1, .max = MOST_MEMBERS,        \
        .alias = {"n_estimators"}, .doc = DOC                                                                          \
    }
#define COMBINE                                                                                                        \
    {                                                                                                                  \
        .name = "combine", .type = ARG_CHOICE, .flags = ARG_BARE, .def = "soft", .choices = combinations,              \
        .alias = {"voting"}, .doc = "soft: the mean of the outputs; hard: the class that most say"                     \
    }

enum { ENSEMBLE_MEMBERS, ENSEMBLE_COMBINE, ENSEMBLE_WEIGHTS };

static const struct arg_def bagging_args[] = {[ENSEMBLE_MEMBERS] =
                                                  MEMBERS("networks, each trained on rows drawn with replacement"),
                                              [ENSEMBLE_COMBINE] = COMBINE,
                                              {0}};

static const struct arg_def voting_args[] = {[ENSEMBLE_MEMBERS] = MEMBERS("networks, each with a seed of its own"),
                                             [ENSEMBLE_COMBINE] = COMBINE,
                                             [ENSEMBLE_WEIGHTS] = {.name = "weights",
                                                                   .type = ARG_NUMBERS,
                                                                   .def = "equal",
                                                                   .min = 0,
                                                                   .max = 1e6,
                                                                   .choices = equally,
                                                                   .doc = "what each member's say counts"},
                                             {0}};

static const struct arg_def snapshot_args[] = {
    [ENSEMBLE_MEMBERS] = MEMBERS("snapshots, one at the end of each cycle; the epochs are a multiple"),
    [ENSEMBLE_COMBINE] = COMBINE,
    {0}};

enum { BOOSTING_RATE = ENSEMBLE_MEMBERS + 1 };
static const struct arg_def boosting_args[] = {
    [ENSEMBLE_MEMBERS] = MEMBERS("networks at most, each minding most what those before it got wrong"),
    [BOOSTING_RATE] = {.name = "rate",
                       .type = ARG_REAL,
                       .def = "1",
                       .min = 0,
                       .max = 1,
                       .open = true,
                       .alias = {"learning_rate"},
                       .doc = "how much of what the rule says is done; less wants more members"},
    {0}};

static void apply_members(struct net *n, enum ensemble_kind kind, const struct bound *b)
{
    n->ensemble->kind = kind;
    n->ensemble->members = (int64_t)b[ENSEMBLE_MEMBERS].number;
    n->ensemble->members_span = b[ENSEMBLE_MEMBERS].span;
}

static void apply(struct net *n, enum ensemble_kind kind, const struct bound *b)
{
    apply_members(n, kind, b);
    n->ensemble->hard = b[ENSEMBLE_COMBINE].number != 0;
    n->ensemble->combine_span = b[ENSEMBLE_COMBINE].span;
}

static void apply_bagging(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    apply(n, ENSEMBLE_BAGGING, b);
}

static bool all_zero(const struct bound *weights)
{
    for (size_t i = 0; i < weights->n_items; i++)
        if (weights->items[i].number > 0)
            return false;
    return true;
}

static void apply_voting(struct net *n, const struct stmt *s, const struct bound *b)
{
    const struct bound *w = &b[ENSEMBLE_WEIGHTS];
    (void)s;
    apply(n, ENSEMBLE_VOTING, b);
    if (w->text)
        return; /* equal */
    n->ensemble->weights = w;
    if (!b[ENSEMBLE_MEMBERS].set)
        n->ensemble->members = (int64_t)w->n_items;
    if ((int64_t)w->n_items != n->ensemble->members)
        diag_error(n->ctx, w->span, "'weights' has %zu numbers, but there are %lld members", w->n_items,
                   (long long)n->ensemble->members);
    else if (all_zero(w))
        diag_error(n->ctx, w->span, "'weights' are all zero: nobody would be heard");
}

static void apply_snapshot(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    apply(n, ENSEMBLE_SNAPSHOT, b);
}

static void apply_boosting(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    apply_members(n, ENSEMBLE_BOOSTING, b);
    n->ensemble->rate = b[BOOSTING_RATE].number;
}

static const struct word kinds[] = {
    {.rec = {.name = "bagging",
             .doc = "Each member learns from its own rows, drawn with replacement (Breiman 1996); the rows that it did "
                    "not get "
                    "test it.",
             .example = "ensemble bagging members=5",
             .args = bagging_args},
     .apply = apply_bagging},
    {.rec = {.name = "voting",
             .doc = "The same network from different seeds, each member with all rows.",
             .example = "ensemble voting members=3 hard weights=[2, 1, 1]",
             .args = voting_args},
     .apply = apply_voting},
    {.rec =
         {.name = "snapshot",
          .doc =
              "One training whose learning rate falls along a cosine and begins anew, once a member, which is what the "
              "network was at the end of such a cycle (Huang 2017).",
          .example = "ensemble snapshot members=5",
          .args = snapshot_args},
     .apply = apply_snapshot},
    {.rec = {.name = "boosting",
             .doc = "Each member minds most the rows that those before it got wrong: classes by SAMME (Zhu 2009), one "
                    "number by "
                    "AdaBoost.R2 (Drucker 1997).",
             .example = "ensemble boosting members=10 rate=0.5",
             .args = boosting_args},
     .apply = apply_boosting}};

const struct record *const ensemble_words[] = {&kinds[0].rec, &kinds[1].rec, &kinds[2].rec, &kinds[3].rec, NULL};

void ensemble_bind(struct net *n, const struct stmt *s)
{
    struct stmt own;
    const struct record *rec = section_pick(n, s, "ensemble", ensemble_words, &own);
    const struct bound *args = rec ? bind_args(n->ctx, rec, &own, 0) : NULL;
    if (!args)
        return;
    n->ensemble->given = true;
    n->ensemble->span = own.name_span;
    ((const struct word *)(const void *)rec)->apply(n, &own, args);
}

void ensemble_defaults(struct net *n)
{
    n->ensemble = arena_alloc(ctx_arena(n->ctx), sizeof *n->ensemble);
}

/* ---- does it suit the network, and the way it is trained? */

/* What would disturb the cycles of the learning rate. */
static void check_cycles(struct net *n)
{
    const struct train_config *t = n->train;
    const struct ensemble_config *c = n->ensemble;
    const struct span at[] = {t->early.monitor.span, t->reduce.monitor.span, t->schedule_span};
    const char *const what[] = {t->early.given ? "early_stopping" : NULL, t->reduce.given ? "reduce_lr" : NULL,
                                strcmp(t->schedule->name, "constant") != 0 ? t->schedule->name : NULL};
    for (int i = 0; i < 3; i++)
        if (what[i]) {
            diag_error(n->ctx, c->span,
                       "snapshots are the ends of cycles of the learning rate, which '%s' would disturb", what[i]);
            if (at[i].end)
                diag_note(n->ctx, at[i], "it is given here");
        }
    if (t->epochs % c->members != 0)
        diag_error(n->ctx, c->members_span, "%lld epochs cannot be cut into %lld cycles, one a snapshot",
                   (long long)t->epochs, (long long)c->members);
}

/* One output, and a loss that compares numbers. */
static bool answers_a_number(const struct net *n)
{
    return shape_size(n->nodes.at[n->nodes.n - 1]->out) == 1 && !loss_of(n->train->loss)->logits_of;
}

void ensemble_check(struct net *n)
{
    const struct ensemble_config *c = n->ensemble;
    if (!c->given)
        return;
    if (n->train->n_metrics == 0)
        diag_error(n->ctx, c->span, "an ensemble is judged by metrics, and 'train' has none, such as 'metrics %s'",
                   rows_have_classes(n) ? "accuracy" : "mse");
    if (c->hard && !rows_have_classes(n))
        diag_error(n->ctx, c->combine_span, "'hard' wants rows of one class each, but the loss is '%s'",
                   n->train->loss->name);
    if (c->kind == ENSEMBLE_SNAPSHOT)
        check_cycles(n);
    if (c->kind == ENSEMBLE_BOOSTING && !rows_have_classes(n) && !answers_a_number(n))
        diag_error(n->ctx, c->span, "'boosting' wants rows of one class each, or one number as the network's output");
}
