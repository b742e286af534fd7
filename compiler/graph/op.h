/* op.h -- rung 2: an op is a piece of work for the machine, and its kind is all that is true of such work whatever its operands. A kind
 * is one record in ops/NAME.c, collected by the build; passes, planning and emission ask the record and know no kind by name. */
#ifndef CNNC_OP_H
#define CNNC_OP_H

#include "spec/spec.h"

struct net;
struct node;
struct op;
struct tensor;

/* Without the batch dimension: [28,28,1], [128,16], [10]. The last dimension is the channels (NHWC). rank < 0 is
 * poison: an error was reported where it arose, and whoever meets it stays silent. */
enum { MAX_RANK = 4 };
struct shape {
    int rank;
    int64_t dim[MAX_RANK];
};

enum phase { PHASE_PREPARE, PHASE_FORWARD, PHASE_BACKWARD, PHASE_UPDATE };

enum { MAX_EPILOGUE = 4 };

struct window { /* of a convolution or a pooling; a sequence [n,c] is [1,n,c] with a window of height 1 */
    int64_t kh, kw, sh, sw, dh, dw; /* kernel, stride, dilation */
    int64_t pt, pb, pl, pr;         /* padding rows above, below, columns left, right */
    int64_t ih, iw, ic, oh, ow, oc; /* input and output plane */
    int64_t groups;
};

struct op {
    int id;
    const struct op_kind *kind;
    enum phase phase;
    struct node *node;   /* the layer that it is of: its name, its statement */
    struct tensor **in;  /* n_in, and NULL; of any length, in the arena */
    struct tensor **out; /* n_out, and NULL */
    int n_in, n_out;
    /* Attributes; the table of its kind says which it has. A kind whose attributes are none of these has a struct of its own, with this
     * one in front and op_kind.size. */
    struct window win;         /* CONV*, *POOL* */
    const struct record *act;  /* ACT, ACT_GRAD: of activations[] */
    double alpha;              /* ACT, ACT_GRAD: slope of leaky_relu, scale of elu */
    double rate;               /* DROPOUT */
    double factor, shift;      /* DROPOUT: what is kept becomes x * factor + shift */
    double fill;               /* DROPOUT: what is dropped becomes this */
    bool channels;             /* DROPOUT: a draw for each channel of an image, not for each element */
    double deviation;          /* NOISE */
    int64_t stream;            /* DROPOUT, NOISE: number of its random stream */
    double l1, l2;             /* PENALTY */
    const struct record *loss; /* LOSS: of losses[] */
    bool from_logits;          /* LOSS: in[0] is the input of the last softmax or sigmoid, which it includes */
    double delta;              /* LOSS: huber */
    double smoothing;          /* LOSS: label smoothing of the cross-entropies */
    /* fusion: `epilogue` is done by this op's kernel, in order, on its result before it is stored */
    struct op *epilogue[MAX_EPILOGUE];
    int n_epilogue;
    struct op *epilogue_of;
};

/* ---- attributes: what an op of a kind is told beside its operands. Printing, fingerprints, comparing, and what a gradient takes from its
 * op are loops over these rows. */

enum attribute_type {
    ATTRIBUTE_WINDOW, /* struct window */
    ATTRIBUTE_RECORD, /* const struct record *, never NULL */
    ATTRIBUTE_REAL,   /* double */
    ATTRIBUTE_FLAG,   /* bool */
    ATTRIBUTE_WHOLE,  /* int64_t */
    ATTRIBUTE_SHAPE   /* struct shape: as many numbers as its rank */
};

struct attribute {
    const char *name; /* the same for an op and its gradient, which takes it over */
    enum attribute_type type;
    size_t offset;       /* in the op */
    const char *show;    /* what -d prints in front of it, or of a FLAG when it is set; NULL: it is not shown */
    const char *show_if; /* only when the attribute of that name, a REAL, is not zero; NULL: always */
    bool runtime;        /* an argument of the kernel's call: neither its code nor what the network is depends on it */
};

/* What may follow what inside one kernel: always in this order, none twice. */
enum epilogue_place { EPILOGUE_NONE, EPILOGUE_POOL, EPILOGUE_BIAS, EPILOGUE_ACT };

/* What inference does with an op that training needs. */
enum strip {
    STRIP_NOTHING,
    STRIP_OUTPUTS, /* keeps its first output alone */
    STRIP_PASS,    /* its input takes the place of its output */
    STRIP_OP       /* leaves it out: it has no output */
};

/* How many images a kernel has at once. */
enum granularity {
    BY_PIXELS,   /* image by image where one has more than a pixel */
    WHOLE_CHUNK, /* all of the chunk: images share the weights */
    BY_TRAFFIC   /* image by image where the operands of an image are larger than the sum over all */
};

/* How a result lies: runs of channels, one a pixel. like: the runs are those of this tensor, in the same distance; NULL: they are padded
 * to whole vectors. pixels 0: as many as `like` has. */
struct result_layout {
    const struct tensor *like;
    int64_t channels, pixels;
};

/* A prepared copy of weights: so many rows of `across` numbers, which are padded to whole vectors. */
struct prepared {
    int64_t rows, across;
};

struct op_kind {
    const char *name;
    enum phase phase;
    /* "x w -> y": what its kernel's function calls its operands, inputs before the arrow; the last ones on either side may be left out.
     * x: activation, w: weights, dy: gradient of the output. */
    const char *operands;

    const struct attribute *attributes; /* up to one without a name; NULL: none */
    size_t size;                        /* of an op with attributes of its own; 0: sizeof(struct op) */

    /* differentiate: appends the ops that carry dy to the inputs of o that need a gradient. dy is the gradient of its first output, or of
     * its input when it has no output. NULL: it is no FORWARD op. */
    void (*gradient)(struct net *n, struct op *o, struct tensor *dy);
    const char *(*activation)(const struct op *o); /* the activation that it is, by the catalog's name; NULL: none */

    /* fuse */
    enum epilogue_place place;             /* its place in the epilogue of another op; EPILOGUE_NONE: it joins none */
    bool (*joins)(const struct op *o);     /* whether this one may; NULL: any may */
    const struct op_kind *const *epilogue; /* what its own epilogue may have, up to NULL; NULL: nothing */
    bool sinks;                            /* element-wise: may change places with a view in front of it */

    /* hoist */
    bool hoists;                          /* a maximum: moves in front of what commutes with it, */
    bool (*commutes)(const struct op *o); /* as this says of an op, */
    bool carries_maximum;                 /* up to such an op */

    enum strip strip;

    /* plan */
    int64_t (*macs)(const struct op *o);                /* multiply-adds of one image; NULL: none */
    struct result_layout (*layout)(const struct op *o); /* of its outputs; NULL: like in[0] */
    struct prepared (*prepared)(const struct op *o, int64_t taps,
                                int64_t inputs); /* PREPARE: its output. taps: those of a window in
                                         the output's form; inputs: numbers of the layer's input, as it lies */
    enum granularity granularity;
    bool view;       /* its output is its input in another shape, and it has no kernel */
    bool loses_most; /* at most one number in a window of its output is not zero: that may be represented as
                                               lists, or be nowhere */
    const struct op_kind *transform; /* what puts its weights, in[1], into another form; NULL: they have one form */
    bool spare;                      /* PREPARE: left out when nobody reads it any more */

    /* emit: what its kernel's function takes beside the operands */
    bool step, draws, sums,
        first; /* the step; row and random stream; the sums of the loss; whether a gradient is the first */
    bool loss; /* compares with the target, and begins the BACKWARD phase */
};

extern const struct op_kind *const op_kinds[]; /* NULL-terminated; made by the build from ops/ */

/* The word of that number before or behind the arrow of `operands`; NULL: there is none. */
const char *op_operand(struct arena *a, const struct op_kind *kind, int number, bool output);

/* ---- attributes.c */
/* NULL: the kind has no such attribute. */
const struct attribute *op_attribute(const struct op_kind *kind, const char *name);
static inline const void *attribute_of(const struct op *o, const struct attribute *t)
{
    return (const char *)o + t->offset;
}
size_t op_size(const struct op_kind *kind);
/* What the kinds have in common becomes what it is in `from`. */
void op_inherit(struct op *o, const struct op *from);

#endif
