/* join.c -- pass: a map that is read by formulas alone becomes a part of each, if that costs less than to store its
 * result and read it again. So a chain of maps, and maps with the reduction behind them, go over memory once. It runs
 * when the gradients are there: what the way back reads counts, and its own chains are joined too. */
#include "ops/ops.h"
#include "passes/passes.h"

struct readers {
    VEC(struct op *) v; /* each once */
};

struct joining {
    struct net *net;
    struct readers *readers; /* by tensor id */
};

static void add_reader(struct joining *j, const struct tensor *t, struct op *o)
{
    struct readers *r = &j->readers[t->id];
    for (size_t i = 0; i < r->v.n; i++)
        if (r->v.at[i] == o)
            return;
    vec_push(ctx_arena(j->net->ctx), &r->v, o);
}

static void drop_reader(struct joining *j, const struct tensor *t, const struct op *o)
{
    struct readers *r = &j->readers[t->id];
    size_t kept = 0;
    for (size_t i = 0; i < r->v.n; i++)
        if (r->v.at[i] != o)
            r->v.at[kept++] = r->v.at[i];
    r->v.n = kept;
}

static void find_readers(struct joining *j)
{
    for (size_t i = 0; i < j->net->ops.n; i++)
        for (int k = 0; k < j->net->ops.at[i]->n_in; k++)
            add_reader(j, j->net->ops.at[i]->in[k], j->net->ops.at[i]);
}

/* ---- what may join */

/* Its output is its input: where both lie alike it costs nothing. */
static bool copies(const struct op *o)
{
    return o->kind->keeps_order && o->kind->keeps_order(o);
}

static bool is_map(const struct op *o)
{
    return o && o->kind->formula == FORMULA_MAP;
}

/* Whether the op computes its formula once for each element of t. */
static bool reads_each(const struct op *o, const struct tensor *t)
{
    return o->kind->formula && !map_compares(o) && shape_size(map_of(o)->full) == shape_size(t->shape);
}

/* Of the tensors that the map reads, those as large as what it makes; all others are read over and over again. */
static int large_operands(const struct op *map)
{
    int n = 0;
    for (int i = 0; i < map->n_in; i++)
        n += shape_size(map->in[i]->shape) == shape_size(map->out[0]->shape);
    return n;
}

static bool reads(const struct op *o, const struct tensor *t)
{
    for (int i = 0; i < o->n_in; i++)
        if (o->in[i] == t)
            return true;
    return false;
}

/* Tensors that a reader must load more than before. */
static int new_operands(const struct op *o, const struct op *map)
{
    int n = 0;
    for (int i = 0; i < map->n_in; i++)
        n += shape_size(map->in[i]->shape) == shape_size(map->out[0]->shape) && !reads(o, map->in[i]);
    return n;
}

/* Whether the tensor is kept for the way back. */
static bool is_kept(const struct joining *j, const struct tensor *t)
{
    const struct readers *r = &j->readers[t->id];
    for (size_t i = 0; i < r->v.n; i++)
        if (r->v.at[i]->phase == PHASE_BACKWARD)
            return true;
    return false;
}

/* One tensor is not kept for the way back any more; at most one other may be kept instead. */
static bool saves_memory(const struct joining *j, const struct op *map)
{
    int more = 0;
    if (map->phase != PHASE_FORWARD || !is_kept(j, map->out[0]))
        return true;
    for (int i = 0; i < map->n_in; i++)
        more += map->in[i]->role == ROLE_ACTIVATION && !is_kept(j, map->in[i]) &&
                shape_size(map->in[i]->shape) == shape_size(map->out[0]->shape);
    return more <= 1;
}

/* A store takes as long as two loads, in vectors of a tensor. */
static bool saves_time(const struct joining *j, const struct op *map)
{
    const struct readers *r = &j->readers[map->out[0]->id];
    const double each = formula_cost(map_of(map)->formula);
    double more = each * (double)(r->v.n - 1);
    for (size_t i = 0; i < r->v.n; i++)
        more += new_operands(r->v.at[i], map);
    return r->v.n == 1 || more <= 2.0 + (double)r->v.n + large_operands(map);
}

static bool may_join(const struct joining *j, const struct op *map)
{
    const struct tensor *t = map->out[0];
    const struct readers *r = &j->readers[t->id];
    if (r->v.n == 0 || is_output(j->net, t))
        return false;
    for (size_t i = 0; i < r->v.n; i++)
        if (!reads_each(r->v.at[i], t) || (copies(r->v.at[i]) && !copies(map)) ||
            !map_can_join(j->net, r->v.at[i], map))
            return false;
    return saves_memory(j, map) && saves_time(j, map);
}

/* ---- joining */

/* Gradients of a tensor that is no more lie as the tensor would that lay like `like`. */
static void forget(struct net *net, struct tensor *t, struct tensor *like)
{
    for (size_t i = 0; i < net->tensors.n; i++)
        if (net->tensors.at[i]->grad_of == t && like && like->role == ROLE_ACTIVATION)
            net->tensors.at[i]->grad_of = like;
    for (size_t i = 0; i < net->nodes.n; i++)
        if (net->nodes.at[i]->y == t)
            net->nodes.at[i]->y = NULL;
    t->grad = NULL;
}

static void join_map(struct joining *j, struct op *map)
{
    struct readers *r = &j->readers[map->out[0]->id];
    for (size_t i = 0; i < r->v.n; i++) {
        map_join(j->net, r->v.at[i], map);
        for (int k = 0; k < r->v.at[i]->n_in; k++)
            add_reader(j, r->v.at[i]->in[k], r->v.at[i]);
    }
    for (int k = 0; k < map->n_in; k++)
        drop_reader(j, map->in[k], map);
    r->v.n = 0;
    forget(j->net, map->out[0], (struct tensor *)(uintptr_t)map_layout(map).like);
}

/* An op that is a map in another form becomes one where a map alone is before it. */
static struct op *as_map(const struct joining *j, struct op *o)
{
    bool fits = false;
    for (int i = 0; o->kind->as_map && i < o->n_in; i++) {
        const struct op *from = o->in[i]->producer;
        fits |= is_map(from) && !copies(from) && j->readers[o->in[i]->id].v.n == 1;
    }
    return fits ? map_instead(j->net, o) : o;
}

void join(struct net *net)
{
    struct joining j = {net, arena_alloc(ctx_arena(net->ctx), (net->tensors.n + 1) * sizeof *j.readers)};
    if (ctx_errors(net->ctx) > 0 || !net->output)
        return;
    find_readers(&j);
    for (size_t i = 0; i < net->ops.n; i++) {
        struct op *o = net->ops.at[i], *map = as_map(&j, o);
        for (int k = 0; k < o->n_in && map != o; k++) {
            drop_reader(&j, o->in[k], o);
            add_reader(&j, o->in[k], map);
        }
        net->ops.at[i] = map;
    }
    for (size_t i = 0; i < net->ops.n; i++) {
        struct op *o = net->ops.at[i];
        if (is_map(o) && may_join(&j, o)) {
            join_map(&j, o);
            net->ops.at[i] = NULL;
        }
    }
    net_renumber(net);
}
