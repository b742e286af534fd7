/* gradients.c -- `gradients`: loss and gradients of one batch of any size. Frozen parameters have zero gradients. */
#include <inttypes.h>
#include <stdlib.h>

#include "commands/commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "support/support.h"
#include "train/train.h"
#include "weights/weights.h"

double cnn_penalty_slope(const struct cnn_param *p, double w)
{
    return 2 * p->l2 * w + p->l1 * (double)((w > 0) - (w < 0));
}

/* Adds the gradients of the penalties, which the optimiser's update adds in training. */
static void add_penalties(const struct cnn_model *m, const float *theta, double *grad)
{
    for (int p = 0; p < m->n_params; p++) {
        const struct cnn_param *param = cnn_param(m, p);
        const struct cnn_place place = cnn_place(m, m->core.place, p);
        int64_t n = param->l1 != 0 || param->l2 != 0 ? cnn_param_count(param) : 0;
        for (int64_t i = 0; i < n; i++) {
            size_t at = cnn_place_of(param, &place, i);
            grad[at] += cnn_penalty_slope(param, (double)theta[at]);
        }
    }
}

/* A batch that is being computed; it holds all rows of d. */
struct whole {
    struct cnn_engine g;
    const struct cnn_dataset *d;
    const struct cnn_goal *goals; /* numbers, which are the targets; NULL: the rows have targets */
    int n;                        /* number of chunks */
    struct cnn_sums sums;
    double *grad;
};

static void begin_chunk(struct whole *all, int c, int buffer)
{
    const struct cnn_model *m = all->g.m;
    struct cnn_buffers *b = &all->g.buffers[buffer];
    const int64_t first = (int64_t)c * m->chunk, left = all->d->rows - first;
    const int n = left < m->chunk ? (int)left : m->chunk;
    b->step = (struct cnn_step){.row = first,
                                .scale = 1 / (double)all->d->rows,
                                .batch = 1,
                                .share = cnn_dataset_share(m, all->d, NULL, 0, all->d->rows)};
    cnn_gather(all->d, NULL, first, n, b->x, b->target);
    if (all->goals)
        cnn_number_targets(m, all->goals, b->target, n);
    all->g.chunks[buffer] =
        (struct cnn_core_chunk){b->x, b->target, all->g.grads[buffer], b->y, b->scratch, n, &b->step, &all->sums};
}

static void add_gradient(struct whole *all, const float *grad)
{
    for (size_t i = 0; i < all->g.m->core.trained; i++)
        all->grad[i] += (double)grad[i];
}

static void run_stretch(struct whole *all, int s)
{
    const struct cnn_core *core = &all->g.m->core;
    if (core->stretches[s].part)
        cnn_stretch_part(&all->g, 0, s, all->n);
    for (int c = 0; c < all->n; c++) {
        const int buffer = cnn_engine_buffer(&all->g, 0, c);
        if (s == 0)
            begin_chunk(all, c, buffer);
        if (!core->stretches[s].part)
            cnn_stretch_chunk(&all->g, 0, s, buffer, all->n);
        if (s == core->n_stretches - 1)
            add_gradient(all, all->g.grads[buffer]);
    }
}

int cnn_batch_gradients(const struct cnn_model *m, const struct cnn_goal *goals, const float *theta,
                        const struct cnn_dataset *d, double *grad, double *loss, struct cnn_error *e)
{
    struct cnn_model of_rows = *m;
    struct whole all = {.d = d, .goals = goals, .n = (int)((d->rows + m->chunk - 1) / m->chunk), .grad = grad};
    if (m->of_batch.pairs && d->rows > m->train->batch)
        return cnn_fail(e, "%" PRId64 " rows, but a loss compares them with one another, at most %" PRId64, d->rows,
                        m->train->batch);
    if (m->core.n_stretches > 1)
        of_rows.chunks = all.n;
    if (cnn_engine_open(&all.g, &of_rows, NULL, 1, CNN_TRAINS, 0, e) != 0)
        return -1;
    for (size_t i = 0; i < m->core.theta; i++) {
        all.g.theta[i] = theta[i];
        grad[i] = 0;
    }
    cnn_engine_prepare(&all.g);
    for (int s = 0; s < m->core.n_stretches; s++)
        run_stretch(&all, s);
    add_penalties(m, theta, grad);
    *loss = all.sums.loss / (double)d->rows + all.sums.penalty + cnn_penalty(m, theta);
    cnn_engine_close(&all.g);
    return 0;
}

/* ---- the command */

struct job {
    struct cnn_run *r;
    struct cnn_dataset data;
    void *arena;
    float *theta, *narrow; /* narrow: the gradients as float, for the file */
    double *grad, loss;
};

static int alloc(struct job *j)
{
    const struct cnn_model *m = j->r->m;
    struct cnn_arena l = {0};
    size_t theta = cnn_arena_add(&l, m->core.theta, sizeof(float));
    size_t narrow = cnn_arena_add(&l, m->core.theta, sizeof(float));
    size_t grad = cnn_arena_add(&l, m->core.theta, sizeof(double));
    size_t state = cnn_arena_add(&l, cnn_optimizer_size(m), sizeof(float));
    char *at = j->arena = cnn_arena_alloc(&l, "gradients", &j->r->error);
    if (!at)
        return -1;
    j->theta = (float *)(void *)(at + theta);
    j->narrow = (float *)(void *)(at + narrow);
    j->grad = (double *)(void *)(at + grad);
    cnn_init_theta(m, j->theta, (float *)(void *)(at + state), cnn_run_seed(j->r));
    return j->r->o.weights ? cnn_weights_read(m, j->theta, j->r->o.weights, &j->r->error) : 0;
}

static int write_gradients(struct job *j)
{
    struct cnn_tensors t = {0};
    struct cnn_error *e = &j->r->error;
    int status = cnn_tensors_add(&t, "loss", cnn_array_view(CNN_F64, 0, NULL, &j->loss), e);
    for (size_t i = 0; i < j->r->m->core.theta; i++)
        j->narrow[i] = (float)j->grad[i];
    if (status == 0)
        status = cnn_params_export(j->r->m, j->narrow, "", &t, e);
    if (status == 0)
        status = cnn_tensors_write(j->r->o.output, &t, e);
    cnn_tensors_free(&t);
    return status;
}

static int gradients(struct job *j)
{
    struct cnn_run *r = j->r;
    struct cnn_normalize normalize;
    const struct cnn_goal *goals = r->o.target ? NULL : r->goals;
    if (goals && cnn_phase_wants_file(r->m, goals))
        return cnn_fail(&r->error,
                        "'gradients' wants --target FILE: not all that this phase compares with is a number");
    if (alloc(j) != 0 || cnn_run_normalize(r, &normalize) != 0)
        return -1;
    int status = cnn_run_open(r->m, &r->o, &normalize, &j->data, &r->error);
    cnn_normalize_free(&normalize);
    if (status != 0)
        return -1;
    if (cnn_batch_gradients(r->m, goals, j->theta, &j->data, j->grad, &j->loss, &r->error) != 0)
        return -1;
    if (!r->o.quiet)
        printf("loss: %.9g\n", j->loss);
    return write_gradients(j);
}

int cnn_gradients_command(struct cnn_run *r)
{
    struct job j = {.r = r};
    int status = gradients(&j);
    cnn_dataset_free(&j.data);
    free(j.arena);
    return status == 0 ? CNN_DONE : CNN_TROUBLE;
}
