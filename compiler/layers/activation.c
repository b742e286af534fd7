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

/* `Activation relu` */
static struct tensor *named_lower(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "activation");
    return lower_activation(net, n, n->x, b->record, b->sub);
}

static void named_shape(struct net *net, struct node *n)
{
    const struct bound *b = node_arg(n, "activation");
    activation_shape(net, n, b->record, b->record, b->sub);
}

static const struct record *own_activation(const struct node *n)
{
    return record_find(activations, n->layer->activation);
}

/* `ReLU`, `LeakyReLU 0.1`: the layer's own arguments are the activation's. */
static struct tensor *own_lower(struct net *net, struct node *n)
{
    return lower_own_activation(net, n, n->x, own_activation(n), &n->layer->rec, n->args);
}

static void own_shape(struct net *net, struct node *n)
{
    activation_shape(net, n, own_activation(n), &n->layer->rec, n->args);
}

const struct layer layer_activation = {
    .rec = {.name = "Activation",
            .doc = "An activation by its name.",
            .example = "Activation tanh",
            .args = activation_args},
    .keras = "Activation",
    .input = "8",
    .shape = named_shape,
    .lower = named_lower,
};

const struct layer layer_relu = {
    .rec = {.name = "ReLU", .alias = {"relu"}, .doc = "max(x, 0).", .example = "ReLU", .args = relu_args},
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
    .rec = {.name = "GELU",
            .alias = {"gelu"},
            .doc = "x * (1 + erf(x / sqrt(2))) / 2, exactly.",
            .example = "GELU",
            .args = gelu_args},
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
            .doc = "Probabilities: exp(x) over its sum along the last dimension, or along `axis`.",
            .example = "Softmax",
            .args = along_args},
    .keras = "Softmax",
    .input = "8",
    .activation = "softmax",
    .shape = own_shape,
    .lower = own_lower,
};

const struct layer layer_log_softmax = {
    .rec = {.name = "LogSoftmax",
            .alias = {"log_softmax"},
            .doc = "The logarithm of softmax.",
            .example = "LogSoftmax",
            .args = along_args},
    .keras = "Activation",
    .input = "8",
    .activation = "log_softmax",
    .shape = own_shape,
    .lower = own_lower,
};

const struct layer layer_sparsemax = {
    .rec = {.name = "Sparsemax",
            .alias = {"sparsemax"},
            .doc = "The nearest point whose numbers sum to 1 and are not below 0: probabilities, many of them 0.",
            .example = "Sparsemax",
            .args = along_args},
    .keras = "Activation",
    .input = "8",
    .activation = "sparsemax",
    .shape = own_shape,
    .lower = own_lower,
};

const struct layer layer_glu = {
    .rec = {.name = "GLU",
            .alias = {"glu"},
            .doc = "The first half of the channels times sigmoid of the second.",
            .example = "GLU axis=1",
            .args = halved_args},
    .keras = "Activation",
    .input = "8x2",
    .activation = "glu",
    .shape = own_shape,
    .lower = own_lower,
};

const struct layer layer_threshold = {
    .rec = {.name = "Threshold",
            .alias = {"threshold"},
            .doc = "x above the threshold, else the default value.",
            .example = "Threshold 1 0",
            .args = cutoff_args},
    .keras = "Activation",
    .input = "8",
    .activation = "threshold",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_celu = {
    .rec = {.name = "CELU",
            .alias = {"celu"},
            .doc = "x above zero, alpha * (exp(x / alpha) - 1) below.",
            .example = "CELU",
            .args = celu_args},
    .keras = "Activation",
    .input = "8",
    .activation = "celu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_selu = {
    .rec = {.name = "SELU",
            .alias = {"selu"},
            .doc = "elu with constants that keep mean and variance.",
            .example = "SELU"},
    .keras = "Activation",
    .input = "8",
    .activation = "selu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_exponential = {
    .rec = {.name = "Exponential", .alias = {"exponential"}, .doc = "exp(x).", .example = "Exponential"},
    .keras = "Activation",
    .input = "8",
    .activation = "exponential",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_hard_shrink = {
    .rec = {.name = "HardShrink",
            .alias = {"hard_shrink"},
            .doc = "x where |x| is above the threshold, else 0.",
            .example = "HardShrink",
            .args = shrink_args},
    .keras = "Activation",
    .input = "8",
    .activation = "hard_shrink",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_soft_shrink = {
    .rec = {.name = "SoftShrink",
            .alias = {"soft_shrink"},
            .doc = "x, moved towards zero by the threshold, at most to zero.",
            .example = "SoftShrink",
            .args = shrink_args},
    .keras = "Activation",
    .input = "8",
    .activation = "soft_shrink",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_tanh_shrink = {
    .rec = {.name = "TanhShrink", .alias = {"tanh_shrink"}, .doc = "x - tanh(x).", .example = "TanhShrink"},
    .keras = "Activation",
    .input = "8",
    .activation = "tanh_shrink",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_hard_sigmoid = {
    .rec = {.name = "HardSigmoid",
            .alias = {"hard_sigmoid"},
            .doc = "x / 6 + 1/2, from 0 to 1.",
            .example = "HardSigmoid"},
    .keras = "Activation",
    .input = "8",
    .activation = "hard_sigmoid",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_hard_silu = {
    .rec = {.name = "HardSiLU",
            .alias = {"hard_silu", "hard_swish", "HardSwish"},
            .doc = "x * hard_sigmoid(x).",
            .example = "HardSiLU"},
    .keras = "Activation",
    .input = "8",
    .activation = "hard_silu",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_hard_tanh = {
    .rec = {.name = "HardTanh", .alias = {"hard_tanh"}, .doc = "x, from -1 to 1.", .example = "HardTanh"},
    .keras = "Activation",
    .input = "8",
    .activation = "hard_tanh",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_relu6 = {
    .rec = {.name = "ReLU6", .alias = {"relu6"}, .doc = "max(x, 0), at most 6.", .example = "ReLU6"},
    .keras = "Activation",
    .input = "8",
    .activation = "relu6",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_log_sigmoid = {
    .rec = {.name = "LogSigmoid", .alias = {"log_sigmoid"}, .doc = "log(sigmoid(x)).", .example = "LogSigmoid"},
    .keras = "Activation",
    .input = "8",
    .activation = "log_sigmoid",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_mish = {
    .rec = {.name = "Mish", .alias = {"mish"}, .doc = "x * tanh(softplus(x)).", .example = "Mish"},
    .keras = "Activation",
    .input = "8",
    .activation = "mish",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_softsign = {
    .rec = {.name = "Softsign", .alias = {"softsign"}, .doc = "x / (1 + |x|).", .example = "Softsign"},
    .keras = "Activation",
    .input = "8",
    .activation = "softsign",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_sparse_plus = {
    .rec = {.name = "SparsePlus",
            .alias = {"sparse_plus"},
            .doc = "0 up to -1, (x + 1)^2 / 4 up to 1, then x.",
            .example = "SparsePlus"},
    .keras = "Activation",
    .input = "8",
    .activation = "sparse_plus",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_sparse_sigmoid = {
    .rec = {.name = "SparseSigmoid",
            .alias = {"sparse_sigmoid"},
            .doc = "(x + 1) / 2, from 0 to 1.",
            .example = "SparseSigmoid"},
    .keras = "Activation",
    .input = "8",
    .activation = "sparse_sigmoid",
    .shape = shape_same,
    .lower = own_lower,
};

const struct layer layer_squareplus = {
    .rec = {.name = "Squareplus",
            .alias = {"squareplus"},
            .doc = "(x + sqrt(x^2 + b)) / 2.",
            .example = "Squareplus",
            .args = squareplus_args},
    .keras = "Activation",
    .input = "8",
    .activation = "squareplus",
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
