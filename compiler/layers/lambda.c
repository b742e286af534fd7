/* lambda.c -- a formula of the user as a layer, of one or more inputs */
#include "expr/expr.h"
#include "layers/layers.h"

/* The word that the formula comes with. */
static const struct arg_def formula_args[] = {FORMULA_ARG, {0}};
static const struct record word = {.name = "expr", .doc = "A formula.", .args = formula_args};
static const struct record *const words[] = {&word, NULL};

static const struct arg_def args[] = {
    {.name = "function",
     .type = ARG_RECORD,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .family = words,
     .doc = "names of the inputs, a colon, and what is computed of them, as in x: x / sum(x, axis=-1)"},
    {0}};

static const struct bound *formula_of(const struct node *n)
{
    return &node_arg(n, "function")->sub[0];
}

static void lambda_shape(struct net *net, struct node *n)
{
    struct shape in[MOST_NAMES], out;
    for (int i = 0; i < n->n_inputs; i++)
        in[i] = n->inputs[i]->out;
    if (formula_shape(net, formula_of(n), in, n->n_inputs, &out))
        shape_set(net, n, out);
}

static struct tensor *lambda_lower(struct net *net, struct node *n)
{
    struct tensor *x[MOST_NAMES];
    for (int i = 0; i < n->n_inputs; i++)
        x[i] = n->inputs[i]->y;
    return lower_formula(net, n, formula_of(n), x, n->n_inputs);
}

const struct layer layer_lambda = {
    .rec = {.name = "Lambda",
            .doc = "A formula of its inputs, element by element or with sums and the like over axes; shapes are "
                   "broadcast as in "
                   "numpy.",
            .example = "Lambda expr(x: x * x + 1)",
            .args = args},
    .keras = "Lambda",
    .input = "8",
    .least_inputs = 1,
    .most_inputs = MOST_NAMES,
    .shape = lambda_shape,
    .lower = lambda_lower,
};
