/* catalog.h -- rung 2: the words that a spec can choose from, and what the compiler must know of each: activations, losses, metrics,
 * initializers, regularizers, optimizers, schedules. A file here defines constants and computes nothing. The build collects the tables. */
#ifndef CNNC_CATALOG_H
#define CNNC_CATALOG_H

#include "spec/spec.h"

/* ---- tables, NULL-terminated */
extern const struct record *const activations[]; /* each is the `rec` of a struct activation */
extern const struct record *const initializers[];
extern const struct record *const regularizers[];
extern const struct record *const losses[];
extern const struct record *const optimizers[]; /* each is the `rec` of a struct optimizer */
extern const struct record *const schedules[];
extern const struct record *const metrics[];        /* each is the `rec` of a struct metric */
extern const struct record *const language_words[]; /* words.c */

/* Formulas are texts of compiler/expr. Whoever adds an activation, a loss or an optimizer touches no template. */
struct activation {
    struct record rec;    /* args: at most one, which becomes op->alpha */
    const char *value;    /* of x and alpha; NULL: not element-wise */
    const char *gradient; /* of x or of y = value, where its derivative is not good enough: it cancels, or is slow */
    double alpha;         /* default of op->alpha for the word; the layer of that name may differ */
    bool monotone;        /* f(max(a,b)) == max(f(a),f(b)): may move behind max pooling */
    bool from_output;     /* the derivative can be told from y alone */
    bool zero_at_zero;    /* f(0) == 0 */
    bool softmax;         /* not element-wise: lowers to SOFTMAX */
    bool probability;     /* values are from 0 to 1, and meant so */
    const char *range;    /* of the values, in words; NULL: they are probabilities, or any numbers */
};
static inline const struct activation *activation_of(const struct record *r)
{
    return (const struct activation *)(const void *)r;
}

/* What a loss takes for a target; data are checked against it when they are opened. All targets are finite, as a float too. */
struct target_rule {
    bool bounded; /* each number is from low to high */
    double low, high;
    bool sum_to_one; /* the numbers of a row do: it is a distribution over classes */
};

/* What a loss that is a mean over the outputs says of one output z and its target t. */
struct loss_formula {
    const char
        *names; /* "d = z - t": what the others mention; q is a probability, and read where the network computed it */
    const char *value;    /* NULL: the loss is no such mean */
    const char *gradient; /* by z; NULL: the derivative of the value */
};

struct loss {
    struct record rec;
    struct loss_formula formula, logit_formula; /* of outputs; of logits */
    bool sparse; /* target is one class number an image, below that of outputs; else it has the output's shape */
    struct target_rule target; /* of a loss that is not sparse */
    const char *logits_of;     /* "softmax"/"sigmoid": computed from the logits when that is the last activation */
};
static inline const struct loss *loss_of(const struct record *r)
{
    return (const struct loss *)(const void *)r;
}
/* It takes a row to be of one class, and the outputs to stand for one each. */
static inline bool loss_votes(const struct loss *l)
{
    return l->sparse || l->target.sum_to_one;
}

/* How an optimizer changes one parameter w by its gradient g. Options have their names; lr is the rate of the step, t its number from
 * 1 on. `once` is computed once a step, in double. */
struct optimizer_rule {
    const char *options[2]; /* the first rule counts whose options are all set */
    struct {
        const char *name, *slot; /* in `step`; in checkpoints */
    } states[4];                 /* ends with name == NULL; 0 at first, or initial_accumulator_value */
    const char *once, *step;
};

enum { MOST_RULES = 4 };
struct optimizer {
    struct record rec;
    struct optimizer_rule rules[MOST_RULES]; /* the last one has no options, or all are there */
};
static inline const struct optimizer *optimizer_of(const struct record *r)
{
    return (const struct optimizer *)(const void *)r;
}
/* In front of the step of any optimizer that has weight_decay. */
extern const struct optimizer_rule weight_decay_rule;

struct metric {
    struct record rec;
    bool rises;  /* larger is better */
    bool counts; /* right and wrong answers, so there must be classes */
};
static inline const struct metric *metric_of(const struct record *r)
{
    return (const struct metric *)(const void *)r;
}

/* The argument of leaky_relu and of elu, for the word and for the layer, whose defaults differ. */
#define SLOPE_BELOW(DEFAULT)                                                                                           \
    {                                                                                                                  \
        .name = "alpha", .type = ARG_REAL, .flags = ARG_POSITIONAL, .def = DEFAULT, .min = 0, .max = 1,                \
        .alias = {"negative_slope"}, .doc = "slope below zero"                                                         \
    }
#define SCALE_BELOW(DEFAULT)                                                                                           \
    {                                                                                                                  \
        .name = "alpha", .type = ARG_REAL, .flags = ARG_POSITIONAL, .def = DEFAULT, .min = 0, .max = 1e6,              \
        .doc = "the value far below zero, negated"                                                                     \
    }

#endif
