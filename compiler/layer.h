/* layer.h -- rung 2: the contract of a layer. One layer (or family) a file in layers/; the build collects them. */
#ifndef CNNC_LAYER_H
#define CNNC_LAYER_H

#include "net.h"

struct layer {
    struct record rec; /* first: a layer is a record, so did-you-mean, --layers and LAYERS.md know it */
    /* Checks n->in, reports at spans of n->args or n->stmt, sets n->out and declares parameters with net_param().
     * On an error: report once, leave n->out poisoned (it starts so). */
    void (*shape)(struct net *net, struct node *n);
    /* Appends FORWARD ops from n->x; returns the tensor that is the layer's output. */
    struct tensor *(*lower)(struct net *net, struct node *n);
    const char *keras;      /* Keras' class: unlabelled nodes are called after it, and it stands in the summary */
    const char *input;      /* an input that rec.example works on: "8x8x3" */
    const char *activation; /* of a layer that is nothing but an activation: its name in activations[] */
};

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

/* ---- shape.c: what layers say about shapes */

enum {
    MAX_WINDOW_INDEX = 255
}; /* a pooling window's elements: the index of the largest is stored in a byte, 255 is free */

/* Sets n->out; false, after reporting at the statement, when one image of that shape is too large. */
bool shape_set(struct net *net, struct node *n, struct shape s);
/* "'Conv2D' wants [height, width, channels], but its input is [576]", and where that shape came from. */
void shape_refuse(struct net *net, const struct node *n, const char *wants);
/* A note that says which statement made the input's shape; or, the second, the output's. */
void shape_origin(struct net *net, const struct node *n);
void shape_note(struct net *net, const struct node *maker);
void shape_same(struct net *net, struct node *n); /* a `shape` for layers that keep it */
/* Slides kernel over the input ([h,w,c] or [n,c]); reports a window that does not fit. strides.n_dims == 0: the
 * kernel's. */
bool window_make(struct net *net, const struct node *n, const struct bound *kernel, const struct bound *strides,
                 const struct bound *dilation, const struct bound *padding, struct window *w);
struct shape window_output(const struct node *n, const struct window *w); /* [oh,ow,oc], or [ow,oc] of a sequence */

/* ---- lower.c: what layers append */
struct tensor *node_tensor(struct net *net, struct node *n, const char *suffix, struct shape s);
struct op *lower_unary(struct net *net, enum opcode code, struct node *n, struct tensor *x, struct shape out,
                       const char *suffix); /* x -> a new tensor, op->out[0] */
struct tensor *lower_view(struct net *net, struct node *n, struct tensor *x, struct shape s);
struct tensor *lower_activation(struct net *net, struct node *n, struct tensor *x, const struct record *act,
                                const struct bound *args);
struct tensor *lower_maxpool(struct net *net, struct node *n, struct tensor *x, struct window w);

/* ---- weights.c: layers with a kernel and a bias */

/* The arguments that they share, for their tables. */
#define WEIGHT_ARGS                                                                                                    \
    {.name = "activation",                                                                                             \
     .type = ARG_RECORD,                                                                                               \
     .flags = ARG_BARE,                                                                                                \
     .family = activations,                                                                                            \
     .doc = "what is done to the sum"},                                                                                \
        {.name = "bias", .type = ARG_BOOL, .def = "yes", .alias = {"use_bias"}, .doc = "whether a bias is added"},     \
        {.name = "kernel_initializer",                                                                                 \
         .type = ARG_RECORD,                                                                                           \
         .def = "glorot_uniform",                                                                                      \
         .family = initializers,                                                                                       \
         .doc = "how the weights start"},                                                                              \
        {.name = "bias_initializer",                                                                                   \
         .type = ARG_RECORD,                                                                                           \
         .def = "zeros",                                                                                               \
         .family = initializers,                                                                                       \
         .doc = "how the bias starts"},                                                                                \
        {.name = "kernel_regularizer", .type = ARG_RECORD, .family = regularizers, .doc = "penalty on the weights"},   \
        {.name = "bias_regularizer", .type = ARG_RECORD, .family = regularizers, .doc = "penalty on the bias"},        \
        {.name = "activity_regularizer", .type = ARG_RECORD, .family = regularizers, .doc = "penalty on the outputs"}, \
        {.name = "l1", .type = ARG_REAL, .min = 0, .max = 1e30, .doc = "short for kernel_regularizer=l1(...)"},        \
    {                                                                                                                  \
        .name = "l2", .type = ARG_REAL, .min = 0, .max = 1e30, .doc = "short for kernel_regularizer=l2(...)"           \
    }

#define LARGEST_COUNT 2147483647.0 /* of filters, units, pixels: what an argument may ask for */

/* Declares <layer>.kernel and, unless bias=no, <layer>.bias with n values. False after reporting. */
bool weights_declare(struct net *net, struct node *n, enum param_kind kind, struct shape kernel, int64_t fan_in,
                     int64_t fan_out);
/* Bias, activation and activity penalty behind x, which holds the sums. */
struct tensor *weights_finish(struct net *net, struct node *n, struct tensor *x);

#endif
