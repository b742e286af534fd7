/* together.c -- several models that are trained together. Each phase of a step is a training of its own, of one step at
 * a time, in a network that may hold several models. Networks share parameters by name: what a phase changes is copied
 * to the others before they run. Threads and their number change nothing, as in any training.
 *
 * Random numbers of phases differ: each has a seed of its own. The updates of a model are counted over all phases that
 * train it, which share the optimizer's state. */
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"
#include "engine/meeting.h"
#include "support/support.h"
#include "input.h"
#include "train/together.h"
#include "weights/weights.h"

/* ---- parameters that several networks have */

/* Copies all of them. */
static int copy_params(const struct cnn_side *from, const struct cnn_side *to, struct cnn_error *e)
{
    struct cnn_copies c;
    if (cnn_find_copies(from->m, to->m, 0, &c, e) != 0)
        return -1;
    cnn_copy_params(&c, from->m, from->g->theta, to->m, to->g->theta);
    free(c.at);
    return 0;
}

/* ---- what a phase has learnt */

static int is_same_model(const struct cnn_side *a, const struct cnn_side *b)
{
    return a->fit && b->fit && strcmp(a->net->model, b->net->model) == 0;
}

/* The state of the optimizer, of parameters that both train. */
static void pass_state_on(const struct cnn_side *s, const struct cnn_side *d, const struct cnn_copies *c)
{
    const size_t from = s->m->core.trained, to = d->m->core.trained, slots = (size_t)s->m->slots;
    for (size_t slot = 0; slot < slots; slot++)
        for (int i = 0; i < c->n; i++)
            if (cnn_param(s->m, c->at[i].from)->trainable)
                cnn_param_copy(s->m, c->at[i].from, s->g->state + slot * from, d->m, c->at[i].to,
                               d->g->state + slot * to);
    if (s != d && s->m->kept == d->m->kept)
        memcpy(d->g->state + cnn_kept_at(d->m), s->g->state + cnn_kept_at(s->m), s->m->kept * sizeof(float));
}

void cnn_together_pass_on(const struct cnn_side *s, int to)
{
    struct cnn_side *d = &s->fit->together->side[to];
    const struct cnn_copies *c = &s->to[to];
    cnn_copy_params(c, s->m, s->g->theta, d->m, d->g->theta);
    if (is_same_model(s, d))
        pass_state_on(s, d, c);
    d->stale |= c->n > 0;
}

/* Networks divide parameters differently among ranks, so what another phase goes on with must be whole on each. */
void cnn_together_complete(const struct cnn_side *s)
{
    if (s->fit && s->fit->updates > 1)
        cnn_meet_whole_state(s->g);
}

void cnn_together_meet(struct cnn_fit *f)
{
    for (int i = 0; i < f->together->n; i++) {
        cnn_meet_state(f->together->side[i].g);
        cnn_meet_lanes(f->together->side[i].g);
    }
}

static void freshen(struct cnn_side *s)
{
    if (s->stale)
        cnn_engine_prepare(s->g);
    s->stale = 0;
}

void cnn_together_settle(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++)
        for (int k = 0; t->side[i].fit && k < t->n; k++)
            if (!t->side[k].fit)
                cnn_together_pass_on(&t->side[i], k);
    for (int i = 0; i < t->n; i++)
        freshen(&t->side[i]);
}

/* Every parameter has the value of the first network that has it. */
static int make_equal(struct cnn_together *t, struct cnn_error *e)
{
    for (int i = 0; i < t->n; i++)
        for (int k = i + 1; k < t->n; k++)
            if (copy_params(&t->side[i], &t->side[k], e) != 0)
                return -1;
    for (int i = 0; i < t->n; i++)
        t->side[i].stale = 1;
    return 0;
}

/* ---- opening */

static int open_phase(struct cnn_together *t, struct cnn_side *s)
{
    const struct cnn_fit *f = t->f;
    struct cnn_fit *p = s->fit = calloc(1, sizeof *p);
    if (!p)
        return cnn_fail_memory(&f->r->error, "a phase", sizeof *p);
    *p = (struct cnn_fit){.r = f->r, .how = f->how, .m = s->m, .order = f->order, .epochs = f->epochs};
    p->steps = f->steps;
    p->of = f;
    p->phase = s->net;
    p->together = t;
    p->schedule = s->m->train->schedule;
    if (f->r->o.lr > 0)
        p->schedule.lr = f->r->o.lr;
    s->g = &p->g;
    if (cnn_dataset_arrange(s->m, s->net, &f->data.train, &p->data.train, &f->r->error) != 0)
        return -1;
    const enum cnn_engine_use use = f->r->o.pin ? CNN_TRAINS_PINNED : CNN_TRAINS;
    if (cnn_engine_open(s->g, s->m, f->r->peers, f->r->o.threads, use, 0, &f->r->error) != 0)
        return -1;
    if (cnn_several(f->r->peers) && !(p->marks = calloc((size_t)f->r->peers->ranks, sizeof *p->marks)))
        return cnn_fail_memory(&f->r->error, "a phase", (uint64_t)f->r->peers->ranks * sizeof *p->marks);
    p->at.state = p->g.lanes.at;
    p->at.state_size = (size_t)s->m->chunks * p->g.lanes.size;
    int failed = 0;
    if (cnn_has_data_targets(s->net, s->m))
        p->class_weight = cnn_class_weights(s->m, &p->data.train, &failed, &f->r->error);
    return failed ? -1 : 0;
}

/* Its buffers are used by the threads of the phases that it answers for. */
static int open_alone(struct cnn_together *t, struct cnn_side *s)
{
    int threads = 1;
    for (int i = 0; i < t->n; i++)
        for (int k = 0; t->side[i].fit && k < t->side[i].m->n_targets; k++)
            if (t->side[i].net->goals[k].from == CNN_TARGET_ANSWER && &t->side[t->side[i].net->goals[k].part] == s) {
                s->answers = 1;
                threads = t->side[i].g->threads > threads ? t->side[i].g->threads : threads;
            }
    s->g = s == t->side ? &t->f->g : &s->own;
    return s == t->side ? 0 : cnn_engine_open(s->g, s->m, NULL, threads, CNN_PREDICTS, 0, &t->f->r->error);
}

static void count_updates(struct cnn_together *t)
{
    for (int i = 0; i < t->n; i++)
        for (int k = 0; t->side[i].fit && k < t->n; k++)
            if (is_same_model(&t->side[i], &t->side[k])) {
                t->side[i].fit->updates++;
                t->side[i].update += k < i;
            }
}

static int find_all_copies(struct cnn_together *t, struct cnn_side *s)
{
    s->to = calloc((size_t)t->n, sizeof *s->to);
    if (!s->to)
        return cnn_fail_memory(&t->f->r->error, "parameters", (uint64_t)t->n * sizeof *s->to);
    for (int k = 0; k < t->n; k++)
        if (&t->side[k] != s && cnn_find_copies(s->m, t->side[k].m, 1, &s->to[k], &t->f->r->error) != 0)
            return -1;
    return 0;
}

/* Snapshots are the ends of cycles of the learning rate, of every phase. */
static void cycle(struct cnn_fit *p)
{
    const int64_t cycles = cnn_fit_cycles(p);
    if (cycles)
        p->schedule = (struct cnn_schedule){
            .kind = CNN_LR_COSINE, .lr = p->schedule.lr, .steps = p->epochs / cycles * p->steps * p->updates};
}

int cnn_together_new(struct cnn_fit *f)
{
    const struct cnn_nets *nets = f->m->nets;
    struct cnn_together *t = f->together = f->at.together = calloc(1, sizeof *t);
    if (!t || !(t->side = calloc((size_t)nets->n, sizeof *t->side)))
        return cnn_fail_memory(&f->r->error, "models", sizeof *t);
    t->f = f;
    t->n = nets->n;
    for (int i = 0; i < t->n; i++) {
        t->side[i].net = &nets->at[i];
        t->side[i].m = nets->at[i].network ? nets->at[i].network : f->m;
    }
    cnn_shared_data(nets, &t->data);
    return 0;
}

const struct cnn_model *cnn_together_rows(const struct cnn_fit *f)
{
    return f->together ? &f->together->data.m : f->m;
}

int cnn_together_open(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int phases = 1; phases >= 0; phases--)
        for (int i = 0; i < t->n; i++)
            if (!t->side[i].net->name == !phases && (phases ? open_phase : open_alone)(t, &t->side[i]) != 0)
                return -1;
    count_updates(t);
    for (int i = 0; i < t->n; i++)
        if (t->side[i].fit)
            cycle(t->side[i].fit);
    for (int i = 0; i < t->n; i++)
        if (t->side[i].fit && find_all_copies(t, &t->side[i]) != 0)
            return -1;
    return cnn_follow_open(t);
}

static void close_side(struct cnn_together *t, struct cnn_side *s)
{
    for (int k = 0; s->to && k < t->n; k++)
        free(s->to[k].at);
    free(s->to);
    free(s->other);
    if (s->fit) {
        cnn_engine_close(&s->fit->g);
        free(s->fit->data.train.more);
        free(s->fit->class_weight);
        free(s->fit->marks);
        free(s->fit);
    } else {
        cnn_engine_close(&s->own);
    }
}

void cnn_together_close(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; t && t->side && i < t->n; i++)
        close_side(t, &t->side[i]);
    if (t) {
        cnn_follow_close(t);
        free(t->side);
    }
    free(t);
    f->together = f->at.together = NULL;
}

/* `--init MODEL=FILE`: the parameters of one model, from a file of that model as a network of its own. */
static int take_init(struct cnn_together *t)
{
    for (int i = 0; i < t->n; i++) {
        const struct cnn_side *s = &t->side[i];
        const char *file = cnn_init_file(&t->f->r->o, s->net->model);
        if (!file || s->fit || s->net->output)
            continue;
        if (cnn_weights_transfer_model(s->m, s->net->model, s->g->theta, file, &t->f->r->error) != 0)
            return -1;
        /* the first network with a parameter tells its value */
        for (int k = 0; k < i; k++)
            if (copy_params(s, &t->side[k], &t->f->r->error) != 0)
                return -1;
        return 0;
    }
    return cnn_fail(&t->f->r->error,
                    "--init %s: of several models, --init MODEL=FILE tells which one begins with the file",
                    t->f->r->o.init);
}

/* All networks have them, or none. */
int cnn_together_read(struct cnn_fit *f, const char *path, struct cnn_error *e)
{
    struct cnn_together *t = f->together;
    struct cnn_tensors in;
    if (cnn_tensors_read(path, &in, e) != 0)
        return -1;
    int status = cnn_params_no_others(f->m, &in, path, e);
    for (int i = 0; status == 0 && i < t->n; i++)
        status = cnn_params_check(t->side[i].m, &in, "", path, e);
    for (int i = 0; status == 0 && i < t->n; i++) {
        status = cnn_params_import(t->side[i].m, &in, "", path, t->side[i].g->theta, e);
        t->side[i].stale = 1;
    }
    cnn_tensors_free(&in);
    return status;
}

int cnn_together_begin(struct cnn_fit *f, uint64_t seed)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++) {
        const struct cnn_side *s = &t->side[i];
        cnn_init_theta(s->m, s->g->theta, s->fit ? s->g->state : NULL, seed + (uint64_t)i);
    }
    if (f->r->o.init && take_init(t) != 0)
        return -1;
    if (make_equal(t, &f->r->error) != 0)
        return -1;
    cnn_follow_begin(t);
    return f->r->o.weights ? cnn_together_read(f, f->r->o.weights, &f->r->error) : 0;
}

/* ---- steps */

static uint64_t seed_of_phase(uint64_t seed, int phase)
{
    return seed + (uint64_t)phase * UINT64_C(0x9e3779b97f4a7c15);
}

/* One step of one phase; -1: its loss is not finite. */
static int run_phase(struct cnn_together *t, int i)
{
    struct cnn_side *s = &t->side[i];
    struct cnn_fit *p = s->fit;
    p->at.epoch = t->f->at.epoch;
    p->at.step = t->f->at.step;
    p->at.seed = seed_of_phase(t->f->at.seed, i);
    p->at.t = t->f->at.t * p->updates + s->update;
    p->until = p->at.step + 1;
    freshen(s);
    cnn_pool_run(p->g.pool, cnn_fit_steps, p);
    if (p->not_finite) {
        t->bad = s;
        t->f->bad_loss = p->bad_loss;
        return -1;
    }
    cnn_together_complete(s);
    for (int k = 0; k < t->n; k++)
        if (k != i && (t->side[k].fit || t->side[k].answers || t->side[k].followed))
            cnn_together_pass_on(s, k);
    return 0;
}

/* What answers for the targets of the next phases does so with the weights of now. */
static void go_after(struct cnn_together *t, int behind)
{
    cnn_follow_step(t, behind, t->f->at.t + 1);
    for (int k = 0; k < t->n; k++)
        if (t->side[k].answers)
            freshen(&t->side[k]);
}

static void show(struct cnn_fit *f)
{
    struct cnn_logs logs = {0};
    cnn_together_logs(f, &logs);
    cnn_progress_draw(&f->progress, f->at.step, &logs);
}

void cnn_together_steps(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    while (f->at.step < f->steps) {
        int behind = 0;
        go_after(t, behind);
        for (int i = 0; i < t->n; i++) {
            if (!t->side[i].fit)
                continue;
            if (run_phase(t, i) != 0) {
                f->not_finite = 1;
                return;
            }
            go_after(t, ++behind);
        }
        f->at.step++;
        f->at.t++;
        if (cnn_progress_due(&f->progress))
            show(f);
        if (cnn_fit_asked(f))
            return;
    }
}

const char *cnn_together_bad(const struct cnn_fit *f)
{
    return f->together->bad->net->name;
}

/* ---- epochs */

void cnn_together_begin_epoch(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n && f->at.step == 0; i++)
        if (t->side[i].fit) {
            cnn_lanes_clear(&t->side[i].fit->g.lanes);
            t->side[i].fit->at.totals = (struct cnn_totals){0};
        }
}

void cnn_together_end_epoch(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++)
        if (t->side[i].fit) {
            cnn_meet_lanes(t->side[i].g);
            cnn_lanes_count(&t->side[i].fit->g.lanes, t->side[i].m, &t->side[i].fit->at.totals);
        }
    cnn_together_settle(f);
}

/* That of the last update. */
static double rate_of(const struct cnn_together *t, const struct cnn_side *s)
{
    return cnn_fit_rate(s->fit, (t->f->at.t - 1) * s->fit->updates + s->update);
}

double cnn_together_rate(const struct cnn_fit *f)
{
    const struct cnn_together *t = f->together;
    double most = 0;
    for (int i = 0; i < t->n; i++)
        if (t->side[i].fit && rate_of(t, &t->side[i]) > most)
            most = rate_of(t, &t->side[i]);
    return most;
}

void cnn_together_log_rates(const struct cnn_fit *f, struct cnn_logs *logs)
{
    const struct cnn_together *t = f->together;
    char prefix[2 * sizeof logs->at[0].key];
    for (int i = 0; i < t->n; i++)
        if (t->side[i].fit) {
            snprintf(prefix, sizeof prefix, "%s_", t->side[i].net->name);
            cnn_logs_add(logs, prefix, "learning_rate", rate_of(t, &t->side[i]));
        }
}

void cnn_together_logs(const struct cnn_fit *f, struct cnn_logs *logs)
{
    const struct cnn_together *t = f->together;
    char prefix[2 * sizeof logs->at[0].key]; /* one that is too long stays so */
    for (int i = 0; i < t->n; i++)
        if (t->side[i].fit) {
            snprintf(prefix, sizeof prefix, "%s_", t->side[i].net->name);
            cnn_logs_totals(logs, t->side[i].m, prefix, &t->side[i].fit->at.totals);
        }
}
