/* cnn_core.h -- the functions of a network in one precision: the part of cnn.h that runs it. */
#ifndef CNN_CORE_H
#define CNN_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "cnn_step.h"

struct cnn_place;

/* `float` trains and predicts. `double` is plain loops over the unfused graph; the gradient check and the tests compare
 * with it. */

/* The step of a batch is a list of stretches, most often only one. There is a barrier between two stretches: no
 * chunk begins a stretch before all chunks have finished the one before. A chunk keeps its scratch and its
 * gradient from its first stretch to its last. Sums over the chunks, for example of statistics of the batch, go
 * through scratch: each chunk leaves its share there and finds the sum there. Shares and sums are doubles, and
 * cnn_reduce_doubles() adds them. */

struct cnn_core_chunk { /* a chunk that is being computed */
    const float *x;
    const void *target; /* x and target are laid out as the section on ports says */
    float *grad;        /* NULL: forward and loss only */
    float *y;           /* room for the predictions; NULL: they are not wanted */
    float *scratch;
    int n; /* images; 0: the batch is too short to have this chunk */
    const struct cnn_step *step;
    struct cnn_sums *sums;
};

struct cnn_core_stretch { /* has one of two functions, chunk or part */
    /* Does this stretch's part of the forward and backward passes of n images. All stretches together overwrite
     * grad[trained] and add to *sums; the stretches over chunks leave predictions in y. */
    void (*chunk)(const float *theta, const float *prepared, const float *x, const void *target, float *grad, float *y,
                  float *scratch, int n, const struct cnn_step *step, struct cnn_sums *sums);
    /* Does part `part` of `parts` of the work for all chunks together; any split gives the same bits. The first
     * stretch of a step has no such function. */
    void (*part)(const float *theta, const float *prepared, const struct cnn_core_chunk *chunks, int n_chunks, int part,
                 int parts);
    /* The caller does this before chunk(): for i < sums, element i of the doubles at scratch + total becomes the sum
     * over the chunks of element i of those at scratch + partial. The shares at `partial` stay until the barrier after
     * this stretch; the memory at `total` is not in use before this stretch. Nothing but doubles is ever at either
     * place. */
    size_t sums, partial, total;
};

struct cnn_core {
    /* Elements. The trained ones stand first, and state has only these. Behind them stand the running statistics, up
     * to `moved`. A gradient has room for both: chunks that train leave there the same statistics of the whole batch,
     * each for itself, and update() moves the running ones toward those in grads[0]. */
    size_t theta, trained, moved;
    size_t prepared, scratch;      /* elements; scratch is that of one chunk */
    const struct cnn_place *place; /* one for each parameter; the table repeats as that of the parameters does */
    /* Makes the copies of parameters that kernels want, forward and backward. It is called again after every
     * update. This call does part `part` of `parts`; any split gives the same bits. */
    void (*prepare)(const float *theta, float *prepared, int part, int parts);
    /* Computes the outputs y of n images x, 1 <= n <= chunk; x and y are laid out as the section on ports says. */
    void (*predict)(const float *theta, const float *prepared, const float *x, float *y, float *scratch, int n);
    const struct cnn_core_stretch *stretches;
    int n_stretches; /* 0: there is no such core */
    /* in cnn_reference only, else NULL: the offset of each layer's output in scratch; -1: the layer has none
     * there. It goes on */
    const int64_t *trace;
    const int64_t *trace_size; /* elements of such an output for one image */
    const size_t *ready; /* [n_ready] falling: behind mark i the gradients from element ready[i] on are finished */
    int n_ready;
};

/* How more threads than a batch has chunks work on it: in legs, with a barrier behind each but CNN_LEG_EACH.
 * Every kernel is called as in a stretch, or for a part of its images or outputs, so the bits are the same. */

enum cnn_leg_share {
    CNN_LEG_IMAGES, /* a thread does the images begin .. end - 1 of the chunk */
    CNN_LEG_LOSS,   /* such a leg, with a loss */
    CNN_LEG_PIECES, /* it does what lies between begin / parts and end / parts of the work; the rest is other chunks' */
    CNN_LEG_SLICES, /* it does ranges[i] of the slices of the leg's kernel i; end 0: nothing */
    CNN_LEG_EACH    /* it does all, in own[]; no barrier follows */
};

struct cnn_leg {
    enum cnn_leg_share share;
    void (*run)(const float *theta, const float *prepared, const struct cnn_core_chunk *chunk, float *own, int begin,
                int end, int parts, const struct cnn_range *ranges);
    /* Of CNN_LEG_EACH: the caller does this before run(): for i < sums, element i of the doubles at own + total becomes
     * the sum over all images of element i of those at scratch + images, where the image's have `sums` doubles. Images
     * are added for each chunk, then the chunks as in a stretch. */
    size_t sums, images, total;
};

struct cnn_repeat;
struct cnn_dealt { /* a kernel of CNN_LEG_SLICES */
    int slices;
    int cost, call; /* of a slice, and of a call however many slices it does: about cycles an image */
};

struct cnn_team {
    size_t scratch; /* elements of a chunk, */
    size_t own;     /* and of each thread */
    const struct cnn_leg *legs;
    int n_legs; /* 0: there is no team */
    int n_sums; /* losses and penalties: chunk->sums is [n_sums][images of a chunk], which legs add to */
    int n_dealt;
    const struct cnn_dealt *dealt;
    const struct cnn_repeat *repeats; /* of them; NULL: none */
};

/* How threads share the prediction of fewer images than they are: in legs, too, of a chunk of up to `images`. */
struct cnn_crew {
    size_t scratch, own; /* elements of all, and of each thread */
    const struct cnn_leg *legs;
    int n_legs; /* 0: there is no crew */
    int images;
    int threads; /* the most that pay for one image */
    void (*output)(const float *scratch, float *y, int n);
};

/* The same in double. */

struct cnn_reference_chunk {
    const double *x;
    const void *target;
    double *grad;
    double *y;
    double *scratch;
    int n;
    const struct cnn_step *step;
    struct cnn_sums *sums;
};

struct cnn_reference_stretch {
    void (*chunk)(const double *theta, const double *prepared, const double *x, const void *target, double *grad,
                  double *y, double *scratch, int n, const struct cnn_step *step, struct cnn_sums *sums);
    void (*part)(const double *theta, const double *prepared, const struct cnn_reference_chunk *chunks, int n_chunks,
                 int part, int parts);
    size_t sums, partial, total;
};

struct cnn_reference {
    size_t theta, trained, moved;
    size_t prepared, scratch;
    const struct cnn_place *place;
    void (*prepare)(const double *theta, double *prepared, int part, int parts);
    void (*predict)(const double *theta, const double *prepared, const double *x, double *y, double *scratch, int n);
    const struct cnn_reference_stretch *stretches;
    int n_stretches;
    const int64_t *trace;
    const int64_t *trace_size;
};

#endif
