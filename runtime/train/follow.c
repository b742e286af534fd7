/* follow.c -- parameters that several networks have, and models that go after the weights of others, as the target
 * networks of BYOL and DQN do. That is done between two phases, element by element: threads have slices of every
 * parameter, and threads and ranks change nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "train/together.h"
#include "weights/weights.h"

/* ---- parameters that several networks have, by name */

static int changes(const struct cnn_param *p)
{
    return p->trainable || p->kind == CNN_RUNNING;
}

/* Room for as many as the network has parameters. */
static int alloc_copies(const struct cnn_model *m, struct cnn_copies *out, struct cnn_error *e)
{
    *out = (struct cnn_copies){.at = calloc((size_t)m->n_params + 1, sizeof *out->at)};
    return out->at ? 0 : cnn_fail_memory(e, "parameters", (uint64_t)m->n_params * sizeof *out->at);
}

int cnn_find_copies(const struct cnn_model *from, const struct cnn_model *to, int changed, struct cnn_copies *out,
                    struct cnn_error *e)
{
    if (alloc_copies(from, out, e) != 0)
        return -1;
    for (int k = 0; k < from->n_params; k++) {
        struct cnn_name room;
        const int other = cnn_find_param(to, cnn_param_name(from, k, &room));
        if (other < 0 || (changed && !changes(cnn_param(from, k))))
            continue;
        out->at[out->n++] = (struct cnn_copy){k, other};
    }
    return 0;
}

void cnn_copy_params(const struct cnn_copies *c, const struct cnn_model *from, const float *x,
                     const struct cnn_model *to, float *y)
{
    for (int i = 0; i < c->n; i++)
        cnn_param_copy(from, c->at[i].from, x, to, c->at[i].to, y);
}

/* ---- models that follow */

static int follows(const struct cnn_together *t)
{
    return t->f->m->nets->n_follows;
}

/* Those that the model that follows has in `to` and the followed one in `from`, where only the models' names differ. */
static int find_followed(const struct cnn_side *from, const struct cnn_side *to, struct cnn_copies *out,
                         struct cnn_error *e)
{
    const size_t own = strlen(to->net->model);
    char name[2 * sizeof(struct cnn_name)];
    if (alloc_copies(to->m, out, e) != 0)
        return -1;
    for (int k = 0; k < to->m->n_params; k++) {
        struct cnn_name room;
        snprintf(name, sizeof name, "%s%s", from->net->model, cnn_param_name(to->m, k, &room) + own);
        out->at[out->n++] = (struct cnn_copy){cnn_find_param(from->m, name), k};
    }
    return 0;
}

static int open_trail(struct cnn_together *t, const struct cnn_follow *f, struct cnn_trail *trail)
{
    const struct cnn_side *s = &t->side[f->part];
    struct cnn_error *e = &t->f->r->error;
    t->side[f->of].followed = 1;
    trail->to = calloc((size_t)t->n, sizeof *trail->to);
    if (!trail->to)
        return cnn_fail_memory(e, "weights to follow", (uint64_t)t->n * sizeof *trail->to);
    int status = find_followed(&t->side[f->of], s, &trail->from, e);
    for (int k = 0; status == 0 && k < t->n; k++)
        if (k != f->part)
            status = cnn_find_copies(s->m, t->side[k].m, 0, &trail->to[k], e);
    return status;
}

int cnn_follow_open(struct cnn_together *t)
{
    const int n = follows(t);
    t->trails = calloc((size_t)n + 1, sizeof *t->trails);
    if (!t->trails)
        return cnn_fail_memory(&t->f->r->error, "weights to follow", (uint64_t)n * sizeof *t->trails);
    for (int i = 0; i < n; i++)
        if (open_trail(t, &t->f->m->nets->follows[i], &t->trails[i]) != 0)
            return -1;
    return 0;
}

void cnn_follow_close(struct cnn_together *t)
{
    for (int i = 0; t->trails && i < follows(t); i++) {
        struct cnn_trail *trail = &t->trails[i];
        for (int k = 0; trail->to && k < t->n; k++)
            free(trail->to[k].at);
        free(trail->to);
        free(trail->from.at);
    }
    free(t->trails);
}

/* Parameters on their way from one network to another. */
struct walk {
    const struct cnn_copies *all;
    const struct cnn_side *from, *to;
    float rate;
    int threads;
};

static void walk_part(void *arg, int thread)
{
    enum { BLOCK = 16 };
    const struct walk *w = arg;
    for (int i = 0; i < w->all->n; i++) {
        const struct cnn_map m = cnn_param_map(w->from->m, w->all->at[i].from, w->to->m, w->all->at[i].to);
        const size_t blocks = (m.n + BLOCK - 1) / BLOCK, parts = (size_t)w->threads, part = (size_t)thread;
        const size_t first = blocks * part / parts * BLOCK, end = blocks * (part + 1) / parts * BLOCK;
        if (part < parts)
            cnn_param_move(&m, w->from->g->theta, w->to->g->theta, first, end < m.n ? end : m.n, w->rate);
    }
}

/* The threads of a phase; few parameters are moved sooner by one thread than others wake up. */
static void walk(const struct cnn_together *t, struct walk *w)
{
    enum { FEW = 1 << 15 };
    struct cnn_engine *g = NULL;
    for (int k = 0; k < t->n; k++)
        if (t->side[k].fit && (!g || t->side[k].g->threads > g->threads))
            g = t->side[k].g;
    w->threads = w->to->m->core.theta > FEW && g ? g->threads : 1;
    if (w->threads > 1)
        cnn_pool_run(g->pool, walk_part, w);
    else
        walk_part(w, 0);
}

/* The model moves, then other networks that have it get it. */
static void go_after(struct cnn_together *t, int i, double momentum)
{
    const struct cnn_follow *f = &t->f->m->nets->follows[i];
    const struct cnn_trail *trail = &t->trails[i];
    struct cnn_side *s = &t->side[f->part];
    const float rate = momentum < 1 ? (float)(1 - momentum) : 0;
    if (rate == 0)
        return;
    walk(t, &(struct walk){.all = &trail->from, .from = &t->side[f->of], .to = s, .rate = rate});
    s->stale = 1;
    for (int k = 0; k < t->n; k++) {
        if (trail->to[k].n)
            walk(t, &(struct walk){.all = &trail->to[k], .from = s, .to = &t->side[k], .rate = 1});
        t->side[k].stale |= trail->to[k].n > 0;
    }
}

const char *cnn_init_file(const struct cnn_options *o, const char *model)
{
    const size_t n = strlen(model);
    return o->init && strncmp(o->init, model, n) == 0 && o->init[n] == '=' ? o->init + n + 1 : NULL;
}

static int has_init(const struct cnn_together *t, int i)
{
    return cnn_init_file(&t->f->r->o, t->side[t->f->m->nets->follows[i].part].net->model) != NULL;
}

/* A model may follow one that itself follows, and that stands behind it: so each is copied as often as there are. */
void cnn_follow_begin(struct cnn_together *t)
{
    for (int round = 0; round < follows(t); round++)
        for (int i = 0; i < follows(t); i++)
            if (!has_init(t, i))
                go_after(t, i, 0);
}

double cnn_follow_momentum(const struct cnn_follow *f, int64_t step, int64_t steps)
{
    const double momentum = cnn_learning_rate(&f->momentum, step - 1, steps);
    return momentum > 1 ? 1 : momentum;
}

void cnn_follow_step(struct cnn_together *t, int behind, int64_t step)
{
    for (int i = 0; i < follows(t); i++) {
        const struct cnn_follow *f = &t->f->m->nets->follows[i];
        if (f->behind == behind && step % f->every == 0)
            go_after(t, i, cnn_follow_momentum(f, step, t->f->epochs * t->f->steps));
    }
}
