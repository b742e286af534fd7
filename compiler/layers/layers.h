/* layers.h -- rung 3: one file for each layer, and what layers share: shapes and windows, parameters, the ops that they
 * append. A layer checks its input, declares its parameters and lowers itself. It knows nothing of its neighbours, of
 * sections or of the plan. The build collects layer_records[]. */
#ifndef CNNC_LAYERS_H
#define CNNC_LAYERS_H

#include "catalog/catalog.h"
#include "graph/graph.h"
#include "ops/ops.h"

/* ---- shapes.c: checks and messages about shapes */

enum {
    MAX_WINDOW_INDEX = 255
}; /* elements of a pooling window: a byte holds the index of the largest, and 255 is not used */
enum { MOST_ELEMENTS = INT32_MAX }; /* elements of an activation of one image, and of all parameters together */

int64_t shape_size_within(struct shape s,
                          int64_t limit); /* the product of the dimensions, or -1 if it exceeds the limit */
const char *shape_words(struct ctx *c, struct shape s); /* "[28, 28, 1]", as messages show shapes */

/* Sets n->out. False, after a report at the statement, if one image of that shape is too large. */
bool shape_set(struct net *net, struct node *n, struct shape s);
/* "'Conv2D' wants [height, width, channels], but its input is [576]", with a note about the origin of that shape. */
void shape_refuse(struct net *net, const struct node *n, const char *wants);
bool shape_fits_name(struct net *net, struct node *n); /* MaxPool1D takes only sequences; false after a report */
/* The input has channels and at least one axis beside them: a sequence, an image, a volume; false after a report. */
bool shape_is_plane(struct net *net, struct node *n);
/* A note that tells which statement made the shape of the input; the second tells it for the output. */
void shape_origin(struct net *net, const struct node *n);
void shape_note(struct net *net, const struct node *maker);
/* shape_cure.c: notes after an error, and a warning, that tell what to write instead. */
void shape_cure(struct net *net, const struct node *n);
/* warns: the output has pixels or steps, and a Flatten would make them one row */
void shape_unflattened(struct net *net);
void shape_channels_first(struct net *net, const struct node *n, struct shape s);
void shape_same(struct net *net, struct node *n); /* the `shape` function of layers that keep the shape */
/* That of layers that compute element by element: what all inputs broadcast to. */
void shape_broadcast_all(struct net *net, struct node *n);
/* The argument `axis` as an axis of the input, from 0; -1 after a report. */
int axis_given(struct net *net, const struct node *n);

/* ---- windows.c */

extern const char *const window_paddings[]; /* valid, same */
extern const char *const line_paddings[];   /* and causal */

/* The same for layers whose names leave the number of axes to the input. */
#define ANY_ARGS                                                                                                       \
    SLIDE_ARGS(0, "1", line_paddings,                                                                                  \
               "valid: whole windows only; same: zeros around, so that the plane keeps its size; causal: all of them " \
               "in front, for sequences")
/* How many axes of its input a layer's windows move over, by the digit in its class in Keras. */
int window_axes(const struct node *n);
bool window_takes(struct net *net, const struct node *n); /* the input has so many axes; false after a report */

struct window_args {
    const struct bound *kernel, *strides, *dilation; /* strides without a value: the size of the kernel */
    const struct bound *padding;                     /* of a choice whose number 0 is `valid` */
};
/* Moves the kernel over the input ([d,h,w,c], [h,w,c] or [n,c]); reports a window that does not fit. */
bool window_make(struct net *net, const struct node *n, const struct window_args *args, struct window *w);
/* As many windows along each axis as the argument says. */
bool window_adapt(struct net *net, const struct node *n, const struct bound *output, struct window *w);
/* The window whose output is the input of the layer, and whose input is the output of the layer. */
bool window_transpose(struct net *net, const struct node *n, const struct window_args *args,
                      const struct bound *output_padding, struct window *w);
/* The plane that the window makes, and the one that it moves over, with as many axes as the input of the layer. */
struct shape window_output(const struct node *n, const struct window *w);
struct shape window_input(const struct node *n, const struct window *w);

/* ---- convolution.c: what convolutions share */

/* The arguments kernel, strides, dilation and padding. */
struct window_args conv_args(const struct node *n);
/* The window from the arguments kernel, strides, dilation, padding, groups and filters; the first function reports what
 * does not fit. */
bool conv_window(struct net *net, struct node *n, int64_t filters, int64_t groups, struct window *w);
bool conv_groups_divide(struct net *net, const struct node *n, int64_t filters, int64_t groups);
/* A fan of a kernel: its area times `channels`, as in Keras. It saturates, because the kernel may be absurdly large;
 * the pass checks the size of the kernel later. */
int64_t conv_fan(const struct window *w, int64_t channels);
/* The shape of a kernel with as many axes as the input has: [kd,kh,kw,in,out]. */
struct shape conv_kernel_shape(const struct node *n, const struct window *w, int64_t in, int64_t out);
/* The window from those arguments and depth_multiplier, for a convolution that treats each channel separately; and its
 * kernel [kh,kw,in,multiplier], named as in kernel_declare. */
bool depthwise_window(struct net *net, struct node *n, struct window *w);
bool depthwise_declare(struct net *net, struct node *n, const char *name, const struct window *w);
/* A window of 1x1 over h x w pixels. */
struct window pixel_window(int64_t h, int64_t w, int64_t inputs, int64_t outputs);
/* Transposed: `out` is the plane that the window moves over. */
struct op *lower_conv_transpose(struct net *net, struct node *n, struct tensor *x, const struct param *kernel,
                                struct window w, struct shape out);
struct op *lower_conv(struct net *net, struct node *n, struct tensor *x, const struct param *kernel, struct window w,
                      struct shape out, const char *suffix);

/* ---- lowering.c: functions that append the ops of layers */
struct tensor *node_tensor(struct net *net, struct node *n, const char *suffix, struct shape s);
struct op *lower_unary(struct net *net, const struct op_kind *kind, struct node *n, struct tensor *x, struct shape out,
                       const char *suffix); /* x -> a new tensor, op->out[0] */
struct tensor *lower_view(struct net *net, struct node *n, struct tensor *x, struct shape s);
/* y = the formula of count tensors, which it calls a, b, c, ...: the text is one of compiler/expr, numbers in it have
 * all digits (%.17g). Shapes are broadcast as in numpy to `out`. Parameters are operands like any other. */
struct tensor *lower_map(struct net *net, struct node *n, const char *formula, struct tensor *const *x, int count,
                         struct shape out, const char *suffix);
/* A reduction over the axes that `axes` has a bit for, 1 << axis; keepdims: they stay, as axes of 1. */
struct tensor *lower_reduce(struct net *net, struct node *n, enum reduction kind, struct tensor *x, unsigned axes,
                            bool keepdims, const char *suffix);
/* The same of a formula that is computed for the shape `full`; the axes stay, as axes of 1. */
struct tensor *lower_reduce_map(struct net *net, struct node *n, enum reduction kind, const char *formula,
                                struct tensor *const *x, int count, struct shape full, unsigned axes,
                                const char *suffix);
/* The maximum over axes, which stay as axes of 1. No gradient goes through it: for what does not depend on it. */
struct tensor *lower_peak(struct net *net, struct node *n, struct tensor *x, unsigned axes, const char *suffix);

/* ---- draws.c: numbers that are made and not computed from the layer's input */

/* Streams that are taken: every op that draws has one of its own, with the next number. */
int streams_of(const struct net *net);
struct limits {
    double low, high;
};
/* Uniform draws of that shape for each image, between the limits; when nothing trains, each is `quiet`. */
struct tensor *lower_draw(struct net *net, struct node *n, struct shape s, struct limits limits, double quiet);
/* Standard normal draws, 0 when nothing trains. */
struct tensor *lower_normal(struct net *net, struct node *n, struct shape s);
/* The same numbers for every image: "0.5 1.25", one for each element in Keras' order. */
struct tensor *lower_constant(struct net *net, struct node *n, struct shape s, const char *values);
struct tensor *lower_numbers(struct net *net, struct node *n, struct shape s, const double *values);
/* first, first + 1, ... */
struct tensor *lower_places(struct net *net, struct node *n, struct shape s, double first);
/* gamma.c: logarithms of draws of the gamma distribution of that shape parameter. */
struct tensor *lower_log_gamma(struct net *net, struct node *n, struct shape s, double alpha);
/* A `factor` as Keras has it: [least, most], or one number f, which is from -f or from 0 to f. */
#define FACTOR_ARG(NAME, FLAGS, DEFAULT, LEAST, MOST, DOC)                                                             \
    {                                                                                                                  \
        .name = NAME, .type = ARG_NUMBERS, .flags = ARG_LIMITS | (FLAGS), .def = DEFAULT, .min = LEAST, .max = MOST,   \
        .doc = DOC                                                                                                     \
    }
struct limits factor_of(const struct node *n, const char *name, bool around_zero);
/* mixing.c: between which numbers alpha of the beta distribution is drawn, for each batch. */
struct limits mixing_alpha(const struct node *n);

#define VALUE_RANGE_ARG                                                                                                \
    {                                                                                                                  \
        .name = "value_range", .type = ARG_NUMBERS, .def = "[0, 255]", .min = -1e30, .max = 1e30,                      \
        .doc = "the least and the most value of a pixel"                                                               \
    }
double range_end(const struct node *n, int end); /* the least value of a pixel, 0, or the most, 1 */
const char *within_range(struct net *net, const struct node *n, const char *formula); /* its value, cut to the range */
enum { ANY_CHANNELS = 0, COLOURS = 3 };
/* The input is an image of so many channels, and the range of values, if the layer has one, is one; false after a
 * report. */
bool image_fits(struct net *net, const struct node *n, int64_t channels);
/* The `shape` functions of layers of images, and of coloured ones, that keep the shape. */
void image_shape(struct net *net, struct node *n);
void colours_shape(struct net *net, struct node *n);
extern const struct shape one_an_image; /* of what is drawn once for an image */

/* "0 1 2 ...", as many as the axis of images has, which is the only one of the result that is not 1. */
struct tensor *lower_indices(struct net *net, struct node *n, int axis);
/* 1 for images that something happens to, with a probability that is drawn as `factor` says, 0 for others; -1 when
 * nothing trains. */
struct tensor *lower_chosen(struct net *net, struct node *n);

/* random_colour.c, random_detail.c, random_tones.c: changes of an image, whose layer has a value_range, by draws
 * between the limits; lower_stretched() draws nothing. */
struct tensor *lower_brightened(struct net *net, struct node *n, struct tensor *image, struct limits factor);
struct tensor *lower_contrasted(struct net *net, struct node *n, struct tensor *image, struct limits factor);
struct tensor *lower_degenerated(struct net *net, struct node *n, struct tensor *image, struct limits factor);
struct tensor *lower_sharpened(struct net *net, struct node *n, struct tensor *image, struct limits factor);
struct tensor *lower_posterized(struct net *net, struct node *n, struct tensor *image, struct limits bits);
struct tensor *lower_solarized(struct net *net, struct node *n, struct tensor *image, struct limits plus,
                               struct limits threshold);
struct tensor *lower_stretched(struct net *net, struct node *n, struct tensor *image);

/* bells.c: a blur by bells of the deviation `sigma`, numbers that sum to 1 in an image without edges. A bell goes on
 * for `reach` pixels to either side: a formula in a, which is sigma, of whole numbers up to `most`. */
struct bell {
    struct tensor *sigma;
    const char *reach;
    int64_t most;
};
/* The matrix of an axis of so many pixels; the image, blurred by those of its rows and its columns. */
struct tensor *lower_bells(struct net *net, struct node *n, int64_t size, const struct bell *b);
struct tensor *lower_blur(struct net *net, struct node *n, struct tensor *image, struct tensor *rows,
                          struct tensor *columns);

/* equalization.c: values of so many bins become as frequent as others, in images whose `when` is 1; NULL: in all. */
struct tensor *lower_equalized(struct net *net, struct node *n, struct tensor *image, int64_t bins,
                               struct tensor *when);

/* fetching.c: images whose pixels come from other places */
extern const char *const fill_modes[];    /* as enum warp_fill */
extern const char *const between_modes[]; /* nearest, bilinear */
#define INTERPOLATION_ARG                                                                                              \
    {                                                                                                                  \
        .name = "interpolation", .type = ARG_CHOICE, .def = "bilinear", .choices = between_modes,                      \
        .doc = "between pixels"                                                                                        \
    }
#define FILL_VALUE_ARG(DOC)                                                                                            \
    {                                                                                                                  \
        .name = "fill_value", .type = ARG_REAL, .def = "0", .min = -1e30, .max = 1e30, .doc = DOC                      \
    }
#define OUTSIDE_ARGS                                                                                                   \
    {.name = "fill_mode",                                                                                              \
     .type = ARG_CHOICE,                                                                                               \
     .def = "reflect",                                                                                                 \
     .choices = fill_modes,                                                                                            \
     .doc = "what stands outside of the image"},                                                                       \
        INTERPOLATION_ARG, FILL_VALUE_ARG("outside, for constant")
struct between;
/* What these arguments say; without fill_mode, `outside` of enum warp_fill. */
struct between between_of(const struct node *n, int64_t outside);
/* Each pixel of the result comes from a place in the image, in images whose `when` is 1: [1,1,1]. */
struct tensor *lower_fetch(struct net *net, struct node *n, struct tensor *image, struct tensor *rows,
                           struct tensor *columns, struct tensor *when, struct between between);

/* ---- moves.c: elements at other places. axes: what each axis of the result reads (ops/move.h), for x with the
 * dimensions `from`; the result has the shape `out`, of the same size as those axes. Without a change, it is x. */
struct move_axis;
struct tensor *lower_move(struct net *net, struct node *n, struct tensor *x, struct shape from,
                          const struct move_axis *axes, struct shape out, const char *suffix);
/* The same with the axes of `from` in another order: axis i of the result is order[i]. */
struct tensor *lower_permute(struct net *net, struct node *n, struct tensor *x, struct shape from, const int *order,
                             struct shape out, const char *suffix);
/* The same numbers, in Keras' order, in another shape. */
struct tensor *lower_reshape(struct net *net, struct node *n, struct tensor *x, struct shape out, const char *suffix);
/* Tensors side by side along an axis. */
struct tensor *lower_concat(struct net *net, struct node *n, struct tensor *const *x, int count, int axis,
                            const char *suffix);

/* resizing.c: x with `size` samples along an axis */
struct tensor *lower_resample(struct net *net, struct node *n, struct tensor *x, int axis, int64_t size, bool nearest);

/* ---- products.c: y = a b, for each of `matrices` matrices of an image. a has the elements of [matrices, rows, inner],
 * or of [matrices, inner, rows] if it is transposed; b those of [matrices, inner, columns], or [matrices, columns,
 * inner]; `out` has those of [matrices, rows, columns]. */
struct product {
    int64_t matrices, rows, inner, columns;
    bool transposed_a, transposed_b;
};
struct tensor *lower_matmul(struct net *net, struct node *n, struct tensor *a, struct tensor *b,
                            const struct product *form, struct shape out, const char *suffix);

/* ---- pooling.c */
struct tensor *lower_maxpool(struct net *net, struct node *n, struct tensor *x, struct window w);
struct tensor *lower_avgpool(struct net *net, struct node *n, struct tensor *x, struct window w);

/* ---- activate.c: activations as words and as layers */

/* args: of the word, NULL for its defaults. */
struct tensor *lower_activation(struct net *net, struct node *n, struct tensor *x, const struct record *act,
                                const struct bound *args);
/* The arguments stand under their names in a record that may have others: `owner`. */
struct tensor *lower_own_activation(struct net *net, struct node *n, struct tensor *x, const struct record *act,
                                    const struct record *owner, const struct bound *args);
/* Reports a formula among the arguments of a layer that is none for its output, and gives the layer no shape. */
void check_activation(struct net *net, struct node *n);
/* Sets n->out of a layer that is an activation. */
void activation_shape(struct net *net, struct node *n, const struct record *act, const struct record *owner,
                      const struct bound *args);
/* ---- formula.c: formulas of the user */

/* The formula of so many names. False after a report at its place in the text. */
struct expr_lambda;
bool formula_read(struct net *net, const struct bound *b, int names, struct expr_lambda *f);
/* The shape of what it makes of these. False after a report. */
bool formula_shape(struct net *net, const struct bound *b, const struct shape *in, int count, struct shape *out);
struct tensor *lower_formula(struct net *net, struct node *n, const struct bound *b, struct tensor *const *x,
                             int count);

/* A bit, 1 << axis, for each axis that the argument names, one number or a list: from 1, or from -1 backwards; without
 * it, the last. False after a report. */
bool axes_given(struct net *net, const struct node *n, const struct bound *given, struct shape s, unsigned *axes);

/* ---- weights.c: layers with a kernel and a bias */

/* The arguments that these layers share, for their tables. */
#define INITIALIZER_ARG(NAME, KERAS, DEFAULT, DOC)                                                                     \
    {                                                                                                                  \
        .name = NAME, .type = ARG_RECORD, .def = DEFAULT, .family = initializers, .alias = {KERAS}, .doc = DOC         \
    }
#define REGULARIZER_ARG(NAME, KERAS, DOC)                                                                              \
    {                                                                                                                  \
        .name = NAME, .type = ARG_RECORD, .family = regularizers, .alias = {KERAS}, .doc = DOC                         \
    }
#define CONSTRAINT_ARG(NAME, KERAS, DOC)                                                                               \
    {                                                                                                                  \
        .name = NAME, .type = ARG_RECORD, .family = constraints, .alias = {KERAS}, .doc = DOC                          \
    }
#define PENALTY_ARG(NAME, DOC) REAL(NAME, 0, NULL, 0, 1e30, .doc = DOC)
#define ACTIVATION_ARGS                                                                                                \
    {.name = "activation",                                                                                             \
     .type = ARG_RECORD,                                                                                               \
     .flags = ARG_BARE,                                                                                                \
     .family = activations,                                                                                            \
     .doc = "what is done to the sum"},                                                                                \
    {                                                                                                                  \
        .name = "bias", .type = ARG_BOOL, .def = "yes", .alias = {"use_bias"}, .doc = "whether a bias is added"        \
    }
/* SLIDE_ARGS for planes and volumes, and for sequences, which have causal padding, too. */
#define PLANE_ARGS(RANK, ONE)                                                                                          \
    SLIDE_ARGS(RANK, ONE, window_paddings,                                                                             \
               "valid: whole windows only; same: zeros around, so that the plane keeps its size")
#define LINE_ARGS                                                                                                      \
    SLIDE_ARGS(1, "1", line_paddings,                                                                                  \
               "valid: whole windows only; same: zeros around, so that the sequence keeps its length; causal: all of " \
               "them in front, so that no output sees what comes after it")
/* KERAS_*: the names in Keras of the arguments of a layer whose kernel has a name of its own, or NULL. */
#define WEIGHT_ARGS_AS(KERAS_INITIALIZER, KERAS_REGULARIZER, KERAS_CONSTRAINT)                                         \
    ACTIVATION_ARGS,                                                                                                   \
        INITIALIZER_ARG("kernel_initializer", KERAS_INITIALIZER, "glorot_uniform", "how the weights start"),           \
        INITIALIZER_ARG("bias_initializer", NULL, "zeros", "how the bias starts"),                                     \
        REGULARIZER_ARG("kernel_regularizer", KERAS_REGULARIZER, "penalty on the weights"),                            \
        REGULARIZER_ARG("bias_regularizer", NULL, "penalty on the bias"),                                              \
        REGULARIZER_ARG("activity_regularizer", NULL, "penalty on the outputs"),                                       \
        CONSTRAINT_ARG("kernel_constraint", KERAS_CONSTRAINT, "what the weights keep to"),                             \
        CONSTRAINT_ARG("bias_constraint", NULL, "what the bias keeps to"),                                             \
        PENALTY_ARG("l1", "short for kernel_regularizer=l1(...)"),                                                     \
        PENALTY_ARG("l2", "short for kernel_regularizer=l2(...)")
#define WEIGHT_ARGS WEIGHT_ARGS_AS(NULL, NULL, NULL)

/* The arguments of convolutions. ONE: the default of arguments that are 1 in every dimension. */
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
     .flags = ARG_POSITIONAL | ARG_WITH_NAME,                                                                          \
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

/* ---- norms.c: what normalisation layers share */

#define AXIS_ARG                                                                                                       \
    {                                                                                                                  \
        .name = "axis", .type = ARG_INT, .def = "-1", .min = -MAX_RANK, .max = MAX_RANK,                               \
        .doc = "the axis of the channels"                                                                              \
    }
#define AXES_ARG                                                                                                       \
    {                                                                                                                  \
        .name = "axis", .type = ARG_INTS, .def = "-1", .min = -MAX_RANK, .max = MAX_RANK,                              \
        .doc = "the axis, or a list of them; 1 is the first of an image, -1 the last"                                  \
    }
#define EPSILON_ARG(DEFAULT)                                                                                           \
    REAL("epsilon", 0, DEFAULT, 0, 1, .doc = "added to the variance, so that its root is not zero")
#define CENTER_ARG                                                                                                     \
    {                                                                                                                  \
        .name = "center", .type = ARG_BOOL, .def = "yes", .doc = "whether beta is added"                               \
    }
#define SCALE_ARG                                                                                                      \
    {                                                                                                                  \
        .name = "scale", .type = ARG_BOOL, .def = "yes", .doc = "whether the result is multiplied by gamma"            \
    }

/* The functions of norms. They call those of struct norm with the axes of the argument `axis` behind all others. */
void norm_shape(struct net *net, struct node *n);
struct tensor *norm_lower(struct net *net, struct node *n);
unsigned norm_axes(struct net *net, const struct node *n); /* in the eyes of those: as many last axes */
/* <layer>.<name>, with the argument <name>_initializer; NULL after a report. */
struct param *norm_param(struct net *net, struct node *n, const char *name, struct shape shape);
/* gamma and beta of that shape, where the arguments scale and center want them. False after a report. */
bool norm_declare(struct net *net, struct node *n, struct shape shape);
/* x / sqrt(variance + epsilon), times gamma and plus beta as far as the layer has declared them. */
struct tensor *norm_finish(struct net *net, struct node *n, struct tensor *x, struct tensor *variance);

#define LARGEST_COUNT 2147483647.0 /* the largest number of filters, units or pixels that an argument may ask for */

/* Declares <layer>.kernel and, unless bias=no, <layer>.bias with n values. False after a report. */
bool weights_declare(struct net *net, struct node *n, enum param_kind kind, struct shape kernel, int64_t fan_in,
                     int64_t fan_out);
/* One kernel with the arguments <name>_initializer, _regularizer and _constraint: <layer>.kernel if the name is
 * `kernel`, else <layer>.<name>_kernel. */
bool kernel_declare(struct net *net, struct node *n, const char *name, enum param_kind kind, struct shape shape,
                    int64_t fan_in, int64_t fan_out);
/* The same without the constraint, for a layer that gives the kernel another shape before; NULL after a report. */
struct param *kernel_free(struct net *net, struct node *n, const char *name, enum param_kind kind, struct shape shape,
                          int64_t fan_in, int64_t fan_out);
/* <layer>.<name>, of any shape, with the arguments <name>_initializer, _regularizer and, if the layer has it,
 * _constraint; an operand of lower_map(). Its fans are those of a vector of its last axis. NULL after a report. */
struct param *array_declare(struct net *net, struct node *n, const char *name, struct shape shape);
bool bias_declare(struct net *net, struct node *n, int64_t size); /* unless bias=no */
/* The penalty of the argument `regularizer`, and whether the layer is trainable. */
void param_penalize(struct param *w, const struct node *n, const struct bound *regularizer);
/* The constraint of the argument <name>_constraint, if the layer has it. False after a report. */
bool param_constrain(struct net *net, struct param *w, const struct node *n, const char *name);
/* orthogonal.c: the regularizer orthogonal, if that is what an argument has. */
struct orthogonal orthogonal_of_arg(const struct bound *regularizer);
/* Reports each regularizer `orthogonal` of the layer that is not that of a matrix. */
void check_orthogonal(struct net *net, const struct node *n);
/* Appends what adds these penalties to the loss. */
void lower_orthogonal(struct net *net, struct node *n);

/* weights.c: appends bias, activation and activity penalty after x, which holds the sums. */
struct tensor *weights_finish(struct net *net, struct node *n, struct tensor *x);

/* noise_input.c: not in layer_records[], since no statement has it; its args are those of the input that reads it */
extern const struct layer layer_input, noise_input;

#endif
