/* strategy.c -- the cheapest strategy of an op. Equal ops are planned once. A row of words records what a strategy
 * looks at: the op, its epilogue, the shapes and layouts of its operands, its neighbours around a pooling's gradient;
 * neither names nor places in memory. When a strategy looks at something more, that must be added here:
 * tests/unit/test_plan_strategy.c plans every kernel by itself, and compares. */
#include <string.h>

#include "hash.h"
#include "plan/inner.h"

static bool preferred(const struct kernel *a, const struct kernel *b)
{
    return a->strategy->unrolled != b->strategy->unrolled ? a->strategy->unrolled : a->cost < b->cost;
}

static bool computes_with(const struct strategy *s, enum dtype dtype)
{
    return (s->dtypes ? s->dtypes : 1U << DTYPE_F32) >> dtype & 1;
}

static const char *search(const struct plan *p, struct kernel *k, enum repr repr, const char *forced)
{
    const char *refusal = "its operands are represented in another way";
    for (size_t i = 0; strategies[i]; i++) {
        const struct strategy *s = strategies[i];
        if (s->op != k->op->kind || !computes_with(s, p->number->dtype) ||
            (forced ? strcmp(forced, s->name) != 0 : s->repr != repr))
            continue;
        struct kernel candidate = {.op = k->op, .strategy = s};
        const char *why = plan_takes_axes(s, k->op) ? s->plan(p, &candidate) : "its windows have other axes";
        if (why)
            refusal = why;
        else if (s->repr == repr && (!k->strategy || preferred(&candidate, k)))
            *k = candidate;
    }
    return k->strategy ? NULL : refusal;
}

/* ---- the words that describe an op */

struct words {
    struct arena *arena;
    VEC(int64_t) at;
};

static void put(struct words *w, int64_t word)
{
    vec_push(w->arena, &w->at, word);
}

static void put_real(struct words *w, double x)
{
    int64_t word;
    memcpy(&word, &x, sizeof word);
    put(w, word);
}

static void put_layout(struct words *w, const struct layout *q)
{
    const int64_t words[] = {q->base, q->repr, q->channels, q->ld, q->pixels, q->size, q->used};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        put(w, words[i]);
}

static void put_tensor(struct words *w, const struct plan *p, const struct tensor *t)
{
    put(w, t->role);
    put(w, t->dtype);
    put(w, t->shape.rank);
    for (int i = 0; i < t->shape.rank; i++)
        put(w, t->shape.dim[i]);
    put_layout(w, layout_of(p, t));
    put(w, t->view_of != NULL);
    if (t->view_of)
        put_layout(w, layout_of(p, tensor_root((struct tensor *)(uintptr_t)t)));
    put(w, t->param ? (int64_t)t->param->kind : -1);
    put(w, t->param && t->param->input);
    if (t->param && t->param->input)
        put_layout(w, layout_of(p, t->param->input));
}

static void put_window(struct words *w, const struct window *v)
{
    const int64_t words[] = {v->kh, v->kw, v->sh, v->sw, v->dh, v->dw, v->pt, v->pb,     v->pl,
                             v->pr, v->ih, v->iw, v->ic, v->oh, v->ow, v->oc, v->groups, v->adaptive};
    const int64_t depth[] = {v->z.k, v->z.s, v->z.d, v->z.front, v->z.back, v->z.in, v->z.out};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        put(w, words[i]);
    for (size_t i = 0; i < sizeof depth / sizeof *depth; i++)
        put(w, depth[i]);
}

/* The characters, seven a word, and a word for the end. */
static void put_text(struct words *w, const char *s)
{
    int64_t word = 0;
    for (size_t i = 0; s[i]; i++) {
        word = word << 8 | (unsigned char)s[i];
        if (i % 7 == 6) {
            put(w, word);
            word = 0;
        }
    }
    put(w, word);
    put(w, -1);
}

static void put_attribute(struct words *w, const struct op *o, const struct attribute *t)
{
    const void *value = attribute_of(o, t);
    const struct shape *s = value;
    switch (t->type) {
    case ATTRIBUTE_WINDOW: put_window(w, value); break;
    case ATTRIBUTE_RECORD: put(w, (int64_t)(intptr_t) * (const struct record *const *)value); break;
    case ATTRIBUTE_REAL: put_real(w, *(const double *)value); break;
    case ATTRIBUTE_FLAG: put(w, *(const bool *)value); break;
    case ATTRIBUTE_WHOLE: put(w, *(const int64_t *)value); break;
    case ATTRIBUTE_SHAPE:
        for (int i = 0; i < s->rank; i++)
            put(w, s->dim[i]);
        break;
    case ATTRIBUTE_TEXT: put_text(w, *(const char *const *)value); break;
    }
}

static void put_op(struct words *w, const struct plan *p, const struct op *o)
{
    const int64_t words[] = {(int64_t)(intptr_t)o->kind, o->n_in, o->n_out, o->n_epilogue};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        put(w, words[i]);
    for (const struct attribute *t = o->kind->attributes; t && t->name; t++)
        if (!t->runtime)
            put_attribute(w, o, t);
    for (int i = 0; i < o->n_in; i++)
        put_tensor(w, p, o->in[i]);
    for (int i = 0; i < o->n_out; i++)
        put_tensor(w, p, o->out[i]);
}

static void put_epilogue(struct words *w, const struct plan *p, const struct op *o)
{
    put_op(w, p, o);
    for (int i = 0; i < o->n_epilogue; i++)
        put_op(w, p, o->epilogue[i]);
}

/* The layout of lists depends on their readers. */
static void put_readers(struct words *w, const struct plan *p, const struct op *pool)
{
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        for (int j = 0; j < o->n_in; j++)
            if (o->in[j] == pool->out[0])
                put_op(w, p, o);
    }
    put(w, -1);
}

static void put_all(struct words *w, const struct plan *p, const struct op *o, enum repr repr)
{
    put(w, repr);
    put_epilogue(w, p, o);
    if (o->kind->loses_most)
        put_readers(w, p, o);
    for (int i = 0; i < o->n_in; i++) {
        const struct op *from = o->in[i]->producer;
        put(w, from ? (int64_t)(intptr_t)from->kind : -1);
        if (from)
            put_epilogue(w, p, from);
        if (from && from->kind->loses_most)
            put_readers(w, p, from);
    }
}

/* ---- memos: what a strategy answered for an op, kept for equal ops */

struct memo {
    const struct memo *next;
    uint64_t hash;
    int64_t *words;
    size_t n;
    struct kernel kernel;
    const char *refusal; /* NULL: there is a kernel */
};

enum { BUCKETS = 256 };

struct memo_table {
    struct words words; /* of the op that is looked up */
    const struct memo *buckets[BUCKETS];
};

static uint64_t hash_of(const struct words *w) /* FNV-1a, a word at a time */
{
    uint64_t hash = CNN_HASH_START;
    for (size_t i = 0; i < w->at.n; i++)
        hash = cnn_hash_unit(hash, (uint64_t)w->at.at[i]);
    return hash ^ hash >> 32;
}

struct memo_table *memo_table_new(struct arena *a)
{
    struct memo_table *table = arena_alloc(a, sizeof *table);
    table->words.arena = a;
    return table;
}

static const struct memo *add_memo(const struct plan *p, const struct op *o, enum repr repr, uint64_t hash)
{
    const struct words *w = &p->memos->words;
    const struct memo **bucket = &p->memos->buckets[hash % BUCKETS];
    struct memo *fresh = arena_alloc(w->arena, sizeof *fresh);
    *fresh =
        (struct memo){*bucket, hash, arena_alloc(w->arena, w->at.n * sizeof *w->at.at), w->at.n, .kernel = {.op = o}};
    memcpy(fresh->words, w->at.at, w->at.n * sizeof *w->at.at);
    fresh->refusal = search(p, &fresh->kernel, repr, NULL);
    fresh->kernel.memo = fresh;
    return *bucket = fresh;
}

static const struct memo *find_memo(const struct plan *p, const struct op *o, enum repr repr)
{
    struct words *w = &p->memos->words;
    w->at.n = 0;
    put_all(w, p, o, repr);
    const uint64_t hash = hash_of(w);
    for (const struct memo *k = p->memos->buckets[hash % BUCKETS]; k; k = k->next)
        if (k->hash == hash && k->n == w->at.n && !memcmp(k->words, w->at.at, k->n * sizeof *k->words))
            return k;
    return add_memo(p, o, repr, hash);
}

const char *plan_cheapest(const struct plan *p, struct kernel *k, enum repr repr, const char *forced)
{
    if (forced)
        return search(p, k, repr, forced);
    const struct op *o = k->op;
    const struct memo *memo = find_memo(p, o, repr);
    if (!memo->refusal)
        *k = memo->kernel, k->op = o;
    return memo->refusal;
}

const char *plan_part(const struct plan *p, struct kernel *k)
{
    const char *refusal = search(p, k, REPR_DENSE, NULL);
    k->prefetches = 0; /* the loop over images is around the whole */
    return refusal;
}
