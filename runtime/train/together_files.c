/* together_files.c -- several models in a checkpoint: every parameter once, the state of every optimizer, and in the
 * middle of an epoch the sums of every phase; and the weights at the end of a training. */
#include <stdlib.h>
#include <string.h>

#include "engine/meeting.h"
#include "input.h"
#include "train/together.h"
#include "weights/weights.h"

enum { KEY = 256 };

/* Is there a network before this one that has the parameter? */
static int comes_before(const struct cnn_together *t, int side, const char *name, int phases)
{
    for (int i = 0; i < side; i++)
        if ((!phases || t->side[i].fit) && cnn_find_param(t->side[i].m, name) >= 0 &&
            (!phases || cnn_param(t->side[i].m, cnn_find_param(t->side[i].m, name))->trainable))
            return 1;
    return 0;
}

/* Every parameter once, of the weights or of the other ones. */
static int export_params(const struct cnn_together *t, int i, const char *prefix, int other, struct cnn_tensors *out,
                         struct cnn_error *e)
{
    const struct cnn_side *s = &t->side[i];
    for (int k = 0; k < s->m->n_params; k++) {
        struct cnn_name room;
        if (!comes_before(t, i, cnn_param_name(s->m, k, &room), 0) &&
            cnn_param_export(s->m, k, other ? s->other : s->g->theta, prefix, out, e) != 0)
            return -1;
    }
    return 0;
}

/* Of what the optimizer of a phase keeps of whole parameters. */
static const char *kept_key(const struct cnn_side *s, char out[KEY])
{
    snprintf(out, KEY, "optimizer.kept.%s", s->net->name);
    return out;
}

static int export_state(const struct cnn_together *t, int i, struct cnn_tensors *out, struct cnn_error *e)
{
    const struct cnn_side *s = &t->side[i];
    char prefix[KEY];
    for (int slot = 0; s->fit && slot < s->m->slots; slot++)
        for (int k = 0; k < s->m->n_params; k++) {
            struct cnn_name room;
            snprintf(prefix, sizeof prefix, "optimizer.%s.", s->m->slot_names[slot]);
            if (cnn_param(s->m, k)->trainable && !comes_before(t, i, cnn_param_name(s->m, k, &room), 1) &&
                cnn_param_export(s->m, k, s->g->state + (size_t)slot * s->m->core.trained, prefix, out, e) != 0)
                return -1;
        }
    return s->fit ? cnn_kept_export(s->m, s->g->state, kept_key(s, prefix), out, e) : 0;
}

/* The sums of the epoch so far: rows, loss, penalty, each loss, each metric. */
enum { SUMS = 3 + CNN_MOST_PORTS + CNN_METRICS };

static void sums_of(const struct cnn_totals *t, double out[SUMS])
{
    out[0] = (double)t->rows;
    out[1] = t->loss;
    out[2] = t->penalty;
    memcpy(out + 3, t->each, sizeof t->each);
    memcpy(out + 3 + CNN_MOST_PORTS, t->metric, sizeof t->metric);
}

static const char *sums_key(const struct cnn_side *s, const char *what, char out[KEY])
{
    snprintf(out, KEY, "metrics.%s.%s", s->net->name, what);
    return out;
}

/* Tensors borrow the arrays that they are made of, so these numbers are text. */
static int export_sums(const struct cnn_side *s, struct cnn_tensors *out, struct cnn_error *e)
{
    double sums[SUMS];
    char key[KEY], text[KEY], name[16];
    sums_of(&s->fit->at.totals, sums);
    for (int i = 0; i < SUMS; i++) {
        snprintf(text, sizeof text, "%a", sums[i]);
        snprintf(name, sizeof name, "%d", i);
        if (cnn_tensors_add_metadata(out, sums_key(s, name, key), text, e) != 0)
            return -1;
    }
    const int64_t n = (int64_t)s->fit->at.state_size;
    return n ? cnn_tensors_add(out, sums_key(s, "state", key), cnn_array_view(CNN_F64, 1, &n, s->fit->at.state), e) : 0;
}

int cnn_together_export(const struct cnn_together *t, struct cnn_tensors *out, int weights_only, struct cnn_error *e)
{
    for (int i = 0; i < t->n; i++)
        if (export_params(t, i, "", 0, out, e) != 0 || (!weights_only && export_state(t, i, out, e) != 0) ||
            (!weights_only && t->side[i].fit && t->f->at.step > 0 && export_sums(&t->side[i], out, e) != 0))
            return -1;
    return 0;
}

static int import_sums(const struct cnn_side *s, const struct cnn_tensors *in, const char *path, struct cnn_error *e)
{
    double sums[SUMS];
    char key[KEY], name[16];
    struct cnn_totals *t = &s->fit->at.totals;
    for (int i = 0; i < SUMS; i++) {
        snprintf(name, sizeof name, "%d", i);
        const char *text = cnn_tensors_find_metadata(in, sums_key(s, name, key));
        if (!text)
            return cnn_fail(e, "%s: the checkpoint's '%s' is missing", path, key);
        sums[i] = strtod(text, NULL);
    }
    t->rows = (int64_t)sums[0];
    t->loss = sums[1];
    t->penalty = sums[2];
    memcpy(t->each, sums + 3, sizeof t->each);
    memcpy(t->metric, sums + 3 + CNN_MOST_PORTS, sizeof t->metric);
    const struct cnn_array *a = cnn_tensors_find(in, sums_key(s, "state", key));
    if (s->fit->at.state_size == 0)
        return 0;
    if (!a || a->dtype != CNN_F64 || cnn_array_count(a) != (int64_t)s->fit->at.state_size)
        return cnn_fail(e, "%s: the counts of '%s' are damaged", path, s->net->name);
    memcpy(s->fit->at.state, a->data, s->fit->at.state_size * sizeof *s->fit->at.state);
    return 0;
}

static int import_side(struct cnn_side *s, const struct cnn_tensors *in, int in_epoch, const char *path,
                       struct cnn_error *e)
{
    char prefix[KEY];
    if (cnn_params_import(s->m, in, "", path, s->g->theta, e) != 0)
        return -1;
    s->stale = 1;
    for (int slot = 0; s->fit && slot < s->m->slots; slot++) {
        snprintf(prefix, sizeof prefix, "optimizer.%s.", s->m->slot_names[slot]);
        if (cnn_state_import(s->m, in, prefix, path, s->g->state + (size_t)slot * s->m->core.trained, e) != 0)
            return -1;
    }
    if (s->fit && cnn_kept_import(s->m, in, kept_key(s, prefix), path, s->g->state, e) != 0)
        return -1;
    return s->fit && in_epoch ? import_sums(s, in, path, e) : 0;
}

int cnn_together_import(struct cnn_together *t, const struct cnn_tensors *in, int in_epoch, const char *path,
                        struct cnn_error *e)
{
    for (int i = 0; i < t->n; i++)
        if (import_side(&t->side[i], in, in_epoch, path, e) != 0)
            return -1;
    return 0;
}

/* ---- the weights of the best epoch, or of the last one */

int cnn_together_has_other(const struct cnn_together *t)
{
    return t->side[0].other != NULL;
}

int cnn_together_export_other(const struct cnn_together *t, const char *prefix, struct cnn_tensors *out,
                              struct cnn_error *e)
{
    for (int i = 0; i < t->n; i++)
        if (export_params(t, i, prefix, 1, out, e) != 0)
            return -1;
    return 0;
}

int cnn_together_import_other(struct cnn_together *t, const char *prefix, const struct cnn_tensors *in,
                              const char *path, struct cnn_error *e)
{
    for (int i = 0; i < t->n; i++)
        if (cnn_params_import(t->side[i].m, in, prefix, path, t->side[i].other, e) != 0)
            return -1;
    return 0;
}

int cnn_together_import_weights(struct cnn_together *t, const char *prefix, const struct cnn_tensors *in,
                                const char *path, struct cnn_error *e)
{
    for (int i = 0; i < t->n; i++) {
        if (cnn_params_import(t->side[i].m, in, prefix, path, t->side[i].g->theta, e) != 0)
            return -1;
        t->side[i].stale = 1;
    }
    return 0;
}

/* ---- the weights that several models have when their training ends: those of the best epoch, or running means */

int cnn_together_keeps(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++) {
        const size_t n = t->side[i].m->core.theta;
        if (!(t->side[i].other = calloc(n + 1, sizeof *t->side[i].other)))
            return cnn_fail_memory(&f->r->error, "the weights of the best epoch", (uint64_t)n * sizeof(float));
    }
    return 0;
}

void cnn_together_keep_best(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++)
        memcpy(t->side[i].other, t->side[i].g->theta, t->side[i].m->core.theta * sizeof(float));
}

void cnn_together_restore_best(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++) {
        struct cnn_side *s = &t->side[i];
        cnn_fit_exchange(s->g->theta, s->other, s->m->core.theta);
        s->stale = 1;
    }
    cnn_together_settle(f);
}

/* What a phase has changed, in the networks of all others. */
int cnn_together_take_averages(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    int taken = 0;
    for (int i = 0; i < t->n; i++) {
        const struct cnn_side *s = &t->side[i];
        const float *mean = s->fit ? cnn_averages(s->m, s->g->state) : NULL;
        if (!mean)
            continue;
        taken = 1;
        cnn_meet_whole_state(s->g);
        memcpy(s->g->theta, mean, s->m->core.trained * sizeof *mean);
        t->side[i].stale = 1;
        for (int k = 0; k < t->n; k++)
            if (k != i)
                cnn_together_pass_on(s, k);
    }
    cnn_together_settle(f);
    return taken;
}
