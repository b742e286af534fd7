/* loops.c -- calls of kernels, one behind the other. Where layers repeat, their calls repeat too; only the places of
 * the operands differ. Such calls become a loop over those numbers, so a deep network's functions are no longer than a
 * shallow one's. */
#include <stdlib.h>
#include <string.h>

#include "emit/calls.h"

struct column {
    size_t call;
    int argument;
};

struct loop {
    const struct call *at; /* the calls of the first repetition; those of the others follow */
    size_t block, times;
    VEC(struct column) columns; /* numbers that do not grow by equal steps */
};

/* ---- lists of calls */

/* `to` has room for it. */
static char *append(char *to, const char *text)
{
    const size_t n = strlen(text);
    memcpy(to, text, n); /* NOLINT(bugprone-not-null-terminated-result): more text follows */
    return to + n;
}

/* A call without its numbers. */
static const char *call_text(struct arena *a, const struct call *k)
{
    size_t size = strlen(k->function) + 1;
    for (int i = 0; i < k->n; i++)
        size += strlen(k->at[i].before) + 2 + (k->at[i].number ? strlen(k->at[i].after) : 0);
    char *text = arena_alloc(a, size), *end = append(text, k->function);
    for (int i = 0; i < k->n; i++) {
        end = append(append(end, ","), k->at[i].before);
        if (k->at[i].number)
            end = append(append(end, "#"), k->at[i].after);
    }
    return text; /* ends with a zero that the arena put there */
}

void calls_add(struct call_list *l, struct arena *a, const struct call *k)
{
    struct row row = {.rest = call_text(a, k)};
    for (int i = 0; i < k->n; i++)
        if (k->at[i].number)
            row.number[row.n++] = k->at[i].value;
    vec_push(a, &l->calls, *k);
    vec_push(a, &l->rows, row);
}

/* How often the first `block` calls repeat, whatever their numbers are. */
static size_t repetitions(const struct row *at, size_t n, size_t block)
{
    size_t i = block;
    while (i < n && !strcmp(at[i - block].rest, at[i].rest))
        i++;
    return i / block;
}

/* The lines of a loop: one for each call, one for its lap, and one row of numbers for each repetition when some number
 * follows no rule. */
static size_t lines_saved(size_t block, size_t times, bool table)
{
    return 2 * block * (times - 1) - (table ? times : 0);
}

/* The block that saves the most lines from call `first` on; of several that save the same, the shortest. */
static struct loop longest_loop(const struct call_list *l, size_t first)
{
    const struct row *rows = l->rows.at + first;
    const size_t n = l->rows.n - first;
    const struct repeat r = repeat_longest(rows, n);
    struct loop best = {.at = l->calls.at + first, .block = r.rows, .times = r.times};
    size_t most = lines_saved(r.rows, r.times, false);
    for (size_t block = 1; block <= LONGEST_BLOCK && block * LEAST_REPETITIONS <= n; block++) {
        const size_t times = repetitions(rows, n, block);
        if (times >= LEAST_REPETITIONS && lines_saved(block, times, true) > most)
            best.block = block, best.times = times, most = lines_saved(block, times, true);
    }
    return best;
}

size_t repeated_calls(const struct call_list *l, size_t first, size_t *written)
{
    const struct loop found = longest_loop(l, first);
    *written = found.block;
    return found.block * found.times;
}

/* ---- the numbers of a loop */

static int64_t number_at(const struct loop *l, struct column c, size_t repetition)
{
    return l->at[repetition * l->block + c.call].at[c.argument].value;
}

/* In addition, no product with the loop's counter exceeds an int. */
static bool is_progression(const struct loop *l, struct column c)
{
    for (size_t r = 2; r < l->times; r++)
        if (number_at(l, c, r) - number_at(l, c, r - 1) != number_at(l, c, 1) - number_at(l, c, 0))
            return false;
    return llabs(number_at(l, c, l->times - 1) - number_at(l, c, 0)) <= INT32_MAX;
}

static bool equal_columns(const struct loop *l, struct column a, struct column b)
{
    for (size_t r = 0; r < l->times; r++)
        if (number_at(l, a, r) != number_at(l, b, r))
            return false;
    return true;
}

/* The column's place in the table. Adds the column when it is not there. */
static size_t column_of(struct arena *a, struct loop *l, struct column c)
{
    for (size_t i = 0; i < l->columns.n; i++)
        if (equal_columns(l, l->columns.at[i], c))
            return i;
    vec_push(a, &l->columns, c);
    return l->columns.n - 1;
}

/* The C expression of a number in repetition r. */
static const char *number_text(struct arena *a, struct loop *l, struct column c)
{
    const char *first = l->at[c.call].at[c.argument].number;
    if (l->times == 1)
        return first;
    if (!is_progression(l, c))
        return arena_printf(a, "at[r][%zu]", column_of(a, l, c));
    const long long step = (long long)(number_at(l, c, 1) - number_at(l, c, 0));
    if (step == 1)
        return arena_printf(a, "%s + r", first);
    return step ? arena_printf(a, "%s + r * %lld", first, step) : first;
}

static bool is_wide(const struct loop *l)
{
    for (size_t i = 0; i < l->columns.n; i++)
        for (size_t r = 0; r < l->times; r++)
            if (number_at(l, l->columns.at[i], r) > INT32_MAX)
                return true;
    return false;
}

static void emit_table(struct out *o, const struct loop *l)
{
    out_printf(o, "static const int%d_t at[%zu][%zu] = {\n", is_wide(l) ? 64 : 32, l->times, l->columns.n);
    for (size_t r = 0; r < l->times; r++) {
        for (size_t i = 0; i < l->columns.n; i++) {
            const struct column c = l->columns.at[i];
            out_printf(o, "%s%s", i ? ", " : "{", l->at[r * l->block + c.call].at[c.argument].number);
        }
        out_text(o, "},\n");
    }
    out_text(o, "};\n");
}

/* ---- the text */

static const char *argument_text(struct arena *a, struct loop *l, size_t call, int i)
{
    const struct argument *g = &l->at[call].at[i];
    if (!g->number)
        return g->before;
    return arena_printf(a, "%s%s%s", g->before, number_text(a, l, (struct column){call, i}), g->after);
}

/* Writes one repetition. With a table, it also collects the columns that the table needs. */
static const char *block_text(struct arena *a, struct loop *l, const char *laps)
{
    const char *text = "";
    for (size_t c = 0; c < l->block; c++) {
        const struct call *k = &l->at[c];
        const bool dealt = k->at[CALL_PART].number;
        if (dealt) {
            const char *part = argument_text(a, l, c, CALL_PART);
            const bool sum = strchr(part, ' ');
            text = arena_printf(a, "%sif (part == %s%s%s %% parts)%s\n", text, sum ? "(" : "", part, sum ? ")" : "",
                                laps ? " {" : "");
        }
        text = arena_printf(a, "%s%s(", text, k->function);
        for (int i = CALL_FIRST; i < k->n; i++)
            text = arena_printf(a, "%s%s%s", text, i > CALL_FIRST ? ", " : "", argument_text(a, l, c, i));
        text = arena_printf(a, "%s);\n", text);
        if (laps)
            text = arena_printf(a, "%sCNN_LAP(%s, %s);\n%s", text, laps, argument_text(a, l, c, CALL_LAP),
                                dealt ? "}\n" : "");
    }
    return text;
}

static void emit_loop(struct out *o, struct arena *a, struct loop *l, const char *laps)
{
    const char *body = block_text(a, l, laps);
    if (l->times == 1) {
        out_text(o, body);
        return;
    }
    out_text(o, "{\n");
    if (l->columns.n)
        emit_table(o, l);
    out_printf(o, "for (int r = 0; r < %zu; r++) {\n", l->times);
    out_text(o, body);
    out_text(o, "}\n}\n");
}

void emit_repeats(struct out *o, struct arena *a, const struct call_list *l, const char *laps)
{
    for (size_t i = 0; i < l->calls.n;) {
        struct loop k = longest_loop(l, i);
        emit_loop(o, a, &k, laps);
        i += k.block * k.times;
    }
}
