/* unrolled.h -- how unrolled.ct writes straight-line code. Statements are added to a part until it is full; each part
 * becomes a function. */
#ifndef CNNC_UNROLLED_H
#define CNNC_UNROLLED_H

#include "kernels/kernels.h"

enum { FORM }; /* kernel->tile */
enum form {
    OUTPUTS,  /* lanes are outputs, each input is broadcast to them */
    CHANNELS, /* lanes are channels that do not mix: depthwise, pooling */
    SCALARS
};
enum { MOST_SUMS = 8 }; /* at once */

/* The names that the statements of a part use; they are the parameters of its function. */
enum { USE_X, USE_W, USE_B, USE_INDEX, USE_WORK, USE_Y, N_USES };

struct part {
    const char *text;
    bool uses[N_USES];
};

struct writer {
    const struct plan *p;
    const struct kernel *k;
    bool vector;
    int64_t lanes, statements;
    struct out *text; /* of the part that is being written */
    struct part now;
    VEC(struct part) parts;
};

struct sum {
    int64_t at, channel; /* of the result in y, or in work before a pooling; where its bias stands */
    int64_t oy, ox, oc;  /* CONV */
};

/* The product of tap t for this sum: where its factors stand; false when the tap lies outside. */
typedef bool product_at(const struct writer *w, const struct sum *s, int64_t t, int64_t *x, int64_t *weight);

/* Ends the current part; later statements begin a new one. */
void unrolled_end_part(struct writer *w);
/* Whether `more` statements are too many for this part. */
bool unrolled_is_full(const struct writer *w, int64_t more);

/* Declares r0, r1, ... number i: zero, or, when memory is not NULL, its element `at`, which an earlier part stored. */
void unrolled_begin_sum(struct writer *w, int i, const char *memory, int64_t at);
/* memory[at] = name, or the vector there. */
void unrolled_store(struct writer *w, const char *name, const char *memory, int64_t at);
/* Applies the epilogue from number `first` on to `name` and stores it as element `at` of y. */
void unrolled_finish(struct writer *w, int first, const char *name, int64_t at, int64_t channel);
/* An upper bound of the statements of unrolled_finish(). */
int64_t unrolled_finish_length(const struct writer *w);

int unrolled_sums_at_once(const struct plan *p);
/* All products of n sums, in r0, r1, ...; `after` statements are to follow in the same function. Opens a block, which
 * the caller closes. A part that is full leaves its sums in `memory` for the next. */
void unrolled_sums(struct writer *w, const struct sum *s, int n, int64_t taps, product_at *product, const char *memory,
                   int64_t after);
/* The same, finished and stored in y. */
void unrolled_results(struct writer *w, const struct sum *s, int n, int64_t taps, product_at *product);
/* Zeros behind the last channel of y, which vectors would have written. */
void unrolled_padding(struct writer *w, const struct layout *y);
/* "(x, w, y)" of a part's function, each with its type in front of it or by itself. */
void unrolled_parameters(struct out *o, const struct part *q, bool types);

#endif
