/* prelu.c -- x above zero, alpha * x below, with an alpha that is learned: one for each element, or shared over
 * axes. */
#include "layers/layers.h"

static const struct arg_def args[] = {
    {.name = "shared_axes",
     .type = ARG_INTS,
     .min = 1,
     .max = MAX_RANK,
     .doc = "axes along which alpha is the same, 1 being the first of an image: [1, 2] gives one alpha a channel"},
    INITIALIZER_ARG("alpha_initializer", NULL, "zeros", "first values of alpha"),
    REGULARIZER_ARG("alpha_regularizer", NULL, "penalty on alpha"),
    CONSTRAINT_ARG("alpha_constraint", NULL, "what alpha keeps to"),
    {0}};

static void prelu_shape(struct net *net, struct node *n)
{
    const struct bound *shared = node_arg(n, "shared_axes");
    struct shape s = n->in;
    for (size_t i = 0; i < shared->n_items; i++) {
        const int axis = (int)shared->items[i].number;
        if (axis > n->in.rank) {
            diag_error(net->ctx, shared->items[i].span, "the input is %s: it has no axis %d",
                       shape_words(net->ctx, n->in), axis);
            return;
        }
        s.dim[axis - 1] = 1;
    }
    if (array_declare(net, n, "alpha", s))
        shape_same(net, n);
}

static struct tensor *prelu_lower(struct net *net, struct node *n)
{
    struct tensor *const x[] = {n->x, n->params.at[0]->tensor};
    return lower_map(net, n, "a > 0 ? a : b * a", x, 2, n->out, "act");
}

const struct layer layer_prelu = {
    .rec = {.name = "PReLU",
            .doc = "x above zero, alpha * x below; alpha is learned.",
            .example = "PReLU shared_axes=[1, 2]",
            .args = args},
    .keras = "PReLU",
    .input = "8x8x3",
    .shape = prelu_shape,
    .lower = prelu_lower,
};
