/* op.h -- rung 2: an op is a piece of work for the machine, and its kind is all that is true of such work whatever its operands. A kind
 * is one record in ops/NAME.c, collected by the build; passes, planning and emission ask the record and know no kind by name. */
#ifndef CNNC_OP_H
#define CNNC_OP_H

#include "spec/spec.h"

struct net;
struct node;
struct op;
struct tensor;

enum phase { PHASE_PREPARE, PHASE_FORWARD, PHASE_BACKWARD, PHASE_UPDATE };

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

#endif
