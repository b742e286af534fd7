/* layers.h -- rung 3: one layer a file, and what they share: shapes and windows, parameters, the ops that they append. A layer checks its
 * input, declares its parameters and lowers itself; it looks at no neighbour, no section and no plan. The build collects layers[]. */
#ifndef CNNC_LAYERS_H
#define CNNC_LAYERS_H

#include "catalog/catalog.h"
#include "graph/graph.h"

extern const struct layer *const layers[];      /* NULL-terminated; made by the build */
const struct record *const *layer_family(void); /* the same, seen as records */

/* ---- shapes.c: what layers say about shapes */

enum {
    MAX_WINDOW_INDEX = 255
}; /* a pooling window's elements: the index of the largest is stored in a byte, 255 is free */
enum { MOST_ELEMENTS = INT32_MAX }; /* of one image's activation, of all parameters together */

int64_t shape_size_within(struct shape s,
                          int64_t limit); /* the product of the dimensions, -1 when it exceeds the limit */
const char *shape_words(struct ctx *c, struct shape s); /* "[28, 28, 1]", as messages show shapes */

/* Sets n->out; false, after reporting at the statement, when one image of that shape is too large. */
bool shape_set(struct net *net, struct node *n, struct shape s);
/* "'Conv2D' wants [height, width, channels], but its input is [576]", and where that shape came from. */
void shape_refuse(struct net *net, const struct node *n, const char *wants);
bool shape_fits_name(struct net *net, struct node *n); /* MaxPool1D is for sequences alone; false after a report */
/* A note that says which statement made the input's shape; or, the second, the output's. */
void shape_origin(struct net *net, const struct node *n);
void shape_note(struct net *net, const struct node *maker);
/* shape_cure.c: notes behind a refusal, and a warning, that say what to write instead. */
void shape_cure(struct net *net, const struct node *n);
void shape_unflattened(struct net *net); /* the output has pixels or steps, which a Flatten would have made one row */
void shape_channels_first(struct net *net, const struct node *n, struct shape s);
void shape_same(struct net *net, struct node *n); /* a `shape` for layers that keep it */
/* Slides kernel over the input ([h,w,c] or [n,c]); reports a window that does not fit. strides.n_dims == 0: the
 * kernel's. */
bool window_make(struct net *net, const struct node *n, const struct bound *kernel, const struct bound *strides,
                 const struct bound *dilation, const struct bound *padding, struct window *w);
struct shape window_output(const struct node *n, const struct window *w); /* [oh,ow,oc], or [ow,oc] of a sequence */

/* ---- convolution.c: what convolutions share */

/* The window of the arguments kernel, strides, dilation, padding, groups and filters; the first reports what does not fit. */
bool conv_window(struct net *net, struct node *n, int64_t filters, int64_t groups, struct window *w);
bool conv_groups_divide(struct net *net, const struct node *n, const struct window *w);
/* A fan of a kernel, Keras' product of its area and `channels`. It may be absurd when the kernel is, whose size the pass
 * checks: it saturates. */
int64_t conv_fan(const struct window *w, int64_t channels);
/* The kernel [kh,kw,in,multiplier] of a window that sees every channel alone, called as kernel_declare has it. */
bool depthwise_declare(struct net *net, struct node *n, const char *name, const struct window *w);
/* A window of 1x1 over h x w pixels. */
struct window pixel_window(int64_t h, int64_t w, int64_t inputs, int64_t outputs);
struct op *lower_conv(struct net *net, struct node *n, struct tensor *x, const struct param *kernel, struct window w,
                      struct shape out, const char *suffix);

/* ---- lowering.c: what layers append */
struct tensor *node_tensor(struct net *net, struct node *n, const char *suffix, struct shape s);
struct op *lower_unary(struct net *net, const struct op_kind *kind, struct node *n, struct tensor *x, struct shape out,
                       const char *suffix); /* x -> a new tensor, op->out[0] */
struct tensor *lower_view(struct net *net, struct node *n, struct tensor *x, struct shape s);
struct tensor *lower_activation(struct net *net, struct node *n, struct tensor *x, const struct record *act,
                                const struct bound *args);
struct tensor *lower_maxpool(struct net *net, struct node *n, struct tensor *x, struct window w);

/* ---- weights.c: layers with a kernel and a bias */

/* The arguments that they share, for their tables. */
#define INITIALIZER_ARG(NAME, KERAS, DEFAULT, DOC)                                                                     \
    {                                                                                                                  \
        .name = NAME, .type = ARG_RECORD, .def = DEFAULT, .family = initializers, .alias = {KERAS}, .doc = DOC         \
    }
#define REGULARIZER_ARG(NAME, KERAS, DOC)                                                                              \
    {                                                                                                                  \
        .name = NAME, .type = ARG_RECORD, .family = regularizers, .alias = {KERAS}, .doc = DOC                         \
    }
#define PENALTY_ARG(NAME, DOC)                                                                                         \
    {                                                                                                                  \
        .name = NAME, .type = ARG_REAL, .min = 0, .max = 1e30, .doc = DOC                                              \
    }
#define TRAINABLE_ARG                                                                                                  \
    {                                                                                                                  \
        .name = "trainable", .type = ARG_BOOL, .def = "yes",                                                           \
        .doc = "no: the parameters stay as they start or are loaded"                                                   \
    }
#define ACTIVATION_ARGS                                                                                                \
    {.name = "activation",                                                                                             \
     .type = ARG_RECORD,                                                                                               \
     .flags = ARG_BARE,                                                                                                \
     .family = activations,                                                                                            \
     .doc = "what is done to the sum"},                                                                                \
    {                                                                                                                  \
        .name = "bias", .type = ARG_BOOL, .def = "yes", .alias = {"use_bias"}, .doc = "whether a bias is added"        \
    }
/* KERAS_*: what Keras calls the arguments of a layer whose kernel has a name of its own, or NULL. */
#define WEIGHT_ARGS_AS(KERAS_INITIALIZER, KERAS_REGULARIZER)                                                           \
    ACTIVATION_ARGS,                                                                                                   \
        INITIALIZER_ARG("kernel_initializer", KERAS_INITIALIZER, "glorot_uniform", "how the weights start"),           \
        INITIALIZER_ARG("bias_initializer", NULL, "zeros", "how the bias starts"),                                     \
        REGULARIZER_ARG("kernel_regularizer", KERAS_REGULARIZER, "penalty on the weights"),                            \
        REGULARIZER_ARG("bias_regularizer", NULL, "penalty on the bias"),                                              \
        REGULARIZER_ARG("activity_regularizer", NULL, "penalty on the outputs"),                                       \
        PENALTY_ARG("l1", "short for kernel_regularizer=l1(...)"),                                                     \
        PENALTY_ARG("l2", "short for kernel_regularizer=l2(...)"), TRAINABLE_ARG
#define WEIGHT_ARGS WEIGHT_ARGS_AS(NULL, NULL)

/* Those of convolutions. ONE: the default of what is 1 in every dimension. */
#define KERNEL_ARG(RANK)                                                                                               \
    {                                                                                                                  \
        .name = "kernel", .type = ARG_DIMS, .flags = ARG_REQUIRED | ARG_POSITIONAL, .min = 1, .max = LARGEST_COUNT,    \
        .rank = RANK, .alias = {"kernel_size"}, .doc = "size of the window"                                            \
    }
#define FILTERS_ARG                                                                                                    \
    {                                                                                                                  \
        .name = "filters", .type = ARG_INT, .flags = ARG_REQUIRED | ARG_POSITIONAL, .min = 1, .max = LARGEST_COUNT,    \
        .doc = "output channels"                                                                                       \
    }
#define SLIDE_ARGS(RANK, ONE, PADDINGS, PADDING_DOC)                                                                   \
    {.name = "strides",                                                                                                \
     .type = ARG_DIMS,                                                                                                 \
     .def = ONE,                                                                                                       \
     .min = 1,                                                                                                         \
     .max = LARGEST_COUNT,                                                                                             \
     .rank = RANK,                                                                                                     \
     .alias = {"stride"},                                                                                              \
     .doc = "how far it moves"},                                                                                       \
        {.name = "padding",                                                                                            \
         .type = ARG_CHOICE,                                                                                           \
         .flags = ARG_BARE,                                                                                            \
         .def = "valid",                                                                                               \
         .choices = PADDINGS,                                                                                          \
         .doc = PADDING_DOC},                                                                                          \
    {                                                                                                                  \
        .name = "dilation", .type = ARG_DIMS, .def = ONE, .min = 1, .max = LARGEST_COUNT, .rank = RANK,                \
        .alias = {"dilation_rate"}, .doc = "distance of the pixels that a window sees"                                 \
    }
#define GROUPS_ARG                                                                                                     \
    {                                                                                                                  \
        .name = "groups", .type = ARG_INT, .def = "1", .min = 1, .max = LARGEST_COUNT,                                 \
        .doc = "parts of the channels that do not see each other"                                                      \
    }
#define MULTIPLIER_ARG                                                                                                 \
    {                                                                                                                  \
        .name = "depth_multiplier", .type = ARG_INT, .def = "1", .min = 1, .max = LARGEST_COUNT,                       \
        .alias = {"multiplier"}, .doc = "outputs an input channel"                                                     \
    }

#define LARGEST_COUNT 2147483647.0 /* of filters, units, pixels: what an argument may ask for */

/* Declares <layer>.kernel and, unless bias=no, <layer>.bias with n values. False after reporting. */
bool weights_declare(struct net *net, struct node *n, enum param_kind kind, struct shape kernel, int64_t fan_in,
                     int64_t fan_out);
/* One kernel with the arguments <name>_initializer and <name>_regularizer: <layer>.kernel when that is its name,
 * <layer>.<name>_kernel of any other. */
bool kernel_declare(struct net *net, struct node *n, const char *name, enum param_kind kind, struct shape shape,
                    int64_t fan_in, int64_t fan_out);
bool bias_declare(struct net *net, struct node *n, int64_t size); /* unless bias=no */
/* Bias, activation and activity penalty behind x, which holds the sums. */
struct tensor *weights_finish(struct net *net, struct node *n, struct tensor *x);

#endif
