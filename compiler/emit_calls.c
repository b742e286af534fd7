/* emit_calls.c -- the calls that run kernels, in the order of the plan; long runs of them in functions of their own. */
#include "emit_operands.h"

/* In an image loop, each image has its own. */
static bool moves(const struct layout *q)
{
    return !q->one_image && q->base != BASE_THETA && q->base != BASE_GRAD && q->base != BASE_PREPARED;
}

static const char *operand_value(const struct core *c, const struct operand *d, bool image_loop)
{
    static const char *const bases[] = {"x", "target", "theta", "grad", "prepared", "scratch"};
    const struct plan *p = c->plan;
    struct arena *a = ctx_arena(p->net->ctx);
    const struct tensor *root = tensor_root((struct tensor *)(uintptr_t)d->tensor);
    const struct layout *q = layout_of(p, root);
    const char *step = image_loop && moves(q) ? arena_printf(a, " + i * %lld", (long long)q->size) : "";
    if (q->base == BASE_X || q->base == BASE_TARGET)
        return arena_printf(a, "%s%s", bases[q->base], step);
    const char *at = arena_printf(a, "%s + %s", bases[q->base], offset_name(c, root));
    if (d->tensor->role == ROLE_INDEX)
        return arena_printf(a, "(unsigned char *)(%s)%s", at, step);
    return arena_printf(a, "%s%s", at, step);
}

static void emit_call(struct out *o, const struct core *c, const struct kernel *k, bool image_loop)
{
    const struct operand_names *names = operand_names(k->op->code);
    struct operand_list l = operands_of(c->plan, k->op);
    out_printf(o, "%s(", k->function);
    for (int i = 0; i < l.n; i++)
        out_printf(o, "%s%s", i ? ", " : "", operand_value(c, &l.at[i], image_loop));
    if (k->op->phase != PHASE_PREPARE) {
        out_printf(o, ", %s", image_loop ? "1" : "n");
        out_text(o, !names->first ? "" : image_loop ? ", i == 0" : ", 1");
        if (k->work)
            out_printf(o, ", scratch + %lld", (long long)k->work_offset);
        out_text(o, names->step ? ", step" : "");
        if (names->draws)
            out_printf(o, ", step->row%s, %d", image_loop ? " + i" : "", k->op->stream);
        out_text(o, names->sums ? ", sums" : "");
    }
    out_text(o, ");\n");
}

/* ---- the calls of prepare(), dealt out to threads: the dearest first, and what reads another's result goes with it */

static size_t preparer_of(const struct plan *p, size_t i)
{
    const struct op *o = p->kernels.at[i].op;
    for (size_t j = 0; j < i; j++)
        if (p->kernels.at[j].op->phase == PHASE_PREPARE && p->kernels.at[j].op->out[0] == o->in[0])
            return preparer_of(p, j);
    return i;
}

static int rank_by_cost(const struct plan *p, size_t i)
{
    int rank = 0;
    for (size_t j = 0; j < p->kernels.n; j++) {
        const struct kernel *k = &p->kernels.at[j];
        if (k->op->phase == PHASE_PREPARE && preparer_of(p, j) == j)
            rank += k->cost > p->kernels.at[i].cost || (!(k->cost < p->kernels.at[i].cost) && j < i);
    }
    return rank;
}

static void emit_prepare_call(struct out *o, const struct core *c, size_t i, const char *laps)
{
    out_printf(o, "if (part == %d %% parts)%s\n", rank_by_cost(c->plan, preparer_of(c->plan, i)), laps ? " {" : "");
    emit_call(o, c, &c->plan->kernels.at[i], false);
    if (laps)
        out_printf(o, "CNN_LAP(%s, %zu);\n}\n", laps, i);
}

/* ---- a run of calls, in stretches that one function bears */

static const struct {
    enum phase phase;
    bool loss;
    const char *name;
} runs[] = {
    [CALLS_FORWARD] = {PHASE_FORWARD, false, "forward"},
    [CALLS_LOSS] = {PHASE_BACKWARD, true, "loss"},
    [CALLS_BACKWARD] = {PHASE_BACKWARD, false, "backward"},
    [CALLS_PREPARE] = {PHASE_PREPARE, false, "prepare"},
};

/* A call is three statements at most, with its lap and its condition, and no function shall have more than a thousand:
 * compilers take more than twice the time for twice the function. */
enum { CALLS_A_FUNCTION = 300 };

struct stretch {
    size_t first, end; /* kernels */
    bool inside;       /* an image loop: its function is called for each image */
    size_t calls;
};

struct stretches {
    VEC(struct stretch) list;
};

static bool belongs(const struct plan *p, size_t kernel, enum calls which)
{
    const struct op *o = p->kernels.at[kernel].op;
    return o->phase == runs[which].phase && (o->phase != PHASE_BACKWARD || (o->code == OP_LOSS) == runs[which].loss);
}

static size_t calls_between(const struct plan *p, size_t first, size_t end, enum calls which)
{
    size_t n = 0;
    for (size_t i = first; i < end; i++)
        n += belongs(p, i, which);
    return n;
}

/* Adds the kernels to the last stretch when it bears them, and to a new one otherwise. */
static void stretch_over(struct arena *a, struct stretches *s, size_t first, size_t end, bool inside, size_t calls)
{
    struct stretch *last = s->list.n ? &s->list.at[s->list.n - 1] : NULL;
    if (last && last->inside == inside && (!inside || last->end == first) && last->calls + calls <= CALLS_A_FUNCTION) {
        last->end = end;
        last->calls += calls;
        return;
    }
    const struct stretch fresh = {first, end, inside, calls};
    vec_push(a, &s->list, fresh);
}

/* One stretch when one function bears all. An image loop is divided only when it is too long by itself. */
static struct stretches divide(const struct plan *p, enum calls which)
{
    struct arena *a = ctx_arena(p->net->ctx);
    struct stretches s = {0};
    for (size_t i = 0; i < p->groups.n; i++) {
        const struct group *g = &p->groups.at[i];
        const size_t end = g->first + g->n, calls = calls_between(p, g->first, end, which);
        const bool inside = g->image_loop && calls > CALLS_A_FUNCTION;
        if (g->image_loop && !inside && calls)
            stretch_over(a, &s, g->first, end, false, calls);
        else if (calls)
            for (size_t j = g->first; j < end; j++)
                stretch_over(a, &s, j, j + 1, inside, belongs(p, j, which));
    }
    return s;
}

static void emit_stretch(struct out *o, const struct core *c, enum calls which, const struct stretch *s,
                         const char *laps)
{
    const struct plan *p = c->plan;
    for (size_t i = 0; i < p->groups.n; i++) {
        const struct group *g = &p->groups.at[i];
        const bool loop = g->image_loop && !s->inside;
        bool open = false;
        for (size_t j = g->first; j < g->first + g->n; j++) {
            if (j < s->first || j >= s->end || !belongs(p, j, which))
                continue;
            if (which == CALLS_PREPARE) {
                emit_prepare_call(o, c, j, laps);
                continue;
            }
            if (loop && !open)
                out_text(o, "for (int i = 0; i < n; i++) {\n");
            open = true;
            emit_call(o, c, &p->kernels.at[j], g->image_loop);
            if (laps)
                out_printf(o, "CNN_LAP(%s, %zu);\n", laps, j);
        }
        if (open && loop)
            out_text(o, "}\n");
    }
}

/* ---- stretches as functions: each takes what its calls mention */

enum given {
    G_THETA,
    G_PREPARED,
    G_X,
    G_TARGET,
    G_GRAD,
    G_SCRATCH,
    G_N,
    G_I,
    G_STEP,
    G_SUMS,
    G_PART,
    G_PARTS,
    G_LAPS,
    N_GIVEN
};

static const struct {
    const char *type, *name; /* type NULL: floats, or doubles in the reference */
    bool written;
} givens[N_GIVEN] = {
    [G_THETA] = {NULL, "theta", false},
    [G_PREPARED] = {NULL, "prepared", false},
    [G_X] = {NULL, "x", false},
    [G_TARGET] = {"const void *", "target", false},
    [G_GRAD] = {NULL, "grad", true},
    [G_SCRATCH] = {NULL, "scratch", true},
    [G_N] = {"int ", "n", false},
    [G_I] = {"int ", "i", false},
    [G_STEP] = {"const struct cnn_step *", "step", false},
    [G_SUMS] = {"struct cnn_sums *", "sums", false},
    [G_PART] = {"int ", "part", false},
    [G_PARTS] = {"int ", "parts", false},
    [G_LAPS] = {"struct cnn_laps *", "laps", false},
};

static void note_operands(bool given[N_GIVEN], const struct core *c, const struct kernel *k, bool inside)
{
    static const enum given of_base[] = {
        [BASE_X] = G_X,       [BASE_TARGET] = G_TARGET,     [BASE_THETA] = G_THETA,
        [BASE_GRAD] = G_GRAD, [BASE_PREPARED] = G_PREPARED, [BASE_SCRATCH] = G_SCRATCH};
    const struct operand_list l = operands_of(c->plan, k->op);
    for (int i = 0; i < l.n; i++) {
        const struct tensor *root = tensor_root((struct tensor *)(uintptr_t)l.at[i].tensor);
        given[of_base[layout_of(c->plan, root)->base]] = true;
        given[G_I] |= inside && moves(layout_of(c->plan, root));
    }
    if (k->work)
        given[G_SCRATCH] = true;
}

static void note_given(bool given[N_GIVEN], const struct core *c, enum calls which, const struct stretch *s,
                       const char *laps)
{
    const struct plan *p = c->plan;
    for (size_t i = s->first; i < s->end; i++) {
        const struct operand_names *names = operand_names(p->kernels.at[i].op->code);
        if (!belongs(p, i, which))
            continue;
        note_operands(given, c, &p->kernels.at[i], s->inside);
        given[G_I] |= s->inside && (names->first || names->draws);
        given[G_STEP] |= names->step;
        given[G_SUMS] |= names->sums;
    }
    if (c->constants)
        given[G_THETA] = false;
    if (which == CALLS_PREPARE)
        given[G_PART] = given[G_PARTS] = true;
    else
        given[G_N] = !s->inside;
    if (laps)
        given[which == CALLS_PREPARE ? G_LAPS : G_STEP] = true;
}

static void emit_given(struct out *o, const struct core *c, const bool given[N_GIVEN], bool declare)
{
    const char *comma = "(";
    for (int i = 0; i < N_GIVEN; i++) {
        if (!given[i])
            continue;
        out_text(o, comma);
        if (declare && givens[i].type)
            out_text(o, givens[i].type);
        else if (declare)
            out_printf(o, "%s%s *", givens[i].written || (i == G_PREPARED && given[G_PART]) ? "" : "const ",
                       c->plan->target->real);
        out_text(o, givens[i].name);
        comma = ", ";
    }
    out_text(o, declare ? ")\n" : ");\n");
}

void emit_call_functions(struct out *o, const struct core *c, enum calls which, const char *laps)
{
    const struct stretches s = divide(c->plan, which);
    for (size_t i = 0; i < s.list.n && s.list.n > 1; i++) {
        bool given[N_GIVEN] = {false};
        note_given(given, c, which, &s.list.at[i], laps);
        out_printf(o, "%s void %s%s_%zu", c->plan->inference ? "static" : "CNN_SHARED", c->lower, runs[which].name,
                   i + 1);
        emit_given(o, c, given, true);
        out_text(o, "{\n");
        emit_stretch(o, c, which, &s.list.at[i], laps);
        out_text(o, "}\n\n");
    }
}

void emit_calls(struct out *o, const struct core *c, enum calls which, const char *laps)
{
    const struct stretches s = divide(c->plan, which);
    if (s.list.n == 1)
        emit_stretch(o, c, which, &s.list.at[0], laps);
    for (size_t i = 0; i < s.list.n && s.list.n > 1; i++) {
        bool given[N_GIVEN] = {false};
        const struct stretch *at = &s.list.at[i];
        note_given(given, c, which, at, laps);
        if (at->inside && (i == 0 || !at[-1].inside || at[-1].end != at->first))
            out_text(o, "for (int i = 0; i < n; i++) {\n");
        out_printf(o, "%s%s_%zu", c->lower, runs[which].name, i + 1);
        emit_given(o, c, given, false);
        if (at->inside && (i + 1 == s.list.n || !at[1].inside || at[1].first != at->end))
            out_text(o, "}\n");
    }
}
