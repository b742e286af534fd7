/* repeats.h -- what repeats in a list. Equal layers leave equal rows behind, but for numbers that go on from one to the next; of those
 * the first two repetitions are written, and tell the others. */
#ifndef CNNC_REPEATS_H
#define CNNC_REPEATS_H

#include "base/base.h"

enum { ROW_NUMBERS = 24 };
/* Fewer repetitions are easier to read one by one; longer blocks are not looked for. */
enum { LEAST_REPETITIONS = 4, LONGEST_BLOCK = 32 };

struct row {
    const char *name; /* in which one number may go on: conv2d_1, conv2d_2, ...; NULL: none */
    const char *rest; /* what does not change */
    int64_t number[ROW_NUMBERS];
    int n;
};

/* Rows first .. first + rows * times - 1 are `times` repetitions of as many. */
struct repeat {
    size_t first, rows, times;
};

struct repeats {
    VEC(struct repeat) list;
};

/* The repeat of the first of n rows that leaves the most rows unwritten; times is 1 when there is none. */
struct repeat repeat_longest(const struct row *at, size_t n);
struct repeats repeats_find(struct arena *a, const struct row *at, size_t n);
const struct repeat *repeat_of(const struct repeats *r, size_t row); /* NULL: it is a row by itself */
bool repeat_shows(const struct repeats *r, size_t row);              /* it is written */

#endif
