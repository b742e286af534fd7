/* boosting.c -- `ensemble boosting`: members are trained one after the other, and each gives most weight to the rows
 * that the members before it got wrong. Networks that predict classes use SAMME, where the weights multiply the loss.
 * Networks that predict numbers use AdaBoost.R2, where the weights say how often a row is drawn. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/boost.h"
#include "ensemble/members.h"
#include "support/support.h"
#include "train/train.h"

struct boosting {
    struct cnn_ensemble_run *x;
    const struct cnn_dataset *rows; /* the training rows */
    double *weight;                 /* the current weight of each row */
    double *cumulative;             /* R2: running sums of the weights */
    float *factor;                  /* SAMME: the factor of the loss, for each row of the arrays */
    int64_t *drawn;                 /* R2: the rows drawn */
    float *y, *target;              /* the outputs for all rows; the target of one row */
    unsigned char *wrong;           /* SAMME: is the row predicted wrong? */
    double *off;                    /* R2: how far off each row is */
    void *arena;
};

static int regresses(const struct boosting *b)
{
    return b->x->spec->combine == CNN_MEDIAN;
}

/* ---- memory */

static int open_boosting(struct boosting *b, struct cnn_error *e)
{
    const struct cnn_dataset *d = b->rows;
    struct cnn_arena l = {0};
    const size_t n = (size_t)d->rows, size = (size_t)d->y_size;
    size_t weight = cnn_arena_add(&l, n, sizeof(double)), cumulative = cnn_arena_add(&l, n, sizeof(double));
    size_t off = cnn_arena_add(&l, n, sizeof(double)), drawn = cnn_arena_add(&l, n, sizeof(int64_t));
    size_t factor = cnn_arena_add(&l, (size_t)d->x.shape[0], sizeof(float)), wrong = cnn_arena_add(&l, n, 1);
    size_t y = cnn_arena_add(&l, n, size * sizeof(float)), target = cnn_arena_add(&l, size, sizeof(float));
    char *at = b->arena = cnn_arena_alloc(&l, "weights of the rows", e);
    if (!at)
        return -1;
    b->weight = (double *)(void *)(at + weight);
    b->cumulative = (double *)(void *)(at + cumulative);
    b->off = (double *)(void *)(at + off);
    b->drawn = (int64_t *)(void *)(at + drawn);
    b->factor = (float *)(void *)(at + factor);
    b->wrong = (unsigned char *)(at + wrong);
    b->y = (float *)(void *)(at + y);
    b->target = (float *)(void *)(at + target);
    return 0;
}

/* The first weights are those of the spec, or all equal; their sum is 1. */
static int first_weights(struct boosting *b, struct cnn_error *e)
{
    const float *own = b->rows->weight.data;
    double all = 0;
    for (int64_t i = 0; i < b->rows->rows; i++) {
        b->weight[i] = own ? (double)own[cnn_dataset_row(b->rows, i)] : 1;
        all += b->weight[i];
    }
    for (int64_t i = 0; i < b->rows->rows; i++)
        b->weight[i] /= all;
    return all > 0 ? 0 : cnn_fail(e, "%s: all rows have weight 0", b->rows->x_file);
}

/* ---- the rows of a member */

/* Takes all rows; their losses are multiplied by weights whose mean is 1. */
static void weigh_rows(struct boosting *b, struct cnn_dataset *to)
{
    const int64_t all = b->rows->x.shape[0];
    for (int64_t i = 0; i < b->rows->rows; i++)
        b->factor[cnn_dataset_row(b->rows, i)] = (float)(b->weight[i] * (double)b->rows->rows);
    *to = *b->rows;
    to->weight = cnn_array_view(CNN_F32, 1, &all, b->factor);
}

/* Draws as many rows as there are, each in proportion to its weight. The drawn rows then count alike, since the drawing
 * has already used the weights. */
static int draw_rows(struct boosting *b, int64_t i, struct cnn_dataset *to, struct cnn_error *e)
{
    double sum = 0;
    for (int64_t k = 0; k < b->rows->rows; k++)
        b->cumulative[k] = sum += b->weight[k];
    cnn_draw_weighted(cnn_run_seed(b->x->r), (uint64_t)i, b->cumulative, b->drawn, b->rows->rows);
    int status = cnn_dataset_pick(b->rows, b->drawn, b->rows->rows, to, e);
    to->weight = (struct cnn_array){0};
    return status;
}

static int train_member(struct boosting *b, int64_t i, struct cnn_totals *test)
{
    struct cnn_ensemble_run *x = b->x;
    struct cnn_datasets data = x->data; /* all members share the other parts */
    struct cnn_trial trial = {.data = &data, .totals = test, .theta = x->fitted.theta[i]};
    int status = CNN_DONE;
    if (!regresses(b))
        weigh_rows(b, &data.train);
    else if (draw_rows(b, i, &data.train, &x->r->error) != 0)
        status = CNN_TROUBLE;
    if (status == CNN_DONE)
        status = cnn_trial_run(x->m, &x->r->o, cnn_run_seed(x->r) + (uint64_t)i, x->threads, &trial, &x->r->error);
    if (regresses(b))
        cnn_dataset_free(&data.train);
    return status;
}

/* ---- what a member got wrong */

static enum cnn_boost judge_classes(struct boosting *b, double *error, double *vote)
{
    const int64_t size = b->rows->y_size;
    for (int64_t i = 0; i < b->rows->rows; i++)
        b->wrong[i] =
            cnn_said_class(cnn_meaning(b->x->m), b->y + i * size, size) != cnn_row_class(b->rows, i, b->target);
    return cnn_boost_samme(b->weight, b->wrong, b->rows->rows, size > 1 ? size : 2, b->x->spec->rate, error, vote);
}

static enum cnn_boost judge_numbers(struct boosting *b, double *error, double *vote)
{
    for (int64_t i = 0; i < b->rows->rows; i++) {
        cnn_target_row(b->rows, i, b->target);
        b->off[i] = fabs((double)b->y[i] - (double)*b->target);
    }
    return cnn_boost_r2(b->weight, b->off, b->rows->rows, b->x->spec->rate, error, vote);
}

static int judge(struct boosting *b, int64_t i, enum cnn_boost *verdict, double *error)
{
    struct cnn_fitted *f = &b->x->fitted;
    if (cnn_predict_with(b->x->m, f->theta[i], b->x->threads, b->rows, b->y, &b->x->r->error) != 0)
        return -1;
    *verdict = (regresses(b) ? judge_numbers : judge_classes)(b, error, &f->weight[i]);
    return 0;
}

/* ---- the members, one after the other */

static void print_member(const struct boosting *b, int64_t i, const struct cnn_totals *test, double error)
{
    struct cnn_logs logs = {0};
    if (test->rows > 0)
        cnn_logs_totals(&logs, b->x->m, "", test);
    cnn_logs_add(&logs, "", "weight", b->x->fitted.weight[i]);
    cnn_logs_add(&logs, "", "weighted_error", error);
    cnn_print_member(b->x, i, &logs);
}

static void print_end(const struct boosting *b, const char *why)
{
    if (!b->x->r->o.quiet)
        printf("boosting ends: member %" PRId64 " %s\n", b->x->done + 1, why);
}

/* The first member of AdaBoost.R2 always stays. A first member of SAMME that is no better than chance is an error. */
static int too_weak(const struct boosting *b, int64_t i, double error)
{
    if (i == 0 && !regresses(b))
        return cnn_fail(&b->x->r->error,
                        "the first member is no better than chance: its error on the training rows is %.4f", error);
    print_end(b, i ? "is no better than chance, and is left out" : "is no better than chance");
    return 0;
}

static int train_all(struct boosting *b)
{
    struct cnn_ensemble_run *x = b->x;
    enum cnn_boost verdict = CNN_BOOST_ON;
    int64_t counted = 0;
    for (int64_t i = 0; verdict == CNN_BOOST_ON && i < x->fitted.members; i++) {
        struct cnn_totals test = {0};
        double error;
        int status = train_member(b, i, &test);
        if (status == CNN_TROUBLE)
            cnn_fail(&x->r->error, "member %" PRId64 ": %.900s", i + 1, x->r->error.text);
        if (status != CNN_DONE)
            return status;
        if (judge(b, i, &verdict, &error) != 0)
            return CNN_TROUBLE;
        print_member(b, i, &test, error);
        if (verdict == CNN_BOOST_TOO_WEAK && too_weak(b, i, error) != 0)
            return CNN_TROUBLE;
        if (verdict == CNN_BOOST_PERFECT && i + 1 < x->fitted.members)
            print_end(b, "makes no mistake");
        counted += verdict != CNN_BOOST_TOO_WEAK || i == 0;
        x->done++;
    }
    cnn_fitted_cut(&x->fitted, counted);
    return CNN_DONE;
}

int cnn_train_boosted(struct cnn_ensemble_run *x)
{
    struct boosting b = {.x = x, .rows = &x->data.train};
    int status = CNN_TROUBLE;
    if (open_boosting(&b, &x->r->error) == 0 && first_weights(&b, &x->r->error) == 0)
        status = train_all(&b);
    free(b.arena);
    return status;
}
