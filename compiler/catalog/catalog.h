/* catalog.h -- rung 2: the words that a spec can choose from, and what the compiler must know about each: activations,
 * losses, metrics, initializers, regularizers, constraints, optimizers, schedules. The files here define constants and
 * compute nothing. The build collects the tables. */
#ifndef CNNC_CATALOG_H
#define CNNC_CATALOG_H

#include "spec/spec.h"

/* ---- tables, NULL-terminated */
extern const struct record *const activations[]; /* each is the `rec` of a struct activation */
extern const struct record *const initializers[];
extern const struct record *const regularizers[];
extern const struct record *const constraints[];
extern const struct record *const losses[];
extern const struct record *const optimizers[]; /* each is the `rec` of a struct optimizer */
extern const struct record *const schedules[];
extern const struct record *const metrics[]; /* each is the `rec` of a struct metric */

/* Formulas are texts that compiler/expr reads. So a new activation, loss or optimizer needs no change in a template. */
enum along { ALONG_NOTHING, ALONG_SOFTMAX, ALONG_LOG_SOFTMAX, ALONG_SPARSEMAX, ALONG_GLU };
struct activation {
    struct record rec; /* args: the first is alpha, which becomes op->alpha */
    const char *value; /* in x and alpha; NULL: not element-wise, or there is only the general form */
    /* in x and all arguments by name: taken instead if one of them does not have its default; one without a default is
     * infinite unless it is given */
    const char *general;
    bool formula;     /* the user's text, its argument, says what it computes */
    enum along along; /* not element-wise: what it computes along an axis, its argument `axis` */
    /* in x or in y = value; given if the derivative of `value` is not good enough, because it loses digits or is
     * slow */
    const char *gradient;
    double alpha;      /* default of op->alpha for the word; the layer of that name may have another */
    bool monotone;     /* f(max(a,b)) == max(f(a),f(b)): so max pooling may come first */
    bool from_output;  /* y alone is enough to compute the derivative */
    bool zero_at_zero; /* f(0) == 0 */
    bool softmax;      /* not element-wise: lowers to SOFTMAX */
    bool probability;  /* values are from 0 to 1 and mean probabilities */
    double low, high;  /* the ends of the values; equal: there are not both */
    const char *range; /* one end, in words; NULL: there is none, or there are both */
};
static inline const struct activation *activation_of(const struct record *r)
{
    return (const struct activation *)(const void *)r;
}
static inline bool activation_bounds(const struct activation *a)
{
    return a->low < a->high;
}

/* The targets that a loss takes; data are checked when they are opened. All targets are finite, also after conversion
 * to float. */
struct target_rule {
    bool bounded; /* each number is from low to high */
    double low, high;
    bool sum_to_one; /* the numbers of a row sum to one: the row is a distribution over classes */
};

/* What a loss computes from outputs z and their targets t. The numbers among its arguments are available under their
 * names. Without `sums` it is a mean over the outputs. With them it is a function of sums over the outputs of one
 * answer, and a mean over the answers. */
struct loss_formula {
    /* "d = z - t": names that the other formulas use; q is a probability, and is read from where the network computed
     * it */
    const char *names;
    /* "total += z; a += z * t / total": each sum may use the sums before it, and `top`, the largest output, on which
     * the value of the loss does not depend; NULL: none */
    const char *sums;
    const char *most;     /* what `most` in the value is the largest of; NULL: there is none */
    const char *value;    /* NULL: the loss is not of that kind */
    const char *gradient; /* of a mean: derivative by z; NULL: it is derived from `value` */
};

/* What the sums of a loss go over: the outputs of an answer, of an image, of all images of the batch. */
enum loss_reach { REACH_ANSWER, REACH_IMAGE, REACH_BATCH };

struct loss {
    struct record rec;
    struct loss_formula formula, logit_formula; /* one for outputs, one for logits */
    /* the target is one class number for each image, less than the number of outputs unless it is a loss of pairs; else
     * it has the shape of the output */
    bool sparse;
    bool pairs;   /* the images of a batch are compared with one another; labels, any numbers, tell which are alike */
    bool regions; /* it compares regions: of all images of the batch together, or as its argument `axis` says */
    struct target_rule target; /* for a loss that is not sparse */
    /* "softmax"/"sigmoid": the loss is computed from the logits if this is the last activation */
    const char *logits_of;
    const char *wants; /* the activation whose probabilities it compares; NULL: it compares other numbers */
    bool absent;       /* nothing is asked of the output: it has no target, and no gradient starts there */
    bool scores;       /* the outputs are scores about zero: no activation that keeps them on one side suits it */
};
static inline const struct loss *loss_of(const struct record *r)
{
    return (const struct loss *)(const void *)r;
}
/* True if each row belongs to one class, and each output stands for one class. */
static inline bool loss_votes(const struct loss *l)
{
    return (l->sparse && !l->pairs) || l->target.sum_to_one;
}

enum { MOST_STATES = 4 };

/* What a rule does with whole parameters, by constants of the step that are called so: LENGTH makes the update as long
 * as the parameter (keeps: the part of it that decay leaves); FACTORS is Adafactor (keeps, rate, old, small, least,
 * most); ORTHOGONAL makes matrices orthogonal (rate, steps, a, b, c). */
enum whole { WHOLE_NOTHING, WHOLE_LENGTH, WHOLE_FACTORS, WHOLE_ORTHOGONAL };

/* How an optimizer changes one parameter w with its gradient g. Options are available under their names; lr is the rate
 * of the step, and t is the number of the step, from 1. `once` is computed once a step, in double. */
struct optimizer_rule {
    /* States start with 0, the first with initial_accumulator_value if there is one. */
    const char *options[2]; /* the first rule whose options are all set is used */
    struct {
        const char *option; /* NULL: any */
        double number;
    } only; /* the rule is for this number of the option alone */
    struct {
        const char *name, *slot; /* name in `step`; name in checkpoints */
    } states[MOST_STATES];       /* ends with name == NULL */
    const char *once, *step;     /* a name that `step` assigns first, beside states and w, is its own */
    /* WHOLE_NOTHING: the rules below are not there, and `step` reads the gradient g. Else `before` makes of g an update
     * u, which is looked at for whole parameters and changed, and which `step` reads. NULL: u = g. */
    enum whole whole;
    const char *before, *before_others; /* others: of parameters that are not looked at; NULL: the same */
    const char *step_others;            /* not NULL: both steps also say how w decays */
};

enum { MOST_RULES = 4 };
struct optimizer {
    struct record rec;
    struct optimizer_rule rules[MOST_RULES]; /* the last one has no options, or all entries are used */
};
static inline const struct optimizer *optimizer_of(const struct record *r)
{
    return (const struct optimizer *)(const void *)r;
}
/* Comes before the step, for every optimizer that has weight_decay. */
extern const struct optimizer_rule weight_decay_rule;

struct metric {
    struct record rec;
    bool rises;  /* larger is better */
    bool counts; /* it counts right and wrong answers, so there must be classes */
};
static inline const struct metric *metric_of(const struct record *r)
{
    return (const struct metric *)(const void *)r;
}

/* A row of a table of arguments: a number, with its flags, default and ends. Other fields follow: .doc, and .open,
 * .alias where it has them. */
#define REAL(NAME, FLAGS, DEFAULT, LOW, HIGH, ...)                                                                     \
    {                                                                                                                  \
        .name = NAME, .type = ARG_REAL, .flags = FLAGS, .def = DEFAULT, .min = LOW, .max = HIGH, __VA_ARGS__           \
    }

/* Arguments that words and layers share. */
#define FORMULA_ARG                                                                                                    \
    {                                                                                                                  \
        .name = "formula", .type = ARG_STRING, .flags = ARG_REQUIRED | ARG_POSITIONAL,                                 \
        .doc = "names, a colon, and what is computed of them"                                                          \
    }
enum { MOST_AXIS = 8 };
/* Of losses and metrics that look at an answer as a whole. */
#define ANSWER_AXIS                                                                                                    \
    {                                                                                                                  \
        .name = "axis", .type = ARG_INT, .flags = ARG_LATER, .min = -MOST_AXIS, .max = MOST_AXIS,                      \
        .doc = "the axis of an answer: the last one, -1"                                                               \
    }

/* Those of activations, which are words and layers: of relu, elu, the shrinks, celu, squareplus, gelu, threshold, those
 * along an axis, and glu. */
extern const struct arg_def relu_args[], elu_args[], shrink_args[], celu_args[], squareplus_args[], gelu_args[],
    cutoff_args[], along_args[], halved_args[];
/* That of leaky_relu, for which the word and the layer have different defaults. */
#define SLOPE_BELOW(DEFAULT)                                                                                           \
    REAL("alpha", ARG_POSITIONAL, DEFAULT, 0, 1, .alias = {"negative_slope"}, .doc = "slope below zero")

#endif
