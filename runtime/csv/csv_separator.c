/* csv_separator.c -- finds the separator of the fields of a .csv from its first line. */
#include <ctype.h>

#include "csv/csv.h"

/* A comma between digits is the decimal comma that some countries write, as long as another mark separates the
 * fields. */
static int is_decimal(const char *text, size_t i, size_t n)
{
    return text[i] == ',' && i > 0 && i + 1 < n && isdigit((unsigned char)text[i - 1]) &&
           isdigit((unsigned char)text[i + 1]);
}

/* Tells whether the mark is in the first line. */
static int separates(char mark, const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] != mark && text[i] != '\n' && text[i] != '\r')
        i++;
    return i < n && text[i] == mark;
}

char cnn_csv_separator(const struct table *t, const char *text, size_t n)
{
    static const char marks[] = ",;\t|";
    enum { MARKS = sizeof marks - 1 };
    size_t count[MARKS] = {0}, decimals = 0, i = 0, best = 0;
    int quoted = 0;
    if (t->s->separator && (!cnn_csv_is_named(t->m, t->s) || separates(t->s->separator, text, n)))
        return t->s->separator;
    while (i < n && (text[i] == '\n' || text[i] == '\r'))
        i++;
    for (; i < n && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        const char *mark = text[i] ? strchr(marks, text[i]) : NULL;
        quoted ^= text[i] == '"';
        if (!mark || quoted)
            continue;
        count[mark - marks]++;
        decimals += (size_t)is_decimal(text, i, n);
    }
    if (count[1] + count[2] + count[3] > 0)
        count[0] -= decimals;
    for (size_t k = 1; k < MARKS; k++)
        if (count[k] > count[best])
            best = k;
    return marks[best];
}
