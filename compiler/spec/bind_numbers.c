/* bind_numbers.c -- numbers and dimensions for a row of a table of arguments: their type and range */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "spec/records.h"

bool bind_wrong_type(struct ctx *c, const struct arg_def *d, const struct value *v, const char *wants)
{
    static const char *const kind[] = {"a number", "dimensions", "a string", "a word", "a list", "a call"};
    diag_error(c, v->span, "'%s' takes %s, but this is %s", d->name, wants, kind[v->kind]);
    return false;
}

static bool bounded(const struct arg_def *d)
{
    return d->max > d->min && d->max < HUGE_VAL;
}

static const char *range_text(struct ctx *c, const struct arg_def *d)
{
    const char *least = arena_printf(ctx_arena(c), "%s %.15g", d->open ? "above" : "at least", d->min);
    if (!bounded(d))
        return least;
    if (d->min == -HUGE_VAL)
        return arena_printf(ctx_arena(c), "at most %.15g", d->max);
    const char *most = arena_printf(ctx_arena(c), "%.15g", d->max);
    const bool below = strtod(most, NULL) > d->max; /* the last double below it */
    return arena_printf(ctx_arena(c), "%s and %s %s", least, below ? "below" : "at most", most);
}

static bool in_range(struct ctx *c, const struct arg_def *d, struct span at, double x)
{
    const bool any = d->min == 0 && d->max == 0 && !d->open;
    const bool low = d->open ? x > d->min : x >= d->min;
    if (any || (low && (!bounded(d) || x <= d->max)))
        return true;
    diag_error(c, at, "'%s' must be %s, not %.15g", d->name, range_text(c, d), x);
    return false;
}

/* 2^53: above it, a double does not hold every whole number. */
static bool is_whole(struct ctx *c, const struct arg_def *d, struct span at, double x)
{
    if (x == floor(x) && fabs(x) <= 9007199254740992.0)
        return true;
    diag_error(c, at, x == floor(x) ? "'%s' is too large" : "'%s' must be a whole number", d->name);
    return false;
}

bool bind_real(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    out->number = v->number;
    return v->kind == VALUE_NUMBER ? in_range(c, d, v->span, v->number) : bind_wrong_type(c, d, v, "a number");
}

bool bind_int(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    if (v->kind != VALUE_NUMBER)
        return bind_wrong_type(c, d, v, "a whole number");
    out->number = v->number;
    return is_whole(c, d, v->span, v->number) && in_range(c, d, v->span, v->number);
}

/* 3x3, [3, 3], or 3 */
static bool collect_dims(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    const char *const wants = d->rank == 1 ? "a whole number" : "dimensions such as 3x3";
    const bool list = v->kind == VALUE_LIST;
    if (v->kind == VALUE_DIMS) {
        memcpy(out->dim, v->dim, sizeof out->dim);
        out->n_dims = v->n_dims;
        return true;
    }
    if ((!list && v->kind != VALUE_NUMBER) || (list && (v->n_items == 0 || v->n_items > MAX_DIMS)))
        return bind_wrong_type(c, d, v, wants);
    for (size_t i = 0; i < (list ? v->n_items : 1); i++) {
        const struct value *item = list ? &v->items[i].value : v;
        if (item->kind != VALUE_NUMBER)
            return bind_wrong_type(c, d, item, "whole numbers");
        if (!is_whole(c, d, item->span, item->number))
            return false;
        out->dim[out->n_dims++] = (int64_t)item->number;
    }
    for (; v->kind == VALUE_NUMBER && out->n_dims < d->rank && out->n_dims < MAX_DIMS; out->n_dims++)
        out->dim[out->n_dims] = out->dim[0];
    return true;
}

bool bind_dims(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    if (!collect_dims(c, d, v, out))
        return false;
    if (d->rank && out->n_dims != d->rank) {
        diag_error(c, v->span, "'%s' takes %d number%s, but this has %d", d->name, d->rank, d->rank == 1 ? "" : "s",
                   out->n_dims);
        return false;
    }
    for (int i = 0; i < out->n_dims; i++)
        if (!in_range(c, d, v->span, (double)out->dim[i]))
            return false;
    return true;
}

static bool has_pairs(const struct value *v)
{
    for (size_t i = 0; v->kind == VALUE_LIST && i < v->n_items; i++)
        if (v->items[i].value.kind == VALUE_LIST || v->items[i].value.kind == VALUE_DIMS)
            return true;
    return false;
}

/* ((1, 2), 3): the second is 3 on both sides. */
bool bind_pairs(struct ctx *c, const struct arg_def *d, const struct value *v, struct bound *out)
{
    if (!has_pairs(v))
        return bind_dims(c, d, v, out);
    struct arg_def pair = *d;
    pair.rank = 2;
    out->n_items = v->n_items;
    out->items = arena_alloc(ctx_arena(c), (out->n_items + 1) * sizeof *out->items);
    for (size_t i = 0; i < v->n_items; i++)
        if (!bind_dims(c, &pair, &v->items[i].value, &out->items[i]))
            return false;
    return true;
}
