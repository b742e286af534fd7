/* hash.c -- the network's fingerprint: a checkpoint of another network is refused. It covers what the network computes,
 * op by op as lower leaves it, and the names of its parameters. Spelling, defaults that are written out, and layers
 * that do nothing do not change it. */
#include <stddef.h>
#include <string.h>

#include "graph/layer.h"
#include "hash.h"

static uint64_t mix_text(uint64_t h, const char *s)
{
    return s ? cnn_hash_bytes(h, s, strlen(s) + 1) : cnn_hash_bytes(h, "", 1);
}

static uint64_t mix_whole(uint64_t h, int64_t v)
{
    return cnn_hash_bytes(h, &v, sizeof v);
}

static uint64_t mix_real(uint64_t h, double v)
{
    v = v == 0 ? 0 : v; /* -0 is 0 */
    return cnn_hash_bytes(h, &v, sizeof v);
}

static uint64_t mix_shape(uint64_t h, struct shape s)
{
    h = mix_whole(h, s.rank);
    for (int i = 0; i < s.rank; i++)
        h = mix_whole(h, s.dim[i]);
    return h;
}

static uint64_t mix_constraint(uint64_t h, const struct constraint *k)
{
    return mix_real(mix_real(mix_real(mix_whole(h, (int64_t)k->along), k->low), k->high), k->rate);
}

/* An initializer is its numbers, bound to its arguments, with defaults. */
static uint64_t mix_param(uint64_t h, const struct param *q)
{
    h = mix_shape(mix_text(h, q->name), q->shape);
    h = mix_whole(mix_real(mix_real(h, q->l1), q->l2), q->frozen);
    if (q->constraint.given)
        h = mix_constraint(h, &q->constraint);
    if (q->divides)
        h = mix_whole(mix_text(h, q->divides->name), q->iterations);
    h = mix_text(h, q->init->name);
    for (size_t i = 0; q->init->args && q->init->args[i].name; i++)
        h = mix_real(h, q->init_args[i].number);
    return h;
}

/* If the output has one row or column, the distance between several does not matter. */
static uint64_t mix_window(uint64_t h, const struct window *w)
{
    const int64_t numbers[] = {w->kh,
                               w->kw,
                               w->oh > 1 ? w->sh : 1,
                               w->ow > 1 ? w->sw : 1,
                               w->kh > 1 ? w->dh : 1,
                               w->kw > 1 ? w->dw : 1,
                               w->pt,
                               w->pb,
                               w->pl,
                               w->pr,
                               w->groups};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        h = mix_whole(h, numbers[i]);
    const int64_t depth[] = {
        w->z.k, w->z.out > 1 ? w->z.s : 1, w->z.k > 1 ? w->z.d : 1, w->z.front, w->z.back, w->z.in, w->z.out};
    for (size_t i = 0; w->z.k && i < sizeof depth / sizeof *depth; i++)
        h = mix_whole(h, depth[i]);
    return w->adaptive ? mix_text(h, "adaptive") : h;
}

static uint64_t mix_value(uint64_t h, const void *value, enum attribute_type type)
{
    const struct record *const *record = value;
    switch (type) {
    case ATTRIBUTE_WINDOW: return mix_window(h, value);
    case ATTRIBUTE_RECORD: return mix_text(h, *record ? (*record)->name : NULL);
    case ATTRIBUTE_REAL: return mix_real(h, *(const double *)value);
    case ATTRIBUTE_FLAG: return mix_whole(h, *(const bool *)value);
    case ATTRIBUTE_WHOLE: return mix_whole(h, *(const int64_t *)value);
    case ATTRIBUTE_SHAPE: return mix_shape(h, *(const struct shape *)value);
    case ATTRIBUTE_TEXT: return mix_text(h, *(const char *const *)value);
    }
    return h;
}

/* Every op has these in its fingerprint, with 0 if its kind lacks one, because existing checkpoints hold fingerprints
 * that were made in this way. All other attributes follow with their names. */
static const struct attribute every[] = {
    {.name = "win", .type = ATTRIBUTE_WINDOW, .offset = offsetof(struct op, win)},
    {.name = "act", .type = ATTRIBUTE_RECORD, .offset = offsetof(struct op, act)},
    {.name = "alpha", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, alpha)},
    {.name = "rate", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, rate)},
    {.name = "factor", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, factor)},
    {.name = "shift", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, shift)},
    {.name = "fill", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, fill)},
    {.name = "deviation", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, deviation)},
    {.name = "l1", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, l1)},
    {.name = "l2", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, l2)},
    {.name = "channels", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct op, channels)}};
enum { EVERY = sizeof every / sizeof *every };

static bool is_of_every(const char *name)
{
    for (size_t i = 0; i < EVERY; i++)
        if (strcmp(name, every[i].name) == 0)
            return true;
    return false;
}

static uint64_t mix_attributes(uint64_t h, const struct op *o)
{
    static const struct op none = {0};
    for (size_t i = 0; i < EVERY; i++) {
        const bool has = op_attribute(o->kind, every[i].name) != NULL;
        h = mix_value(h, attribute_of(has ? o : &none, &every[i]), every[i].type);
    }
    for (const struct attribute *t = o->kind->attributes; t && t->name; t++)
        if (!t->runtime && !is_of_every(t->name))
            h = mix_value(mix_text(h, t->name), attribute_of(o, t), t->type);
    return h;
}

/* A tensor is known by the number of the op that made it, counting only ops that do something; the inputs are 0, -1,
 * -2, ... */
static uint64_t mix_input(uint64_t h, const struct tensor *t, const int64_t *maker)
{
    return t->role == ROLE_PARAM ? mix_param(h, t->param) : mix_whole(h, maker[t->id]);
}

uint64_t net_hash(const struct net *n)
{
    uint64_t h = CNN_HASH_START;
    int64_t *maker = arena_alloc(ctx_arena(n->ctx), n->tensors.n * sizeof *maker), counted = 0;
    for (size_t i = 0; i < n->inputs.n; i++) {
        h = mix_shape(h, n->inputs.at[i].tensor->shape);
        maker[n->inputs.at[i].tensor->id] = -(int64_t)i;
    }
    for (size_t i = 0; i < n->ops.n; i++) {
        const struct op *o = n->ops.at[i];
        const bool idle = o->kind->view && shape_equal(o->in[0]->shape, o->out[0]->shape);
        counted += !idle;
        for (int j = 0; j < o->n_out; j++)
            maker[o->out[j]->id] = idle ? maker[o->in[0]->id] : counted;
        if (idle)
            continue;
        h = mix_attributes(mix_text(h, o->kind->name), o);
        for (int j = 0; j < o->n_in; j++)
            h = mix_input(h, o->in[j], maker);
        h = o->n_out ? mix_shape(h, o->out[0]->shape) : h;
    }
    for (size_t i = 0; i < n->outputs.n; i++)
        h = mix_whole(h, maker[n->outputs.at[i].tensor->id]);
    return h;
}
