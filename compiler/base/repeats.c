/* repeats.c -- finds rows that repeat, with numbers that grow by equal steps. */
#include "base/repeats.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NAME = 100 }; /* the longest name that the runtime has room for */

/* ---- names: one number in them grows */

static bool is_digit(char c)
{
    return isdigit((unsigned char)c);
}

static size_t digits_at(const char *s)
{
    size_t n = 0;
    while (is_digit(s[n]))
        n++;
    return n;
}

/* Two names differ in one number: returns where it starts. */
static size_t number_start(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] && a[i] == b[i])
        i++;
    while (i > 0 && is_digit(a[i - 1]))
        i--;
    return i;
}

/* True if `name` comes `ahead` steps after `second`, where one step leads from `first` to `second`. The three names
 * then differ in one number only, which has no leading zeros. runtime/weights/rows.c reads names by the same rule. */
static bool is_ahead(const char *first, const char *second, const char *name, size_t ahead)
{
    const size_t start = number_start(first, second);
    const size_t length = digits_at(first + start), next = digits_at(second + start);
    if (!strcmp(first, second))
        return !strcmp(second, name);
    if (!length || !next || length > 9 || next > 9 || strlen(name) > LONGEST_NAME || strncmp(name, first, start) != 0)
        return false;
    const long long from = strtoll(first + start, NULL, 10), to = strtoll(second + start, NULL, 10);
    char number[24];
    const size_t digits = (size_t)snprintf(number, sizeof number, "%lld", to + (long long)ahead * (to - from));
    return !strncmp(name + start, number, digits) && !strcmp(name + start + digits, first + start + length) &&
           !strcmp(name + start + digits, second + start + next);
}

static bool name_goes_on(const struct row *first, const struct row *second, const struct row *row, size_t ahead)
{
    if (!first->name || !second->name || !row->name)
        return first->name == second->name && second->name == row->name;
    return is_ahead(first->name, second->name, row->name, ahead);
}

/* ---- rows */

/* The product of a step and a counter must fit an int, too. */
static bool numbers_go_on(const struct row *first, const struct row *second, const struct row *row, size_t ahead)
{
    for (int i = 0; i < row->n; i++) {
        const int64_t step = second->number[i] - first->number[i], whole = row->number[i] - first->number[i];
        if (whole != step * ((int64_t)ahead + 1) || whole > INT32_MAX || whole < -INT32_MAX)
            return false;
    }
    return true;
}

static bool alike(const struct row *a, const struct row *b)
{
    return a->n == b->n && (a->rest == b->rest || !strcmp(a->rest, b->rest));
}

/* How many times the first `block` rows occur, each time one step further. */
static size_t repetitions(const struct row *at, size_t n, size_t block)
{
    size_t i = block;
    for (; i < n; i++) {
        const struct row *first = &at[i % block], *second = &at[block + i % block];
        if (!alike(first, &at[i]) || !numbers_go_on(first, second, &at[i], i / block - 1) ||
            !name_goes_on(first, second, &at[i], i / block - 1))
            break;
    }
    return i / block;
}

struct repeat repeat_longest(const struct row *at, size_t n)
{
    struct repeat best = {0, 1, 1};
    size_t most = 0;
    for (size_t block = 1; block <= LONGEST_BLOCK && block * LEAST_REPETITIONS <= n; block++) {
        const size_t times = repetitions(at, n, block);
        if (times >= LEAST_REPETITIONS && (times - 2) * block > most)
            best = (struct repeat){0, block, times}, most = (times - 2) * block;
    }
    return best;
}

struct repeats repeats_find(struct arena *a, const struct row *at, size_t n)
{
    struct repeats found = {0};
    for (size_t i = 0; i < n;) {
        struct repeat r = repeat_longest(at + i, n - i);
        r.first = i;
        if (r.times > 1)
            vec_push(a, &found.list, r);
        i += r.rows * r.times;
    }
    return found;
}

const struct repeat *repeat_of(const struct repeats *r, size_t row)
{
    for (size_t i = 0; i < r->list.n; i++) {
        const struct repeat *p = &r->list.at[i];
        if (row >= p->first && row < p->first + p->rows * p->times)
            return p;
    }
    return NULL;
}

bool repeat_shows(const struct repeats *r, size_t row)
{
    const struct repeat *p = repeat_of(r, row);
    return !p || row < p->first + 2 * p->rows;
}
