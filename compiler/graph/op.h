/* op.h -- rung 2: an op is a piece of work for the machine. Its kind holds all facts that do not depend on the
 * operands. A kind is one record in ops/NAME.c, and the build collects them. Passes, planning and emission ask the
 * record and know no kind by name. */
#ifndef CNNC_OP_H
#define CNNC_OP_H

#include "spec/spec.h"

struct net;
struct node;
struct op;
struct tensor;

/* Without the batch dimension: [28,28,1], [128,16], [10]. The last dimension is the channels (NHWC). rank < 0 is
 * poison: the error was reported where it occurred, and later code reports nothing more. */
enum { MAX_RANK = 5 };
struct shape {
    int rank;
    int64_t dim[MAX_RANK];
};

enum phase { PHASE_PREPARE, PHASE_FORWARD, PHASE_BACKWARD, PHASE_UPDATE };

enum { MAX_EPILOGUE = 4 };

struct depth { /* the first axis of volumes: kernel, stride, dilation; padding in front and behind; input and output */
    int64_t k, s, d, front, back, in, out;
};

struct window { /* the window of a convolution or a pooling; a sequence [n,c] is [1,n,c] with a window of height 1 */
    int64_t kh, kw, sh, sw, dh, dw; /* kernel, stride, dilation */
    int64_t pt, pb, pl, pr;         /* padding rows above, below, columns left, right */
    int64_t ih, iw, ic, oh, ow, oc; /* input and output plane */
    int64_t groups;
    struct depth z; /* k is 0 for an image and for a sequence */
    /* POOL: window i of n over m elements is those from floor(i*m/n) to ceil((i+1)*m/n); the kernel is the largest, and
     * the strides are 0 */
    bool adaptive;
};

/* Pixels of the input and of the output, of all slices. */
static inline int64_t window_inputs(const struct window *w)
{
    return (w->z.k ? w->z.in : 1) * w->ih * w->iw;
}
static inline int64_t window_outputs(const struct window *w)
{
    return (w->z.k ? w->z.out : 1) * w->oh * w->ow;
}

struct op {
    int id;
    const struct op_kind *kind;
    enum phase phase;
    bool again;          /* the plan added it: it computes once more, in the backward pass, what an op before it did */
    struct node *node;   /* its layer, which has the name and the statement */
    struct tensor **in;  /* n_in tensors, then NULL; in the arena, of any length */
    struct tensor **out; /* n_out tensors, then NULL */
    int n_in, n_out;
    /* Attributes; the table of its kind tells which ones it has. A kind with other attributes has a struct of its own,
     * which begins with this one, and sets op_kind.size. */
    struct window win;         /* CONV*, *POOL* */
    const struct record *act;  /* ACT, ACT_GRAD: of activations[] */
    double alpha;              /* ACT, ACT_GRAD: slope of leaky_relu, scale of elu */
    double rate;               /* DROPOUT */
    double factor, shift;      /* DROPOUT: a kept element becomes x * factor + shift */
    double fill;               /* DROPOUT: a dropped element becomes this */
    bool channels;             /* DROPOUT: one draw for each channel of an image, not for each element */
    double deviation;          /* NOISE */
    int64_t stream;            /* DROPOUT, NOISE: number of its random stream */
    double l1, l2;             /* PENALTY */
    const struct record *loss; /* LOSS: of losses[] */
    /* LOSS: in[0] is the input of the last softmax or sigmoid; the loss includes that activation */
    bool from_logits;
    int64_t number;   /* LOSS: of its output; -1: there is one output. `factor` is the weight of the loss */
    double delta;     /* LOSS: huber */
    double smoothing; /* LOSS: label smoothing of the cross-entropies */
    /* fusion: the kernel of this op also does the ops of `epilogue`, in order, on its result before it stores it */
    struct op *epilogue[MAX_EPILOGUE];
    int n_epilogue;
    struct op *epilogue_of;
};

/* ---- attributes: what an op has beside its operands. Printing, fingerprints, comparison, and the attributes that a
 * gradient takes from its op are loops over these rows. */

enum attribute_type {
    ATTRIBUTE_WINDOW, /* struct window */
    ATTRIBUTE_RECORD, /* const struct record *, never NULL */
    ATTRIBUTE_REAL,   /* double */
    ATTRIBUTE_FLAG,   /* bool */
    ATTRIBUTE_WHOLE,  /* int64_t */
    ATTRIBUTE_SHAPE,  /* struct shape: as many numbers as its rank */
    ATTRIBUTE_TEXT    /* const char *, never NULL */
};

struct attribute {
    const char *name; /* the same for an op and its gradient, which takes over the value */
    enum attribute_type type;
    size_t offset;       /* in the op */
    const char *show;    /* what -d prints before the value, or for a FLAG that is set; NULL: -d does not show it */
    const char *show_if; /* shown only if the attribute of that name, a REAL, is not zero; NULL: always */
    /* an argument of the call; the code of the kernel and the fingerprint of the network do not depend on it */
    bool runtime;
};

/* What may follow inside one kernel: always in this order, each at most once. */
enum epilogue_place { EPILOGUE_NONE, EPILOGUE_POOL, EPILOGUE_BIAS, EPILOGUE_ACT };

/* What inference does with an op that training needs. */
enum strip {
    STRIP_NOTHING,
    STRIP_OUTPUTS, /* keeps only its first output */
    STRIP_PASS,    /* its input takes the place of its output */
    STRIP_OP       /* removes it; such an op has no output */
};

/* How many images a kernel works on at once. */
enum granularity {
    BY_PIXELS,   /* image by image if an image has more than one pixel */
    WHOLE_CHUNK, /* the whole chunk: its images share the weights */
    BY_TRAFFIC   /* image by image if the operands of one image are larger than the sum over all */
};

/* The layout of a result in memory: one run of channels for each pixel. like: the runs have the distance that they have
 * in this tensor; NULL: they are padded to whole vectors. pixels 0: as many as `like` has. */
struct result_layout {
    const struct tensor *like;
    int64_t channels, pixels;
};

/* A prepared copy of weights: `rows` rows of `across` numbers, padded to whole vectors. */
struct prepared {
    int64_t rows, across;
};

/* Zeros in front of the elements of each axis, and behind them. */
struct zeros {
    int rank;
    int64_t front[MAX_RANK], back[MAX_RANK];
};

/* What an op does with the formula that it has as its attribute (struct map_op of ops.h). */
enum formula {
    FORMULA_NONE,   /* it has none */
    FORMULA_MAP,    /* its output is what the formula is, element by element */
    FORMULA_REDUCED /* it adds up what the formula is, or the like */
};

struct op_kind {
    const char *name;
    enum phase phase;
    /* "x w -> y": the names of its operands in the function of its kernel, with inputs before the arrow. The last ones
     * on either side may be absent. x: activation, w: weights, dy: gradient of the output. */
    const char *operands;

    const struct attribute *attributes; /* ends with one that has no name; NULL: none */
    size_t size;                        /* the size of an op with attributes of its own; 0: sizeof(struct op) */

    /* differentiate: appends the ops that carry dy to the inputs of o that need a gradient. dy is the gradient of its
     * first output, or of its input if it has no output. NULL: this is not a FORWARD op. */
    void (*gradient)(struct net *n, struct op *o, struct tensor *dy);
    bool detached; /* its output does not depend on the numbers in its input, so no gradient passes */
    /* differentiate: appends the ops that hand statistics of the batch to the running ones; NULL: there are none */
    void (*statistics)(struct net *n, struct op *o);
    /* if it is an activation, the name of that in the catalog; else NULL */
    const char *(*activation)(const struct op *o);

    /* join */
    enum formula formula;
    const char *as_map; /* the formula of a map of its operands that does the same; NULL: there is none */

    /* fuse */
    /* its place in the epilogue of another op; EPILOGUE_NONE: it cannot join one */
    enum epilogue_place place;
    bool (*joins)(const struct op *o);     /* whether this op may join; NULL: every op may */
    const struct op_kind *const *epilogue; /* what its own epilogue may hold, ends with NULL; NULL: nothing */
    bool sinks;                            /* element-wise: may change places with a view before it */

    /* plan: merge */
    bool (*adds)(const struct op *o); /* whether its output is the sum of its two inputs; NULL: never */
    bool merges;                      /* its kernels may add another tensor to their results before they store them */

    /* hoist */
    bool hoists;                          /* a maximum: hoist moves it before ops that commute with it, */
    bool (*commutes)(const struct op *o); /* which this function tells of an op, */
    bool carries_maximum;                 /* until it comes to an op with this flag */

    /* pad */
    bool pads_input; /* it reads zeros around its input, as many as its window says */
    /* whether all that it does is to put zeros around its input, and how many; NULL: never */
    bool (*adds_zeros)(const struct op *o, struct zeros *zeros);

    enum strip strip;
    /* strip: joins the op with others, for inference; those that no op reads then are removed */
    void (*fold)(struct net *n, struct op *o);
    void (*infer)(struct op *o); /* strip: makes it the op that inference wants; NULL: it is that */

    /* plan */
    int64_t (*macs)(const struct op *o);                /* multiply-adds of one image; NULL: none */
    struct result_layout (*layout)(const struct op *o); /* the layout of its outputs; NULL: like in[0] */
    bool pads; /* its outputs are padded to whole vectors even if they are laid out like a tensor that is not */
    /* PREPARE: its output. taps: the taps of a window in the form of the output; inputs: the numbers of the input of
     * the layer, as they lie in memory */
    struct prepared (*prepared)(const struct op *o, int64_t taps, int64_t inputs);
    enum granularity granularity;
    bool view; /* its output is its input in another shape, and it has no kernel */
    /* to compute it from its input takes no longer than to read it, so the backward pass computes it again */
    bool remade;
    /* its output is the sum of its input, doubles, over the chunks of the batch; it is done at a barrier, which all
     * chunks reach before any goes on, and has no kernel */
    bool barrier;
    /* its output is the sum of its input, doubles, over the images of a chunk, and a barrier alone reads it */
    bool adds_images;
    /* its output, doubles, has a row for each image of the batch, of which those of the chunk are not zero, and a
     * barrier alone reads it */
    bool spreads_images;
    /* each element of its output is the element of its input with the same number, so it is a view where the two lie
     * alike in memory; NULL: never */
    bool (*keeps_order)(const struct op *o);
    /* at most one number in a window of its output is not zero, so the output may be lists, or not be stored at all */
    bool loses_most;
    /* the op that brings its weights, in[1], into another form; NULL: there is no other form */
    const struct op_kind *transform;
    bool spare; /* PREPARE: removed if no op reads it any more */

    /* its output is a sum of products with the weights in[1], whose last axis is the channels of the output */
    bool weighs;

    /* emit: what the function of its kernel takes beside the operands: the step; the row and the random stream; the
     * sums of the loss; whether a gradient is the first, or is added to what another use of the parameter gave */
    bool step, draws, sums, first;
    bool loss;   /* it compares the output with the target, and begins the BACKWARD phase */
    bool judges; /* it stands between two such ops, so it runs where the loss alone is wanted */
};

/* The word with that number before or after the arrow in `operands`; NULL: there is none. */
const char *op_operand(struct arena *a, const struct op_kind *kind, int number, bool output);
/* Its name in the kernel whose epilogue the op is in: what is added to a result has one name for all kinds. */
const char *op_epilogue_operand(struct arena *a, const struct op_kind *kind, int number, bool output);

/* ---- attributes.c */
/* NULL: the kind has no such attribute. */
const struct attribute *op_attribute(const struct op_kind *kind, const char *name);
static inline const void *attribute_of(const struct op *o, const struct attribute *t)
{
    return (const char *)o + t->offset;
}
size_t op_size(const struct op_kind *kind);
/* Copies the attributes that both kinds have from `from`. */
void op_inherit(struct op *o, const struct op *from);

#endif
