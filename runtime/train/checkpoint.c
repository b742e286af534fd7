/* checkpoint.c -- a run on disk: its weights, the optimiser's state, and the point that the run has reached. Numbers
 * that must come back bit for bit are written as hexadecimal floats. Random numbers need no state of their own: they
 * are functions of the seed, the epoch and the step. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "train/checkpoint.h"
#include "train/identity.h"
#include "weights/weights.h"

#define FORMAT       "cnnc checkpoint 1"
#define COUNTS       "metrics.state"
#define KEPT         "optimizer.kept"
#define BEST_WEIGHTS "early_stopping.best."
#define LAST_WEIGHTS "early_stopping.last."

enum kind { WHOLE, UNSIGNED, REAL };
/* Which part of a run needs a field; every field but those of ALWAYS may be missing in a file. The fields of EARLY,
 * REDUCE and BEST belong to the number that the callback watches. The fields of CUT and RESTORED stay valid when
 * another number is watched. RESTORED also tells which weights are the last ones, so it is read even when early
 * stopping is no longer asked for. */
enum group { ALWAYS, PENALTY, EARLY, RESTORED, REDUCE, CUT, BEST, GROUPS };

static const struct field {
    const char *key;
    enum kind kind;
    size_t offset;
    enum group group;
} fields[] = {
#define AT(member) offsetof(struct cnn_position, member)
    {"epoch", WHOLE, AT(epoch), ALWAYS},
    {"step", WHOLE, AT(step), ALWAYS},
    {"updates", WHOLE, AT(t), ALWAYS},
    {"rows", WHOLE, AT(rows), ALWAYS},
    {"batch", WHOLE, AT(batch), ALWAYS},
    {"shuffled", WHOLE, AT(shuffled), ALWAYS},
    {"seed", UNSIGNED, AT(seed), ALWAYS},
    {"epoch.rows", WHOLE, AT(totals.rows), ALWAYS},
    {"epoch.loss", REAL, AT(totals.loss), ALWAYS},
    {"epoch.penalty", REAL, AT(totals.penalty), PENALTY},
    {"early_stopping.wait", WHOLE, AT(callbacks.early.wait), EARLY},
    {"early_stopping.best_epoch", WHOLE, AT(callbacks.early.best_epoch), EARLY},
    {"early_stopping.best", REAL, AT(callbacks.early.best), EARLY},
    {"early_stopping.stopped", WHOLE, AT(callbacks.early.stopped), EARLY},
    {"early_stopping.restored", WHOLE, AT(restored), RESTORED},
    {"reduce_lr.wait", WHOLE, AT(callbacks.reduce.wait), REDUCE},
    {"reduce_lr.cooldown", WHOLE, AT(callbacks.reduce.cooldown), REDUCE},
    {"reduce_lr.best", REAL, AT(callbacks.reduce.best), REDUCE},
    {"reduce_lr.scale", REAL, AT(callbacks.reduce.scale), CUT},
    {"checkpoint.best", REAL, AT(callbacks.best), BEST},
#undef AT
};
enum { FIELDS = sizeof fields / sizeof fields[0], NUMBER = 40, NAME = 256 };

static const char *const watched_keys[GROUPS] = {
    [EARLY] = "early_stopping.monitor", [REDUCE] = "reduce_lr.monitor", [BEST] = "checkpoint.monitor"};

static const struct cnn_monitor *monitor_of(const struct cnn_train *t, enum group group)
{
    switch (group) {
    case EARLY:
    case RESTORED: return &t->early_stopping.monitor;
    case REDUCE:
    case CUT: return &t->reduce_lr.monitor;
    case BEST: return &t->checkpoint_best;
    default: return NULL;
    }
}

static int wants(const struct cnn_model *m, enum group group)
{
    const struct cnn_monitor *monitor = monitor_of(m->train, group);
    return monitor ? monitor->key != NULL : group != PENALTY || m->train->penalized;
}

static const char *monitor_text(const struct cnn_monitor *m, char out[NAME])
{
    snprintf(out, NAME, "%s %s", m->key, m->rises ? "max" : "min");
    return out;
}

/* ---- writing */

static void print_field(const struct field *f, const struct cnn_position *p, char out[NUMBER])
{
    const void *at = (const char *)p + f->offset;
    switch (f->kind) {
    case WHOLE: snprintf(out, NUMBER, "%" PRId64, *(const int64_t *)at); break;
    case UNSIGNED: snprintf(out, NUMBER, "%" PRIu64, *(const uint64_t *)at); break;
    case REAL: snprintf(out, NUMBER, "%a", *(const double *)at); break;
    }
}

/* Of several losses, a checkpoint holds each as far as it is summed. */
static const char *loss_key(const struct cnn_model *m, int target, char out[NAME])
{
    snprintf(out, NAME, "epoch.loss.%s", m->targets[target].port.name);
    return out;
}

static int add_losses(const struct cnn_model *m, const struct cnn_position *p, struct cnn_tensors *t,
                      struct cnn_error *e)
{
    char text[NUMBER], key[NAME];
    for (int i = 0; i < m->n_targets && m->n_targets > 1; i++) {
        snprintf(text, sizeof text, "%a", p->totals.each[i]);
        if (cnn_tensors_add_metadata(t, loss_key(m, i, key), text, e) != 0)
            return -1;
    }
    return 0;
}

static int add_position(const struct cnn_model *m, const struct cnn_position *p, struct cnn_tensors *t,
                        struct cnn_error *e)
{
    char text[NUMBER], key[NAME];
    for (int i = 0; i < FIELDS; i++) {
        if (!wants(m, fields[i].group))
            continue;
        print_field(&fields[i], p, text);
        if (cnn_tensors_add_metadata(t, fields[i].key, text, e) != 0)
            return -1;
    }
    for (enum group g = 0; g < GROUPS; g++)
        if (watched_keys[g] && wants(m, g) &&
            cnn_tensors_add_metadata(t, watched_keys[g], monitor_text(monitor_of(m->train, g), key), e) != 0)
            return -1;
    if (cnn_beside_add(&p->beside, 0, t, e) != 0 || add_losses(m, p, t, e) != 0)
        return -1;
    for (int j = 0; j < m->train->n_metrics; j++) {
        snprintf(key, sizeof key, "epoch.%s", m->train->metrics[j].name);
        snprintf(text, sizeof text, "%a", p->totals.metric[j]);
        if (cnn_tensors_add_metadata(t, key, text, e) != 0)
            return -1;
    }
    return 0;
}

static int add_identity(const struct cnn_model *m, struct cnn_tensors *t, struct cnn_error *e)
{
    if (cnn_tensors_add_metadata(t, "format", FORMAT, e) != 0 || cnn_tensors_add_metadata(t, "model", m->name, e) != 0)
        return -1;
    if (cnn_network_add(m->hash, t, e) != 0 || cnn_tensors_add_metadata(t, "rng", "philox4x32-10", e) != 0)
        return -1;
    return cnn_tensors_add_metadata(t, "optimizer", m->train->optimizer, e);
}

static int add_run(const struct cnn_position *p, struct cnn_tensors *t, struct cnn_error *e)
{
    return p->identity ? cnn_identity_add(p->identity, t, e) : 0;
}

static void slot_prefix(const struct cnn_model *m, int slot, char out[NAME])
{
    snprintf(out, NAME, "optimizer.%s.", m->slot_names[slot]);
}

int cnn_position_has_other(const struct cnn_position *p)
{
    return p->together ? cnn_together_has_other(p->together) : p->other != NULL;
}

static int writes_other(const struct cnn_position *p)
{
    return cnn_position_has_other(p) && p->callbacks.early.best_epoch >= 0;
}

/* The prefix of the second set of weights, which early stopping keeps. */
static const char *other_prefix(const struct cnn_position *p)
{
    return p->restored ? LAST_WEIGHTS : BEST_WEIGHTS;
}

/* A checkpoint in the middle of an epoch holds the counts of the metrics so far. */
static int add_counts(const struct cnn_position *p, struct cnn_tensors *t, struct cnn_error *e)
{
    const int64_t n = (int64_t)p->state_size;
    if (p->step == 0 || n == 0)
        return 0;
    return cnn_tensors_add(t, COUNTS, cnn_array_view(CNN_F64, 1, &n, p->state), e);
}

static int fill_together(const struct cnn_position *p, struct cnn_tensors *t, struct cnn_error *e)
{
    if (cnn_together_export(p->together, t, 0, e) != 0)
        return -1;
    return writes_other(p) ? cnn_together_export_other(p->together, other_prefix(p), t, e) : 0;
}

static int fill(const struct cnn_model *m, const float *theta, const float *state, const struct cnn_position *p,
                struct cnn_tensors *t, struct cnn_error *e)
{
    char prefix[NAME];
    if (add_identity(m, t, e) != 0 || add_run(p, t, e) != 0 || add_position(m, p, t, e) != 0)
        return -1;
    if (p->together)
        return fill_together(p, t, e);
    if (cnn_params_export(m, theta, "", t, e) != 0)
        return -1;
    for (int s = 0; s < m->slots; s++) {
        slot_prefix(m, s, prefix);
        if (cnn_state_export(m, state + (size_t)s * m->core.trained, prefix, t, e) != 0)
            return -1;
    }
    if (cnn_kept_export(m, state, KEPT, t, e) != 0 || add_counts(p, t, e) != 0)
        return -1;
    return writes_other(p) ? cnn_params_export(m, p->other, other_prefix(p), t, e) : 0;
}

/* The weights of several models alone. */
static int write_weights(const struct cnn_model *m, const struct cnn_position *p, const char *path, struct cnn_error *e)
{
    struct cnn_tensors t = {0};
    int status = cnn_together_export(p->together, &t, 1, e);
    if (status == 0)
        status = cnn_weights_write_tensors(m, &t, &p->beside, path, e);
    cnn_tensors_free(&t);
    return status;
}

int cnn_checkpoint_write(const struct cnn_model *m, const float *theta, const float *state,
                         const struct cnn_position *p, const char *path, struct cnn_error *e)
{
    struct cnn_tensors t = {0};
    if (cnn_is_npz(path) && !p->together)
        return cnn_weights_write(m, theta, &p->beside, path, e);
    if (cnn_is_npz(path))
        return write_weights(m, p, path, e);
    int status = fill(m, theta, state, p, &t, e);
    if (status == 0)
        status = cnn_safetensors_write(path, &t, e);
    cnn_tensors_free(&t);
    return status;
}

/* ---- reading */

static int scan_number(const char *text, enum kind kind, void *out)
{
    char *end;
    errno = 0;
    switch (kind) {
    case WHOLE: *(int64_t *)out = strtoll(text, &end, 10); break;
    case UNSIGNED: *(uint64_t *)out = strtoull(text, &end, 10); break;
    case REAL: *(double *)out = strtod(text, &end); break;
    default: return -1;
    }
    return end == text || *end || (errno && kind != REAL) ? -1 : 0;
}

static int scan_meta(const struct cnn_tensors *t, const char *key, enum kind kind, void *out, const char *path,
                     struct cnn_error *e)
{
    const char *text = cnn_tensors_find_metadata(t, key);
    if (!text || scan_number(text, kind, out) != 0)
        return cnn_fail(e, "%s: the checkpoint's '%s' is %s", path, key, text ? "damaged" : "missing");
    return 0;
}

/* Callbacks may change between epochs. A callback that now watches another number starts without memory. */
static int is_read(const struct cnn_model *m, const struct cnn_tensors *t, const struct field *f)
{
    const char *before = watched_keys[f->group] ? cnn_tensors_find_metadata(t, watched_keys[f->group]) : NULL;
    char now[NAME];
    if (f->group == ALWAYS)
        return 1;
    if (!cnn_tensors_find_metadata(t, f->key) || (f->group != RESTORED && !wants(m, f->group)))
        return 0;
    return !before || !wants(m, f->group) || strcmp(before, monitor_text(monitor_of(m->train, f->group), now)) == 0;
}

static int read_losses(const struct cnn_model *m, const struct cnn_tensors *t, struct cnn_position *p, const char *path,
                       struct cnn_error *e)
{
    char key[NAME];
    for (int i = 0; i < m->n_targets && m->n_targets > 1; i++)
        if (scan_meta(t, loss_key(m, i, key), REAL, &p->totals.each[i], path, e) != 0)
            return -1;
    return 0;
}

static int read_position(const struct cnn_model *m, const struct cnn_tensors *t, struct cnn_position *p,
                         const char *path, struct cnn_error *e)
{
    char key[NAME];
    for (int i = 0; i < FIELDS; i++) {
        const struct field *f = &fields[i];
        if (is_read(m, t, f) && scan_meta(t, f->key, f->kind, (char *)p + f->offset, path, e) != 0)
            return -1;
    }
    for (int j = 0; j < m->train->n_metrics; j++) {
        snprintf(key, sizeof key, "epoch.%s", m->train->metrics[j].name);
        if (!cnn_tensors_find_metadata(t, key) && p->step == 0)
            continue; /* metrics may change between epochs */
        if (scan_meta(t, key, REAL, &p->totals.metric[j], path, e) != 0)
            return -1;
    }
    if (read_losses(m, t, p, path, e) != 0)
        return -1;
    if (p->epoch < 0 || p->step < 0 || p->t < 0 || p->totals.rows < 0)
        return cnn_fail(e, "%s: the checkpoint's position is damaged", path);
    p->callbacks.early.stopped &= p->callbacks.early.wait >= m->train->early_stopping.patience;
    return 0;
}

static int check_identity(const struct cnn_model *m, const struct cnn_tensors *t, const char *path, struct cnn_error *e)
{
    const char *format = cnn_tensors_find_metadata(t, "format"), *optimizer = cnn_tensors_find_metadata(t, "optimizer");
    if (!format || strcmp(format, FORMAT) != 0)
        return cnn_fail(e, "%s: holds weights but no checkpoint to resume; to start from them use --weights", path);
    if (cnn_network_check(m, m->hash, t, path, "a checkpoint", e) != 0)
        return -1;
    if (!optimizer || strcmp(optimizer, m->train->optimizer) != 0)
        return cnn_fail(e, "%s: was trained with the optimiser '%s', not '%s'; to start from its weights use --weights",
                        path, optimizer ? optimizer : "?", m->train->optimizer);
    return 0;
}

static int read_state(const struct cnn_model *m, const struct cnn_tensors *t, float *state, const char *path,
                      struct cnn_error *e)
{
    char prefix[NAME];
    for (int s = 0; s < m->slots; s++) {
        slot_prefix(m, s, prefix);
        if (cnn_state_import(m, t, prefix, path, state + (size_t)s * m->core.trained, e) != 0)
            return -1;
    }
    return cnn_kept_import(m, t, KEPT, path, state, e);
}

static int read_counts(const struct cnn_tensors *t, struct cnn_position *p, const char *path, struct cnn_error *e)
{
    if (p->step == 0 || p->state_size == 0)
        return 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct cnn_array *a = &t->at[i].array;
        if (strcmp(t->at[i].name, COUNTS) != 0)
            continue;
        if (a->dtype != CNN_F64 || cnn_array_count(a) != (int64_t)p->state_size)
            break;
        memcpy(p->state, a->data, p->state_size * sizeof *p->state);
        return 0;
    }
    return cnn_fail(
        e,
        "%s: stands in the middle of an epoch in which other metrics are counted; --weights %s begins a run of its own",
        path, path);
}

static int has_weights(const struct cnn_tensors *t, const char *prefix)
{
    for (size_t i = 0; i < t->n; i++)
        if (strncmp(t->at[i].name, prefix, strlen(prefix)) == 0)
            return 1;
    return 0;
}

static int read_last(const struct cnn_model *m, const struct cnn_tensors *t, float *theta, struct cnn_position *p,
                     const char *path, struct cnn_error *e)
{
    return p->together ? cnn_together_import_weights(p->together, LAST_WEIGHTS, t, path, e)
                       : cnn_params_import(m, t, LAST_WEIGHTS, path, theta, e);
}

static int read_best(const struct cnn_model *m, const struct cnn_tensors *t, struct cnn_position *p, const char *best,
                     const char *path, struct cnn_error *e)
{
    return p->together ? cnn_together_import_other(p->together, best, t, path, e)
                       : cnn_params_import(m, t, best, path, p->other, e);
}

/* When a file says that its weights were restored, they are those of the best epoch, but the run goes on from those of
 * the last. A run that did not keep the best weights has no best epoch to restore. */
static int read_other(const struct cnn_model *m, const struct cnn_tensors *t, float *theta, struct cnn_position *p,
                      const char *path, struct cnn_error *e)
{
    const int keeps = cnn_position_has_other(p);
    const char *best = p->restored ? "" : BEST_WEIGHTS;
    struct cnn_callbacks fresh;
    if (p->restored && has_weights(t, LAST_WEIGHTS) && read_last(m, t, theta, p, path, e) != 0)
        return -1;
    cnn_callbacks_begin(m->train, &fresh);
    if (keeps && !has_weights(t, best))
        p->callbacks.early = fresh.early;
    else if (keeps && p->callbacks.early.best_epoch >= 0 && read_best(m, t, p, best, path, e) != 0)
        return -1;
    p->restored = 0;
    return 0;
}

static int take(const struct cnn_model *m, const struct cnn_tensors *t, float *theta, float *state,
                struct cnn_position *p, const char *path, struct cnn_error *e)
{
    if (check_identity(m, t, path, e) != 0 || cnn_params_no_others(m, t, path, e) != 0)
        return -1;
    if (p->identity && cnn_identity_check(p->identity, t, path, e) != 0)
        return -1;
    if (read_position(m, t, p, path, e) != 0)
        return -1;
    if (p->identity)
        p->seed = cnn_identity_seed(p->identity, t, p->seed);
    if (p->together)
        return cnn_together_import(p->together, t, p->step > 0, path, e) != 0 ? -1
                                                                              : read_other(m, t, theta, p, path, e);
    if (read_state(m, t, state, path, e) != 0)
        return -1;
    if (cnn_params_import(m, t, "", path, theta, e) != 0)
        return -1;
    return read_counts(t, p, path, e) != 0 ? -1 : read_other(m, t, theta, p, path, e);
}

int cnn_checkpoint_read(const struct cnn_model *m, float *theta, float *state, struct cnn_position *p, const char *path,
                        struct cnn_error *e)
{
    struct cnn_tensors t = {0};
    *p = (struct cnn_position){.other = p->other,
                               .state = p->state,
                               .state_size = p->state_size,
                               .identity = p->identity,
                               .together = p->together};
    cnn_callbacks_begin(m->train, &p->callbacks);
    if (cnn_is_npz(path))
        return cnn_fail(e, "%s: an .npz holds weights but no checkpoint to resume; to start from them use --weights",
                        path);
    if (cnn_safetensors_read(path, &t, e) != 0)
        return -1;
    int status = take(m, &t, theta, state, p, path, e);
    cnn_tensors_free(&t);
    return status;
}
