/* winograd.h -- F(mxm,3x3) of Lavin and Gray (2016): Y = A'((G w G') * (B'x B))A for a tile of mxm results. G w G' and
 * B'x B are nxn, n = m + 2; element by element their products are those of matrices, n * n multiplications instead of 9
 * * m * m. The two gradients are its transposes: G'((A dY A') * (B'x B))G of the taps and B((G w G') * (A dY A'))B' of
 * the data. */
#ifndef CNNC_WINOGRAD_H
#define CNNC_WINOGRAD_H

#include "kernels/conv.h"

enum { WINOGRAD_SIDE = 6, WINOGRAD_SHARED = 4, WINOGRAD_TERMS = WINOGRAD_SIDE + WINOGRAD_SHARED };
enum { WINOGRAD_ONE = 120 }; /* the number that stands for 1 in the matrices */

/* A matrix, applied to the columns of a square, then to its rows. Some sums of a column are used by several rows; these
 * stand behind the column as further terms. */
struct lines {
    int rows, columns, shared;
    int at[WINOGRAD_SIDE][WINOGRAD_TERMS];
    int sums[WINOGRAD_SHARED][WINOGRAD_SIDE];
};
struct lines lines_transposed(const struct lines *l);
int lines_weight(const struct lines *l, int row, int column); /* of the matrix itself */
/* The sum of row[i] * names[i] as a C expression of vectors, terms of equal weight first; some weight is not 0. */
const char *lines_sum(struct out *o, const int *row, int n, const char *const *names);
/* The same in numbers: values[i * step]. */
float lines_value(const int *row, int n, const float *values, int step);
/* To apply it to a square of vectors, loads and stores included: at once, or one row of the result after the other,
 * which reads the square again for each. */
#define LINES_INSTRUCTION 0.4 /* cycles of a vector instruction */
double lines_cycles(const struct lines *l, bool at_once);

struct winograd_form {
    enum repr repr; /* of the transformed taps */
    int results;    /* m */
    int side;       /* n */
    struct lines inputs /* B' */, taps /* G */, outputs /* A' */;
};
extern const struct winograd_form winograd_forms[]; /* ends with results == 0 */
const struct winograd_form *winograd_form(enum repr r);

/* Returns NULL, or why a convolution does not have 3x3 taps without gaps. */
const char *winograd_taps_refusal(const struct plan *p, const struct op *o);
/* Whether the gradient of the data is one tile an image, which B'..B scatters. Otherwise each tile gathers with flipped
 * taps. */
bool winograd_scatters(const struct winograd_form *f, const struct op *o);

/* The squares that are transformed: where they stand, for each tile of an image. */
struct squares {
    struct lines lines;    /* rows: n */
    int64_t rows, columns; /* tiles in an image */
    int64_t step;          /* from tile to tile, places */
    int64_t top, left;     /* of the first; what lies outside is 0 */
    int64_t height, width;
    int64_t row, ld, size; /* elements from row to row, place to place, image to image */
    int64_t channels;      /* whole vectors, in memory and transformed: [n planes][tiles][channels] a line */
    bool cut;              /* the function takes a range of channels, whole vectors */
};
enum { ALL_LINES = -1 };
/* Writes function_what(x, v, first, count, last): the planes of some tiles; or function_what0, ..., that line of them
 * alone. `plane`: from plane to plane. */
void emit_squares(struct out *o, const struct kernel *k, const struct squares *s, const char *what, int64_t plane,
                  int line);

/* A line of planes of products, which stand at the C pointer `at` and `distance` floats behind each other, the first
 * being number `plane`, as the vectors that they mean to each column of outputs: @{name}0, @{name}1, ... */
void emit_outputs_line(struct out *o, const struct lines *l, const char *at, int64_t distance, int plane,
                       const char *name);
/* All planes as outputs: the vectors q00, q01, ... */
void emit_outputs(struct out *o, const struct lines *l, const char *at, int64_t distance);

/* A vector of each plane is written in turn, so planes must not meet in few sets of the nearest cache: of 64 sets with
 * lines of 64 bytes, planes that are a multiple of eight lines apart share at most eight. */
static inline int64_t plane_floats(int64_t floats)
{
    return floats % 128 ? floats : floats + 16;
}

#endif
