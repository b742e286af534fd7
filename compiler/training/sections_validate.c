/* sections_validate.c -- the statement `validate`: how `crossval` divides the rows. It has a method, then the arguments
 * of that method. */
#include <string.h>

#include "training/sections.h"

enum { MOST_FOLDS = 1000, MOST_REPEATS = 100 };

#define STRATIFIED FLAG("stratified", "stratify", "no", "the same part of every class")
#define REPEATS                                                                                                        \
    {                                                                                                                  \
        .name = "repeats", .type = ARG_INT, .def = "1", .min = 1, .max = MOST_REPEATS, .doc = "with other folds"       \
    }
#define FOLD_SEED WHOLE("seed", 0, 0, LARGEST_SEED, "of the shuffle")

/* The arguments of both methods that draw rows. */
enum { VALIDATE_OWN, VALIDATE_STRATIFIED, VALIDATE_REPEATS, VALIDATE_SHUFFLE, VALIDATE_SEED };

static const struct arg_def kfold_args[] = {
    [VALIDATE_OWN] = {.name = "k",
                      .type = ARG_INT,
                      .flags = ARG_POSITIONAL,
                      .def = "5",
                      .min = 2,
                      .max = MOST_FOLDS,
                      .alias = {"n_splits"},
                      .doc = "folds"},
    [VALIDATE_STRATIFIED] = STRATIFIED,
    [VALIDATE_REPEATS] = REPEATS,
    [VALIDATE_SHUFFLE] = FLAG("shuffle", NULL, "yes", "any rows; otherwise each fold is a run of rows"),
    [VALIDATE_SEED] = FOLD_SEED,
    {0}};

static const struct arg_def holdout_args[] = {
    [VALIDATE_OWN] = REAL("test", ARG_POSITIONAL, "0.2", 0, 0.999999, .open = true, .alias = {"test_size"},
                          .doc = "part of the rows to test with"),
    [VALIDATE_STRATIFIED] = STRATIFIED,
    [VALIDATE_REPEATS] = REPEATS,
    [VALIDATE_SHUFFLE] = FLAG("shuffle", NULL, "yes", "any rows; otherwise the last ones"),
    [VALIDATE_SEED] = FOLD_SEED,
    {0}};

static void apply_drawn(struct net *n, const struct stmt *s, const struct bound *b)
{
    struct validate_config *v = n->validate;
    v->repeats = (int64_t)b[VALIDATE_REPEATS].number;
    v->stratified = b[VALIDATE_STRATIFIED].number != 0;
    v->stratified_span = b[VALIDATE_STRATIFIED].span;
    v->shuffle = b[VALIDATE_SHUFFLE].number != 0;
    v->seed = (int64_t)b[VALIDATE_SEED].number;
    if (!v->shuffle && v->repeats > 1) {
        diag_error(n->ctx, b[VALIDATE_REPEATS].span, "the repeats of '%s' are all alike when rows keep their order",
                   s->name);
        diag_note(n->ctx, b[VALIDATE_SHUFFLE].span, "the order is kept here");
    }
}

static void apply_kfold(struct net *n, const struct stmt *s, const struct bound *b)
{
    n->validate->kind = VALIDATE_KFOLD;
    n->validate->k = (int64_t)b[VALIDATE_OWN].number;
    apply_drawn(n, s, b);
}

static void apply_holdout(struct net *n, const struct stmt *s, const struct bound *b)
{
    n->validate->kind = VALIDATE_HOLDOUT;
    n->validate->test = b[VALIDATE_OWN].number;
    apply_drawn(n, s, b);
}

static const struct arg_def no_args[] = {{0}};

static void apply_leave_one_out(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s, (void)b;
    n->validate->kind = VALIDATE_LEAVE_ONE_OUT;
}

static const struct word methods[] = {
    {.rec = {.name = "kfold",
             .alias = {"k_fold"},
             .doc = "Every row tests once, in one of k folds; the others train.",
             .example = "validate kfold k=5 stratified repeats=2",
             .args = kfold_args},
     .apply = apply_kfold},
    {.rec = {.name = "holdout",
             .doc = "A part of the rows tests, the others train.",
             .example = "validate holdout test=0.2 stratified repeats=10",
             .args = holdout_args},
     .apply = apply_holdout},
    {.rec = {.name = "leave_one_out",
             .doc =
                 "Every row tests by itself; of small sets, since the network is trained as often as there are rows.",
             .example = "validate leave_one_out",
             .args = no_args},
     .apply = apply_leave_one_out}};

const struct record *const validate_words[] = {&methods[0].rec, &methods[1].rec, &methods[2].rec, NULL};

void validate_bind(struct net *n, const struct stmt *s)
{
    struct stmt own;
    const struct record *rec = section_pick(n, s, "validation method", validate_words, &own);
    const struct bound *args = rec ? bind_args(n->ctx, rec, &own, 0) : NULL;
    if (!args)
        return;
    n->validate->given = true;
    n->validate->span = own.name_span;
    ((const struct word *)(const void *)rec)->apply(n, &own, args);
}

void validate_defaults(struct net *n)
{
    n->validate = arena_alloc(ctx_arena(n->ctx), sizeof *n->validate);
    *n->validate = (struct validate_config){.repeats = 1};
}

/* ---- does it suit the network? */

/* A metric that has no value for a single row. */
static const struct bound *metric_of_many(const struct net *n)
{
    for (size_t i = 0; i < n->train->n_metrics; i++) {
        const struct record *r = n->train->metrics[i].record;
        if (strcmp(r->name, "r2") == 0 || metric_of(r)->counts)
            return &n->train->metrics[i];
    }
    return NULL;
}

void validate_check(struct net *n)
{
    const struct validate_config *v = n->validate;
    if (!v->given)
        return;
    if (v->stratified && net_meaning(n).classes == 0)
        diag_error(n->ctx, v->stratified_span, "'stratified' wants rows of one class each, but the loss is '%s'",
                   n->train->loss->name);
    const struct bound *m = v->kind == VALIDATE_LEAVE_ONE_OUT ? metric_of_many(n) : NULL;
    if (m) {
        diag_error(n->ctx, v->span, "leave_one_out tests one row at a time, and '%s' compares many", m->record->name);
        diag_note(n->ctx, m->span, "it is counted here");
    }
}
