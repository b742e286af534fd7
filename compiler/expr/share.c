/* share.c -- parts that an expression has more than once, under names of their own. */
#include "expr/expr.h"

struct parts {
    struct arena *arena;
    VEC(const struct expr *) seen;  /* every part, the inner ones first */
    VEC(const struct expr *) twice; /* likewise, those that come again */
};

static bool is_leaf(const struct expr *e)
{
    return !e->arg[0];
}

static bool is_truth(const struct expr *e)
{
    return e->kind >= EXPR_LESS && e->kind <= EXPR_NOT_EQUAL;
}

static bool among(const struct expr *const *list, size_t n, const struct expr *e)
{
    for (size_t i = 0; i < n; i++)
        if (expr_equal(list[i], e))
            return true;
    return false;
}

static void collect(struct parts *p, const struct expr *e)
{
    if (is_leaf(e))
        return;
    if (among(p->seen.at, p->seen.n, e)) {
        if (!is_truth(e) && !among(p->twice.at, p->twice.n, e))
            vec_push(p->arena, &p->twice, e);
        return;
    }
    for (int i = 0; i < 3 && e->arg[i]; i++)
        collect(p, e->arg[i]);
    vec_push(p->arena, &p->seen, e);
}

/* How many operators and functions the text of the expression has. */
static size_t size_of(const struct expr *e)
{
    size_t n = 1;
    for (int i = 0; i < 3 && e->arg[i]; i++)
        n += size_of(e->arg[i]);
    return n;
}

const struct expr *expr_share(struct arena *a, const struct expr *e, const char *prefix, struct expr_statements *lets)
{
    struct parts p = {.arena = a};
    collect(&p, e);
    for (size_t i = 1; i < p.twice.n; i++) /* the smallest first: a larger one may hold it */
        for (size_t j = i; j > 0 && size_of(p.twice.at[j]) < size_of(p.twice.at[j - 1]); j--) {
            const struct expr *larger = p.twice.at[j - 1];
            p.twice.at[j - 1] = p.twice.at[j];
            p.twice.at[j] = larger;
        }
    for (size_t i = 0; i < p.twice.n; i++) {
        const struct expr *name = expr_name(a, arena_printf(a, "%s%zu", prefix, i + 1));
        const struct expr *part = p.twice.at[i];
        vec_push(a, &lets->list, (struct expr_statement){.name = name->name, .assign = "=", .value = part});
        for (size_t j = i + 1; j < p.twice.n; j++)
            p.twice.at[j] = expr_replace(a, p.twice.at[j], part, name);
        e = expr_replace(a, e, part, name);
    }
    return e;
}
