/* repeats.h -- finds what repeats in a list. Equal layers make equal rows, except for numbers that grow from one row to
 * the next. Only the first two repetitions are written; the others follow from them. */
#ifndef CNNC_REPEATS_H
#define CNNC_REPEATS_H

#include "base/base.h"

enum { ROW_NUMBERS = 24 };
/* Fewer repetitions are easier to read when each is written. Longer blocks are not searched for. */
enum { LEAST_REPETITIONS = 4, LONGEST_BLOCK = 32 };

struct row {
    const char *name; /* one number in it may grow: conv2d_1, conv2d_2, ...; NULL: no name */
    const char *rest; /* the part that does not change */
    int64_t number[ROW_NUMBERS];
    int n;
};

/* Rows first .. first + rows * times - 1 are `times` repetitions of `rows` rows. */
struct repeat {
    size_t first, rows, times;
};

struct repeats {
    VEC(struct repeat) list;
};

/* The repeat that starts at the first of n rows and saves the most rows; its times is 1 when nothing repeats. */
struct repeat repeat_longest(const struct row *at, size_t n);
struct repeats repeats_find(struct arena *a, const struct row *at, size_t n);
const struct repeat *repeat_of(const struct repeats *r, size_t row); /* NULL: the row belongs to no repeat */
bool repeat_shows(const struct repeats *r, size_t row);              /* true if the row is written */

#endif
