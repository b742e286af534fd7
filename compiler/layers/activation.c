/* activation.c -- activations as statements of their own. The slope of the layer LeakyReLU is 0.3, as in Keras; that of
 * the word leaky_relu is 0.2. */
#include "layers/layers.h"

static const struct arg_def activation_args[] = {{.name = "activation",
                                                  .type = ARG_RECORD,
                                                  .flags = ARG_REQUIRED | ARG_POSITIONAL | ARG_BARE,
                                                  .family = activations,
                                                  .doc = "which one"},
                                                 {0}};
static const struct arg_def leaky_args[] = {SLOPE_BELOW("0.3"), {0}};
static const struct arg_def elu_args[] = {SCALE_BELOW("1"), {0}};

/* `Activation relu` */
static struct tensor *named_lower(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "activation");
    return lower_activation(net, n, n->x, b->record, b->sub);
}

/* `ReLU`, `LeakyReLU 0.1`: the layer's own arguments are the activation's. */
static struct tensor *own_lower(struct net *net, struct node *n)
{
    const struct record *act = record_find(activations, n->layer->activation);
    struct tensor *y = lower_activation(net, n, n->x, act, NULL);
    const struct bound *alpha = record_arg_maybe(&n->layer->rec, n->args, "alpha");
    if (alpha)
        y->producer->alpha = alpha->number;
    return y;
}

const struct layer layer_activation = {
    .rec = {.name = "Activation",
            .doc = "An activation by its name.",
            .example = "Activation tanh",
            .args = activation_args},
    .keras = "Activation",
    .input = "8",
    .shape = shape_same,
    .lower = named_lower,
};

const struct layer layer_relu = {
    .rec = {.name = "ReLU", .alias = {"relu"}, .doc = "max(x, 0).", .example = "ReLU"},
    .keras = "ReLU",
    .input = "8",
    .activation = "relu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_leaky_relu = {
    .rec = {.name = "LeakyReLU",
            .doc = "x above zero, alpha * x below; the word leaky_relu has a slope of 0.2.",
            .example = "LeakyReLU 0.1",
            .args = leaky_args},
    .keras = "LeakyReLU",
    .input = "8",
    .activation = "leaky_relu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_leaky_relu_word = {
    .rec = {.name = "leaky_relu",
            .doc = "The same as Activation leaky_relu, with its slope of 0.2.",
            .example = "leaky_relu"},
    .keras = "Activation",
    .input = "8",
    .activation = "leaky_relu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_elu = {
    .rec = {.name = "ELU",
            .alias = {"elu"},
            .doc = "x above zero, alpha * (exp(x) - 1) below.",
            .example = "ELU",
            .args = elu_args},
    .keras = "ELU",
    .input = "8",
    .activation = "elu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_sigmoid = {
    .rec = {.name = "Sigmoid", .alias = {"sigmoid"}, .doc = "1 / (1 + exp(-x)).", .example = "Sigmoid"},
    .keras = "Activation",
    .input = "8",
    .activation = "sigmoid",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_tanh = {
    .rec = {.name = "Tanh", .alias = {"tanh"}, .doc = "The hyperbolic tangent.", .example = "Tanh"},
    .keras = "Activation",
    .input = "8",
    .activation = "tanh",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_gelu = {
    .rec = {.name = "GELU", .alias = {"gelu"}, .doc = "x * (1 + erf(x / sqrt(2))) / 2, exactly.", .example = "GELU"},
    .keras = "Activation",
    .input = "8",
    .activation = "gelu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_silu = {
    .rec = {.name = "SiLU", .alias = {"silu", "swish", "Swish"}, .doc = "x * sigmoid(x).", .example = "SiLU"},
    .keras = "Activation",
    .input = "8",
    .activation = "silu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_softplus = {
    .rec = {.name = "Softplus", .alias = {"softplus"}, .doc = "log(1 + exp(x)).", .example = "Softplus"},
    .keras = "Activation",
    .input = "8",
    .activation = "softplus",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_softmax = {
    .rec = {.name = "Softmax",
            .alias = {"softmax"},
            .doc = "Probabilities: exp(x) over its sum along the last dimension.",
            .example = "Softmax"},
    .keras = "Softmax",
    .input = "8",
    .activation = "softmax",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_identity = {
    .rec = {.name = "Identity", .doc = "Its input, unchanged: a place for a label.", .example = "Identity"},
    .keras = "Identity",
    .input = "8",
    .activation = "linear",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_linear = {
    .rec = {.name = "linear", .alias = {"Linear"}, .doc = "x itself.", .example = "linear"},
    .keras = "Activation",
    .input = "8",
    .activation = "linear",
    .shape = shape_same,
    .lower = own_lower,
};
