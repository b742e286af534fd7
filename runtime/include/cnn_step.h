/* cnn_step.h -- what the functions of a step of training are told: the part of cnn.h that needs no libcnn. cnnc
 * copies it into what --emit=learn makes. */
#ifndef CNN_STEP_H
#define CNN_STEP_H

#include <stddef.h>
#include <stdint.h>

/* A function that many layers share: inlined into each call, deep networks would take minutes to compile. */
#ifdef __GNUC__
#define CNN_SHARED static __attribute__((noinline))
#define CNN_INLINE static inline __attribute__((unused))
#else
#define CNN_SHARED static
#define CNN_INLINE static inline
#endif

/* Behind the call of kernel k: the time since the last lap was its. */
struct cnn_laps;
void cnn_lap(struct cnn_laps *laps, int k);
#ifdef CNN_NO_BENCH
#define CNN_LAP(laps, k) ((void)(laps))
#else
#define CNN_LAP(laps, k) ((laps) ? cnn_lap((laps), (k)) : (void)0)
#endif

/* At mark i of a backward pass: the chunk's gradients from an element on, that of the mark, are finished. */
struct cnn_ready {
    void (*at)(struct cnn_ready *ready, int mark);
};
#define CNN_READY(step, i) ((step)->ready ? (step)->ready->at((step)->ready, (i)) : (void)0)

struct cnn_step {
    uint64_t seed, step;   /* key of dropout and noise */
    int64_t row;           /* of the chunk's first image within the batch */
    double scale;          /* 1 / images of the batch: factor of the gradient of a mean loss */
    int training;          /* 0: dropout and noise pass everything */
    struct cnn_laps *laps; /* of `bench`; NULL: nobody looks at the clock */
    const float *weight;   /* factor of each image's loss; NULL: 1 */
    int batch; /* 1: stretches find sums over the batch. 0: the chunk is alone, its stretches follow one another at
                * once, and none looks at such sums: evaluation */
    /* factors of the losses of each class, where an image has several answers; NULL: 1 */
    const float *class_weight;
    /* where the loss ignores a label: all answers of the batch over those that have another one */
    double share;
    struct cnn_ready *ready; /* NULL: nobody waits for gradients */
    /* [model->of_batch.size] in evaluation: where losses of the whole batch add what they want of the chunk; NULL:
     * nobody wants that */
    double *of_batch;
};

/* The step of one image of a chunk. */
CNN_INLINE struct cnn_step cnn_step_of_image(const struct cnn_step *s, int image)
{
    struct cnn_step own = *s;
    own.row += image;
    if (own.weight)
        own.weight += image;
    return own;
}

/* The number of slices that begin before `at`, of n slices that begin at first, first + each, ... */
CNN_INLINE int cnn_slice(int at, int n, int each, int first)
{
    const int before = at > first ? (at - first + each - 1) / each : 0;
    return before < n ? before : n;
}

CNN_INLINE int cnn_is_between(int low, int high, int at)
{
    return low <= at && at < high;
}

/* Slices begin .. end - 1 of a kernel's outputs. */
struct cnn_range {
    int begin, end;
};

/* The pieces of a kernel's outputs that a thread of a team does. Piece `at` is slice at % slices of a group of images,
 * group at / slices. cnn_next_piece() joins some: it sets images from .. from + n - 1 and slices begin .. end - 1. */
struct cnn_pieces {
    int at, last, slices, group, images;
    int from, n, begin, end;
};

/* The pieces from begin / parts on, up to end / parts, of the work on `images` images. There are as few groups of
 * images as give threads about the same number of pieces. */
CNN_INLINE struct cnn_pieces cnn_pieces_of(int images, int slices, int begin, int end, int parts)
{
    const int threads = end > begin && parts > end - begin ? parts / (end - begin) : 1;
    int groups = 1, each = (slices + threads - 1) / threads;
    for (int i = 2; i <= images && i <= 2 * threads && 10 * groups * slices < 9 * threads * each; i++) {
        const int more = (i * slices + threads - 1) / threads;
        if (more * groups < each * i)
            groups = i, each = more;
    }
    const int group = (images + groups - 1) / groups;
    const int64_t all = (int64_t)((images + group - 1) / group) * slices;
    struct cnn_pieces p = {0, 0, slices, group, images, 0, 0, 0, 0};
    p.at = (int)(all * (begin > 0 ? begin : 0) / parts);
    p.last = (int)(all * (end < parts ? end : parts) / parts);
    return p;
}

CNN_INLINE int cnn_next_piece(struct cnn_pieces *p)
{
    const int group = p->at / p->slices, whole = p->at % p->slices == 0 ? (p->last - p->at) / p->slices : 0;
    if (p->at >= p->last)
        return 0;
    p->from = group * p->group;
    p->begin = p->at % p->slices;
    p->n = p->group * (whole > 0 ? whole : 1);
    p->n = p->n < p->images - p->from ? p->n : p->images - p->from;
    p->end = whole > 0 || p->last - p->at > p->slices - p->begin ? p->slices : p->begin + p->last - p->at;
    p->at += whole > 0 ? whole * p->slices : p->end - p->begin;
    return 1;
}

/* sum[begin .. end) = the sum of n images, in their order, each of which has `step` elements; of an end beyond `size`,
 * up to there. */
CNN_INLINE void cnn_add_images(const float *parts, float *sum, int n, int step, int size, int begin, int end)
{
    enum { BLOCK = 256 };
    float a[BLOCK];
    if (end > size)
        end = size;
    for (int at = begin; at < end; at += BLOCK) {
        const int last = end - at < BLOCK ? end - at : BLOCK;
        for (int e = 0; e < last; e++)
            a[e] = parts[at + e];
        for (int i = 1; i < n; i++)
            for (int e = 0; e < last; e++)
                a[e] += parts[(int64_t)i * step + at + e];
        for (int e = 0; e < last; e++)
            sum[at + e] = a[e];
    }
}

enum { CNN_NORMALS = 64 }; /* what cnn_normals() draws at a time */

enum { CNN_MOST_PORTS = 16 }; /* the most outputs, inputs or targets of a network */

struct cnn_sums {                /* stretches add to these */
    double loss;                 /* sum of the images' losses, not scaled, without penalties */
    double penalty;              /* activity regularizers, as added to the loss of the batch */
    double each[CNN_MOST_PORTS]; /* where there are several losses: each of them, without its weight */
};

/* What evaluation does about losses of the whole batch. */
struct cnn_of_batch {
    /* Behind the chunks of a batch of n images: adds the losses, from what those left in `size` doubles; NULL: there
     * are none. */
    void (*losses)(const double *of_batch, int n, struct cnn_sums *sums);
    size_t size;
    int pairs; /* 1: images are compared with one another, so there must not be more than a batch has */
};

struct cnn_update {
    double lr;           /* after the schedule */
    int64_t t;           /* from 1 */
    int phase;           /* 0 .. model->update_phases - 1 */
    int part, parts;     /* this call does part `part` of `parts`; any split gives the same bits */
    int thread, threads; /* of this rank: they share what each rank does for all parameters */
    /* only of these blocks of 16 elements, block .. block + blocks - 1; blocks 0: of all */
    int64_t block, blocks;
};

#endif
