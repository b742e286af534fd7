/* ops.h -- the work that the machine can do: one file for each kind of op, with the kinds that belong to it (its
 * gradient, the preparation of its weights). Each kind has a record, struct op_kind; the build collects them. Only
 * kernels and layers name a kind, as &op_NAME. An op knows no layer, no plan and no kernel. */
#ifndef CNNC_OPS_H
#define CNNC_OPS_H

#include "catalog/catalog.h"
#include "graph/net.h"
#include "ops/kinds.h" /* made by the build: every record that is defined here */

/* ---- gradient.c: for gradient rules */
bool grad_wanted(const struct tensor *t); /* t is a trained parameter, or depends on one */
/* A new tensor for the gradient of t: d_<t>. */
struct tensor *grad_tensor(struct net *n, struct tensor *t);
/* g is one part of the gradient of t. The first part becomes the gradient; later parts are added to it. */
void grad_add(struct net *n, struct tensor *t, struct tensor *g, struct node *node);
/* Makes the gradient of a parameter the output of op o. */
void grad_param(struct net *n, struct op *o, struct tensor *w);
/* Appends an op of that kind: dy [extra] -> d_x, which becomes part of the gradient of x. */
struct op *grad_data(struct net *n, const struct op_kind *kind, struct op *of, struct tensor *dy, struct tensor *extra);
/* The parameter w in the form that the op `of` needs; an op of the phase PREPARE makes it once a step. */
struct tensor *weights_prepared(struct net *n, const struct op_kind *kind, const struct op *of, struct tensor *w);

/* ---- map.c, map_grad.c, reduce.c: one scalar expression of several tensors, and its reduction over axes */

/* The kinds map, reduce, peak (a reduction without a gradient), map_grad, map_sum and map_param. Operands are called a,
 * b, c, ... in the formula, a text for compiler/expr. Their shapes are broadcast to `full` as in numpy: aligned at the
 * last axis, an axis of 1 is repeated. */
struct map_op {
    struct op op;
    const char *formula;
    struct shape full;     /* what the formula is computed for; for map the shape of the output */
    struct shape kept;     /* full with 1 for each axis that is reduced; the output has these numbers */
    const char *reduction; /* reduce: a name in reductions[] */
};
static inline const struct map_op *map_of(const struct op *o)
{
    return (const struct map_op *)(const void *)o;
}

#define MAP_OPERANDS "a b c d e f g h k l m o" /* no name that kernels use otherwise */
enum { MOST_OPERANDS = 12, MOST_FACTORS = 8 }; /* of an op; of the formula that a layer gives */

enum reduction { REDUCE_SUM, REDUCE_MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ARGMAX, REDUCTIONS };
extern const char *const reductions[REDUCTIONS];
enum reduction reduction_named(const char *name); /* one of reductions[] */
enum reduction reduction_of(const struct op *o);

/* ORTHOGONAL, ORTHOGONAL_GRAD: `factor` of the op, and whether columns are compared, not rows. */
struct orthogonal_op {
    struct op op;
    bool columns;
};
static inline const struct orthogonal_op *orthogonal_of(const struct op *o)
{
    return (const struct orthogonal_op *)(const void *)o;
}

/* The attribute of ops that draw: the stream of their random numbers. */
#define STREAM_ATTRIBUTE                                                                                               \
    {                                                                                                                  \
        .name = "stream", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct op, stream), .show = " stream ",          \
        .runtime = true                                                                                                \
    }

/* What ACT and ACT_GRAD have beside their operands: of act_grad.c. */
extern const struct attribute act_attributes[];

/* The shape that both broadcast to; its rank is -1 when they do not fit. */
struct shape shape_broadcast(struct shape a, struct shape b);

/* Appends y = formula of x[0], x[1], ...; y and its shape are given. */
struct op *append_map(struct net *n, struct node *node, const char *formula, struct tensor *const *x, int count,
                      struct tensor *y);
/* Appends y = the reduction of the formula, which is computed for `full`, over the axes that are 1 in `kept`. */
struct op *append_reduce(struct net *n, struct node *node, enum reduction reduction, const char *formula,
                         struct tensor *const *x, int count, struct shape full, struct shape kept, struct tensor *y);

/* A tensor that a formula mentions. */
struct factor {
    const char *name;
    struct tensor *tensor;
};
struct result_layout map_layout(const struct op *o);    /* like the first operand of the same shape that is no input */
struct result_layout reduce_layout(const struct op *o); /* runs of the last axis that is left */
/* Whether values of the formula are compared with one another: then all who compute it must get the same bits. */
bool map_compares(const struct op *o);
/* map_join.c: Whether o can compute a map that it reads itself; makes it do so. */
bool map_can_join(struct net *n, const struct op *o, const struct op *map);
void map_join(struct net *n, struct op *o, const struct op *map);
/* The map_grad that does what o does, as its kind says, in its place. */
struct op *map_instead(struct net *n, const struct op *o);
double formula_cost(const char *formula); /* cycles of a vector, roughly */
/* The expression with names of operands for the factors that it mentions; these become x. */
struct expr;
const char *factors_rename(struct net *n, const struct expr *e, const struct factor *factors, int count,
                           struct tensor **x, int *used);
/* Adds to the gradient of t, whose shape broadcasts to `full`, the sum of the expression over all places where t is
 * repeated. The expression mentions the factors; of an expression that is 0 nothing comes. */
void grad_map(struct net *n, struct node *node, struct tensor *t, const struct expr *e, const struct factor *factors,
              int count, struct shape full);

/* ---- ops that differentiate appends beside gradients */
/* LOSS has attributes of its own, which have the names of the loss's arguments. */
struct loss_op {
    struct op op;
    double gamma, alpha, beta, q, apply_class_balancing, margin, remove_diagonal;
    int64_t ignore_class; /* a label that counts for nothing, if `ignores` */
    bool ignores;
    const char *formula; /* the user's text, in t and z, or in its sums; "": the loss has its own */
    const char *terms;   /* the sums in it, as in struct loss_formula; "": it has none */
    int64_t answer;      /* outputs that its sums go over: of the last axis, or all of an image */
    int64_t kept;        /* of the whole batch: where in cnn_step's `of_batch` it has what it wants */
};
static inline const struct loss_op *loss_op_of(const struct op *o)
{
    return (const struct loss_op *)(const void *)o;
}
struct loss_terms {
    const struct record *loss; /* of losses[] */
    const struct bound *args;  /* its arguments; NULL: the defaults are all zero */
    bool from_logits;          /* the output of the network is the input of a softmax or sigmoid that is not there */
    double weight;             /* its factor in the sum of all losses */
    enum loss_reach reach;
    int64_t images; /* of a batch, at most */
};
/* The outputs of one answer: those of the last axis, or all of an image. */
static inline int64_t loss_answer(const struct op *o)
{
    return loss_op_of(o)->answer;
}
/* Appends the loss. included: the loss also computes the last activation of the network, and gives the gradient of the
 * input of that activation. */
void append_loss(struct net *n, bool included, const struct loss_terms *terms);
/* What a loss of the whole batch has for each image, and for the batch: its sums, or the slopes by them, behind them
 * the weight of the image, or the loss. */
enum { LOSS_MOST_SUMS = 3, LOSS_ROW };
/* What a loss of pairs has of each image: its label + 1 (0: the batch is short of it), its weight and its outputs; the
 * logs of two sums over the images that are alike and over the others, how the loss rises with both, and whether there
 * are both. */
enum { PAIR_LABEL, PAIR_WEIGHT, PAIR_OUTPUTS };
enum { PAIR_ALIKE, PAIR_OTHERS, PAIR_RISE, PAIR_COUNTS, PAIR_LEVELS };

void append_update(struct net *n, const struct param *p); /* for a parameter that has a gradient */

#endif
