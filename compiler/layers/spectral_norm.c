/* spectral_norm.c -- SpectralNorm: each step of training begins with dividing the kernel of the layer that it reads by
 * its largest singular value, which the power method estimates from a vector that is kept (Miyato and others, "Spectral
 * normalization for generative adversarial networks", 2018). The gradient is that of the divided kernel, as in Keras.
 * What it computes is its input. */
#include <string.h>

#include "layers/layers.h"

static const struct arg_def args[] = {{.name = "power_iterations",
                                       .type = ARG_INT,
                                       .flags = ARG_POSITIONAL,
                                       .def = "1",
                                       .min = 1,
                                       .max = 1000,
                                       .doc = "steps of the power method each time"},
                                      INITIALIZER_ARG("vector_u_initializer", NULL, "truncated_normal",
                                                      "how the vector starts; its length does not matter"),
                                      {0}};

static struct param *kernel_of(const struct node *n)
{
    for (size_t i = 0; i < n->params.n; i++)
        if (strcmp(strrchr(n->params.at[i]->name, '.'), ".kernel") == 0)
            return n->params.at[i];
    return NULL;
}

static void refuse(struct net *net, const struct node *n)
{
    const char *name = n->input->name;
    if (n->input->shares)
        diag_error(net->ctx, n->stmt->name_span, "'%s' shares the kernel of '%s': wrap that layer instead", name,
                   n->input->shares->name);
    else
        diag_error(net->ctx, n->stmt->name_span, "'%s' divides the kernel of a layer, and '%s' has none", n->stmt->name,
                   name);
    diag_note(net->ctx, n->input->stmt->name_span, "it is this one");
}

static void spectral_norm_shape(struct net *net, struct node *n)
{
    struct param *kernel = kernel_of(n->input);
    const struct bound *init = node_arg(n, "vector_u_initializer");
    if (!n->shares && !kernel) {
        refuse(net, n);
        return;
    }
    shape_same(net, n);
    if (n->shares)
        return;
    const int64_t columns = shape_channels(kernel->shape);
    struct param *u =
        net_param(net, n, "vector_u", PARAM_ARRAY, (struct shape){2, {1, columns}}, init, columns, columns);
    u->frozen = true;
    u->running = !n->frozen && !kernel->frozen;
    u->divides = u->running ? kernel : NULL;
    u->iterations = (int)node_arg(n, "power_iterations")->number;
}

static struct tensor *spectral_norm_lower(struct net *net, struct node *n)
{
    (void)net;
    return n->x;
}

const struct layer layer_spectral_norm = {
    .rec = {.name = "SpectralNorm",
            .alias = {"SpectralNormalization"},
            .doc = "Wraps a layer with a kernel: each step of training begins with dividing the kernel by its largest "
                   "singular value. Without a body, it is the layer above whose kernel is divided.",
            .example = "SpectralNorm {\n  Dense 8 relu\n}",
            .args = args,
            .body = true},
    .keras = "SpectralNormalization",
    .input = "8",
    .shape = spectral_norm_shape,
    .lower = spectral_norm_lower,
};
