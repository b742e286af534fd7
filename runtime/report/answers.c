/* answers.c -- the classes that a network predicts for rows whose class is known. */
#include <stdlib.h>

#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "report/report.h"

static int ask_ensemble(const struct cnn_look *l, struct cnn_answer *out, struct cnn_error *e)
{
    float *y = cnn_outputs_new(l->m, l->d->rows, e);
    const struct cnn_meaning is = cnn_common_meaning(l->m);
    int status = y ? cnn_fitted_predict(l->ensemble, l->d, l->threads, y, e) : -1;
    for (int64_t i = 0; status == 0 && i < l->d->rows; i++)
        out[i] = cnn_answer_of(&is, y + i * cnn_output(l->m)->size, cnn_output(l->m)->size);
    free(y);
    return status;
}

static int ask(const struct cnn_look *l, struct cnn_answer *out, struct cnn_error *e)
{
    if (l->ensemble)
        return ask_ensemble(l, out, e);
    cnn_engine_classes(l->g, l->d, out);
    return 0;
}

int cnn_answers_get(const struct cnn_look *l, struct cnn_answers *out, struct cnn_error *e)
{
    const struct cnn_dataset *d = l->d;
    float *t = calloc((size_t)d->y_size, sizeof *t);
    *out = (struct cnn_answers){.rows = d->rows, .classes = cnn_classes(l->m), .names = l->names};
    out->at = calloc((size_t)d->rows, sizeof *out->at);
    int status =
        t && out->at ? ask(l, out->at, e) : cnn_fail(e, "no memory for the answers to %lld rows", (long long)d->rows);
    for (int64_t i = 0; status == 0 && i < d->rows; i++)
        out->at[i].truth = (int32_t)cnn_row_class(d, i, t);
    free(t);
    if (status != 0)
        cnn_answers_free(out);
    return status;
}

void cnn_answers_free(struct cnn_answers *a)
{
    free(a->at);
    *a = (struct cnn_answers){0};
}

int64_t cnn_answers_right(const struct cnn_answers *a)
{
    int64_t n = 0;
    for (int64_t i = 0; i < a->rows; i++)
        n += a->at[i].class == a->at[i].truth;
    return n;
}

/* ---- names */

static int continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

int cnn_text_width(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += !continues(*s);
    return n;
}

const char *cnn_class_name(const struct cnn_answers *a, int64_t class, int most, char *out, size_t size)
{
    const char *s = class < 0 ? "nan" : a->names ? a->names[class] : NULL;
    size_t n = 0;
    if (!s) {
        snprintf(out, size, "%lld", (long long)class);
        return out;
    }
    for (; *s && n + 1 < size; s++) {
        if (!continues(*s) && most-- == 0)
            break;
        out[n++] = (unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s;
    }
    if (continues(*s)) /* a character was cut in the middle: drop all of it */
        while (n > 0 && continues(out[--n]))
            continue;
    out[n] = '\0';
    return out;
}

int cnn_longest_name(const struct cnn_answers *a, int most)
{
    char name[256];
    int longest = 0;
    for (int64_t c = 0; c < a->classes; c++) {
        int n = cnn_text_width(cnn_class_name(a, c, most, name, sizeof name));
        longest = n > longest ? n : longest;
    }
    return longest;
}
