/* columns.c -- the columns of a table that are a network's inputs, and how a file of weights stores them. */
#include "beside.h"
#include "data/data.h"

#include <stdlib.h>
#include <string.h>

struct cnn_columns *cnn_columns_new(void)
{
    return calloc(1, sizeof(struct cnn_columns));
}

void cnn_columns_free(struct cnn_columns *c)
{
    for (int64_t i = 0; c && i < c->n; i++) {
        for (int64_t k = 0; k < c->at[i].n_values; k++)
            free(c->at[i].values[k]);
        free(c->at[i].values);
        free(c->at[i].name);
    }
    if (c) {
        free(c->at);
        free(c->mean);
        cnn_names_free(&c->texts);
    }
    free(c);
}

/* The room doubles each time, so that n additions take time in proportion to n. */
static void *grown(void *at, int64_t n, size_t size)
{
    return n & (n - 1) ? at : realloc(at, (size_t)(n ? 2 * n : 1) * size);
}

int cnn_columns_add(struct cnn_columns *c, const char *name)
{
    struct cnn_column *at = grown(c->at, c->n, sizeof *at);
    if (!at)
        return -1;
    c->at = at;
    at[c->n] = (struct cnn_column){.name = strdup(name)};
    return at[c->n].name ? (c->n++, 0) : -1;
}

int cnn_columns_add_value(struct cnn_columns *c, const char *value)
{
    struct cnn_column *last = &c->at[c->n - 1];
    char **values = grown(last->values, last->n_values, sizeof *values);
    if (!values)
        return -1;
    last->values = values;
    values[last->n_values] = strdup(value);
    return values[last->n_values] ? (last->n_values++, 0) : -1;
}

int64_t cnn_columns_width(const struct cnn_columns *c)
{
    int64_t width = 0;
    for (int64_t i = 0; i < c->n; i++)
        width += c->at[i].values ? c->at[i].n_values : 1;
    return width;
}

/* ---- stored beside weights: for each column its name and its values, separated by tabs */

/* Bytes that would end a name become \x and two digits. Bytes of a text that is no UTF-8 do too, because such a
 * file holds only UTF-8. */
static char *put_name(char *to, const char *s)
{
    static const char digits[] = "0123456789abcdef";
    const int text = cnn_is_utf8(s);
    for (; *s; s++) {
        const unsigned char byte = (unsigned char)*s;
        if (byte != '\\' && byte != '\t' && (byte < 0x80 || text)) {
            *to++ = *s;
            continue;
        }
        *to++ = '\\';
        *to++ = 'x';
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
    return to;
}

enum { ESCAPED = 4 }; /* the most bytes that one byte becomes */

static int add_text(struct cnn_columns *c, const struct cnn_column *column)
{
    size_t size = ESCAPED * strlen(column->name) + 1;
    for (int64_t k = 0; k < column->n_values; k++)
        size += ESCAPED * strlen(column->values[k]) + 1;
    char *text = malloc(size), *to = text;
    if (!text)
        return -1;
    to = put_name(to, column->name);
    for (int64_t k = 0; k < column->n_values; k++) {
        *to++ = '\t';
        to = put_name(to, column->values[k]);
    }
    *to = '\0';
    int status = cnn_names_add(&c->texts, text);
    free(text);
    return status;
}

int cnn_columns_spell(struct cnn_columns *c)
{
    for (int64_t i = c->texts.n; i < c->n; i++)
        if (add_text(c, &c->at[i]) != 0)
            return -1;
    return 0;
}

void cnn_columns_lend(const struct cnn_columns *c, struct cnn_beside *b)
{
    if (!c)
        return;
    b->columns = c->texts;
    b->fill = c->mean;
    b->n_fill = c->mean ? c->x_size : 0;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes a name in place. The name goes up to a tab or the end of the text; that byte is returned, and *s moves
 * past it. -1: the text is damaged. */
static int take_name(char **s, char **name)
{
    char *to = *name = *s, *from = *s;
    while (*from && *from != '\t') {
        if (*from != '\\') {
            *to++ = *from++;
            continue;
        }
        const int high = from[1] == 'x' ? digit(from[2]) : -1, low = high < 0 ? -1 : digit(from[3]);
        if (low < 0 || high + low == 0)
            return -1;
        *to++ = (char)(high * 16 + low);
        from += ESCAPED;
    }
    const int end = (unsigned char)*from;
    *s = from + (end != 0);
    *to = '\0';
    return end;
}

static int take_text(struct cnn_columns *c, char *text)
{
    char *name;
    int end = take_name(&text, &name);
    if (end < 0 || cnn_columns_add(c, name) != 0)
        return -1;
    while (end > 0) {
        end = take_name(&text, &name);
        if (end < 0 || cnn_columns_add_value(c, name) != 0)
            return -1;
    }
    return 0;
}

static int take_all(struct cnn_columns *c, const struct cnn_beside *b)
{
    int status = 0;
    for (int64_t i = 0; status == 0 && i < b->columns.n; i++) {
        char *text = strdup(b->columns.at[i]);
        status = text ? take_text(c, text) : -1;
        free(text);
    }
    if (status != 0 || cnn_columns_width(c) != c->x_size || !b->fill)
        return status != 0 || cnn_columns_width(c) != c->x_size ? -1 : 0;
    c->mean = b->n_fill == c->x_size ? malloc((size_t)c->x_size * sizeof *c->mean) : NULL;
    if (c->mean)
        memcpy(c->mean, b->fill, (size_t)c->x_size * sizeof *c->mean);
    return c->mean ? 0 : -1;
}

struct cnn_columns *cnn_columns_remembered(const struct cnn_beside *b, int64_t x_size)
{
    struct cnn_columns *c = b->columns.n > 0 ? cnn_columns_new() : NULL;
    if (!c)
        return NULL;
    c->x_size = x_size;
    if (take_all(c, b) == 0)
        return c;
    cnn_columns_free(c);
    return NULL;
}

static int has_text(const struct cnn_names *names, const char *text)
{
    for (int64_t i = 0; i < names->n; i++)
        if (strcmp(names->at[i], text) == 0)
            return 1;
    return 0;
}

int cnn_columns_check(const struct cnn_columns *c, const char *file, const struct cnn_beside *b, const char *weights,
                      const char *program, struct cnn_error *e)
{
    const int64_t n = c && b->columns.n < c->texts.n ? b->columns.n : c ? c->texts.n : 0;
    int64_t other = n, moved = n;
    for (int64_t i = n - 1; i >= 0; i--)
        if (strcmp(c->texts.at[i], b->columns.at[i]) != 0) {
            other = i;
            moved = has_text(&c->texts, b->columns.at[i]) ? i : moved;
        }
    if (other == n)
        return 0;
    const int64_t at = moved < n ? moved : other;
    const char *known = b->columns.at[at], *here = c->at[at].name;
    if (moved < n)
        return cnn_fail(e,
                        "%s: column '%.60s' stands where '%.*s' stood when %s was trained: columns=[...] in the spec "
                        "gives them their order",
                        file, here, (int)strcspn(known, "\t"), known, weights);
    cnn_warn(program, "%s: column '%.60s' stands where '%.*s' stood when %s was trained", file, here,
             (int)strcspn(known, "\t"), known, weights);
    return 0;
}
