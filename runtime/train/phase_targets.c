/* phase_targets.c -- what the outputs of a phase are compared with: targets of the data, numbers, answers of other
 * models; and the phase that tests the model that answers. */
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "train/together.h"

int cnn_has_data_targets(const struct cnn_net *net, const struct cnn_model *m)
{
    for (int i = 0; i < m->n_targets; i++)
        if (net->goals[i].from == CNN_TARGET_OF_DATA)
            return 1;
    return 0;
}

/* The first phase that compares something with the data, else the first. */
static const struct cnn_net *phase_with_data(const struct cnn_nets *nets)
{
    const struct cnn_net *found = NULL;
    for (int i = 1; i < nets->n; i++) {
        const struct cnn_net *k = &nets->at[i];
        if (k->name &&
            (!found || (!cnn_has_data_targets(found, found->network) && cnn_has_data_targets(k, k->network))))
            found = k;
    }
    return found;
}

const struct cnn_model *cnn_together_data(const struct cnn_model *m)
{
    return m->nets && !m->nets->compares ? phase_with_data(m->nets)->network : m;
}

static void fill_number(const struct cnn_port *p, double number, void *to, int n)
{
    const int64_t count = n * p->size;
    for (int64_t i = 0; i < count; i++)
        if (p->dtype == CNN_PORT_INT32)
            ((int32_t *)to)[i] = (int32_t)number;
        else
            ((float *)to)[i] = (float)number;
}

int cnn_phase_wants_file(const struct cnn_model *m, const struct cnn_goal *goals)
{
    for (int i = 0; i < m->n_targets; i++)
        if (goals[i].from != CNN_TARGET_NUMBER && m->targets[i].from == CNN_FROM_FILE)
            return 1;
    return 0;
}

void cnn_number_targets(const struct cnn_model *m, const struct cnn_goal *goals, void *target, int n)
{
    for (int i = 0; i < m->n_targets; i++)
        if (goals[i].from == CNN_TARGET_NUMBER)
            fill_number(&m->targets[i].port, goals[i].number,
                        (char *)target + cnn_target_place(m, i, m->chunk, sizeof(float)), n);
}

/* Rows first .. first + n of the inputs that the model reads, among those of the phase. */
static void fill_inputs(const struct cnn_model *m, const struct cnn_model *phase, const int *reads, const float *x,
                        float *to, int first, int n)
{
    for (int i = 0; i < m->n_inputs; i++) {
        const size_t row = (size_t)m->inputs[i].size * sizeof *x;
        const char *from = (const char *)x + cnn_input_place(phase, reads[i], phase->chunk, sizeof *x);
        memcpy((char *)to + cnn_input_place(m, i, m->chunk, sizeof *x), from + (size_t)first * row, (size_t)n * row);
    }
}

/* What another model answers for the same rows, as many of them at once as it takes. */
static void fill_answers(const struct cnn_side *s, int thread, const struct cnn_model *phase,
                         const struct cnn_goal *goal, const float *x, float *to, int n)
{
    const struct cnn_model *m = s->m;
    const struct cnn_worker *w = &s->g->workers[0];
    const struct cnn_buffers *b = &s->g->buffers[thread];
    for (int first = 0, k; first < n; first += k) {
        k = n - first < m->chunk ? n - first : m->chunk;
        fill_inputs(m, phase, goal->reads, x, b->x, first, k);
        m->core.predict(w->theta, w->prepared, b->x, b->y, b->scratch, k);
        memcpy(to + first * cnn_output(m)->size, b->y, (size_t)k * (size_t)cnn_output(m)->size * sizeof *to);
    }
}

void cnn_phase_targets(const struct cnn_fit *f, int thread, const float *x, void *target, int n)
{
    for (int i = 0; target && i < f->m->n_targets; i++) {
        const struct cnn_port *p = &f->m->targets[i].port;
        const struct cnn_goal *goal = &f->phase->goals[i];
        char *to = (char *)target + cnn_target_place(f->m, i, f->m->chunk, sizeof(float));
        if (goal->from == CNN_TARGET_NUMBER)
            fill_number(p, goal->number, to, n);
        else if (goal->from == CNN_TARGET_ANSWER)
            fill_answers(&f->together->side[goal->part], thread, f->m, goal, x, (float *)(void *)to, n);
    }
}

/* ---- what the validation and the test rows are about: the network of the training; of several models, that of the one
 *      that answers, or of the phase that tests it, which has an engine of its own */

/* The side that tests a model which alone is compared with nothing; NULL: there is none. */
static const struct cnn_side *tester(const struct cnn_fit *f)
{
    const struct cnn_nets *nets = f->together ? f->m->nets : NULL;
    return nets && nets->at[0].tested_by ? &f->together->side[nets->at[0].tested_by] : NULL;
}

static int arrange(struct cnn_fit *f, const struct cnn_side *s)
{
    struct cnn_datasets *d = &f->tested.data;
    const struct cnn_datasets *from = &f->data;
    int status = 0;
    if (from->validation.rows > 0)
        status = cnn_dataset_arrange(s->m, s->net, &from->validation, &d->validation, &f->r->error);
    if (status == 0 && from->test.rows > 0)
        status = cnn_dataset_arrange(s->m, s->net, &from->test, &d->test, &f->r->error);
    return status;
}

int cnn_tested_open(struct cnn_fit *f)
{
    const struct cnn_side *s = tester(f);
    const struct cnn_datasets *d = &f->data;
    const int64_t rows = d->validation.rows > d->test.rows ? d->validation.rows : d->test.rows;
    f->tested.model = s ? s->m : f->together && !f->m->nets->compares ? NULL : f->m;
    f->tested.rows = s ? &f->tested.data : d;
    f->tested.engine = s ? &f->tested.own : &f->g;
    if (!s || rows == 0)
        return 0;
    if (arrange(f, s) != 0)
        return -1;
    return cnn_engine_open(&f->tested.own, s->m, f->r->peers, f->r->o.threads, CNN_PREDICTS, rows, &f->r->error);
}

void cnn_tested_close(struct cnn_fit *f)
{
    cnn_engine_close(&f->tested.own);
    free(f->tested.data.validation.more);
    free(f->tested.data.test.more);
}

void cnn_tested_freshen(struct cnn_fit *f)
{
    const struct cnn_side *s = tester(f);
    if (!s || !f->tested.own.theta)
        return;
    memcpy(f->tested.own.theta, s->g->theta, s->m->core.theta * sizeof(float));
    cnn_engine_prepare(&f->tested.own);
}
