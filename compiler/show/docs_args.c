/* docs_args.c -- arguments in words: types, ranges, defaults, and how they are written. */
#include "show/docs.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

static const struct kind *kind_of(const struct kind *kinds, const struct record *const *family)
{
    for (; kinds->name; kinds++)
        if (kinds->records == family)
            return kinds;
    return NULL;
}

static const char *family_word(const struct kind *kinds, const struct arg_def *d)
{
    const struct kind *k = kind_of(kinds, d->family);
    return k ? k->name : "name";
}

/* A limit of 0.999999 means "less than 1". */
static bool just_below(double max)
{
    return max < ceil(max) && ceil(max) - max < 1e-5;
}

static const char *with_range(struct arena *a, const char *type, const struct arg_def *d)
{
    const bool any = d->min == 0 && d->max == 0 && !d->open, unbounded = d->max >= 1e6 || d->max <= d->min;
    if (any || d->min < -1e6)
        return type;
    const char *least = arena_printf(a, "%s %s %g", type, d->open ? "above" : "from", d->min);
    if (unbounded)
        return least;
    const bool below = just_below(d->max);
    return arena_printf(a, "%s %s %g", least, below ? "below" : "to", below ? ceil(d->max) : d->max);
}

static const char *choices(struct arena *a, const struct arg_def *d, const char *between)
{
    const char *text = "";
    for (int i = 0; d->choices && d->choices[i]; i++)
        text = arena_printf(a, "%s%s%s", text, i ? between : "", d->choices[i]);
    return text;
}

static const char *dims_type(const struct arg_def *d)
{
    if (d->rank == 1)
        return "whole number";
    return d->rank == 2   ? "dimensions, or one number for both"
           : d->rank == 3 ? "dimensions, or one number for all"
                          : "dimensions";
}

const char *docs_type(struct arena *a, const struct kind *kinds, const struct arg_def *d)
{
    switch (d->type) {
    case ARG_INT: return with_range(a, "whole number", d);
    case ARG_REAL: return with_range(a, "number", d);
    case ARG_BOOL: return "yes or no; the name alone means yes";
    case ARG_DIMS: return d->flags & ARG_REST ? "whole numbers" : dims_type(d);
    case ARG_PAIRS: return "dimensions, or two numbers for each";
    case ARG_CHOICE: return choices(a, d, " or ");
    case ARG_STRING: return "string";
    case ARG_RECORD: return family_word(kinds, d);
    case ARG_RECORDS: return arena_printf(a, "one or more of: %s", family_word(kinds, d));
    case ARG_LABELS: return "labels";
    case ARG_WORD: return "word";
    case ARG_STRINGS: return "string, or a list of strings";
    case ARG_INTS: return "whole number, or a list of whole numbers";
    case ARG_COLUMNS: return "name, or a list of names";
    case ARG_VALUES: return "name, call or number, or a list of them";
    case ARG_NUMBERS:
        return arena_printf(a, "%s%s%s, or a list of them", choices(a, d, ", "), d->choices ? ", " : "",
                            with_range(a, "number", d));
    }
    return "";
}

const char *docs_default(struct arena *a, const struct arg_def *d)
{
    if (d->def)
        return arena_printf(a, "default %s", d->def);
    return d->flags & ARG_REQUIRED ? "required" : "optional";
}

static const char *joined(struct arena *a, const char *first, const char *const *names, int n)
{
    const char *text = first;
    for (int i = 0; i < n && names[i]; i++)
        text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", names[i]);
    return text;
}

const char *docs_aliases(struct arena *a, const struct record *r)
{
    return joined(a, "", r->alias, MAX_ALIASES);
}

const char *docs_arg_names(struct arena *a, const struct arg_def *d)
{
    return joined(a, d->name, d->alias, (int)(sizeof d->alias / sizeof *d->alias));
}

/* ---- the synopsis */

static const char *upper(struct arena *a, const char *s)
{
    char *t = arena_strndup(a, s, strlen(s));
    for (char *p = t; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return t;
}

static const char *value_word(struct arena *a, const struct arg_def *d)
{
    switch (d->type) {
    case ARG_BOOL: return "yes|no";
    case ARG_CHOICE: return choices(a, d, "|");
    case ARG_INTS:
    case ARG_NUMBERS: return "NUMBERS";
    case ARG_INT:
    case ARG_REAL: return "NUMBER";
    case ARG_DIMS: return d->rank == 1 ? "NUMBER" : "DIMENSIONS";
    case ARG_PAIRS: return "DIMENSIONS";
    case ARG_RECORDS:
    case ARG_RECORD: return upper(a, d->name);
    case ARG_STRING: return "STRING";
    case ARG_STRINGS: return "STRINGS";
    case ARG_COLUMNS: return "NAMES";
    case ARG_LABELS: return "LABELS";
    case ARG_WORD: return "WORD";
    case ARG_VALUES: return "VALUES";
    }
    return "";
}

/* The form of one argument: `FILTERS` for a positional one, `[valid|same]` for a bare word, `[groups=NUMBER]` for a
 * named one. */
static const char *written(struct arena *a, const struct arg_def *d)
{
    const bool place = d->flags & ARG_POSITIONAL, bare = d->flags & ARG_BARE;
    const char *const more = d->type == ARG_RECORDS || d->flags & ARG_REST ? " ..." : "";
    const char *text = place && d->type != ARG_CHOICE             ? arena_printf(a, "%s%s", upper(a, d->name), more)
                       : bare && d->type == ARG_RECORD            ? upper(a, d->name)
                       : place || (bare && d->type == ARG_CHOICE) ? choices(a, d, "|")
                                                                  : arena_printf(a, "%s=%s", d->name, value_word(a, d));
    return d->flags & ARG_REQUIRED ? text : arena_printf(a, "[%s]", text);
}

const char *docs_synopsis(struct arena *a, const struct kind *k, const struct record *r)
{
    struct text t = {.arena = a};
    text_add(&t, "%s%s%s", k->lead ? k->lead : "", r->name, k->call && r->args ? "(" : "");
    for (int i = 0; r->args && r->args[i].name; i++)
        text_add(&t, "%s%s", !k->call ? " " : i ? ", " : "", written(a, &r->args[i]));
    text_add(&t, "%s", k->call && r->args ? ")" : "");
    return text_end(&t);
}
