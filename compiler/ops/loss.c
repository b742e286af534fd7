/* loss.c -- the loss, and the gradient of the output of the network or of the logits before it. */
#include "expr/expr.h"
#include "ops/norm.h"
#include "ops/ops.h"

#define ARGUMENT(NAME)                                                                                                 \
    {                                                                                                                  \
        .name = #NAME, .type = ATTRIBUTE_REAL, .offset = offsetof(struct loss_op, NAME), .show = " " #NAME "=",        \
        .show_if = #NAME                                                                                               \
    }

static const struct attribute loss_attributes[] = {
    {.name = "loss", .type = ATTRIBUTE_RECORD, .offset = offsetof(struct op, loss), .show = " "},
    {.name = "from_logits", .type = ATTRIBUTE_FLAG, .offset = offsetof(struct op, from_logits), .show = " from logits"},
    {.name = "delta",
     .type = ATTRIBUTE_REAL,
     .offset = offsetof(struct op, delta),
     .show = " delta=",
     .show_if = "delta"},
    {.name = "label_smoothing", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, smoothing)},
    ARGUMENT(gamma),
    ARGUMENT(alpha),
    ARGUMENT(beta),
    ARGUMENT(q),
    ARGUMENT(apply_class_balancing),
    ARGUMENT(margin),
    ARGUMENT(remove_diagonal),
    {.name = "ignores",
     .type = ATTRIBUTE_FLAG,
     .offset = offsetof(struct loss_op, ignores),
     .show = " ignores a class"},
    {.name = "ignore_class", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct loss_op, ignore_class)},
    {.name = "factor", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, factor)},
    {.name = "number", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct op, number)},
    {.name = "answer", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct loss_op, answer)},
    {.name = "kept", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct loss_op, kept)},
    {.name = "formula", .type = ATTRIBUTE_TEXT, .offset = offsetof(struct loss_op, formula), .show = " "},
    {0}};

/* p: the output, if the op also computes the activation that makes it. */
const struct op_kind op_loss = {.name = "loss",
                                .phase = PHASE_BACKWARD,
                                .operands = "x target p -> dx",
                                .attributes = loss_attributes,
                                .size = sizeof(struct loss_op),
                                .granularity = WHOLE_CHUNK,
                                .step = true,
                                .sums = true,
                                .loss = true};

/* ---- a loss of the whole batch is a function of sums over all its images. Each image has sums of its own; behind a
 *      barrier every chunk has those of the batch, and makes of them what the loss is and how it rises with each sum,
 *      with which one pass over the outputs makes the gradient. */

static struct result_layout row_layout(const struct op *o)
{
    return (struct result_layout){.channels = o->out[0]->shape.dim[1], .pixels = 1};
}

static const char *name_of(struct net *n, const char *what)
{
    const char *output = n->outputs.n > 1 ? arena_printf(ctx_arena(n->ctx), "_%zu", n->aim) : "";
    return arena_printf(ctx_arena(n->ctx), "loss%s_%s", output, what);
}

static struct tensor *row(struct net *n, const char *what, int64_t size, enum role role)
{
    return net_tensor(n, name_of(n, what), (struct shape){2, {1, size}}, role);
}

/* The place of so many doubles in what evaluation keeps of a batch. */
static int64_t keep(struct net *n, int64_t size)
{
    const size_t at = n->of_batch;
    n->of_batch += (size_t)size;
    return (int64_t)at;
}

/* The op that has the gradient, made of what the batch has in common. */
static void append_gradient(struct net *n, const struct op_kind *kind, struct tensor *y, const struct loss_op *l,
                            struct tensor *const *common, int count)
{
    struct op *o = net_op(n, kind, last_node(n));
    op_in(n, o, y);
    op_in(n, o, n->target);
    for (int i = 0; i < count; i++)
        op_in(n, o, common[i]);
    op_out(n, o, grad_tensor(n, y));
    op_inherit(o, &l->op);
    grad_add(n, y, o->out[0], o->node);
}

static void append_of_regions(struct net *n, struct tensor *y, struct loss_op *l)
{
    l->kept = keep(n, LOSS_ROW);
    struct op *sums = net_op(n, &op_loss_sums, last_node(n));
    op_in(n, sums, y);
    op_in(n, sums, n->target);
    op_out(n, sums, row(n, "sums", LOSS_ROW, ROLE_GRADIENT));
    sums->out[0]->dtype = DTYPE_F64;
    op_inherit(sums, &l->op);
    struct tensor *total = norm_total(n, sums->out[0], sums->node, name_of(n, "total"), PHASE_BACKWARD);
    struct op *slopes = net_op(n, &op_loss_slopes, sums->node);
    op_in(n, slopes, total);
    op_out(n, slopes, row(n, "slopes", LOSS_ROW, ROLE_STATISTIC));
    op_inherit(slopes, &l->op);
    append_gradient(n, &op_loss_of_batch, y, l, &slopes->out[0], 1);
}

const struct op_kind op_loss_sums = {.name = "loss_sums",
                                     .phase = PHASE_BACKWARD,
                                     .operands = "x target -> regions",
                                     .attributes = loss_attributes,
                                     .size = sizeof(struct loss_op),
                                     .layout = row_layout,
                                     .granularity = WHOLE_CHUNK,
                                     .step = true,
                                     .loss = true};

const struct op_kind op_loss_slopes = {.name = "loss_slopes",
                                       .phase = PHASE_BACKWARD,
                                       .operands = "total -> slopes",
                                       .attributes = loss_attributes,
                                       .size = sizeof(struct loss_op),
                                       .layout = row_layout,
                                       .granularity = WHOLE_CHUNK,
                                       .step = true,
                                       .judges = true};

const struct op_kind op_loss_of_batch = {.name = "loss_of_batch",
                                         .phase = PHASE_BACKWARD,
                                         .operands = "x target slopes -> dx",
                                         .attributes = loss_attributes,
                                         .size = sizeof(struct loss_op),
                                         .granularity = WHOLE_CHUNK,
                                         .step = true,
                                         .sums = true,
                                         .loss = true};

/* ---- a loss of pairs compares each image with all others of the batch, in two passes with a barrier before each: one
 *      over the outputs and labels of all images, one over what the first pass makes of those for each image. */

static struct tensor *append_rows(struct net *n, const struct op_kind *kind, struct tensor *const *in, int count,
                                  const char *what, int64_t size, int64_t images, const struct loss_op *l)
{
    struct op *o = net_op(n, kind, last_node(n));
    for (int i = 0; i < count; i++)
        op_in(n, o, in[i]);
    op_out(n, o, row(n, arena_printf(ctx_arena(n->ctx), "own_%s", what), size, ROLE_GRADIENT));
    o->out[0]->dtype = DTYPE_F64;
    op_inherit(o, &l->op);
    return norm_rows(n, o->out[0], o->node, name_of(n, what), images);
}

static void append_of_pairs(struct net *n, struct tensor *y, struct loss_op *l, int64_t images)
{
    const int64_t size = PAIR_OUTPUTS + shape_size(y->shape);
    struct tensor *const in[] = {y, n->target};
    struct tensor *common[2];
    l->kept = keep(n, images * size);
    common[0] = append_rows(n, &op_loss_rows, in, 2, "rows", size, images, l);
    common[1] = append_rows(n, &op_loss_levels, common, 1, "levels", PAIR_LEVELS, images, l);
    append_gradient(n, &op_loss_of_pairs, y, l, common, 2);
}

const struct op_kind op_loss_rows = {.name = "loss_rows",
                                     .phase = PHASE_BACKWARD,
                                     .operands = "x target -> rows",
                                     .attributes = loss_attributes,
                                     .size = sizeof(struct loss_op),
                                     .layout = row_layout,
                                     .granularity = WHOLE_CHUNK,
                                     .step = true,
                                     .loss = true};

const struct op_kind op_loss_levels = {.name = "loss_levels",
                                       .phase = PHASE_BACKWARD,
                                       .operands = "all -> levels",
                                       .attributes = loss_attributes,
                                       .size = sizeof(struct loss_op),
                                       .layout = row_layout,
                                       .granularity = WHOLE_CHUNK,
                                       .step = true,
                                       .judges = true};

const struct op_kind op_loss_of_pairs = {.name = "loss_of_pairs",
                                         .phase = PHASE_BACKWARD,
                                         .operands = "x target all levels -> dx",
                                         .attributes = loss_attributes,
                                         .size = sizeof(struct loss_op),
                                         .granularity = WHOLE_CHUNK,
                                         .step = true,
                                         .sums = true,
                                         .loss = true};

/* ---- what an op has of the arguments */

/* The user's formula of target and output, or of the output alone. */
static const char *formula_of(struct net *n, const struct loss_terms *terms)
{
    static const char *const names[] = {"t", "z"};
    struct arena *a = ctx_arena(n->ctx);
    const struct bound *b = terms->args ? record_arg_maybe(terms->loss, terms->args, "formula") : NULL;
    if (!b)
        return "";
    const struct expr_lambda f = expr_lambda(a, b->text);
    return f.body && f.count <= 2 ? expr_text(a, expr_apply(a, &f, f.count == 1 ? names + 1 : names)) : "0";
}

/* The numbers among the arguments of the loss. */
static void take_arguments(struct net *n, struct loss_op *l, const struct loss_terms *terms)
{
    for (const struct attribute *t = loss_attributes; t->name && terms->args; t++) {
        const struct bound *b = record_arg_maybe(terms->loss, terms->args, t->name);
        if (b && t->type == ATTRIBUTE_REAL)
            *(double *)(void *)((char *)l + t->offset) = b->number;
    }
    const struct bound *ignored = terms->args ? record_arg_maybe(terms->loss, terms->args, "ignore_class") : NULL;
    l->formula = formula_of(n, terms);
    l->ignores = ignored && ignored->set;
    l->ignore_class = l->ignores ? (int64_t)ignored->number : 0;
}

void append_loss(struct net *n, bool included, const struct loss_terms *terms)
{
    struct tensor *y = included ? n->output->producer->in[0] : n->output;
    struct loss_op l = {.answer = terms->reach == REACH_ANSWER ? shape_channels(y->shape) : shape_size(y->shape)};
    l.op.loss = terms->loss;
    take_arguments(n, &l, terms);
    l.op.from_logits = included || terms->from_logits;
    l.op.factor = terms->weight;
    l.op.number = n->outputs.n > 1 ? (int64_t)n->aim : -1;
    l.op.kind = &op_loss;
    if (loss_of(terms->loss)->pairs)
        append_of_pairs(n, y, &l, terms->images);
    else if (terms->reach == REACH_BATCH)
        append_of_regions(n, y, &l);
    else
        append_gradient(n, &op_loss, y, &l, &n->output, included);
}
