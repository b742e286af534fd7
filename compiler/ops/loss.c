/* loss.c -- the loss, and the gradient of the output of the network or of the logits before it. */
#include "expr/expr.h"
#include "ops/ops.h"

#define ARGUMENT(NAME)                                                                                                 \
    {                                                                                                                  \
        .name = #NAME, .type = ATTRIBUTE_REAL, .offset = offsetof(struct loss_op, NAME), .show = " " #NAME "=",        \
        .show_if = #NAME                                                                                               \
    }

static const struct attribute attributes[] = {
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
    {.name = "ignores",
     .type = ATTRIBUTE_FLAG,
     .offset = offsetof(struct loss_op, ignores),
     .show = " ignores a class"},
    {.name = "ignore_class", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct loss_op, ignore_class)},
    {.name = "factor", .type = ATTRIBUTE_REAL, .offset = offsetof(struct op, factor)},
    {.name = "number", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct op, number)},
    {.name = "formula", .type = ATTRIBUTE_TEXT, .offset = offsetof(struct loss_op, formula), .show = " "},
    {0}};

/* p: the output, if the op also computes the activation that makes it. */
const struct op_kind op_loss = {.name = "loss",
                                .phase = PHASE_BACKWARD,
                                .operands = "x target p -> dx",
                                .attributes = attributes,
                                .size = sizeof(struct loss_op),
                                .granularity = WHOLE_CHUNK,
                                .step = true,
                                .sums = true,
                                .loss = true};

int64_t loss_answer(const struct op *o)
{
    const struct shape s = o->in[0]->shape;
    return loss_of(o->loss)->whole_image ? shape_size(s) : shape_channels(s);
}

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
static void take_arguments(struct net *n, struct op *o, const struct loss_terms *terms)
{
    for (const struct attribute *t = attributes; t->name && terms->args; t++) {
        const struct bound *b = record_arg_maybe(terms->loss, terms->args, t->name);
        if (b && t->type == ATTRIBUTE_REAL)
            *(double *)(void *)((char *)o + t->offset) = b->number;
    }
    const struct bound *ignored = terms->args ? record_arg_maybe(terms->loss, terms->args, "ignore_class") : NULL;
    struct loss_op *l = (struct loss_op *)(void *)o;
    l->formula = formula_of(n, terms);
    l->ignores = ignored && ignored->set;
    l->ignore_class = l->ignores ? (int64_t)ignored->number : 0;
}

void append_loss(struct net *n, bool included, const struct loss_terms *terms)
{
    struct tensor *y = included ? n->output->producer->in[0] : n->output;
    struct op *o = net_op(n, &op_loss, last_node(n));
    op_in(n, o, y);
    op_in(n, o, n->target);
    if (included)
        op_in(n, o, n->output);
    op_out(n, o, grad_tensor(n, y));
    o->loss = terms->loss;
    take_arguments(n, o, terms);
    o->from_logits = included || terms->from_logits;
    o->factor = terms->weight;
    o->number = n->outputs.n > 1 ? (int64_t)n->aim : -1;
    grad_add(n, y, o->out[0], o->node);
}
