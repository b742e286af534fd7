/* recompute.c -- activations that are not kept for the backward pass, which computes them once more, with the same
 * kernels from the same numbers. The forward pass is cut into segments. What a later segment reads is kept; the rest of
 * a segment is computed again, from what is kept, in front of the first op of the backward pass that reads some of it.
 * So no op runs more than twice. Statistics of the batch are small and are kept, so nothing is summed twice. */
#include "plan/inner.h"

/* What a step makes: its result and, beside it, masks and indices. */
struct made {
    int64_t bytes;
    int64_t step, read;  /* the step that makes it first; the last step that reads it, of those that may run again */
    bool saved;          /* an op of the backward pass reads some of it */
    int64_t early, late; /* the stretches between barriers of the first and the last such op */
    bool wanted;         /* saved, or needed to compute such a thing again */
    bool kept;
};

struct recompute {
    struct plan *p;
    struct arena *arena;
    VEC(struct op *) steps;       /* the ops of the forward pass that have kernels or are views, in order */
    VEC(struct tensor *) results; /* their roots, in the order of the steps that make them */
    struct made *of;              /* by the id of the root of a result */
    int *home;                    /* by the id of a root: the result that it goes with; -1: it is not made by a step */
    struct tensor **again;        /* by tensor id: what stands for the tensor in the backward pass; NULL: nothing yet */
    VEC(struct op *) ops;         /* the ops of the net, the new ones among them */
};

/* NULL: no step makes the tensor. */
static struct made *made_of(const struct recompute *r, struct tensor *t)
{
    const int home = r->home[tensor_root(t)->id];
    return home < 0 ? NULL : &r->of[home];
}

/* Whether the tensor can be computed again: an activation that belongs to an image, not to a chunk. */
static bool may_go(const struct recompute *r, struct tensor *t)
{
    const struct tensor *root = tensor_root(t);
    return root->role == ROLE_ACTIVATION && root->producer && layout_of(r->p, root)->base == BASE_SCRATCH;
}

/* ---- what the passes make and read */

/* Calls f for each tensor in memory that the kernel reads. */
static void for_inputs(struct recompute *r, struct op *o, int64_t step,
                       void (*f)(struct recompute *r, struct tensor *t, int64_t step))
{
    for (int i = 0; i < o->n_in; i++)
        f(r, o->in[i], step);
    for (int i = 0; i < o->n_epilogue; i++)
        for (int j = 1; j < o->epilogue[i]->n_in; j++)
            f(r, o->epilogue[i]->in[j], step);
}

static void note_made(struct recompute *r, struct tensor *t, const struct op *by, int64_t step)
{
    const struct tensor *root = tensor_root(t);
    if (r->home[root->id] >= 0 || !may_go(r, t))
        return;
    struct made *m = &r->of[r->home[root->id] = tensor_root(op_result(by))->id];
    m->step = step;
    m->read = -1;
    m->bytes += layout_of(r->p, root)->size * dtype_bytes(root->dtype);
}

static void note_saved(struct recompute *r, struct tensor *t, int64_t stretch)
{
    struct made *m = made_of(r, t);
    if (!m)
        return;
    m->early = m->saved ? m->early : stretch;
    m->late = stretch;
    m->saved = m->wanted = true;
}

static void note_kept(struct recompute *r, struct tensor *t, int64_t step)
{
    (void)step;
    struct made *m = made_of(r, t);
    if (m)
        m->kept = true;
}

static void note_read(struct recompute *r, struct tensor *t, int64_t step)
{
    struct made *m = made_of(r, t);
    if (!m)
        return;
    m->wanted = true;
    m->read = step > m->read ? step : m->read;
}

static void list_steps(struct recompute *r)
{
    const struct net *n = r->p->net;
    for (size_t i = 0; i < n->ops.n; i++) {
        struct op *o = n->ops.at[i];
        if (o->phase != PHASE_FORWARD || o->epilogue_of || o->n_out == 0 || !may_go(r, op_result(o)))
            continue;
        const int64_t step = (int64_t)r->steps.n;
        vec_push(r->arena, &r->steps, o);
        note_made(r, op_result(o), o, step);
        for (int j = 1; j < o->n_out; j++)
            note_made(r, o->out[j], o, step);
        for (int j = 0; j < o->n_epilogue; j++)
            for (int k = 1; k < o->epilogue[j]->n_out; k++)
                note_made(r, o->epilogue[j]->out[k], o, step);
        if (made_of(r, op_result(o))->step == step)
            vec_push(r->arena, &r->results, tensor_root(op_result(o)));
    }
}

static void note_uses(struct recompute *r, bool cheap)
{
    const struct net *n = r->p->net;
    int64_t stretch = 0;
    for (size_t i = 0; i < n->ops.n; i++) {
        struct op *o = n->ops.at[i];
        stretch += o->kind->barrier;
        if (o->phase == PHASE_BACKWARD && !o->epilogue_of)
            for_inputs(r, o, stretch, o->kind->loss ? note_kept : note_saved);
    }
    for (size_t i = 0; i < n->outputs.n; i++)
        note_kept(r, n->outputs.at[i].tensor, 0);
    for (size_t i = r->steps.n; i-- > 0;) {
        struct op *o = r->steps.at[i];
        if (cheap && op_macs(o) > 0)
            note_kept(r, op_result(o), 0);
        else if (made_of(r, op_result(o))->wanted)
            for_inputs(r, o, (int64_t)i, note_read);
    }
}

/* ---- the segments: with no more bytes to compute again in one of them than a limit, the least bytes to keep */

struct cuts {
    int64_t *begin; /* by the end of a segment: where it begins */
    int64_t *kept;  /* by the end: bytes kept of all segments up to there */
};

/* The tensors of the steps [first, end): bytes that the segments behind read, and the rest. */
static void best_begin(const struct recompute *r, struct cuts *c, const int64_t *first_of, int64_t end, int64_t limit)
{
    int64_t kept = 0, inner = 0;
    c->kept[end] = INT64_MAX;
    for (int64_t begin = end - 1; begin >= 0; begin--) {
        for (int64_t i = first_of[begin]; i < first_of[begin + 1]; i++) {
            const struct made *u = &r->of[r->results.at[i]->id];
            if (u->read >= end && !u->kept)
                kept += u->bytes;
            else if (u->saved && !u->kept)
                inner += u->bytes;
        }
        if (inner > limit && begin < end - 1)
            return;
        if (c->kept[begin] + kept < c->kept[end])
            c->kept[end] = c->kept[begin] + kept, c->begin[end] = begin;
    }
}

static struct cuts cut(const struct recompute *r, const int64_t *first_of, int64_t limit)
{
    const int64_t n = (int64_t)r->steps.n;
    struct cuts c = {arena_alloc(r->arena, (size_t)(n + 1) * sizeof *c.begin),
                     arena_alloc(r->arena, (size_t)(n + 1) * sizeof *c.kept)};
    for (int64_t end = 1; end <= n; end++)
        best_begin(r, &c, first_of, end, limit);
    return c;
}

/* Where the tensors of each step begin in `results`. */
static int64_t *firsts(const struct recompute *r)
{
    const int64_t n = (int64_t)r->steps.n;
    int64_t *first_of = arena_alloc(r->arena, (size_t)(n + 1) * sizeof *first_of), at = 0;
    for (int64_t i = 0; i <= n; i++) {
        while (at < (int64_t)r->results.n && r->of[r->results.at[at]->id].step < i)
            at++;
        first_of[i] = at;
    }
    return first_of;
}

/* Keeps what crosses the borders, and all of the last segment, whose gradients come first. */
static void keep(struct recompute *r, const struct cuts *c)
{
    int64_t *end_of = arena_alloc(r->arena, (r->steps.n + 1) * sizeof *end_of);
    for (int64_t end = (int64_t)r->steps.n, begin; end > 0; end = begin) {
        begin = c->begin[end];
        for (int64_t i = begin; i < end; i++)
            end_of[i] = end;
    }
    for (size_t i = 0; i < r->results.n; i++) {
        struct made *u = &r->of[r->results.at[i]->id];
        if (u->read >= end_of[u->step] || end_of[u->step] == (int64_t)r->steps.n)
            u->kept = true;
    }
}

/* ---- the ops once more */

static struct tensor *again(struct recompute *r, struct tensor *t);

static struct tensor *copy_tensor(struct recompute *r, struct tensor *t)
{
    struct plan *p = r->p;
    struct tensor *copy = net_tensor(p->net, arena_printf(r->arena, "%s_again", t->name), t->shape, ROLE_ACTIVATION);
    copy->dtype = t->dtype;
    p->layouts[copy->id] = p->layouts[t->id];
    return r->again[t->id] = copy;
}

static struct op *copy_op(struct recompute *r, const struct op *o)
{
    struct op *copy = op_copy(r->arena, o);
    copy->phase = PHASE_BACKWARD;
    copy->again = true;
    for (int i = 0; i < o->n_in; i++)
        copy->in[i] = again(r, o->in[i]);
    for (int i = 0; i < o->n_out; i++) {
        copy->out[i] = copy_tensor(r, o->out[i]);
        copy->out[i]->producer = copy;
    }
    return copy;
}

/* Appends the kernel of o, which is no part of another, once more. */
static void repeat(struct recompute *r, const struct op *o)
{
    for (int i = 0; i < o->n_in; i++)
        again(r, o->in[i]);
    for (int i = 0; i < o->n_epilogue; i++)
        for (int j = 1; j < o->epilogue[i]->n_in; j++)
            again(r, o->epilogue[i]->in[j]);
    struct op *copy = copy_op(r, o);
    vec_push(r->arena, &r->ops, copy);
    for (int i = 0; i < o->n_epilogue; i++) {
        copy->epilogue[i] = copy_op(r, o->epilogue[i]);
        copy->epilogue[i]->epilogue_of = copy;
        vec_push(r->arena, &r->ops, copy->epilogue[i]);
    }
    struct tensor *y = op_result(copy), *view_of = op_result(o)->view_of;
    if (view_of)
        y->view_of = again(r, view_of);
}

/* The tensor that an op of the backward pass reads instead of t: t itself if that is kept. */
static struct tensor *again(struct recompute *r, struct tensor *t)
{
    if (r->again[t->id])
        return r->again[t->id];
    const struct made *m = made_of(r, t);
    if (!m || m->kept)
        return r->again[t->id] = t;
    const struct op *o = t->producer;
    repeat(r, o->epilogue_of ? o->epilogue_of : o);
    return r->again[t->id];
}

static void read_again(struct recompute *r, struct op *o)
{
    for (int i = 0; i < o->n_in; i++)
        o->in[i] = again(r, o->in[i]);
    for (int i = 0; i < o->n_epilogue; i++)
        for (int j = 1; j < o->epilogue[i]->n_in; j++)
            o->epilogue[i]->in[j] = again(r, o->epilogue[i]->in[j]);
    for (int i = 0; i < o->n_out; i++)
        if (o->out[i]->view_of)
            o->out[i]->view_of = again(r, o->out[i]->view_of);
}

static void rewrite(struct recompute *r)
{
    struct net *n = r->p->net;
    for (size_t i = 0; i < n->ops.n; i++) {
        struct op *o = n->ops.at[i];
        if (o->phase == PHASE_BACKWARD && !o->epilogue_of)
            read_again(r, o);
        vec_push(r->arena, &r->ops, o);
    }
    n->ops.n = 0;
    for (size_t i = 0; i < r->ops.n; i++) {
        r->ops.at[i]->id = (int)i;
        vec_push(r->arena, &n->ops, r->ops.at[i]);
    }
}

static int64_t bytes_to_go(const struct recompute *r)
{
    int64_t all = 0;
    for (size_t i = 0; i < r->results.n; i++) {
        const struct made *m = &r->of[r->results.at[i]->id];
        all += m->saved && !m->kept ? m->bytes : 0;
    }
    return all;
}

static struct recompute begin(struct plan *p)
{
    struct recompute r = {.p = p, .arena = ctx_arena(p->net->ctx)};
    const size_t tensors = p->net->tensors.n, most = 2 * (tensors + p->net->ops.n) + 1;
    struct layout *layouts = arena_alloc(r.arena, most * sizeof *layouts);
    for (size_t i = 0; i < tensors; i++)
        layouts[i] = p->layouts[i];
    p->layouts = layouts;
    r.of = arena_alloc(r.arena, most * sizeof *r.of);
    r.home = arena_alloc(r.arena, most * sizeof *r.home);
    r.again = arena_alloc(r.arena, most * sizeof *r.again);
    for (size_t i = 0; i < most; i++)
        r.home[i] = -1;
    list_steps(&r);
    return r;
}

void plan_recompute(struct plan *p, const struct recomputed *how)
{
    struct recompute r = begin(p);
    note_uses(&r, how->cheap);
    const struct cuts c = cut(&r, firsts(&r), bytes_to_go(&r) / how->segments);
    keep(&r, &c);
    rewrite(&r);
}

/* ---- what is quicker to compute again than to keep */

static bool adds_another(const struct op *o)
{
    for (int i = 0; i < o->n_epilogue; i++)
        if (o->epilogue[i]->kind->adds)
            return true;
    return false;
}

/* The backward pass reads the input too. Image by image, within one stretch, it has the result from a near cache. */
static bool is_remade(const struct recompute *r, const struct op *o)
{
    const struct made *x = made_of(r, o->in[0]), *y = made_of(r, op_result(o));
    return o->kind->remade && !adds_another(o) && x && x->saved && y->saved && y->early == y->late;
}

void plan_remake(struct plan *p)
{
    size_t barriers = 0, remade = 0;
    for (size_t i = 0; i < p->net->ops.n; i++)
        barriers += p->net->ops.at[i]->kind->barrier;
    if (barriers == 0)
        return;
    struct recompute r = begin(p);
    note_uses(&r, true);
    for (size_t i = 0; i < r.steps.n; i++) {
        struct made *y = made_of(&r, op_result(r.steps.at[i]));
        y->kept |= !is_remade(&r, r.steps.at[i]);
        remade += !y->kept;
    }
    if (remade > 0)
        rewrite(&r);
}
