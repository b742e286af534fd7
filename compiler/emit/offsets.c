/* offsets.c -- where everything stands: enums of offsets, and the expressions that use them. The offsets of equal
 * layers grow by equal steps: the first two layers have names, and the places of the others are counted from the
 * second. */
#include "emit/inner.h"

/* ---- what is listed */

struct entries {
    VEC(const struct tensor *) tensors;
    VEC(struct row) rows;
    struct repeats repeats;
};

static const char *describe_place(const struct plan *p, const struct tensor *t)
{
    const struct layout *q = layout_of(p, t);
    struct ctx *c = p->net->ctx;
    if (t->role == ROLE_PREPARED)
        return "";
    if (t->role == ROLE_PARAM)
        return arena_printf(ctx_arena(c), " /* %s */", shape_print(c, t->param->shape));
    return arena_printf(ctx_arena(c), " /* %s%s%s%s */", shape_print(c, t->shape),
                        q->ld != q->channels ? arena_printf(ctx_arena(c), ", channels padded to %lld", (long long)q->ld)
                                             : "",
                        t->dtype == DTYPE_U8    ? ", bytes"
                        : q->repr == REPR_LISTS ? ", lists"
                                                : "",
                        q->one_image ? ", one image" : "");
}

static void add_entry(struct arena *a, struct entries *e, const struct plan *p, const struct tensor *t)
{
    const struct row row = {.name = t->name, .rest = describe_place(p, t), .number = {layout_of(p, t)->offset}, .n = 1};
    vec_push(a, &e->tensors, t);
    vec_push(a, &e->rows, row);
}

/* a: an arena for the list, freed soon after. */
static struct entries entries_of(struct arena *a, const struct plan *p, enum base base)
{
    const struct net *n = p->net;
    struct entries e = {0};
    for (size_t i = 0; base == BASE_THETA && i < n->params.n; i++)
        if (layout_of(p, n->params.at[i]->tensor)->offset < p->read)
            add_entry(a, &e, p, n->params.at[i]->tensor);
    for (size_t i = 0; base != BASE_THETA && i < n->tensors.n; i++) {
        const struct tensor *t = n->tensors.at[i];
        const struct layout *q = layout_of(p, t);
        if (base == BASE_PREPARED ? t->role == ROLE_PREPARED : q->used && q->base == base && !t->view_of)
            add_entry(a, &e, p, t);
    }
    e.repeats = repeats_find(a, e.rows.at, e.rows.n);
    return e;
}

/* ---- names */

static struct listing listing_of(const struct plan *p)
{
    static const enum base bases[] = {BASE_THETA, BASE_PREPARED, BASE_SCRATCH};
    struct listing l = {p, arena_alloc(ctx_arena(p->net->ctx), (p->net->tensors.n + 1) * sizeof *l.names)};
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        struct arena *a = arena_new();
        const struct entries e = entries_of(a, p, bases[b]);
        for (size_t i = 0; i < e.tensors.n; i++) {
            const struct repeat *r = repeat_of(&e.repeats, i);
            const size_t second = r ? r->first + r->rows + (i - r->first) % r->rows : i;
            l.names[e.tensors.at[i]->id] = e.tensors.at[repeat_shows(&e.repeats, i) ? i : second];
        }
        arena_free(a);
    }
    return l;
}

struct core core_of(struct plan *p, const struct core *before)
{
    const char *lower =
        p->reference ? arena_printf(ctx_arena(p->net->ctx), "%sref_", network_prefix(p)) : network_prefix(p);
    const char *upper = upper_case(p->net->ctx, lower);
    const struct listing places = listing_of(p);
    return (struct core){p, lower, upper, upper, before, NULL, false, false, places, places};
}

static const char *listed_name(const struct core *c, const struct tensor *t, enum base base)
{
    struct ctx *ctx = c->plan->net->ctx;
    const char *prefix = base == BASE_SCRATCH ? c->upper : c->parameters;
    const char *kind = base == BASE_SCRATCH ? "A" : base == BASE_PREPARED ? "T" : "P";
    return arena_printf(ctx_arena(ctx), "%s%s_%s", prefix, kind, upper_case(ctx, t->name));
}

const char *offset_name(const struct core *c, const struct tensor *t)
{
    const struct tensor *root = tensor_root((struct tensor *)(uintptr_t)t);
    const enum base base = layout_of(c->plan, root)->base;
    const struct listing *l = base == BASE_SCRATCH ? &c->places : &c->parameter_places;
    if (root->role == ROLE_PARAM_GRAD)
        root = root->param->tensor;
    const struct tensor *listed = l->names[root->id];
    const char *name = listed_name(c, listed, base);
    const long long ahead = (long long)(layout_of(l->plan, root)->offset - layout_of(l->plan, listed)->offset);
    return ahead ? arena_printf(ctx_arena(c->plan->net->ctx), "%s %c %lld", name, ahead < 0 ? '-' : '+',
                                ahead < 0 ? -ahead : ahead)
                 : name;
}

/* ---- the enums */

static void emit_entries(struct out *o, const struct core *c, enum base base)
{
    struct arena *a = arena_new();
    const struct entries e = entries_of(a, c->plan, base);
    for (size_t i = 0; i < e.tensors.n; i++) {
        const struct repeat *r = repeat_of(&e.repeats, i);
        if (!repeat_shows(&e.repeats, i))
            continue;
        out_printf(o, "%s = %lld,%s\n", listed_name(c, e.tensors.at[i], base), (long long)e.rows.at[i].number[0],
                   e.rows.at[i].rest);
        if (r && i + 1 == r->first + 2 * r->rows)
            out_printf(o, "/* and so on, %zu times more */\n", r->times - 2);
    }
    arena_free(a);
}

void emit_constant_offsets(struct out *o, const struct core *c)
{
    const struct plan *p = c->plan;
    const char *which = p->reference ? "reference " : "";
    out_printf(o, "/* %sparameters: offsets into theta[] and grad[] */\nenum {\n", which);
    emit_entries(o, c, BASE_THETA);
    out_printf(o, "%sTHETA = %lld\n};\n\n", c->upper, (long long)p->read);
    if (!p->prepared)
        return;
    out_printf(o, "/* %sparameters in the form that some kernels want: offsets into prepared[] */\nenum {\n", which);
    emit_entries(o, c, BASE_PREPARED);
    out_printf(o, "%sPREPARED = %lld\n};\n\n", c->upper, (long long)p->prepared);
}

void emit_scratch_offsets(struct out *o, const struct core *c)
{
    const struct plan *p = c->plan;
    out_printf(o, "/* %sactivations and their gradients: offsets into scratch[]; each %s has its own */\nenum {\n",
               p->reference ? "reference " : "",
               p->chunk == 1 ? "image" : out_format(o, "chunk of %lld images", (long long)p->chunk));
    emit_entries(o, c, BASE_SCRATCH);
    out_printf(o, "%sSCRATCH = %lld\n};\n\n", c->upper, (long long)p->scratch);
}
