/* sections_ensemble.c -- the statement `ensemble`: which networks `ensemble` trains, and how they answer together. It
 * has a kind, then the arguments of that kind. */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "training/sections.h"

static const char *const combinations[] = {"soft", "hard", NULL};
static const char *const equally[] = {"equal", NULL};

#define MEMBERS(DOC)                                                                                                   \
    {                                                                                                                  \
        .name = "members", .type = ARG_INT, .flags = ARG_POSITIONAL, .def = "5", .min = 1, .max = CNN_MOST_MEMBERS,    \
        .alias = {"n_estimators"}, .doc = DOC                                                                          \
    }
#define COMBINE                                                                                                        \
    {                                                                                                                  \
        .name = "combine", .type = ARG_CHOICE, .flags = ARG_BARE, .def = "soft", .choices = combinations,              \
        .alias = {"voting"}, .doc = "soft: the mean of the outputs; hard: the class that most say"                     \
    }

#define USE                                                                                                            \
    {                                                                                                                  \
        .name = "use", .type = ARG_STRINGS, .doc = "files of other networks, whose layers make members too"            \
    }

enum { ENSEMBLE_MEMBERS, ENSEMBLE_COMBINE, ENSEMBLE_WEIGHTS, VOTING_USE };

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
                                             [VOTING_USE] = USE,
                                             {0}};

static const struct arg_def snapshot_args[] = {
    [ENSEMBLE_MEMBERS] = MEMBERS("snapshots, one at the end of each cycle; the epochs are a multiple"),
    [ENSEMBLE_COMBINE] = COMBINE,
    {0}};

enum { BOOSTING_RATE = ENSEMBLE_MEMBERS + 1 };
static const struct arg_def boosting_args[] = {
    [ENSEMBLE_MEMBERS] = MEMBERS("networks at most, each minding most what those before it got wrong"),
    [BOOSTING_RATE] = REAL("rate", 0, "1", 0, 1, .open = true, .alias = {"learning_rate"},
                           .doc = "how much of what the rule says is done; less wants more members"),
    {0}};

enum { STACKING_USE = ENSEMBLE_MEMBERS + 1, STACKING_META };
static const struct arg_def stacking_args[] = {
    [ENSEMBLE_MEMBERS] = MEMBERS("networks; without it one of each that is used, and this file's own"),
    [STACKING_USE] = USE,
    [STACKING_META] = {.name = "meta",
                       .type = ARG_RECORD,
                       .flags = ARG_BARE,
                       .family = meta_learners,
                       .doc = "what learns from the members' outputs; as the loss suggests"},
    {0}};

/* ---- models that learn from the members */

enum { META_L2, META_FOLDS };
static const struct arg_def meta_args[] = {
    [META_L2] = REAL("l2", ARG_POSITIONAL, "1", 0, 1e6, .open = true,
                     .doc = "of the penalty l2/2 * sum w^2, beside the sum of the rows' losses"),
    [META_FOLDS] = {.name = "folds",
                    .type = ARG_INT,
                    .def = "5",
                    .min = 2,
                    .max = 1000,
                    .doc = "in each of which members that learned from the others answer"},
    {0}};
static const struct record
    logistic = {.name = "logistic", .doc = "Multinomial logistic regression, for classes.", .args = meta_args},
    ridge = {.name = "ridge",
             .setting = "Dense 1\ntrain {\n  metrics mse\n}",
             .doc = "Linear regression with a penalty, for numbers; the loss of a row is half its squared error.",
             .args = meta_args};
const struct record *const meta_learners[] = {&logistic, &ridge, NULL};

/* ---- kinds */

/* The networks: that of this file, and those that it uses. */
static int64_t networks(const struct ensemble_config *c)
{
    return 1 + (c->uses ? (int64_t)c->uses->n_items : 0);
}

static void apply_members(struct net *n, enum ensemble_kind kind, const struct bound *b)
{
    n->ensemble->kind = kind;
    n->ensemble->members = (int64_t)b[ENSEMBLE_MEMBERS].number;
    n->ensemble->members_span = b[ENSEMBLE_MEMBERS].span;
}

/* Without a number, there is one member for each network. */
static void apply_uses(struct net *n, const struct bound *members, const struct bound *use)
{
    struct ensemble_config *c = n->ensemble;
    if (!use->set)
        return;
    c->uses = use;
    if (!members->set)
        c->members = networks(c);
    else if (c->members < networks(c))
        diag_error(n->ctx, c->members_span, "%lld members cannot be of %lld networks", (long long)c->members,
                   (long long)networks(c));
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
    apply_uses(n, &b[ENSEMBLE_MEMBERS], &b[VOTING_USE]);
    if (w->text)
        return; /* equal */
    n->ensemble->weights = w;
    if (!b[ENSEMBLE_MEMBERS].set && !b[VOTING_USE].set)
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

static void apply_stacking(struct net *n, const struct stmt *s, const struct bound *b)
{
    const struct bound *meta = &b[STACKING_META];
    (void)s;
    apply_members(n, ENSEMBLE_STACKING, b);
    apply_uses(n, &b[ENSEMBLE_MEMBERS], &b[STACKING_USE]);
    n->ensemble->l2 = strtod(meta_args[META_L2].def, NULL);
    n->ensemble->folds = strtoll(meta_args[META_FOLDS].def, NULL, 10);
    if (!meta->set)
        return;
    n->ensemble->meta = meta->record;
    n->ensemble->meta_span = meta->span;
    n->ensemble->l2 = meta->sub[META_L2].number;
    n->ensemble->folds = (int64_t)meta->sub[META_FOLDS].number;
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
     .apply = apply_boosting},
    {.rec = {.name = "stacking",
             .doc =
                 "A meta-learner learns from what the members say of rows that they did not learn from (Wolpert 1992).",
             .example = "ensemble stacking members=3 meta=logistic(l2=1, folds=5)",
             .args = stacking_args},
     .apply = apply_stacking}};

const struct record *const ensemble_words[] = {&kinds[0].rec, &kinds[1].rec, &kinds[2].rec,
                                               &kinds[3].rec, &kinds[4].rec, NULL};

/* ---- arguments in a body, one a line: `use "b.net"` is use="b.net", once or more; `meta logistic folds=5` is
 * meta=logistic(folds=5) */

static struct arg *argument(const struct stmt *own, const char *key)
{
    for (size_t i = 0; i < own->n_args; i++)
        if (own->args[i].key && strcmp(own->args[i].key, key) == 0)
            return &own->args[i];
    return NULL;
}

static void push(struct arena *a, struct value *list, const struct value *v)
{
    struct arg *items = arena_alloc(a, (list->n_items + 1) * sizeof *items);
    for (size_t i = 0; i < list->n_items; i++)
        items[i] = list->items[i];
    items[list->n_items++] = (struct arg){.value = *v};
    list->items = items;
    list->span.end = v->span.end;
}

/* The values of a line as one value: a word with more after it is a call, other values are a list. */
static struct value value_of_line(struct arena *a, const struct stmt *line)
{
    const struct value *first = &line->args[0].value;
    struct value v = {.kind = VALUE_LIST, .span = first->span};
    if (first->kind == VALUE_WORD && line->n_args > 1) {
        v = (struct value){.kind = VALUE_CALL, .span = first->span, .text = first->text};
        v.items = line->args + 1;
        v.n_items = line->n_args - 1;
        return v;
    }
    for (size_t i = 0; i < line->n_args; i++)
        push(a, &v, &line->args[i].value);
    return line->n_args == 1 ? *first : v;
}

static void take_line(struct net *n, const struct stmt *line, struct stmt *own)
{
    struct arena *a = ctx_arena(n->ctx);
    if (line->has_body || line->label || line->n_args == 0 || line->args[0].key) {
        diag_error(n->ctx, line->name_span, "a line of 'ensemble' is a name and its value, such as 'use \"b.net\"'");
        return;
    }
    struct arg *before = strcmp(line->name, "use") == 0 ? argument(own, line->name) : NULL;
    struct value v = value_of_line(a, line);
    if (!before) {
        own->args[own->n_args++] = (struct arg){line->name, line->name_span, v};
        return;
    }
    if (before->value.kind != VALUE_LIST) {
        const struct value one = before->value;
        before->value = (struct value){.kind = VALUE_LIST, .span = one.span};
        push(a, &before->value, &one);
    }
    for (size_t i = 0; i < line->n_args; i++)
        push(a, &before->value, &line->args[i].value);
}

static void take_body(struct net *n, const struct stmt *s, struct stmt *own)
{
    struct arg *args = arena_alloc(ctx_arena(n->ctx), (own->n_args + s->n_body + 1) * sizeof *args);
    for (size_t i = 0; i < own->n_args; i++)
        args[i] = own->args[i];
    own->args = args;
    for (size_t i = 0; i < s->n_body; i++)
        take_line(n, s->body[i], own);
}

void ensemble_bind(struct net *n, const struct stmt *s)
{
    struct stmt own;
    const struct record *rec = section_pick(n, s, "ensemble", ensemble_words, &own);
    if (!rec)
        return;
    take_body(n, s, &own);
    const struct bound *args = bind_args(n->ctx, rec, &own, 0);
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

/* ---- does it suit the network and its training? */

/* Reports what would disturb the cycles of the learning rate. */
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
        diag_error(n->ctx, c->members_span, "%lld epoch%s cannot be cut into %lld cycles, one a snapshot",
                   (long long)t->epochs, t->epochs == 1 ? "" : "s", (long long)c->members);
}

/* True for one output and a loss that compares numbers. */
static bool answers_a_number(const struct net *n)
{
    return shape_size(n->nodes.at[n->nodes.n - 1]->out) == 1 && !loss_of(n->train->loss)->wants;
}

/* The meta-learner must suit the loss: checks the one that is given, or chooses it. */
static void check_meta(struct net *n)
{
    struct ensemble_config *c = n->ensemble;
    const struct record *fit = net_meaning(n).classes > 0 ? &logistic : &ridge;
    if (c->meta && c->meta != fit)
        diag_error(n->ctx, c->meta_span, "'%s' is for %s, but the loss is '%s'", c->meta->name,
                   c->meta == &logistic ? "rows of one class each" : "numbers", n->train->loss->name);
    c->meta = fit;
}

void ensemble_check(struct net *n)
{
    const struct ensemble_config *c = n->ensemble;
    if (!c->given || has_several_ports(n)) /* ports_check() refuses those */
        return;
    if (n->train->n_metrics == 0)
        diag_error(n->ctx, c->span, "an ensemble is judged by metrics, and 'train' has none, such as 'metrics %s'",
                   net_meaning(n).classes > 0 ? "accuracy" : "mse");
    if (c->hard && net_meaning(n).classes == 0)
        diag_error(n->ctx, c->combine_span, "'hard' wants rows of one class each, but the loss is '%s'",
                   n->train->loss->name);
    if (c->kind == ENSEMBLE_SNAPSHOT)
        check_cycles(n);
    if (c->kind == ENSEMBLE_STACKING)
        check_meta(n);
    if (c->kind == ENSEMBLE_BOOSTING && net_meaning(n).classes == 0 && !answers_a_number(n))
        diag_error(n->ctx, c->span, "'boosting' wants rows of one class each, or one number as the network's output");
}
