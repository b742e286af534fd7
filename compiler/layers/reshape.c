/* reshape.c -- the same numbers in another shape, in another order, or several times */
#include "layers/layers.h"
#include "ops/move.h"

/* ---- Reshape */

static const struct arg_def reshape_args[] = {{.name = "target_shape",
                                               .type = ARG_DIMS,
                                               .flags = ARG_REQUIRED | ARG_POSITIONAL | ARG_REST,
                                               .min = -1,
                                               .max = LARGEST_COUNT,
                                               .alias = {"shape"},
                                               .doc = "the shape without the batch, 4x4x8 or 4 4 8; one number may be "
                                                      "-1, and is what the others leave"},
                                              {0}};

/* The product of the sizes that are given, and where the one to find is; false after a report. */
static bool reshape_known(struct net *net, const struct bound *b, struct shape *s, int *find)
{
    s->rank = b->n_dims;
    *find = -1;
    for (int i = 0; i < b->n_dims; i++) {
        s->dim[i] = b->dim[i] < 0 ? 1 : b->dim[i];
        if (b->dim[i] == 0 || (b->dim[i] < 0 && *find >= 0)) {
            diag_error(net->ctx, b->span, b->dim[i] ? "only one size may be -1" : "a size is at least 1, or -1");
            return false;
        }
        *find = b->dim[i] < 0 ? i : *find;
    }
    return true;
}

/* A note with a shape of the right size, where one other number does it. */
static void reshape_cure(struct net *net, const struct node *n, struct shape s)
{
    const int64_t all = shape_size(n->in), known = shape_size_within(s, MOST_ELEMENTS);
    for (int i = s.rank - 1; i >= 0 && known > 0; i--) {
        const int64_t others = known / s.dim[i];
        if (all % others)
            continue;
        const char *text = "";
        for (int k = 0; k < s.rank; k++)
            text = arena_printf(ctx_arena(net->ctx), "%s%s%lld", text, k ? "x" : "",
                                (long long)(k == i ? all / others : s.dim[k]));
        diag_note(net->ctx, node_arg(n, "target_shape")->span, "%s has %lld numbers", text, (long long)all);
        return;
    }
}

static void reshape_shape(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "target_shape");
    struct shape s;
    int find;
    if (!reshape_known(net, b, &s, &find))
        return;
    const int64_t all = shape_size(n->in), known = shape_size_within(s, MOST_ELEMENTS);
    if (find >= 0 && known > 0 && all % known == 0) {
        s.dim[find] = all / known;
    } else if (known != all) {
        const char *of =
            known < 0 ? "2^31 numbers or more"
                      : arena_printf(ctx_arena(net->ctx), "%lld number%s", (long long)known, known == 1 ? "" : "s");
        diag_error(net->ctx, b->span,
                   find >= 0 ? "'%s' cannot divide %s, %lld numbers, into parts of %s"
                             : "'%s' cannot make %s, %lld numbers, a shape of %s",
                   n->stmt->name, shape_words(net->ctx, n->in), (long long)all, of);
        shape_origin(net, n);
        if (find < 0)
            reshape_cure(net, n, s);
        return;
    }
    shape_set(net, n, s);
}

static struct tensor *reshape_lower(struct net *net, struct node *n)
{
    return lower_reshape(net, n, n->x, n->out, "reshaped");
}

const struct layer layer_reshape = {
    .rec = {.name = "Reshape",
            .doc = "The same numbers in another shape.",
            .example = "Reshape 4 4 -1",
            .setting = "Conv2D 4 3x3\nFlatten",
            .args = reshape_args},
    .keras = "Reshape",
    .input = "16x8",
    .shape = reshape_shape,
    .lower = reshape_lower,
};

/* ---- Permute */

static const struct arg_def permute_args[] = {
    {.name = "dims",
     .type = ARG_DIMS,
     .flags = ARG_REQUIRED | ARG_POSITIONAL | ARG_REST,
     .min = 1,
     .max = MAX_RANK,
     .doc = "for each axis of the output, the axis of the input that it shows; the first one is 1"},
    {0}};

static bool is_permutation(const struct bound *b)
{
    unsigned seen = 0;
    for (int i = 0; i < b->n_dims; i++)
        seen |= b->dim[i] <= b->n_dims ? 1U << b->dim[i] : 0;
    return seen == (2U << b->n_dims) - 2;
}

static void permute_shape(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "dims");
    struct shape out = {.rank = n->in.rank};
    if (b->n_dims != n->in.rank) {
        diag_error(net->ctx, b->span, "'%s' names %d axes, but its input, %s, has %d", n->stmt->name, b->n_dims,
                   shape_words(net->ctx, n->in), n->in.rank);
        shape_origin(net, n);
        return;
    }
    if (!is_permutation(b)) {
        diag_error(net->ctx, b->span, "'%s' names each axis once, from 1 to %d", n->stmt->name, n->in.rank);
        return;
    }
    for (int i = 0; i < out.rank; i++)
        out.dim[i] = n->in.dim[b->dim[i] - 1];
    shape_set(net, n, out);
}

static struct tensor *permute_lower(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "dims");
    int order[MAX_RANK];
    for (int i = 0; i < n->in.rank; i++)
        order[i] = (int)b->dim[i] - 1;
    return lower_permute(net, n, n->x, n->in, order, n->out, "permuted");
}

const struct layer layer_permute = {
    .rec = {.name = "Permute", .doc = "The axes in another order.", .example = "Permute 2 1 3", .args = permute_args},
    .keras = "Permute",
    .input = "4x6x3",
    .shape = permute_shape,
    .lower = permute_lower,
};

/* ---- RepeatVector */

static const struct arg_def repeat_args[] = {{.name = "n",
                                              .type = ARG_INT,
                                              .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                              .min = 1,
                                              .max = LARGEST_COUNT,
                                              .doc = "how many times"},
                                             {0}};

static void repeat_shape(struct net *net, struct node *n)
{
    if (n->in.rank != 1)
        shape_refuse(net, n, "a row of numbers, [n]");
    else
        shape_set(net, n, (struct shape){2, {(int64_t)node_arg(n, "n")->number, n->in.dim[0]}});
}

static struct tensor *repeat_lower(struct net *net, struct node *n)
{
    const struct shape from = {2, {1, n->in.dim[0]}};
    const struct move_axis axes[] = {{.axis = 0, .step = 1, .repeat = n->out.dim[0], .size = n->out.dim[0]},
                                     {.axis = 1, .step = 1, .repeat = 1, .size = n->out.dim[1]}};
    return lower_move(net, n, n->x, from, axes, n->out, "repeated");
}

const struct layer layer_repeat_vector = {
    .rec = {.name = "RepeatVector",
            .doc = "A row of numbers as each step of a sequence.",
            .example = "RepeatVector 5",
            .setting = "Conv1D 4 3\nFlatten",
            .args = repeat_args},
    .keras = "RepeatVector",
    .input = "8",
    .shape = repeat_shape,
    .lower = repeat_lower,
};
