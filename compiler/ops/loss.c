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
    {.name = "terms", .type = ATTRIBUTE_TEXT, .offset = offsetof(struct loss_op, terms), .show = " of "},
    {0}};

/* What all ops of losses are. */
#define LOSS_OP                                                                                                        \
    .phase = PHASE_BACKWARD, .attributes = loss_attributes, .size = sizeof(struct loss_op),                            \
    .granularity = WHOLE_CHUNK, .step = true

/* p: the output, if the op also computes the activation that makes it. */
const struct op_kind op_loss = {LOSS_OP, .name = "loss", .operands = "x target p -> dx", .sums = true, .loss = true};

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

/* What the op has for each image, in double. */
static struct tensor *own_row(struct net *n, const char *what, int64_t size)
{
    struct tensor *t = row(n, what, size, ROLE_GRADIENT);
    t->dtype = DTYPE_F64;
    return t;
}

/* The place of so many doubles in what evaluation keeps of a batch. */
static int64_t keep(struct net *n, int64_t size)
{
    const size_t at = n->of_batch;
    n->of_batch += (size_t)size;
    return (int64_t)at;
}

/* An op of the loss, which reads `in`, NULL behind the last, and makes y. */
static struct tensor *append_op(struct net *n, const struct op_kind *kind, const struct loss_op *l,
                                struct tensor *const *in, struct tensor *y)
{
    struct op *o = net_op(n, kind, last_node(n));
    for (; *in; in++)
        op_in(n, o, *in);
    op_out(n, o, y);
    op_inherit(o, &l->op);
    return y;
}

/* The op that has the gradient, made of what the batch has in common; NULL: of less. */
static void append_gradient(struct net *n, const struct op_kind *kind, const struct loss_op *l, struct tensor *y,
                            struct tensor *common, struct tensor *more)
{
    struct tensor *const in[] = {y, n->target, common, more, NULL};
    grad_add(n, y, append_op(n, kind, l, in, grad_tensor(n, y)), last_node(n));
}

static void append_of_regions(struct net *n, struct tensor *y, struct loss_op *l)
{
    l->kept = keep(n, LOSS_ROW);
    struct tensor *const of_image[] = {y, n->target, NULL};
    struct tensor *sums = append_op(n, &op_loss_sums, l, of_image, own_row(n, "sums", LOSS_ROW));
    struct tensor *const of_batch[] = {norm_total(n, sums, last_node(n), name_of(n, "total"), PHASE_BACKWARD), NULL};
    struct tensor *slopes = append_op(n, &op_loss_slopes, l, of_batch, row(n, "slopes", LOSS_ROW, ROLE_STATISTIC));
    append_gradient(n, &op_loss_of_batch, l, y, slopes, NULL);
}

const struct op_kind op_loss_sums = {LOSS_OP, .name = "loss_sums", .operands = "x target -> regions",
                                     .layout = row_layout, .loss = true};

const struct op_kind op_loss_slopes = {LOSS_OP, .name = "loss_slopes", .operands = "total -> slopes",
                                       .layout = row_layout, .judges = true};

const struct op_kind op_loss_of_batch = {LOSS_OP, .name = "loss_of_batch", .operands = "x target slopes -> dx",
                                         .sums = true, .loss = true};

/* ---- a loss of pairs compares each image with all others of the batch, in two passes with a barrier before each: one
 *      over the outputs and labels of all images, one over what the first pass makes of those for each image. */

/* The rows of all images of the batch. */
static struct tensor *append_rows(struct net *n, const struct op_kind *kind, const struct loss_op *l,
                                  struct tensor *const *in, const char *what, int64_t size, int64_t images)
{
    const char *own = arena_printf(ctx_arena(n->ctx), "own_%s", what);
    struct tensor *rows = append_op(n, kind, l, in, own_row(n, own, size));
    return norm_rows(n, rows, last_node(n), name_of(n, what), images);
}

static void append_of_pairs(struct net *n, struct tensor *y, struct loss_op *l, int64_t images)
{
    const int64_t size = PAIR_OUTPUTS + shape_size(y->shape);
    l->kept = keep(n, images * size);
    struct tensor *const of_image[] = {y, n->target, NULL};
    struct tensor *const all[] = {append_rows(n, &op_loss_rows, l, of_image, "rows", size, images), NULL};
    struct tensor *levels = append_rows(n, &op_loss_levels, l, all, "levels", PAIR_LEVELS, images);
    append_gradient(n, &op_loss_of_pairs, l, y, all[0], levels);
}

const struct op_kind op_loss_rows = {LOSS_OP, .name = "loss_rows", .operands = "x target -> rows", .layout = row_layout,
                                     .loss = true};

const struct op_kind op_loss_levels = {LOSS_OP, .name = "loss_levels", .operands = "all -> levels",
                                       .layout = row_layout, .judges = true};

const struct op_kind op_loss_of_pairs = {LOSS_OP, .name = "loss_of_pairs", .operands = "x target all levels -> dx",
                                         .sums = true, .loss = true};

/* ---- what an op has of the arguments */

/* e, as another sum over the outputs of an answer: its name. */
static const struct expr *add_sum(struct arena *a, struct loss_op *l, int *count, const struct expr *e)
{
    const char *name = arena_printf(a, "sum%d", ++*count);
    l->terms = arena_printf(a, "%s%s%s += %s", l->terms, *count > 1 ? "; " : "", name, expr_text(a, e));
    return expr_name(a, name);
}

static const struct expr *add_mean(struct arena *a, struct loss_op *l, int *count, const struct expr *e)
{
    return expr_binary(a, EXPR_DIVIDE, add_sum(a, l, count, e), expr_number(a, (double)l->answer));
}

/* The user's formula of target and output, or of the output alone. Beside sums and means, what it makes of each output
 * is a mean, too. */
static void take_formula(struct net *n, struct loss_op *l, const struct bound *b)
{
    static const char *const names[] = {"t", "z"};
    struct arena *a = ctx_arena(n->ctx);
    const struct expr_lambda f = expr_lambda(a, b->text);
    int count = 0;
    const struct expr *e = f.body && f.count <= 2 ? expr_apply(a, &f, f.count == 1 ? names + 1 : names) : NULL;
    for (const struct expr *r; e && (r = expr_innermost(e));) {
        const bool mean = reduction_named(r->name) == REDUCE_MEAN;
        e = expr_replace(a, e, r, mean ? add_mean(a, l, &count, r->arg[0]) : add_sum(a, l, &count, r->arg[0]));
    }
    if (count && (expr_mentions(e, "t") || expr_mentions(e, "z")))
        e = add_mean(a, l, &count, e);
    l->formula = e ? expr_text(a, e) : "0";
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
    const struct bound *formula = terms->args ? record_arg_maybe(terms->loss, terms->args, "formula") : NULL;
    if (formula)
        take_formula(n, l, formula);
    l->ignores = ignored && ignored->set;
    l->ignore_class = l->ignores ? (int64_t)ignored->number : 0;
}

void append_loss(struct net *n, bool included, const struct loss_terms *terms)
{
    struct tensor *y = included ? n->output->producer->in[0] : n->output;
    struct loss_op l = {.formula = "",
                        .terms = "",
                        .answer = terms->reach == REACH_ANSWER ? shape_channels(y->shape) : shape_size(y->shape)};
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
        append_gradient(n, &op_loss, &l, y, included ? n->output : NULL, NULL);
}
