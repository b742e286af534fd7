/* fitted.c -- a trained ensemble: its memory, its outputs and its file. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/meta.h"
#include "hash.h"
#include "support/support.h"
#include "weights/weights.h"

#define WEIGHTS "ensemble.weights"
#define KERNEL  "meta.kernel"
#define BIAS    "meta.bias"
enum { TEXT = 64 };

static const char *const combine_words[] = {
    [CNN_SOFT] = "soft", [CNN_HARD] = "hard", [CNN_MEDIAN] = "median", [CNN_STACKED] = "stacked"};
enum { COMBINE_WORDS = sizeof combine_words / sizeof *combine_words };
static const char *const meta_words[] = {[CNN_LOGISTIC] = "logistic", [CNN_RIDGE] = "ridge"};

static const struct cnn_model *model_of(const struct cnn_fitted *f, int64_t i)
{
    return cnn_member_model(f->m, i);
}

/* ---- memory */

static float *new_theta(const struct cnn_model *m, struct cnn_error *e)
{
    struct cnn_arena l = {0};
    cnn_arena_add(&l, m->core.theta, sizeof(float)); /* the only part, at offset 0 */
    return cnn_arena_alloc(&l, "a member's parameters", e);
}

int cnn_fitted_open(struct cnn_fitted *f, const struct cnn_model *m, int64_t members, struct cnn_error *e)
{
    *f = (struct cnn_fitted){.m = m};
    f->weight = calloc((size_t)members, sizeof *f->weight);
    f->theta = calloc((size_t)members, sizeof *f->theta);
    int status = f->weight && f->theta ? 0 : cnn_fail(e, "no memory for %" PRId64 " members", members);
    for (; status == 0 && f->members < members; f->members++) {
        f->weight[f->members] = 1;
        f->theta[f->members] = new_theta(model_of(f, f->members), e);
        if (!f->theta[f->members])
            status = -1;
    }
    if (status != 0)
        cnn_fitted_free(f);
    return status;
}

void cnn_fitted_free(struct cnn_fitted *f)
{
    for (int64_t i = 0; i < f->members; i++)
        free(f->theta[i]);
    free(f->theta);
    free(f->weight);
    cnn_meta_free(&f->meta);
    *f = (struct cnn_fitted){0};
}

void cnn_fitted_cut(struct cnn_fitted *f, int64_t members)
{
    while (f->members > members)
        free(f->theta[--f->members]);
}

/* ---- outputs */

static int predict_all(const struct cnn_fitted *f, const struct cnn_dataset *d, int64_t threads, float *outputs,
                       const float **y, struct cnn_error *e)
{
    for (int64_t i = 0; i < f->members; i++) {
        float *own = outputs + (size_t)(i * d->rows * cnn_output(f->m)->size);
        y[i] = own;
        if (cnn_predict_with(model_of(f, i), f->theta[i], threads, d, own, e) != 0)
            return -1;
    }
    return 0;
}

static int combine(const struct cnn_fitted *f, const struct cnn_outputs *o, float *y)
{
    return f->combine == CNN_STACKED ? cnn_meta_apply(&f->meta, o, y) : cnn_combine(f->combine, o, y, NULL);
}

int cnn_fitted_predict(const struct cnn_fitted *f, const struct cnn_dataset *d, int64_t threads, float *y,
                       struct cnn_error *e)
{
    struct cnn_arena l = {0};
    size_t table = cnn_arena_add(&l, (size_t)f->members, sizeof(float *));
    size_t at = cnn_arena_add(&l, (size_t)f->members * (size_t)cnn_output(f->m)->size, (size_t)d->rows * sizeof(float));
    char *base = cnn_arena_alloc(&l, "members' outputs", e);
    if (!base)
        return -1;
    const float **each = (const float **)(void *)(base + table);
    struct cnn_outputs o = {.members = f->members, .rows = d->rows, .size = cnn_output(f->m)->size, .y = each};
    o.m = f->m;
    o.weight = f->weight;
    int status = predict_all(f, d, threads, (float *)(void *)(base + at), each, e);
    if (status == 0 && combine(f, &o, y) != 0)
        status = cnn_fail(e, "no memory for an output");
    free(base);
    return status;
}

int cnn_fitted_evaluate(const struct cnn_fitted *f, const struct cnn_dataset *d, int64_t threads,
                        struct cnn_totals *out, struct cnn_error *e)
{
    const struct cnn_meaning is = cnn_common_meaning(f->m);
    float *y = cnn_outputs_new(f->m, d->rows, e);
    int status = y ? cnn_fitted_predict(f, d, threads, y, e) : -1;
    if (status == 0)
        status = cnn_score_outputs(f->m, &is, d, y, out, e);
    free(y);
    return status;
}

/* ---- writing */

static void member_prefix(int64_t i, char out[TEXT])
{
    snprintf(out, TEXT, "member_%" PRId64 "/", i);
}

/* The hash of all networks; their order matters. */
static uint64_t hash_of(const struct cnn_model *m)
{
    uint64_t h = m->hash;
    for (int i = 0; m->ensemble && i < m->ensemble->n_others; i++)
        h = h * CNN_HASH_PRIME ^ m->ensemble->others[i]->hash;
    return h;
}

static int add_about(const struct cnn_fitted *f, struct cnn_tensors *t, struct cnn_error *e)
{
    char members[TEXT];
    snprintf(members, sizeof members, "%" PRId64, f->members);
    if (cnn_tensors_add_metadata(t, "format", CNN_ENSEMBLE_FORMAT, e) != 0 ||
        cnn_tensors_add_metadata(t, "model", f->m->name, e) != 0 || cnn_network_add(hash_of(f->m), t, e) != 0 ||
        cnn_tensors_add_metadata(t, "members", members, e) != 0 ||
        cnn_tensors_add_metadata(t, "combine", combine_words[f->combine], e) != 0)
        return -1;
    return cnn_beside_add(&f->beside, 0, t, e);
}

static int add_meta(const struct cnn_fitted *f, struct cnn_tensors *t, struct cnn_error *e)
{
    const struct cnn_meta_learner *m = &f->meta;
    const int64_t shape[] = {m->features, m->outputs};
    if (!m->kernel)
        return 0;
    if (cnn_tensors_add_metadata(t, "meta", meta_words[m->kind], e) != 0 ||
        cnn_tensors_add(t, KERNEL, cnn_array_view(CNN_F64, 2, shape, m->kernel), e) != 0)
        return -1;
    return cnn_tensors_add(t, BIAS, cnn_array_view(CNN_F64, 1, &m->outputs, m->bias), e);
}

static int fill(const struct cnn_fitted *f, struct cnn_tensors *t, struct cnn_error *e)
{
    char prefix[TEXT];
    if (add_about(f, t, e) != 0 || add_meta(f, t, e) != 0 ||
        cnn_tensors_add(t, WEIGHTS, cnn_array_view(CNN_F64, 1, &f->members, f->weight), e) != 0)
        return -1;
    for (int64_t i = 0; i < f->members; i++) {
        member_prefix(i, prefix);
        if (cnn_params_export(model_of(f, i), f->theta[i], prefix, t, e) != 0)
            return -1;
    }
    return 0;
}

int cnn_fitted_write(const struct cnn_fitted *f, const char *path, struct cnn_error *e)
{
    struct cnn_tensors t = {0};
    int status = fill(f, &t, e);
    if (status == 0)
        status = cnn_safetensors_write(path, &t, e);
    cnn_tensors_free(&t);
    return status;
}

/* ---- reading */

static int damaged(const char *path, const char *what, struct cnn_error *e)
{
    return cnn_fail(e, "%s: the ensemble's '%s' is missing or damaged", path, what);
}

static int read_members(const struct cnn_tensors *t, const char *path, int64_t *members, struct cnn_error *e)
{
    const char *text = cnn_tensors_find_metadata(t, "members");
    char *end;
    *members = text ? strtoll(text, &end, 10) : 0;
    return text && !*end && *members >= 1 && *members <= CNN_MOST_MEMBERS ? 0 : damaged(path, "members", e);
}

static int read_combine(const struct cnn_tensors *t, const char *path, enum cnn_combine *out, struct cnn_error *e)
{
    const char *text = cnn_tensors_find_metadata(t, "combine");
    for (int i = 0; text && i < COMBINE_WORDS; i++)
        if (strcmp(text, combine_words[i]) == 0) {
            *out = (enum cnn_combine)i;
            return 0;
        }
    return damaged(path, "combine", e);
}

static int read_weights(const struct cnn_tensors *t, const char *path, struct cnn_fitted *f, struct cnn_error *e)
{
    const struct cnn_array *a = cnn_tensors_find(t, WEIGHTS);
    double all = 0;
    if (!a || a->dtype != CNN_F64 || a->rank != 1 || a->shape[0] != f->members)
        return damaged(path, WEIGHTS, e);
    for (int64_t i = 0; i < f->members; i++) {
        f->weight[i] = cnn_array_get(a, i);
        if (!(f->weight[i] >= 0 && f->weight[i] <= 1e300))
            return damaged(path, WEIGHTS, e);
        all += f->weight[i];
    }
    return all > 0 ? 0 : damaged(path, WEIGHTS, e);
}

static int64_t count_members_tensors(const struct cnn_tensors *t)
{
    int64_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        n += strcmp(t->at[i].name, WEIGHTS) != 0 && !cnn_is_beside(t->at[i].name) &&
             strncmp(t->at[i].name, "meta.", 5) != 0;
    return n;
}

/* Every member must have all its tensors, and the file must hold no others. */
static int read_tensors(const struct cnn_tensors *t, const char *path, struct cnn_fitted *f, struct cnn_error *e)
{
    char prefix[TEXT];
    int64_t tensors = 0;
    for (int64_t i = 0; i < f->members; i++) {
        member_prefix(i, prefix);
        if (cnn_params_import(model_of(f, i), t, prefix, path, f->theta[i], e) != 0)
            return -1;
        tensors += model_of(f, i)->n_params;
    }
    if (count_members_tensors(t) != tensors)
        return cnn_fail(e, "%s: holds tensors that belong to none of its %" PRId64 " members", path, f->members);
    return 0;
}

static int take_numbers(const struct cnn_tensors *t, const char *name, int rank, const int64_t *shape, double *to)
{
    const struct cnn_array *a = cnn_tensors_find(t, name);
    if (!a || a->dtype != CNN_F64 || a->rank != rank || memcmp(a->shape, shape, (size_t)rank * sizeof *shape) != 0)
        return -1;
    for (int64_t i = 0, n = cnn_array_count(a); i < n; i++) {
        to[i] = cnn_array_get(a, i);
        if (!isfinite(to[i]))
            return -1;
    }
    return 0;
}

static int read_meta(const struct cnn_tensors *t, const char *path, struct cnn_fitted *f, struct cnn_error *e)
{
    const char *word = cnn_tensors_find_metadata(t, "meta");
    const int64_t shape[] = {f->members * cnn_output(f->m)->size, cnn_output(f->m)->size};
    const enum cnn_meta_kind kind = word && strcmp(word, meta_words[CNN_RIDGE]) == 0 ? CNN_RIDGE : CNN_LOGISTIC;
    if (f->combine != CNN_STACKED)
        return 0;
    if (!word || strcmp(word, meta_words[kind]) != 0)
        return damaged(path, "meta", e);
    if (cnn_meta_open(&f->meta, kind, shape[0], shape[1], e) != 0)
        return -1;
    if (take_numbers(t, KERNEL, 2, shape, f->meta.kernel) != 0)
        return damaged(path, KERNEL, e);
    return take_numbers(t, BIAS, 1, &shape[1], f->meta.bias) != 0 ? damaged(path, BIAS, e) : 0;
}

static int check_beside(const struct cnn_tensors *t, const char *path, struct cnn_error *e)
{
    struct cnn_beside b;
    if (cnn_beside_find(t, path, &b, e) != 0)
        return -1;
    const int known = b.channels > 0;
    cnn_beside_free(&b);
    return known ? 0 : damaged(path, "normalize", e);
}

static int take(const struct cnn_model *m, const struct cnn_tensors *t, const char *path, struct cnn_fitted *out,
                struct cnn_error *e)
{
    int64_t members;
    if (cnn_network_check(m, hash_of(m), t, path, "an ensemble", e) != 0 || read_members(t, path, &members, e) != 0 ||
        cnn_fitted_open(out, m, members, e) != 0)
        return -1;
    int status = read_combine(t, path, &out->combine, e);
    if (status == 0)
        status = read_weights(t, path, out, e);
    if (status == 0)
        status = read_tensors(t, path, out, e);
    if (status == 0)
        status = check_beside(t, path, e);
    if (status == 0)
        status = read_meta(t, path, out, e);
    if (status != 0)
        cnn_fitted_free(out);
    return status;
}

int cnn_fitted_read(const struct cnn_model *m, const char *path, struct cnn_fitted *out, struct cnn_error *e)
{
    struct cnn_tensors t = {0};
    int status = 0;
    *out = (struct cnn_fitted){0};
    if (cnn_is_npz(path))
        return 0;
    if (cnn_safetensors_read(path, &t, e) != 0)
        return -1;
    if (cnn_holds_ensemble(&t))
        status = take(m, &t, path, out, e);
    cnn_tensors_free(&t);
    return status;
}
