/* identity.c -- see identity.h. One table lists everything that a run depends on: its name, the function that puts it
 * into words, and what a difference means. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "hash.h"
#include "images/images.h"
#include "support/peers.h"
#include "support/support.h"
#include "train/fit.h"
#include "train/identity.h"
#include "version.h"

#define KEY "run." /* stands before the name of a thing in a checkpoint */

struct about {
    const struct cnn_run *r;
    const struct cnn_model *m;
    const struct cnn_train *t;
    const struct cnn_datasets *d;
    int shuffled;
};

/* ---- words */

/* Writes the shortest text that reads back as this number. */
static void put_real(FILE *f, const char *name, double v)
{
    char text[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    fprintf(f, "%s%s", name, text);
}

static void put_whole(FILE *f, const char *name, int64_t v)
{
    fprintf(f, "%s%" PRId64, name, v);
}

static void put_flag(FILE *f, const char *name, int given)
{
    fputs(given ? name : "", f);
}

static void put_monitor(FILE *f, const struct cnn_monitor *m)
{
    fprintf(f, "%s mode=%s", m->key, m->rises ? "max" : "min");
}

/* ---- data: how many rows there are, their shape, and a hash of their bytes; the files they come from do not matter */

enum { MOST_ROWS = 4096, MOST_BYTES = 1 << 24 }; /* up to either limit, every row is hashed */

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t word;
    for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
        memcpy(&word, p, sizeof word);
        h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return cnn_hash_bytes(h, p, n);
}

static uint64_t mix_row(uint64_t h, const struct cnn_array *a, int64_t row)
{
    const size_t size = a->data ? (size_t)(cnn_array_count(a) / a->shape[0]) * cnn_dtype_size(a->dtype) : 0;
    return size ? mix(h, (const char *)a->data + (size_t)row * size, size) : h;
}

/* The row of all ports. */
static uint64_t mix_rows(uint64_t h, const struct cnn_dataset *d, int64_t row)
{
    h = mix_row(mix_row(mix_row(h, &d->x, row), &d->y, row), &d->weight, row);
    for (int i = 0; i < d->n_more; i++)
        h = mix_row(mix_row(h, &d->more[i].x, row), &d->more[i].y, row);
    return h;
}

/* Data may be larger than memory. So when there are many large rows only some are hashed, among them the first and the
 * last. */
static uint64_t sum_rows(const struct cnn_dataset *d)
{
    const int64_t size = d->x_size * (int64_t)cnn_dtype_size(d->x.dtype);
    const int64_t taken = d->rows <= MOST_ROWS || d->rows <= MOST_BYTES / size ? d->rows : MOST_ROWS;
    uint64_t h = CNN_HASH_START ^ (uint64_t)d->x.dtype ^ (uint64_t)d->y.dtype << 8;
    for (int64_t i = 0; i < taken; i++) {
        const int64_t nth = taken == d->rows ? i : i * (d->rows - 1) / (taken - 1);
        const int64_t row = cnn_dataset_row(d, nth);
        h = mix_rows(h, d, row);
    }
    return h;
}

static void put_rows(FILE *f, const struct cnn_model *m, const struct cnn_dataset *d)
{
    char shape[64];
    if (d->rows == 0)
        fputs("none", f);
    else
        fprintf(f, "%" PRId64 " rows of %s (%08" PRIx32 ")", d->rows,
                cnn_shape_text(cnn_input(m)->rank, cnn_input(m)->shape, shape, sizeof shape),
                (uint32_t)(sum_rows(d) >> 32));
}

static void say_train(const struct about *x, FILE *f)
{
    put_rows(f, x->m, &x->d->train);
}

static void say_validation(const struct about *x, FILE *f)
{
    put_rows(f, x->m, &x->d->validation);
}

static void say_test(const struct about *x, FILE *f)
{
    put_rows(f, x->m, &x->d->test);
}

static void say_limit(const struct about *x, FILE *f)
{
    if (x->r->o.limit > 0)
        put_whole(f, "", x->r->o.limit);
    else
        fputs("none", f);
}

static void say_split(const struct about *x, FILE *f)
{
    const struct cnn_data *s = x->m->data;
    put_real(f, "validation=", s->validation_split);
    put_flag(f, " shuffle", s->split_shuffle);
    put_flag(f, " stratify", s->split_stratify);
    put_whole(f, " seed=", (int64_t)s->split_seed);
}

static void put_numbers(FILE *f, const char *name, int fitted, double all, const double *each, int64_t n)
{
    fputs(name, f);
    if (fitted)
        fputs("auto", f);
    else if (!each)
        put_real(f, "", all);
    for (int64_t i = 0; !fitted && each && i < n; i++)
        put_real(f, i ? "," : "", each[i]);
}

static void say_normalize(const struct about *x, FILE *f)
{
    const struct cnn_data *s = x->m->data;
    const int64_t channels = cnn_input(x->m)->shape[cnn_input(x->m)->rank - 1];
    put_real(f, "scale=", s->scale);
    put_numbers(f, " mean=", s->mean_auto, s->mean, s->means, channels);
    put_numbers(f, " std=", s->std_auto, s->std, s->stds, channels);
}

/* A run that mixes nothing says what it has always said. */
static void say_mixing(const struct about *x, FILE *f)
{
    static const char *const names[] = {[CNN_MIX_UP] = " MixUp ", [CNN_MIX_CUT] = " CutMix "};
    const struct cnn_mixing *m = &x->t->mixing;
    if (m->how == CNN_MIX_NOTHING)
        return;
    put_real(f, names[m->how], m->low);
    put_real(f, " to ", m->high);
}

static void say_augment(const struct about *x, FILE *f)
{
    const struct cnn_augment *a = &x->m->data->augment;
    put_real(f, "shift=", a->shift);
    put_real(f, " rotate=", a->rotate);
    put_real(f, " zoom=", a->zoom);
    put_real(f, " noise=", a->noise);
    put_flag(f, " horizontal", a->flip_x);
    put_flag(f, " vertical", a->flip_y);
    say_mixing(x, f);
}

/* ---- training */

static void say_batch(const struct about *x, FILE *f)
{
    put_whole(f, "", x->t->batch);
}

static void say_order(const struct about *x, FILE *f)
{
    fputs(x->shuffled ? "shuffled" : "as in the file", f);
}

static void say_seed(const struct about *x, FILE *f)
{
    fprintf(f, "%" PRIu64, x->t->seed);
}

static void say_loss(const struct about *x, FILE *f)
{
    fputs(x->t->loss_says, f);
}

/* Classes of rows, or those of the answers of a row. */
static int64_t weighed_classes(const struct cnn_model *m)
{
    return cnn_answers(m) > 1 ? cnn_output(m)->size / cnn_answers(m) : cnn_meaning(m)->classes;
}

static void say_class_weight(const struct about *x, FILE *f)
{
    put_flag(f, "none", !x->t->class_weight && !x->t->class_weight_balanced);
    put_flag(f, "balanced", x->t->class_weight_balanced);
    for (int64_t i = 0; x->t->class_weight && i < weighed_classes(x->m); i++)
        put_real(f, i ? "," : "", x->t->class_weight[i]);
}

/* What only programs of this version and later ones know. */
static void put_more_of_metric(FILE *f, const struct cnn_metric *k)
{
    if (k->kind == CNN_ACCURACY && k->threshold != 0.5)
        put_real(f, " threshold=", k->threshold);
    if (k->kind >= CNN_PRECISION && k->k)
        put_whole(f, " top_k=", k->k);
    put_flag(f, " curve=PR", k->curve == CNN_PR);
    put_flag(f, " minoring", k->summation == CNN_MINORING);
    put_flag(f, " majoring", k->summation == CNN_MAJORING);
    if (k->only)
        put_whole(f, " class_id=", k->only - 1);
    if (k->ignored)
        put_whole(f, " ignore_class=", k->ignored - 1);
    if (k->regressors)
        put_whole(f, " num_regressors=", k->regressors);
}

static void say_metrics(const struct about *x, FILE *f)
{
    for (int i = 0; i < x->t->n_metrics; i++) {
        const struct cnn_metric *k = &x->t->metrics[i];
        fprintf(f, "%s%s", i ? ", " : "", k->name);
        if (k->kind >= CNN_PRECISION && k->kind != CNN_R2 && k->thresholds == 0 && k->threshold >= 0)
            put_real(f, " threshold=", k->threshold);
        if (k->thresholds > 0)
            put_whole(f, " thresholds=", k->thresholds);
        if (k->kind == CNN_FBETA)
            put_real(f, " beta=", k->beta);
        if (k->least > 0)
            put_real(f, " at ", k->least);
        if (k->of_classes)
            put_whole(f, " target_class_ids=", (int64_t)k->of_classes);
        put_more_of_metric(f, k);
        put_flag(f, " average=micro", k->average == CNN_MICRO);
        put_flag(f, " average=weighted", k->average == CNN_WEIGHTED);
    }
    put_flag(f, "none", x->t->n_metrics == 0);
}

static void say_optimizer(const struct about *x, FILE *f)
{
    fputs(x->t->optimizer_says, f);
}

static void say_rate(const struct about *x, FILE *f)
{
    put_real(f, "", x->r->o.lr > 0 ? x->r->o.lr : x->t->schedule.lr);
}

/* Of all but a constant, what changes it. */
static void put_schedule(FILE *f, const struct cnn_schedule *s)
{
    static const char *const names[] = {[CNN_LR_CONSTANT] = "constant",
                                        [CNN_LR_STEP] = "step",
                                        [CNN_LR_EXPONENTIAL] = "exponential",
                                        [CNN_LR_COSINE] = "cosine",
                                        [CNN_LR_COSINE_RESTARTS] = "cosine_restarts",
                                        [CNN_LR_INVERSE_TIME] = "inverse_time",
                                        [CNN_LR_PIECEWISE] = "piecewise",
                                        [CNN_LR_POLYNOMIAL] = "polynomial",
                                        [CNN_LR_ONE_CYCLE] = "one_cycle"};
    fputs(names[s->kind], f);
    if (s->kind == CNN_LR_CONSTANT) {
        if (s->warmup > 0)
            put_whole(f, " warmup=", s->warmup);
        return;
    }
    put_real(f, " rate=", s->rate);
    put_whole(f, " steps=", s->steps);
    put_real(f, " alpha=", s->alpha);
    put_whole(f, " warmup=", s->warmup);
    if (s->warmup_from > 0)
        put_real(f, " from ", s->warmup_from);
    put_flag(f, " staircase", s->staircase);
    if (s->ends)
        put_real(f, " end=", s->end);
    if (s->kind == CNN_LR_COSINE_RESTARTS) {
        put_real(f, " t_mul=", s->t_mul);
        put_real(f, " m_mul=", s->m_mul);
    }
    if (s->kind == CNN_LR_POLYNOMIAL) {
        put_real(f, " end=", s->end);
        put_real(f, " power=", s->power);
        put_flag(f, " cycle", s->cycle);
    }
    if (s->kind == CNN_LR_ONE_CYCLE) {
        put_real(f, " rise=", s->rise);
        put_real(f, " div=", s->div);
        put_real(f, " final_div=", s->final_div);
    }
    for (int i = 0; i < s->n; i++) {
        put_real(f, " ", s->values[i]);
        put_real(f, " to ", s->boundaries[i]);
    }
    if (s->n > 0)
        put_real(f, " ", s->values[s->n]);
}

static void say_schedule(const struct about *x, FILE *f)
{
    put_schedule(f, &x->t->schedule);
}

static void say_early_stopping(const struct about *x, FILE *f)
{
    const struct cnn_early_stopping *s = &x->t->early_stopping;
    if (!s->monitor.key) {
        fputs("none", f);
        return;
    }
    put_monitor(f, &s->monitor);
    put_whole(f, " patience=", s->patience);
    put_real(f, " min_delta=", s->min_delta);
    put_whole(f, " start_from_epoch=", s->start_from_epoch);
    if (s->has_baseline)
        put_real(f, " baseline=", s->baseline);
    put_flag(f, " restore_best", s->restore_best);
}

static void say_reduce_lr(const struct about *x, FILE *f)
{
    const struct cnn_reduce_lr *s = &x->t->reduce_lr;
    if (!s->monitor.key) {
        fputs("none", f);
        return;
    }
    put_monitor(f, &s->monitor);
    put_real(f, " factor=", s->factor);
    put_whole(f, " patience=", s->patience);
    put_real(f, " min_delta=", s->min_delta);
    put_whole(f, " cooldown=", s->cooldown);
    put_real(f, " min_lr=", s->min_lr);
}

/* ---- models that follow others; what is said of losses and optimizers is of all phases of the step */

static void put_follow(FILE *f, const struct cnn_nets *nets, const struct cnn_follow *k)
{
    put_flag(f, ", ", ftell(f) > 0);
    fprintf(f, "%s follows %s behind %d", nets->at[k->part].model, nets->at[k->of].model, k->behind);
    put_real(f, " momentum=", k->momentum.lr);
    if (k->momentum.kind != CNN_LR_CONSTANT || k->momentum.warmup > 0) {
        put_flag(f, " ", 1);
        put_schedule(f, &k->momentum);
    }
    put_whole(f, " every=", k->every);
}

static void say_step(const struct about *x, FILE *f)
{
    const struct cnn_nets *nets = x->r->m->nets;
    for (int i = 0; nets && i < nets->n_follows; i++)
        put_follow(f, nets, &nets->follows[i]);
}

/* ---- versions */

static void say_version(const struct about *x, FILE *f)
{
    fprintf(f, "%s (libcnn %d)", CNNC_VERSION, x->m->abi);
}

static void say_target(const struct about *x, FILE *f)
{
    fputs(x->m->target, f);
}

/* ---- the table. A thing that can explain a difference in the rows stands before the rows. */

enum meaning {
    OTHER,     /* a difference means another run */
    EXPLAINS,  /* likewise; it also explains why rows differ, so that is not reported any more */
    EXPLAINED, /* rows, which may differ for such a reason */
    OTHER_BITS /* a difference means the same run except for the last bits */
};

static const struct thing {
    const char *name;
    void (*say)(const struct about *x, FILE *f);
    enum meaning meaning;
} things[] = {
    {"--limit", say_limit, EXPLAINS},
    {"split", say_split, EXPLAINS},
    {"training data", say_train, EXPLAINED},
    {"validation data", say_validation, EXPLAINED},
    {"test data", say_test, OTHER},
    {"normalize", say_normalize, OTHER},
    {"augment", say_augment, OTHER},
    {"batch", say_batch, OTHER},
    {"order of rows (shuffle)", say_order, OTHER},
    {"seed of the spec", say_seed, OTHER},
    {"loss", say_loss, OTHER},
    {"class_weight", say_class_weight, OTHER},
    {"metrics", say_metrics, OTHER},
    {"optimizer", say_optimizer, OTHER},
    {"learning rate (lr)", say_rate, OTHER},
    {"schedule", say_schedule, OTHER},
    {"early_stopping", say_early_stopping, OTHER},
    {"reduce_lr", say_reduce_lr, OTHER},
    {"step", say_step, OTHER},
    {"version", say_version, OTHER_BITS},
    {"target", say_target, OTHER_BITS},
};
enum { THINGS = sizeof things / sizeof things[0] };
_Static_assert((int)THINGS <= (int)CNN_THINGS, "room for each thing");

int cnn_identity_make(const struct cnn_run *r, const struct cnn_datasets *d, int shuffled, struct cnn_identity *out,
                      struct cnn_error *e)
{
    const struct about x = {r, cnn_together_data(r->m), r->m->train, d, shuffled};
    *out = (struct cnn_identity){.run = r};
    for (int i = 0; i < THINGS; i++) {
        size_t size;
        FILE *f = open_memstream(&out->says[i], &size);
        if (f)
            things[i].say(&x, f);
        if (!f || fclose(f) != 0 || !out->says[i]) /* a failing fclose may leave no text */
            return cnn_fail(e, "no memory for what the run depends on");
    }
    return 0;
}

void cnn_identity_free(struct cnn_identity *id)
{
    for (int i = 0; i < THINGS; i++)
        free(id->says[i]);
    *id = (struct cnn_identity){0};
}

static const char *key_of(const struct thing *k, char out[64])
{
    snprintf(out, 64, KEY "%s", k->name);
    return out;
}

int cnn_identity_add(const struct cnn_identity *id, struct cnn_tensors *t, struct cnn_error *e)
{
    char key[64];
    for (int i = 0; i < THINGS; i++)
        if (id->says[i] && *id->says[i] && cnn_tensors_add_metadata(t, key_of(&things[i], key), id->says[i], e) != 0)
            return -1;
    return 0;
}

/* ---- comparing */

struct list { /* differences as text: "batch: 32 in the checkpoint, 16 now; ..." */
    char text[800];
};

static void list_add(struct list *l, const char *fmt, ...) CNN_PRINTF(2, 3);
static void list_add(struct list *l, const char *fmt, ...)
{
    const size_t n = strlen(l->text);
    va_list args;
    if (n)
        snprintf(l->text + n, sizeof l->text - n, "; ");
    va_start(args, fmt);
    vsnprintf(l->text + strlen(l->text), sizeof l->text - strlen(l->text), fmt, args);
    va_end(args);
}

struct comparison {
    struct list other, bits, unknown;
    int explained;
};

/* A learning rate given on the command line is a choice, so it may differ. */
static int may_differ(const struct thing *k, const struct cnn_run *r, const struct comparison *c)
{
    return (k->meaning == EXPLAINED && c->explained) || (k->say == say_rate && r->o.lr > 0);
}

static void compare(const struct thing *k, const char *before, const char *now, struct comparison *c)
{
    if (!before && *now)
        list_add(&c->unknown, "%s", k->name);
    if (!before)
        return;
    if (strcmp(before, now) == 0)
        return;
    list_add(k->meaning == OTHER_BITS ? &c->bits : &c->other, "%s: %s in the checkpoint, %s now", k->name, before, now);
    c->explained |= k->meaning == EXPLAINS;
}

int cnn_identity_check(const struct cnn_identity *id, const struct cnn_tensors *t, const char *path,
                       struct cnn_error *e)
{
    const struct cnn_run *r = id->run;
    struct comparison c = {.explained = 0};
    char key[64];
    for (int i = 0; i < THINGS; i++)
        if (!may_differ(&things[i], r, &c))
            compare(&things[i], cnn_tensors_find_metadata(t, key_of(&things[i], key)), id->says[i], &c);
    if (*c.other.text && !r->o.force)
        return cnn_fail(e,
                        "%s: is of another run: %s; --force goes on all the same, --weights %s begins a run of its own",
                        path, c.other.text, path);
    if (*c.other.text)
        cnn_warn(r->m->name, "%s: goes on as another run: %s", path, c.other.text);
    if (*c.bits.text)
        cnn_warn(r->m->name, "%s: the last bits may differ from those of a run that was never stopped: %s", path,
                 c.bits.text);
    if (*c.unknown.text)
        cnn_warn(r->m->name, "%s: is of an older version and does not say, so that it could not be compared: %s", path,
                 c.unknown.text);
    return 0;
}

uint64_t cnn_identity_seed(const struct cnn_identity *id, const struct cnn_tensors *t, uint64_t kept)
{
    const struct cnn_options *o = &id->run->o;
    char key[64];
    if (!o->force)
        return kept;
    if (o->seed_given)
        return (uint64_t)o->seed;
    for (int i = 0; i < THINGS; i++) {
        const char *before = things[i].say == say_seed ? cnn_tensors_find_metadata(t, key_of(&things[i], key)) : NULL;
        if (before && strcmp(before, id->says[i]) != 0)
            return id->run->m->train->seed;
    }
    return kept;
}

const char *cnn_identity_differs(const struct cnn_identity *id, struct cnn_peers *p, int *rank)
{
    for (int i = 0; i < THINGS; i++) {
        const char *says = id->says[i] ? id->says[i] : "";
        *rank = cnn_peers_differ(p, cnn_hash_bytes(CNN_HASH_START, says, strlen(says)));
        if (*rank)
            return things[i].name;
    }
    return NULL;
}
