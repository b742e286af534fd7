/* plan.h -- how the ops of a network run on one machine: layouts of tensors, a kernel with its tiles for each op,
 * loops over images, places in memory. Everything that costs time or memory is decided here. No C is written here,
 * and no kernel is named: strategies come as a table. What the files of this room share among themselves stands in
 * inner.h. */
#ifndef CNNC_PLAN_H
#define CNNC_PLAN_H

#include "graph/net.h"

/* ---- targets.def: one row a machine */

/* What a machine computes with. */
struct number {
    enum dtype dtype;
    const char *name;   /* its type in C */
    const char *suffix; /* of literals, and of the functions of <math.h> */
    int bytes;
};

struct target {
    const char *name;
    const char *doc;
    int lanes;                              /* floats a vector; 1: plain loops only */
    int registers;                          /* vector registers */
    int fma_ports, load_ports, fma_latency; /* a cycle, a cycle, cycles */
    int64_t l1, l2;                         /* bytes of data cache a core */
    const char *attributes;                 /* for the compiler's target pragma; "" for its default */
    const char *features;                   /* what __builtin_cpu_supports must find, separated by commas */
    const char *guard;                      /* preprocessor condition for the attributes to be understood */
    const struct number *number;            /* float, and double in the row of the reference */
};

extern const struct target targets[]; /* ends with name == NULL; without the reference */
extern const struct target target_reference;
/* Cycles of a loop body: the longest of its multiply-adds, its loads of vectors, and the latency of `chain`
 * multiply-adds that depend on one another. */
double target_cycles(const struct target *t, double fma, double loads, double chain);
const struct target *target_find(const char *name); /* "native" is the row that this machine matches; NULL: none */

/* ---- where a tensor stands */

enum base {
    BASE_X,
    BASE_TARGET,
    BASE_THETA,
    BASE_GRAD,
    BASE_PREPARED,
    BASE_SCRATCH,
    BASE_OWN /* scratch of a thread in a team */
};

/* Activations and their gradients: element e (in Keras' order) of an image stands at
 * offset + image * size + (e / channels) * ld + e % channels. Views and element-wise ops inherit the three numbers of
 * their input. */
/* Behind relu and pooling at most one gradient in a window is not zero. REPR_LISTS holds these alone, in the layout of
 * kernels/lists.ct. Weights that are read by output channel instead of by vector have it too. REPR_POOLED has no
 * memory: a reader takes the pooling's gradient and index instead, and computes the place of each value.
 * REPR_WINOGRAD2, 3 and 4: weights of 3x3 taps, transformed for kernels/winograd.ct with tiles of 2x2 results, of 3x3
 * and of 4x4. */
enum repr { REPR_DENSE, REPR_LISTS, REPR_POOLED, REPR_WINOGRAD2, REPR_WINOGRAD3, REPR_WINOGRAD4 };

struct layout {
    enum base base;
    enum repr repr;
    int64_t offset;       /* of the first image, in elements of the base */
    int64_t channels, ld; /* the innermost run, and its distance to the next */
    int64_t pixels;       /* runs an image */
    int64_t size;         /* elements of the base that one image (or the parameter) takes, padding included */
    bool one_image;       /* lives within one iteration of an image loop: all images use the same memory */
    bool used;
};

/* ---- how an op is done */

struct plan;
struct kernel;
struct out;

enum { DTYPES_REAL = 1 << DTYPE_F32 | 1 << DTYPE_F64 }; /* a strategy written in p->number */

/* One way to do an op, in the file of its template. The plan takes the cheapest that applies. */
struct strategy {
    const char *name; /* conv_tile */
    const struct op_kind *op;
    /* Sets k->tile, k->cost (cycles an image), k->choice; returns NULL, or why it does not apply. */
    const char *(*plan)(const struct plan *p, struct kernel *k);
    /* Writes the body of the kernel's function, between its braces. */
    void (*emit)(struct out *o, const struct plan *p, const struct kernel *k);
    /* Writes helpers that stand before the function (tiles); `k->function` is a prefix for their names. NULL: none. */
    void (*emit_helpers)(struct out *o, const struct plan *p, const struct kernel *k);
    /* Writes what evaluation computes behind a batch of n images, from `of_batch` to `sums`. NULL: nothing. */
    void (*judge)(struct out *o, const struct kernel *k);
    /* PREPARE ops of inference alone: what the kernel would compute, at the time of compilation. */
    void (*evaluate)(const struct plan *p, const struct op *o, const float *w, float *wt);
    enum repr repr;     /* of the tensors that it reads or writes; both sides must agree */
    unsigned dtypes;    /* a bit, 1 << dtype, of each number that it computes with; 0: DTYPE_F32 alone */
    bool unrolled;      /* straight-line code: taken before all others wherever --unroll allows it */
    bool volumes;       /* for windows with an axis of depth; all others are for those without */
    const char *header; /* of the runtime, that a trainer with such a kernel includes behind vec.h; NULL: none */
};
extern const struct strategy *const strategies[]; /* made by the build from kernels/ *.ct */

enum { MAX_TILE = 8 };

enum { PLAN_ADDED = 256 }; /* elements of the gradients of images that a slice adds */

struct kernel {
    const struct op *op;
    const struct strategy *strategy;
    int tile[MAX_TILE]; /* the strategy defines the meaning */
    int64_t work;       /* elements of scratch that its function gets as `work`; 0: none */
    int64_t work_offset;
    int64_t statements; /* of straight-line code: multiply-adds, or positions of windows; 0: it has loops */
    const char *choice; /* for people: "10 px x 2 vectors" */
    double cost;
    double common;      /* the part of the cost that a call has however few slices it does */
    int64_t prefetches; /* times an image that its function can fetch a few lines for later; 0: it does not */
    int together;       /* images that read the weights once; 0: all of a call */
    bool whole_chunk;   /* faster with all images of a chunk in one call */
    /* A sum over images: to each element a call adds what it has summed, from zero on, of so many images at a time; 0:
     * it adds in another way. */
    int64_t added;
    const struct memo *memo; /* equal for equal ops, whose kernels have equal texts; NULL: it was forced */
    const char *function;    /* C name, shared by kernels of equal text */
    const char *text;        /* emit: its function, under the name "kernel" */
    uint64_t text_hash;
    const struct op *behind; /* the barrier between this kernel and the one before; NULL: there is none */
    int group;
    /* Pieces of its outputs that can be computed apart, with the same bits; 0: only all at once. When there is a team,
     * its function does the slices begin .. end - 1. */
    int64_t slices;
    int64_t bands;           /* that the slices are in, of rows of the output; 0 or 1: a slice has all rows */
    int64_t position, slice; /* PREPARE: of its first slice among the positions of all; the distance to its next */
    int dealt;               /* team, SHARE_SLICES: the number by which its slices are dealt, with those of others that
                              * add to the same gradient */
    bool whole;              /* team, SHARE_SLICES: all of its slices are dealt as one */
    const struct op *of;     /* team: that of the plan's kernel whose function it calls */
    /* team, SHARE_SLICES: the gradients of each image, which stand there and are only added now; NULL: it calls the
     * plan's kernel */
    struct tensor *parts;
    int summed; /* team: its number among those that add to struct cnn_sums */
    int part;   /* PREPARE without a team: the part of prepare() that runs it, modulo the number of parts */
};

/* What a thread in a team gets of a kernel: some of the images, or pieces, which are some slices of the output for some
 * of the images, or slices for all images of a chunk. What each thread makes for itself, it does whole. */
enum share { SHARE_IMAGES, SHARE_PIECES, SHARE_SLICES, SHARE_EACH };

enum { PLAN_SOON = 8 }; /* as many as struct vf_prefetch has room for */

/* Neighbours that run image by image, or once a chunk. */
struct group {
    enum phase phase;
    enum share share; /* team */
    int leg;          /* team */
    int stage;        /* team: the barriers before it. One is behind each leg, but for those of SHARE_EACH */
    bool image_loop;
    size_t first, n; /* kernels */
    /* After this group, all chunks of a batch wait for one another. Then doubles in scratch may be summed over them:
     * `sums` of those at element `partial`, to those at element `total`, as struct cnn_core_stretch says. In a
     * team this happens before a group of SHARE_EACH, and what stands at `partial` is of one image, as struct cnn_leg
     * says. */
    bool barrier;
    int64_t sums, partial, total;
    /* While its kernels compute an image, they fetch what they read and write of the next: `lines` of 64 bytes at a
     * time; 0: they do not. These tensors, in the order in which they are used. */
    int lines, n_soon;
    const struct tensor *soon[PLAN_SOON];
};

/* Behind kernel `kernel` of the backward pass the gradients of trained parameters from element `from` on are
 * finished. */
struct ready_mark {
    size_t kernel;
    int64_t from;
};

/* Who works by the plan. A team and a crew have the kernels of the plan for chunks, in another order. */
enum plan_purpose {
    FOR_CHUNKS,    /* a thread does a chunk of images */
    FOR_REFERENCE, /* the same with plain kernels in the reference's numbers */
    FOR_TEAM,      /* threads share the chunks of a step of training */
    FOR_CREW       /* threads share the prediction of a few images */
};

struct plan {
    struct net *net; /* the plan's own copy */
    const struct target *target;
    const struct number *number; /* the target's */
    enum plan_purpose purpose;
    int network;              /* its number in the program: 0 is the program's own, others are members of an ensemble */
    bool no_winograd;         /* --no-winograd */
    bool inference;           /* no gradients; PREPARE ops are evaluated by the compiler */
    struct memo_table *memos; /* of ops that were planned already */
    struct layout *layouts;   /* by tensor id */
    VEC(struct kernel) kernels; /* FORWARD, BACKWARD (with LOSS), PREPARE, UPDATE, in this order */
    VEC(struct group) groups;
    VEC(struct ready_mark) ready;     /* training, in the order of the pass; kernel SIZE_MAX: a team lacks it */
    int64_t chunk, chunks;            /* images a chunk, or that a crew predicts at a time; chunks of a whole batch */
    int64_t theta, prepared, scratch; /* elements */
    int64_t trained;                  /* elements of theta that have gradients and state */
    int64_t moved;                    /* these and the running statistics behind them; the rest is frozen */
    int64_t read;                     /* elements of theta that inference reads; only its PREPARE ops read the rest */
    int64_t unroll;                   /* the most statements of a kernel as straight-line code; 0: none */
    int64_t live;                     /* lower bound of scratch: the largest number of elements alive at once */
    struct plan
        *team; /* how more threads than chunks share the work: the same kernels in another order; NULL: not at all */
    /* how threads share the prediction of fewer images than they are: the kernels of the forward pass in legs; NULL:
     * not at all */
    struct plan *crew;
    int legs, dealt;        /* team: legs of a step, kernels whose slices are dealt to threads */
    int summed;             /* team: kernels that add to struct cnn_sums */
    int64_t own, positions; /* team: elements of scratch of each thread; positions of the slices of prepare() */
    size_t peak;            /* the kernel that runs while `live` elements are alive */
    int64_t whole;   /* --recompute: elements of scratch when nothing is computed again; 0: this is such a plan */
    double repeated; /* --recompute: cycles more than with `whole`, over those */
};

/* What of the forward pass is not kept for the backward pass, which computes it again. */
struct recomputed {
    int64_t segments; /* one of them is computed again at a time */
    bool cheap;       /* but what took multiplications by weights is kept */
};

struct plan_options {
    const char *const *forced; /* "conv2d_1:conv_plain", from --strategy */
    size_t n_forced;
    bool no_winograd;
    int64_t unroll;                     /* statements of a kernel; negative: all kernels that can */
    int64_t images;                     /* of a chunk; 0: one in inference, what is best in training */
    const struct plan *beside;          /* inference: its constants keep their places, new ones follow; NULL: none */
    bool same_constants;                /* the plan may add no constants to those of `beside` */
    const struct recomputed *recompute; /* NULL: all is kept */
};

/* make_plan.c: Returns NULL after a message. The plan has its own copy of the graph and adds ops to it that put weights
 * into another form. */
struct plan *plan_make(const struct net *n, const struct target *t, bool reference, const struct plan_options *options);
/* strategy.c: the cheapest strategy for k->op, which is a part of another op, in a plan made up for it. Fills *k;
 * returns NULL, or why there is none. */
const char *plan_part(const struct plan *p, struct kernel *k);
/* recompute_ways.c: a plan for training whose backward pass computes activations again. Of several ways it takes the
 * fastest whose scratch has at most `limit` bytes; if there is none, the one with the least scratch. */
struct plan *plan_recomputed(const struct net *n, const struct target *t, const struct plan_options *options,
                             int64_t limit);
double plan_cycles(const struct plan *p); /* price.c: an image, forward */
/* price.c: cycles an image of a call of a team, however few slices it does */
double plan_call_cycles(const struct plan *p, const struct kernel *k);
int64_t plan_threads(const struct plan *p);      /* team.c: the most threads that a step of training keeps busy */
int64_t plan_crew_threads(const struct plan *p); /* crew.c: the most that pay when one image is predicted */
/* Whether threads share each chunk, in legs. */
static inline bool plan_is_shared(const struct plan *p)
{
    return p->purpose == FOR_TEAM || p->purpose == FOR_CREW;
}
/* The slices of the kernel's function; 1: the function takes none. */
static inline int64_t plan_slices(const struct plan *p, const struct kernel *k)
{
    return k->slices > 1 && (p->team || p->crew || plan_is_shared(p)) ? k->slices : 1;
}
/* batch.c: a plan for inference of several images at once; NULL when that is no cheaper than one image after the other,
 * as in `one`. The plan has the constants of `one` and may add more, up to the given number of bytes in all (negative:
 * no limit). */
struct plan *plan_batch(const struct plan *one, const struct plan_options *options, int64_t flash);
/* budget.c. Bytes; ram counts one thread, and for inference neither the input nor the output. */
struct budget {
    int64_t ram, flash; /* negative: no limit */
};
bool budget_fits(const struct budget *need, const struct budget *limit);
struct budget budget_of_inference(const struct plan *p); /* one image at a time */
bool budget_check(const struct plan *p, const struct budget *need,
                  const struct budget *limit); /* false after a message */

char *plan_print(const struct plan *p);   /* print_plan.c: -d plan */
char *memory_print(const struct plan *p); /* memory.c: -d mem */

/* slow.c: warns of layers that take much of the time and use little of the machine's speed. */
void plan_warn_slow(const struct plan *p);

/* prepared.c: elements that inference holds: the part of theta that it reads, and behind it the results of the PREPARE
 * ops, which have no kernels in inference. */
int64_t plan_constants(const struct plan *p);
const float *plan_evaluate(const struct plan *p, const float *theta);

/* The room that a chunk of an input, output or target takes, as cnn.h says of ports, and where an output begins. */
int64_t plan_port_bytes(const struct plan *p, const struct tensor *t);
int64_t plan_output_offset(const struct plan *p, size_t output); /* in elements */
const struct layout *layout_of(const struct plan *p, const struct tensor *t);
bool layout_padded(const struct layout *q); /* ld != channels over more than one pixel */

/* Element i of an axis of a parameter's file shape stands at (i / block) * outer + (i % block) * inner. An axis with
 * block 0 is joined with the next axis: their elements are numbered together. */
struct param_axis {
    int64_t block, outer, inner;
};
void param_axes(const struct plan *p, const struct param *q, struct param_axis axis[MAX_RANK]); /* one a dimension */

int64_t round_up(int64_t n, int64_t to);
int64_t ceil_div(int64_t n, int64_t d);

#endif
