/* calls.c -- the calls that run kernels, in the order of the plan; long runs of calls become functions of their own. */
#include "emit/calls.h"

/* ---- one call */

/* Whether each image of an image loop has its own copy of the operand. */
static bool moves(const struct layout *q)
{
    return !q->one_image && q->base != BASE_THETA && q->base != BASE_GRAD && q->base != BASE_PREPARED;
}

static struct argument operand_argument(const struct core *c, const struct operand *d, bool image_loop)
{
    static const char *const bases[] = {[BASE_X] = "x",
                                        [BASE_THETA] = "theta",
                                        [BASE_GRAD] = "grad",
                                        [BASE_PREPARED] = "prepared",
                                        [BASE_SCRATCH] = "scratch"};
    const struct plan *p = c->plan;
    struct arena *a = ctx_arena(p->net->ctx);
    const struct tensor *root = tensor_root((struct tensor *)(uintptr_t)d->tensor);
    const struct layout *q = layout_of(p, root);
    const char *step = image_loop && moves(q) ? arena_printf(a, " + i * %lld", (long long)q->size) : "";
    if (q->base == BASE_TARGET) /* const void *, which C++ does not convert to another pointer without a cast */
        return (struct argument){.before = arena_printf(a, "(const %s *)target%s", dtype_type(d->tensor->dtype), step)};
    if (q->base == BASE_X)
        return (struct argument){.before = arena_printf(a, "%s%s", bases[q->base], step)};
    const bool other = d->tensor->dtype != p->number->dtype; /* differs from the type of its array */
    return (struct argument){
        .before = arena_printf(a, "%s%s + ", other ? arena_printf(a, "(%s *)(", dtype_type(d->tensor->dtype)) : "",
                               bases[q->base]),
        .number = offset_name(c, root),
        .after = arena_printf(a, "%s%s", other ? ")" : "", step),
        .value = q->offset,
    };
}

static void add_argument(struct call *k, struct argument g)
{
    k->at[k->n++] = g;
}

static void add_text(struct call *k, const char *text)
{
    add_argument(k, (struct argument){.before = text});
}

static void add_number(struct call *k, struct arena *a, const char *before, int64_t value)
{
    add_argument(k, (struct argument){before, arena_printf(a, "%lld", (long long)value), "", value});
}

static struct call call_of(const struct core *c, size_t kernel, bool image_loop)
{
    struct arena *a = ctx_arena(c->plan->net->ctx);
    const struct kernel *k = &c->plan->kernels.at[kernel];
    const struct op_kind *kind = k->op->kind;
    const struct operand_list l = operands_of(c->plan, k->op);
    const bool prepares = k->op->phase == PHASE_PREPARE;
    struct call call = {.function = k->function};
    if (prepares)
        add_number(&call, a, "", k->part);
    else
        add_text(&call, "");
    add_number(&call, a, "", (int64_t)kernel);
    for (int i = 0; i < l.n; i++)
        add_argument(&call, operand_argument(c, &l.at[i], image_loop));
    if (prepares)
        return call;
    add_text(&call, image_loop ? "1" : "n");
    if (kind->first)
        add_text(&call, image_loop ? "i == 0" : "1");
    if (k->work)
        add_number(&call, a, "scratch + ", k->work_offset);
    if (kind->step)
        add_text(&call, "step");
    if (kind->draws) {
        add_text(&call, image_loop ? "step->row + i" : "step->row");
        add_number(&call, a, "", k->op->stream);
    }
    if (kind->sums)
        add_text(&call, "sums");
    return call;
}

/* ---- a run of calls, divided into pieces that are short enough for one function */

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

/* A call is at most three statements, with its lap and its condition. A function shall have at most a thousand
 * statements, because compilers take more than twice the time for a function of twice the length. Of calls that repeat,
 * only one repetition is written and counted. */
enum { CALLS_A_FUNCTION = 300 };

struct piece {
    size_t first, end; /* kernels */
    bool inside;       /* an image loop: its function is called for each image */
    size_t calls;
};

struct pieces {
    struct arena
        *arena; /* of the lists of calls: each function that runs calls lists them, and a deep network has many */
    VEC(struct piece) list;
    struct call_list *calls; /* one list for each group */
};

static bool belongs(const struct core *c, size_t kernel, enum calls which)
{
    const struct op *o = c->plan->kernels.at[kernel].op;
    if (c->stretch && (kernel < c->stretch->first || kernel >= c->stretch->end))
        return false;
    return o->phase == runs[which].phase && (o->phase != PHASE_BACKWARD || o->kind->loss == runs[which].loss);
}

/* The number of a lap is that of its kernel. */
static size_t kernel_of(const struct call *k)
{
    return (size_t)k->at[CALL_LAP].value;
}

static struct call_list calls_of(struct arena *a, const struct core *c, const struct group *g, enum calls which)
{
    struct call_list calls = {0};
    for (size_t i = g->first; i < g->first + g->n; i++) {
        if (!belongs(c, i, which))
            continue;
        const struct call k = call_of(c, i, g->image_loop && which != CALLS_PREPARE);
        calls_add(&calls, a, &k);
    }
    return calls;
}

/* The calls of the kernels [first, end). */
static struct call_list slice(const struct call_list *l, size_t first, size_t end)
{
    struct call_list part = *l;
    while (part.calls.n && kernel_of(part.calls.at) < first)
        part.calls.at++, part.rows.at++, part.calls.n--, part.rows.n--;
    while (part.calls.n && kernel_of(&part.calls.at[part.calls.n - 1]) >= end)
        part.calls.n--, part.rows.n--;
    return part;
}

/* Adds the kernels to the last piece when there is room, else to a new piece. `calls`: the number of calls written for
 * them. */
static void piece_over(struct arena *a, struct pieces *s, size_t first, size_t end, bool inside, size_t calls)
{
    struct piece *last = s->list.n ? &s->list.at[s->list.n - 1] : NULL;
    if (last && last->inside == inside && (!inside || last->end == first) && last->calls + calls <= CALLS_A_FUNCTION) {
        last->end = end;
        last->calls += calls;
        return;
    }
    const struct piece fresh = {first, end, inside, calls};
    vec_push(a, &s->list, fresh);
}

static size_t written_calls(const struct call_list *calls)
{
    size_t sum = 0, written;
    for (size_t i = 0; i < calls->calls.n; sum += written)
        i += repeated_calls(calls, i, &written);
    return sum;
}

/* Makes one piece when one function can hold all calls. An image loop is divided only when it alone is too long, and
 * never within calls that repeat. */
static struct pieces divide(const struct core *c, enum calls which)
{
    const struct plan *p = c->plan;
    struct arena *a = arena_new();
    struct pieces s = {.arena = a, .calls = arena_alloc(a, (p->groups.n + 1) * sizeof *s.calls)};
    for (size_t i = 0; i < p->groups.n; i++) {
        const struct group *g = &p->groups.at[i];
        const struct call_list calls = s.calls[i] = calls_of(a, c, g, which);
        const size_t all = written_calls(&calls);
        const bool inside = g->image_loop && all > CALLS_A_FUNCTION;
        if (g->image_loop && !inside && all)
            piece_over(a, &s, g->first, g->first + g->n, false, all);
        else
            for (size_t j = 0, n, written; j < calls.calls.n; j += n) {
                n = repeated_calls(&calls, j, &written);
                piece_over(a, &s, kernel_of(&calls.calls.at[j]), kernel_of(&calls.calls.at[j + n - 1]) + 1, inside,
                           written);
            }
    }
    return s;
}

static void emit_piece(struct out *o, const struct core *c, enum calls which, const struct pieces *all, size_t number,
                       const char *laps)
{
    const struct piece *s = &all->list.at[number];
    const struct plan *p = c->plan;
    for (size_t i = 0; i < p->groups.n; i++) {
        const struct group *g = &p->groups.at[i];
        const bool loop = g->image_loop && !s->inside && which != CALLS_PREPARE;
        const struct call_list calls = slice(&all->calls[i], s->first, s->end);
        if (!calls.calls.n)
            continue;
        out_text(o, loop ? "for (int i = 0; i < n; i++) {\n" : "");
        emit_repeats(o, all->arena, &calls, laps);
        out_text(o, loop ? "}\n" : "");
    }
}

/* ---- pieces as functions: the parameters of each are what its calls mention */

enum parameter {
    PARAMETER_THETA,
    PARAMETER_PREPARED,
    PARAMETER_X,
    PARAMETER_TARGET,
    PARAMETER_GRAD,
    PARAMETER_SCRATCH,
    PARAMETER_N,
    PARAMETER_I,
    PARAMETER_STEP,
    PARAMETER_SUMS,
    PARAMETER_PART,
    PARAMETER_PARTS,
    PARAMETER_LAPS,
    N_PARAMETERS
};

static const struct {
    const char *type, *name; /* type NULL: floats, or doubles in the reference */
    bool written;
} parameters[N_PARAMETERS] = {
    [PARAMETER_THETA] = {NULL, "theta", false},
    [PARAMETER_PREPARED] = {NULL, "prepared", false},
    [PARAMETER_X] = {NULL, "x", false},
    [PARAMETER_TARGET] = {"const void *", "target", false},
    [PARAMETER_GRAD] = {NULL, "grad", true},
    [PARAMETER_SCRATCH] = {NULL, "scratch", true},
    [PARAMETER_N] = {"int ", "n", false},
    [PARAMETER_I] = {"int ", "i", false},
    [PARAMETER_STEP] = {"const struct cnn_step *", "step", false},
    [PARAMETER_SUMS] = {"struct cnn_sums *", "sums", false},
    [PARAMETER_PART] = {"int ", "part", false},
    [PARAMETER_PARTS] = {"int ", "parts", false},
    [PARAMETER_LAPS] = {"struct cnn_laps *", "laps", false},
};

static void note_operands(bool used[N_PARAMETERS], const struct core *c, const struct kernel *k, bool inside)
{
    static const enum parameter of_base[] = {
        [BASE_X] = PARAMETER_X,       [BASE_TARGET] = PARAMETER_TARGET,     [BASE_THETA] = PARAMETER_THETA,
        [BASE_GRAD] = PARAMETER_GRAD, [BASE_PREPARED] = PARAMETER_PREPARED, [BASE_SCRATCH] = PARAMETER_SCRATCH};
    const struct operand_list l = operands_of(c->plan, k->op);
    for (int i = 0; i < l.n; i++) {
        const struct tensor *root = tensor_root((struct tensor *)(uintptr_t)l.at[i].tensor);
        used[of_base[layout_of(c->plan, root)->base]] = true;
        used[PARAMETER_I] |= inside && moves(layout_of(c->plan, root));
    }
    if (k->work)
        used[PARAMETER_SCRATCH] = true;
}

static void note_parameters(bool used[N_PARAMETERS], const struct core *c, enum calls which, const struct piece *s,
                            const char *laps)
{
    const struct plan *p = c->plan;
    for (size_t i = s->first; i < s->end; i++) {
        const struct op_kind *kind = p->kernels.at[i].op->kind;
        if (!belongs(c, i, which))
            continue;
        note_operands(used, c, &p->kernels.at[i], s->inside);
        used[PARAMETER_I] |= s->inside && (kind->first || kind->draws);
        used[PARAMETER_STEP] |= kind->step;
        used[PARAMETER_SUMS] |= kind->sums;
    }
    if (c->constants)
        used[PARAMETER_THETA] = false;
    if (which == CALLS_PREPARE)
        used[PARAMETER_PART] = used[PARAMETER_PARTS] = true;
    else
        used[PARAMETER_N] = !s->inside;
    if (laps)
        used[which == CALLS_PREPARE ? PARAMETER_LAPS : PARAMETER_STEP] = true;
}

static void emit_parameters(struct out *o, const struct core *c, const bool used[N_PARAMETERS], bool declare)
{
    const char *comma = "(";
    for (int i = 0; i < N_PARAMETERS; i++) {
        if (!used[i])
            continue;
        out_text(o, comma);
        if (declare && parameters[i].type)
            out_text(o, parameters[i].type);
        else if (declare)
            out_printf(o, "%s%s *",
                       parameters[i].written || (i == PARAMETER_PREPARED && used[PARAMETER_PART]) ? "" : "const ",
                       c->plan->number->name);
        out_text(o, parameters[i].name);
        comma = ", ";
    }
    out_text(o, declare ? ")\n" : ");\n");
}

/* The name of a piece: forward_2; within a stretch chunk_1_forward_2. */
static const char *piece_name(const struct core *c, enum calls which, size_t i)
{
    const char *stretch = c->stretch ? c->stretch->name : "", *underscore = c->stretch ? "_" : "";
    return arena_printf(ctx_arena(c->plan->net->ctx), "%s%s%s%s_%zu", c->lower, stretch, underscore, runs[which].name,
                        i + 1);
}

void emit_call_functions(struct out *o, const struct core *c, enum calls which, const char *laps)
{
    const struct pieces s = divide(c, which);
    for (size_t i = 0; i < s.list.n && s.list.n > 1; i++) {
        bool used[N_PARAMETERS] = {false};
        note_parameters(used, c, which, &s.list.at[i], laps);
        out_printf(o, "%s void %s", c->plan->inference ? "static" : "CNN_SHARED", piece_name(c, which, i));
        emit_parameters(o, c, used, true);
        out_text(o, "{\n");
        emit_piece(o, c, which, &s, i, laps);
        out_text(o, "}\n\n");
    }
    arena_free(s.arena);
}

void emit_calls(struct out *o, const struct core *c, enum calls which, const char *laps)
{
    const struct pieces s = divide(c, which);
    if (s.list.n == 1)
        emit_piece(o, c, which, &s, 0, laps);
    for (size_t i = 0; i < s.list.n && s.list.n > 1; i++) {
        bool used[N_PARAMETERS] = {false};
        const struct piece *at = &s.list.at[i];
        note_parameters(used, c, which, at, laps);
        if (at->inside && (i == 0 || !at[-1].inside || at[-1].end != at->first))
            out_text(o, "for (int i = 0; i < n; i++) {\n");
        out_text(o, piece_name(c, which, i));
        emit_parameters(o, c, used, false);
        if (at->inside && (i + 1 == s.list.n || !at[1].inside || at[1].first != at->end))
            out_text(o, "}\n");
    }
    arena_free(s.arena);
}
