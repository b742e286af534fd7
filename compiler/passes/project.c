/* project.c -- fits the input of a `residual` to the output of its body: a convolution of 1x1, with strides where the
 * body makes the image smaller. */
#include <string.h>

#include "layers/layers.h"
#include "passes/inner.h"

/* How many elements of the input each element of the output stands for; 0: there is no such stride. */
static int64_t stride_between(int64_t in, int64_t out)
{
    const int64_t s = out > 0 ? (in + out - 1) / out : 0;
    return s > 0 && (in - 1) / s + 1 == out ? s : 0;
}

/* False if no strides lead from one shape to the other. */
static bool strides_between(struct shape in, struct shape out, struct value *strides)
{
    const int axes = in.rank - 1;
    *strides = (struct value){.kind = VALUE_DIMS, .n_dims = axes};
    for (int i = 0; i < axes && in.rank == out.rank; i++)
        strides->dim[i] = stride_between(in.dim[i], out.dim[i]);
    for (int i = 0; i < axes; i++)
        if (strides->dim[i] == 0)
            return false;
    return in.rank == out.rank && axes < MAX_DIMS;
}

static void refuse(struct net *net, const struct node *n)
{
    diag_error(net->ctx, n->stmt->name_span, "the layers of 'residual' make %s of %s, and the two cannot be added",
               shape_words(net->ctx, n->inputs[0]->out), shape_words(net->ctx, n->inputs[1]->out));
    shape_note(net, n->inputs[0]);
    struct value strides;
    if (!n->project && strides_between(n->inputs[1]->out, n->inputs[0]->out, &strides))
        diag_note(net->ctx, n->stmt->name_span, "'residual project=auto' fits the input with a convolution of 1x1");
    else if (n->project)
        diag_note(net->ctx, n->stmt->name_span, "no stride makes %s of %s: pad the layers, as with 'same'",
                  shape_words(net->ctx, n->inputs[0]->out), shape_words(net->ctx, n->inputs[1]->out));
}

/* `Conv2D 64 1x1 strides=2x2`, as the user would have written it. */
static struct stmt *projection_stmt(struct net *net, const struct node *n, const struct value *strides)
{
    static const char *const names[] = {NULL, "Dense", "Conv1D", "Conv2D", "Conv3D"};
    const struct shape out = n->inputs[0]->out;
    struct stmt *s = arena_alloc(ctx_arena(net->ctx), sizeof *s);
    *s = *n->stmt;
    s->name = names[out.rank];
    s->label = NULL;
    s->args = arena_alloc(ctx_arena(net->ctx), 3 * sizeof *s->args);
    s->args[0].value = (struct value){.kind = VALUE_NUMBER, .number = (double)shape_channels(out)};
    s->args[1].value = (struct value){.kind = VALUE_DIMS, .n_dims = strides->n_dims, .dim = {1, 1, 1, 1}};
    s->args[2] = (struct arg){.key = "strides", .value = *strides};
    s->n_args = out.rank == 1 ? 1 : 3;
    return s;
}

static void insert_before(struct net *net, struct node *o, struct node *n)
{
    vec_push(ctx_arena(net->ctx), &net->nodes, n);
    for (size_t i = net->nodes.n - 1; i > (size_t)n->id; i--)
        net->nodes.at[i] = net->nodes.at[i - 1];
    net->nodes.at[n->id] = o;
    for (size_t i = (size_t)n->id; i < net->nodes.n; i++)
        net->nodes.at[i]->id = (int)i;
}

static bool add_projection(struct net *net, struct node *n, const struct value *strides)
{
    const struct stmt *s = projection_stmt(net, n, strides);
    const struct record *rec = record_find(layer_records, s->name);
    struct bound *args = rec ? bind_args(net->ctx, rec, s, 0) : NULL;
    if (!args)
        return false;
    struct node *o = arena_alloc(ctx_arena(net->ctx), sizeof *o);
    *o = (struct node){.layer = (const struct layer *)(const void *)rec,
                       .stmt = s,
                       .args = args,
                       .frozen = n->frozen,
                       .of = n->of,
                       .passes = n->passes,
                       .shares = n->shares ? n->shares->inputs[1] : NULL,
                       .in = {.rank = -1},
                       .out = {.rank = -1}};
    node_reads(net, o, n->inputs[1]);
    n->inputs[1] = o;
    insert_before(net, o, n);
    return true;
}

bool fit_residual(struct net *net, struct node *n, bool *inserted)
{
    struct value strides;
    *inserted = false;
    if (!n->residual || shape_equal(n->inputs[0]->out, n->inputs[1]->out))
        return true;
    if (!n->project || !strides_between(n->inputs[1]->out, n->inputs[0]->out, &strides)) {
        refuse(net, n);
        return false;
    }
    return *inserted = add_projection(net, n, &strides);
}
