/* models.c -- several models as a library: a training like the trainer's own, whose rows come from the caller, a batch
 * at a time. So a step has the trainer's numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cnn.h"
#include "data/data.h"
#include "input.h"
#include "train/checkpoint.h"
#include "train/progress.h"
#include "train/together.h"
#include "weights/weights.h"

struct cnn_models {
    struct cnn_run r;
    struct cnn_watch watch;
    struct cnn_training how;
    struct cnn_fit f;
    struct cnn_shared data;  /* the inputs and targets of the caller */
    struct cnn_dataset rows; /* those of one batch */
    int moved;               /* models alone have not got what the phases have learnt */
};

static enum cnn_watched go_on(struct cnn_watch *watch)
{
    (void)watch;
    return CNN_GO_ON;
}

/* A schedule that lasts the run stands at its beginning where nobody tells how long that is. */
enum { NO_END = 1 << 30 };

/* Room for a batch; what stands in it does not matter. */
static int make_rows(struct cnn_models *a)
{
    const struct cnn_nets *nets = a->r.m->nets;
    cnn_shared_data(nets, &a->data);
    if (cnn_madeup_data(&a->data.m, 1, a->data.m.train->batch, &a->rows, &a->r.error) != 0)
        return -1;
    for (int i = 0; i <= a->rows.n_more; i++) {
        struct cnn_dataset *port = cnn_dataset_port(&a->rows, i);
        port->input = i < a->data.m.n_inputs ? i : -1;
        port->target = i < nets->n_targets ? i : -1;
    }
    return 0;
}

/* The trainer balances classes over its rows; here nobody knows them all. */
static void leave_unbalanced(struct cnn_fit *p)
{
    if (!p->m->train->class_weight_balanced)
        return;
    free(p->class_weight);
    p->class_weight = NULL;
}

struct cnn_models *cnn_models_open(const struct cnn_model *m, uint64_t seed, int64_t steps, int threads)
{
    struct cnn_models *a = calloc(1, sizeof *a);
    struct cnn_error none;
    if (!a) {
        (void)cnn_fail_memory(&none, "models", sizeof *a);
        cnn_complain(m->name, &none);
        return NULL;
    }
    a->r.m = m;
    a->r.o.seed = (int64_t)seed;
    a->r.o.seed_given = a->r.o.quiet = a->r.o.no_shuffle = 1;
    a->r.o.threads = threads > 0 ? threads : 0;
    a->r.o.epochs = steps > 0 ? steps : NO_END;
    a->watch = (struct cnn_watch){.rows = &a->rows, .stepped = go_on};
    a->how.watch = &a->watch;
    a->f = (struct cnn_fit){.r = &a->r, .how = &a->how, .m = m};
    if (make_rows(a) != 0 || cnn_fit_open(&a->f) != 0) {
        cnn_complain(m->name, &a->r.error);
        cnn_models_close(a);
        return NULL;
    }
    for (int i = 0; i < a->f.together->n; i++)
        if (a->f.together->side[i].fit)
            leave_unbalanced(a->f.together->side[i].fit);
    cnn_progress_begin(&a->f.progress, 0, 1, 1);
    return a;
}

void cnn_models_close(struct cnn_models *a)
{
    if (!a)
        return;
    cnn_fit_close(&a->f);
    if (a->f.data.whole)
        free(a->f.data.train.more);
    free(a->f.data.whole);
    cnn_dataset_free(&a->rows);
    free(a);
}

/* ---- a step */

static void set_rows(struct cnn_dataset *d, int n)
{
    for (int i = 0; i <= d->n_more; i++)
        cnn_dataset_port(d, i)->rows = n;
}

/* All data sets borrow the arrays of `rows`. */
static void take_rows(struct cnn_models *a, const void *const *inputs, const void *const *targets, int n)
{
    const struct cnn_model *m = &a->data.m;
    for (int i = 0; i < m->n_inputs; i++)
        memcpy((void *)cnn_dataset_port(&a->rows, i)->x.data, inputs[i],
               (size_t)n * (size_t)m->inputs[i].size * sizeof(float));
    for (int i = 0; i < a->r.m->nets->n_targets; i++)
        if (m->targets[i].from == CNN_FROM_FILE)
            memcpy((void *)cnn_dataset_port(&a->rows, i)->y.data, targets[i],
                   (size_t)n * (size_t)m->targets[i].port.size * sizeof(float)); /* classes have as many bytes */
    set_rows(&a->f.data.train, n);
    for (int i = 0; i < a->f.together->n; i++)
        if (a->f.together->side[i].fit)
            set_rows(&a->f.together->side[i].fit->data.train, n);
}

static int check_rows(const struct cnn_models *a, const void *const *inputs, const void *const *targets, int n)
{
    struct cnn_model m = a->data.m;
    m.n_targets = a->r.m->nets->n_targets;
    return cnn_check_ports(&m, inputs, targets, n);
}

int cnn_models_step(struct cnn_models *a, const void *const *inputs, const void *const *targets, int n, double *losses)
{
    struct cnn_together *t = a->f.together;
    if (check_rows(a, inputs, targets, n) != 0)
        return -1;
    take_rows(a, inputs, targets, n);
    a->f.at.step = 0;
    a->moved = 1;
    cnn_together_begin_epoch(&a->f);
    cnn_together_steps(&a->f);
    for (int i = 0, phase = 0; i < t->n; i++)
        if (t->side[i].fit) {
            const struct cnn_fit *p = t->side[i].fit;
            if (losses)
                losses[phase++] = p->not_finite ? p->bad_loss : cnn_totals_loss(&p->at.totals);
        }
    if (!a->f.not_finite)
        return 0;
    (void)cnn_fail(&a->r.error, "the loss of '%s' is %s", cnn_together_bad(&a->f),
                   isnan(a->f.bad_loss) ? "nan" : "inf");
    cnn_complain(a->r.m->name, &a->r.error);
    a->f.not_finite = 0;
    for (int i = 0; i < t->n; i++)
        if (t->side[i].fit)
            t->side[i].fit->not_finite = 0;
    return -1;
}

/* ---- answers, and files */

static void settle(struct cnn_models *a)
{
    if (a->moved)
        cnn_together_settle(&a->f);
    a->moved = 0;
}

void cnn_models_predict(struct cnn_models *a, int part, const void *const *inputs, void *const *outputs, int n)
{
    settle(a);
    const struct cnn_side *s = &a->f.together->side[part];
    const struct cnn_model *m = s->m;
    const struct cnn_worker *w = &s->g->workers[0];
    const struct cnn_buffers *b = &s->g->buffers[0];
    for (int first = 0, k; first < n; first += k) {
        k = n - first < m->chunk ? n - first : m->chunk;
        for (int i = 0; i < m->n_inputs; i++) {
            const size_t row = (size_t)m->inputs[i].size * sizeof(float);
            memcpy((char *)b->x + cnn_input_place(m, i, m->chunk, sizeof(float)),
                   (const char *)inputs[i] + (size_t)first * row, (size_t)k * row);
        }
        m->core.predict(w->theta, w->prepared, b->x, b->y, b->scratch, k);
        for (int i = 0; i < m->n_outputs; i++) {
            const size_t row = (size_t)m->outputs[i].port.size * sizeof(float);
            memcpy((char *)outputs[i] + (size_t)first * row,
                   (const char *)b->y + cnn_output_place(m, i, m->chunk, sizeof(float)), (size_t)k * row);
        }
    }
}

int cnn_models_load(struct cnn_models *a, const char *path)
{
    struct cnn_error e;
    settle(a);
    if (cnn_together_read(&a->f, path, &e) == 0) {
        a->moved = 1;
        return 0;
    }
    cnn_complain(a->r.m->name, &e);
    return -1;
}

int cnn_models_save(struct cnn_models *a, const char *path)
{
    struct cnn_tensors out = {0};
    struct cnn_error e;
    settle(a);
    int status = cnn_tensors_add_metadata(&out, "model", a->r.m->name, &e);
    if (status == 0)
        status = cnn_together_export(a->f.together, &out, 1, &e);
    if (status == 0)
        status = cnn_tensors_write(path, &out, &e);
    cnn_tensors_free(&out);
    if (status != 0)
        cnn_complain(a->r.m->name, &e);
    return status;
}
