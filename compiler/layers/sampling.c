/* sampling.c -- a draw from normal distributions whose means and logarithms of variances are two inputs, as variational
 * autoencoders need it (Kingma and Welling, "Auto-encoding variational Bayes", 2013). Gradients reach both inputs. When
 * nothing trains, it is the mean. */
#include "layers/layers.h"
#include "ops/ops.h"

static void sampling_shape(struct net *net, struct node *n)
{
    const struct node *const other = n->inputs[1];
    if (shape_equal(n->in, other->out)) {
        shape_same(net, n);
        return;
    }
    diag_error(net->ctx, n->stmt->name_span,
               "'%s' wants means and logarithms of variances of one shape, but they are %s "
               "and %s",
               n->stmt->name, shape_words(net->ctx, n->in), shape_words(net->ctx, other->out));
    shape_note(net, n->inputs[0]);
    shape_note(net, other);
}

static struct tensor *sampling_lower(struct net *net, struct node *n)
{
    struct tensor *x[] = {n->x, n->inputs[1]->y, lower_normal(net, n, n->out)};
    return lower_map(net, n, "c == 0 ? a : a + exp(b * 0.5) * c", x, 3, n->out, "sampled");
}

const struct layer layer_sampling = {
    .rec = {.name = "Sampling",
            .doc = "A draw from normal distributions while training, else their means: for variational autoencoders.",
            .example = "a: Dense 4\nb: Dense 4 from=a\nSampling from=[a, b]"},
    .keras = "Sampling",
    .input = "4",
    .least_inputs = 2,
    .most_inputs = 2,
    .shape = sampling_shape,
    .lower = sampling_lower,
};
