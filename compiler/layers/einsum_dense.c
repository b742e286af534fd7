/* einsum_dense.c -- EinsumDense: a kernel of several axes, and an equation that says which are summed over. These
 * count together as inputs, those that the kernel brings as outputs, and the others as positions: the layer is a
 * Dense between two permutations. */
#include <ctype.h>
#include <string.h>

#include "layers/layers.h"
#include "ops/move.h"

static const struct arg_def args[] = {
    {.name = "equation",
     .type = ARG_STRING,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .doc = "axes of input, kernel and output as letters, with the batch: \"abc,cd->abd\"; ... stands for any others"},
    {.name = "output_shape",
     .type = ARG_DIMS,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .min = -1,
     .max = LARGEST_COUNT,
     .doc = "the output without the batch and what ... stands for; -1: as the input has it"},
    {.name = "bias_axes",
     .type = ARG_STRING,
     .doc = "letters of the output that a bias has; without them, there is none"},
    {.name = "activation",
     .type = ARG_RECORD,
     .flags = ARG_BARE,
     .family = activations,
     .doc = "what is done to the sum"},
    INITIALIZER_ARG("kernel_initializer", NULL, "glorot_uniform", "how the weights start"),
    INITIALIZER_ARG("bias_initializer", NULL, "zeros", "how the bias starts"),
    REGULARIZER_ARG("kernel_regularizer", NULL, "penalty on the weights"),
    REGULARIZER_ARG("bias_regularizer", NULL, "penalty on the bias"),
    REGULARIZER_ARG("activity_regularizer", NULL, "penalty on the outputs"),
    CONSTRAINT_ARG("kernel_constraint", NULL, "what the weights keep to"),
    CONSTRAINT_ARG("bias_constraint", NULL, "what the bias keeps to"),
    PENALTY_ARG("l1", "short for kernel_regularizer=l1(...)"),
    PENALTY_ARG("l2", "short for kernel_regularizer=l2(...)"),
    {0}};

/* Letters, each for an axis. The batch is no axis of x and y, and what ... stands for has digits. */
enum { MOST_LETTERS = 16 };
struct axes {
    char of[MOST_LETTERS + 1];
};

struct equation {
    struct axes x, kernel, y;
    int64_t size[128]; /* by letter */
};

static bool names(const struct axes *a, char letter)
{
    return strchr(a->of, letter) != NULL;
}

static int count(const struct axes *a)
{
    return (int)strlen(a->of);
}

static void append(struct axes *a, char letter)
{
    const size_t n = strlen(a->of);
    a->of[n] = letter;
    a->of[n + 1] = '\0';
}

/* The letters of a whose membership in b is `in`, in order. */
static struct axes select_axes(const struct axes *a, const struct axes *b, bool in)
{
    struct axes s = {{0}};
    for (const char *c = a->of; *c; c++)
        if (names(b, *c) == in)
            append(&s, *c);
    return s;
}

static int64_t size_of(const struct equation *e, const struct axes *a)
{
    int64_t n = 1;
    for (const char *c = a->of; *c; c++)
        n = e->size[(unsigned char)*c] > MOST_ELEMENTS / n ? MOST_ELEMENTS : n * e->size[(unsigned char)*c];
    return n;
}

static struct shape shape_of(const struct equation *e, const struct axes *a)
{
    struct shape s = {.rank = count(a)};
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = e->size[(unsigned char)a->of[i]];
    return s;
}

/* ---- reading */

/* Reads letters, each once, up to one of `ends`; `others` axes stand for "...". NULL: that is no such list. */
static const char *read_axes(const char *s, const char *ends, int others, struct axes *a)
{
    for (; *s && !strchr(ends, *s); s++) {
        if (*s == ' ')
            continue;
        if (strncmp(s, "...", 3) == 0 && others >= 0 && count(a) + others < MOST_LETTERS && !strpbrk(a->of, "0123")) {
            for (int i = 0; i < others; i++)
                append(a, (char)('0' + i));
            s += 2;
        } else if (isalpha((unsigned char)*s) && !names(a, *s) && count(a) < MOST_LETTERS) {
            append(a, *s);
        } else {
            return NULL;
        }
    }
    return s;
}

static int letters_before_comma(const char *s)
{
    int n = 0;
    for (; *s && *s != ','; s++)
        n += isalpha((unsigned char)*s) != 0;
    return n;
}

static bool read_equation(const char *s, int rank, struct equation *e)
{
    const int others = rank + 1 - letters_before_comma(s);
    s = read_axes(s, ",", others, &e->x);
    s = s && *s == ',' ? read_axes(s + 1, "-", -1, &e->kernel) : NULL;
    s = s && strncmp(s, "->", 2) == 0 ? read_axes(s + 2, "", others, &e->y) : NULL;
    return s && count(&e->x) > 0;
}

/* What is wrong with the letters, or NULL. */
static const char *letters_fault(struct arena *a, const struct equation *e)
{
    if (e->y.of[0] != e->x.of[0] || names(&e->kernel, e->x.of[0]))
        return "the first axis is the batch, of the input and of the output, and not of the kernel";
    for (const char *c = e->kernel.of; *c; c++)
        if (names(&e->x, *c) == names(&e->y, *c))
            return arena_printf(a, "an axis of the kernel is one of the input or one of the output, but '%c' is %s", *c,
                                names(&e->x, *c) ? "both" : "neither");
    for (const char *c = e->x.of; *c; c++)
        if (!names(&e->kernel, *c) && !names(&e->y, *c))
            return arena_printf(a, "'%c' is neither an axis of the kernel nor of the output", *c);
    for (const char *c = e->y.of; *c; c++)
        if (!names(&e->kernel, *c) && !names(&e->x, *c))
            return arena_printf(a, "'%c' is neither an axis of the input nor of the kernel", *c);
    if (count(&e->y) - 1 > MAX_RANK - 1 || count(&e->y) < 2 || count(&e->kernel) > MAX_RANK || count(&e->kernel) == 0)
        return arena_printf(a, "an output has 1 to %d axes beside the batch, a kernel 1 to %d", MAX_RANK - 1, MAX_RANK);
    return NULL;
}

/* Inputs and outputs stand apart in the kernel, in whichever order. */
static bool kernel_divides(const struct equation *e)
{
    int changes = 0;
    for (const char *c = e->kernel.of; c[0] && c[1]; c++)
        changes += names(&e->x, c[0]) != names(&e->x, c[1]);
    return changes <= 1;
}

static void drop_batch(struct axes *a)
{
    memmove(a->of, a->of + 1, strlen(a->of));
}

/* What output_shape says about: the axes of the output but those of "...". */
static struct axes sized_axes(const struct equation *e)
{
    struct axes s = {{0}};
    for (const char *c = e->y.of; *c; c++)
        if (isalpha((unsigned char)*c))
            append(&s, *c);
    return s;
}

/* The sizes of the axes that the kernel brings, from output_shape; false after a report. */
static bool read_sizes(struct net *net, const struct node *n, struct equation *e)
{
    const struct bound *b = node_arg(n, "output_shape");
    const struct axes sized = sized_axes(e);
    if (count(&sized) != b->n_dims) {
        diag_error(net->ctx, b->span, "the equation has %d of these axes, but here are %d sizes", count(&sized),
                   b->n_dims);
        return false;
    }
    for (int i = 0; i < b->n_dims; i++) {
        const char axis = sized.of[i];
        int64_t *size = &e->size[(unsigned char)axis];
        if (*size == 0 && b->dim[i] < 1) {
            diag_error(net->ctx, b->span, "axis '%c' is one of the kernel, and has a size of at least 1", axis);
            return false;
        }
        if (*size > 0 && b->dim[i] >= 0 && b->dim[i] != *size) {
            diag_error(net->ctx, b->span, "axis '%c' of the input has %lld, not %lld", axis, (long long)*size,
                       (long long)b->dim[i]);
            return false;
        }
        *size = *size > 0 ? *size : b->dim[i];
    }
    return true;
}

static bool equation_make(struct net *net, const struct node *n, struct equation *e)
{
    const struct bound *b = node_arg(n, "equation");
    *e = (struct equation){.size = {0}};
    if (!read_equation(b->text, n->in.rank, e)) {
        diag_error(net->ctx, b->span, "an equation is like \"abc,cd->abd\", each letter once in a part");
        return false;
    }
    const char *fault = letters_fault(ctx_arena(net->ctx), e);
    if (!fault && !kernel_divides(e))
        fault = "the kernel's axes that are summed over all come before those of the output, or all behind them";
    if (fault) {
        diag_error(net->ctx, b->span, "%s", fault);
        return false;
    }
    drop_batch(&e->x);
    drop_batch(&e->y);
    if (count(&e->x) != n->in.rank) {
        diag_error(net->ctx, b->span, "the equation has %d axes of the input beside the batch, which is %s",
                   count(&e->x), shape_words(net->ctx, n->in));
        shape_origin(net, n);
        return false;
    }
    for (int i = 0; i < n->in.rank; i++)
        e->size[(unsigned char)e->x.of[i]] = n->in.dim[i];
    return read_sizes(net, n, e);
}

/* ---- parameters */

/* The axes of the bias: from the first that bias_axes names; those that it does not name have 1. */
static struct shape bias_shape(const struct equation *e, const char *axes)
{
    const char *from = strpbrk(e->y.of, axes);
    struct shape s = {.rank = (int)strlen(from)};
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = strchr(axes, from[i]) ? e->size[(unsigned char)from[i]] : 1;
    return s;
}

static bool declare_bias(struct net *net, struct node *n, const struct equation *e)
{
    const struct bound *axes = node_arg(n, "bias_axes"), *init = node_arg(n, "bias_initializer");
    if (!axes->text)
        return true;
    if (axes->text[0] == '\0' || strspn(axes->text, e->y.of) != strlen(axes->text)) {
        diag_error(net->ctx, axes->span, "these are letters of axes of the output, without the batch");
        return false;
    }
    const struct shape s = bias_shape(e, axes->text);
    if (s.rank > 1)
        return array_declare(net, n, "bias", s) != NULL;
    if (strcmp(init->record->name, "orthogonal") == 0) {
        diag_error(net->ctx, init->span, "'orthogonal' makes a matrix, but a bias is %s", shape_words(net->ctx, s));
        return false;
    }
    struct param *bias = net_param(net, n, "bias", PARAM_VECTOR, s, init, s.dim[0], s.dim[0]);
    param_penalize(bias, n, node_arg(n, "bias_regularizer"));
    return param_constrain(net, bias, n, "bias");
}

/* Keras takes the last two axes as inputs and outputs, and all before as the area of a window. */
static void fans(struct shape kernel, int64_t *in, int64_t *out)
{
    const int64_t last = kernel.dim[kernel.rank - 1];
    *in = kernel.rank > 1 ? shape_size(kernel) / last : last;
    *out = kernel.rank > 1 ? shape_size(kernel) / kernel.dim[kernel.rank - 2] : last;
}

static void einsum_shape(struct net *net, struct node *n)
{
    struct equation e;
    if (!equation_make(net, n, &e))
        return;
    const struct axes in = select_axes(&e.kernel, &e.x, true), out = select_axes(&e.kernel, &e.x, false);
    const struct axes kept = select_axes(&e.x, &e.y, true);
    const struct shape kernel = shape_of(&e, &e.kernel), matrix = {2, {size_of(&e, &in), size_of(&e, &out)}};
    int64_t fan_in = 0, fan_out = 0;
    if (shape_size_within(kernel, MOST_ELEMENTS) < 0) {
        diag_error(net->ctx, n->stmt->span, "the kernel, %s, has 2^31 numbers or more", shape_words(net->ctx, kernel));
        return;
    }
    fans(kernel, &fan_in, &fan_out);
    struct param *w = kernel_free(net, n, "kernel", count(&kept) ? PARAM_CONV : PARAM_DENSE, matrix, fan_in, fan_out);
    if (!w)
        return;
    w->shape = kernel;
    w->inputs = count(&in);
    w->outputs = count(&out);
    w->outputs_first = count(&in) && count(&out) && e.kernel.of[0] == out.of[0];
    if (param_constrain(net, w, n, "kernel") && declare_bias(net, n, &e))
        shape_set(net, n, shape_of(&e, &e.y));
}

/* ---- ops */

/* x, whose axes are `from`, with those of `to`, and the shape `out`. */
static struct tensor *permute(struct net *net, struct node *n, struct tensor *x, const struct equation *e,
                              const struct axes *from, const struct axes *to, struct shape out, const char *suffix)
{
    int order[MAX_RANK];
    for (int i = 0; i < count(to); i++)
        order[i] = (int)(strchr(from->of, to->of[i]) - from->of);
    return lower_permute(net, n, x, shape_of(e, from), order, out, suffix);
}

/* x [positions, inputs] times the kernel; without positions, [inputs]. */
static struct tensor *multiply(struct net *net, struct node *n, struct tensor *x, int64_t outputs)
{
    if (x->shape.rank > 1) {
        const struct shape out = {2, {x->shape.dim[0], outputs}};
        const struct window pixels = pixel_window(1, x->shape.dim[0], x->shape.dim[1], outputs);
        return lower_conv(net, n, x, n->params.at[0], pixels, out, "conv")->out[0];
    }
    struct op *o = lower_unary(net, &op_dense, n, x, (struct shape){1, {outputs}}, "dot");
    op_in(net, o, n->params.at[0]->tensor);
    if (!n->shares)
        n->params.at[0]->input = x;
    return o->out[0];
}

static struct axes behind(struct axes a, const struct axes *b)
{
    for (const char *c = b->of; *c; c++)
        append(&a, *c);
    return a;
}

static struct tensor *einsum_lower(struct net *net, struct node *n)
{
    struct equation e;
    if (!equation_make(net, n, &e))
        return n->x; /* not reached: the shape came of it */
    const struct axes in = select_axes(&e.kernel, &e.x, true), out = select_axes(&e.kernel, &e.x, false);
    const struct axes kept = select_axes(&e.y, &e.x, true);
    const struct axes before = behind(kept, &in), after = behind(kept, &out);
    const struct shape rows = {2, {size_of(&e, &kept), size_of(&e, &in)}}, row = {1, {rows.dim[1]}};
    struct tensor *x = permute(net, n, n->x, &e, &e.x, &before, count(&kept) ? rows : row, "rows");
    struct tensor *y = multiply(net, n, x, size_of(&e, &out));
    y = permute(net, n, y, &e, &after, &e.y, n->out, "axes");
    const struct param *bias = n->params.at[n->params.n - 1];
    if (bias->kind == PARAM_ARRAY)
        y = lower_map(net, n, "a + b", (struct tensor *const[]){y, bias->tensor}, 2, n->out, "sum");
    return weights_finish(net, n, y);
}

const struct layer layer_einsum_dense = {
    .rec = {.name = "EinsumDense",
            .doc = "Sums of products of the input and a kernel over the axes that an equation names.",
            .example = "EinsumDense \"abc,cde->abde\" output_shape=[-1, 2, 4] bias_axes=\"de\"",
            .args = args},
    .keras = "EinsumDense",
    .input = "6x8",
    .shape = einsum_shape,
    .lower = einsum_lower,
};
