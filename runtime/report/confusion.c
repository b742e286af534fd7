/* confusion.c -- which classes are confused: a matrix or, if that would be too large, the pairs confused most often. */
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "report/pictures.h"
#include "support/support.h"

enum { MATRIX_CLASSES = 20, PAIRS = 10, NAME = 16, BYTES = 4 * NAME + 1 };

/* ---- the matrix */

int64_t *cnn_confusion_count(const struct cnn_answers *a, struct cnn_error *e)
{
    int64_t *count = calloc((size_t)a->classes, (size_t)a->classes * sizeof *count);
    if (!count)
        cnn_fail(e, "no memory for a confusion matrix of %lld classes", (long long)a->classes);
    for (int64_t i = 0; count && i < a->rows; i++)
        if (a->at[i].class >= 0) /* negative: the answer was NaN */
            count[a->at[i].truth * a->classes + a->at[i].class]++;
    return count;
}

struct matrix {
    const struct cnn_answers *a;
    const int64_t *count;
    int name, cell; /* widths: of the names at the left, of a number */
    int named;      /* are the names also above the columns? */
};

static int total_width(const struct matrix *x)
{
    return x->name + (int)x->a->classes * x->cell + 8; /* 8: the recall */
}

/* Tries cells wide enough for the names above and one decimal below, then narrower cells. Returns 0 when even the
 * narrowest do not fit. */
static int lay_out(struct matrix *x, int width)
{
    const int names = cnn_longest_name(x->a, NAME), number = x->a->names ? cnn_digits(x->a->classes - 1) + 1 : 0;
    int64_t most = 0;
    for (int64_t i = 0; i < x->a->classes * x->a->classes; i++)
        most = x->count[i] > most ? x->count[i] : most;
    const int least = cnn_digits(most) > 3 ? cnn_digits(most) : 3, full = least > 4 ? least : 4;
    const struct matrix ways[] = {{.name = names, .cell = (full > names ? full : names) + 2, .named = 1},
                                  {.name = names, .cell = (full > names ? full : names) + 1, .named = 1},
                                  {.name = names + number, .cell = full + 1},
                                  {.name = names + number, .cell = least + 1}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        x->name = ways[i].name > 9 ? ways[i].name : 9; /* "precision" */
        x->cell = ways[i].cell;
        x->named = ways[i].named;
        if (total_width(x) <= width)
            return 1;
    }
    return 0;
}

/* A width in printf counts bytes, so the padding is computed from the number of characters. */
static void put_right(FILE *f, const char *s, int width)
{
    fprintf(f, "%*s%s", width - cnn_text_width(s), "", s);
}

static void put_share(FILE *f, int64_t part, int64_t all, int width, const char *unit)
{
    char text[32] = "-";
    double percent = all ? 100 * (double)part / (double)all : 0;
    if (all)
        snprintf(text, sizeof text, "%.*f%s", width > 4 && part < all ? 1 : 0, percent, unit);
    put_right(f, text, width);
}

static void put_heads(FILE *f, const struct matrix *x)
{
    char name[BYTES];
    fprintf(f, "%*s", x->name, "");
    for (int64_t c = 0; c < x->a->classes; c++) {
        if (x->named)
            cnn_class_name(x->a, c, NAME, name, sizeof name);
        else
            snprintf(name, sizeof name, "%lld", (long long)c);
        put_right(f, name, x->cell);
    }
    fprintf(f, "  recall\n");
}

static void put_row(FILE *f, const struct matrix *x, int64_t truth)
{
    const int64_t *row = x->count + truth * x->a->classes;
    char text[BYTES + 24], name[BYTES];
    int64_t all = 0;
    snprintf(text, sizeof text, "%s", cnn_class_name(x->a, truth, NAME, name, sizeof name));
    if (!x->named && x->a->names)
        snprintf(text, sizeof text, "%s %lld", name, (long long)truth);
    put_right(f, text, x->name);
    for (int64_t c = 0; c < x->a->classes; c++) {
        all += row[c];
        snprintf(text, sizeof text, "%lld", (long long)row[c]);
        put_right(f, row[c] ? text : "\xc2\xb7", x->cell); /* a raised dot for 0, so that the mistakes stand out */
    }
    put_share(f, row[truth], all, 8, "%");
    fputc('\n', f);
}

static void put_matrix(FILE *f, const struct matrix *x)
{
    const int64_t n = x->a->classes;
    put_heads(f, x);
    for (int64_t c = 0; c < n; c++)
        put_row(f, x, c);
    put_right(f, "precision", x->name);
    for (int64_t c = 0; c < n; c++) {
        int64_t said = 0;
        for (int64_t t = 0; t < n; t++)
            said += x->count[t * n + c];
        put_share(f, x->count[c * n + c], said, x->cell, "");
    }
    put_share(f, cnn_answers_right(x->a), x->a->rows, 8, "%");
    fputc('\n', f);
}

/* ---- the pairs */

struct pair {
    int32_t truth, class;
    int64_t rows;
};

static int by_classes(const void *a, const void *b)
{
    const struct cnn_answer *p = a, *q = b;
    return p->truth != q->truth ? (p->truth > q->truth) - (p->truth < q->truth)
                                : (p->class > q->class) - (p->class < q->class);
}

/* Keeps the most frequent pairs, in order; among equal ones, the first comes first. */
static int insert(struct pair *best, int n, struct pair p)
{
    int i = n < PAIRS ? n : PAIRS - 1;
    if (n == PAIRS && best[i].rows >= p.rows)
        return n;
    for (; i > 0 && best[i - 1].rows < p.rows; i--)
        best[i] = best[i - 1];
    best[i] = p;
    return n < PAIRS ? n + 1 : n;
}

static int worst_pairs(const struct cnn_answers *a, struct cnn_answer *wrong, struct pair *best)
{
    int64_t n = 0, begin = 0;
    int pairs = 0;
    for (int64_t i = 0; i < a->rows; i++)
        if (a->at[i].class != a->at[i].truth)
            wrong[n++] = a->at[i];
    qsort(wrong, (size_t)n, sizeof *wrong, by_classes);
    for (int64_t i = 1; i <= n; i++)
        if (i == n || by_classes(&wrong[i], &wrong[begin]) != 0) {
            pairs = insert(best, pairs, (struct pair){wrong[begin].truth, wrong[begin].class, i - begin});
            begin = i;
        }
    return pairs;
}

static void put_left(FILE *f, const char *s, int width)
{
    fprintf(f, "%s%*s", s, width - cnn_text_width(s), "");
}

static int put_pairs(FILE *f, const struct cnn_answers *a, struct cnn_error *e)
{
    struct cnn_answer *wrong = calloc((size_t)a->rows, sizeof *wrong);
    struct pair best[PAIRS];
    char name[BYTES];
    int column = cnn_longest_name(a, NAME) > 9 ? cnn_longest_name(a, NAME) + 2 : 11;
    if (!wrong)
        return cnn_fail(e, "no memory for the mistakes in %lld rows", (long long)a->rows);
    int n = worst_pairs(a, wrong, best);
    if (n > 0)
        fprintf(f, "most confused\n%-*s%-*srows\n", column, "true", column, "predicted");
    for (int i = 0; i < n; i++) {
        put_left(f, cnn_class_name(a, best[i].truth, NAME, name, sizeof name), column);
        put_left(f, cnn_class_name(a, best[i].class, NAME, name, sizeof name), column);
        fprintf(f, "%4lld\n", (long long)best[i].rows);
    }
    free(wrong);
    return 0;
}

/* ---- printing it */

int cnn_confusion_print(FILE *f, const struct cnn_answers *a, const char *part, int width, struct cnn_error *e)
{
    struct matrix x = {.a = a};
    int64_t *count = NULL;
    if (a->classes <= MATRIX_CLASSES && !(x.count = count = cnn_confusion_count(a, e)))
        return -1;
    int fits = count && lay_out(&x, width), status = 0;
    fprintf(f, "\nconfusion of the %s set: %lld of %lld rows are right%s\n\n", part, (long long)cnn_answers_right(a),
            (long long)a->rows, fits ? "; a row has one true class, a column one prediction" : "");
    if (fits)
        put_matrix(f, &x);
    else
        status = put_pairs(f, a, e);
    free(count);
    return status;
}
