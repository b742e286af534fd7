/* map_join.c -- one formula in place of two: a reader of a map computes the map itself. */
#include "expr/expr.h"
#include "ops/ops.h"

/* What a kernel holds in registers, and what a reader of its C can follow. */
enum { MOST_JOINED = 10, LONGEST_FORMULA = 240 };

/* ---- costs */

double formula_cost(const char *formula)
{
    struct arena *a = arena_new();
    struct expr_statements lets = {0};
    double cycles = expr_cycles(expr_share(a, expr_of(a, formula), "#", &lets));
    for (size_t i = 0; i < lets.list.n; i++)
        cycles += expr_cycles(lets.list.at[i].value);
    arena_free(a);
    return cycles;
}

struct op *map_instead(struct net *n, const struct op *o)
{
    struct op *map = net_op(n, &op_map_grad, o->node);
    struct map_op *m = (struct map_op *)(void *)map;
    n->ops.n--; /* it takes the place of o */
    map->id = o->id;
    for (int i = 0; i < o->n_in; i++)
        op_in(n, map, o->in[i]);
    op_out(n, map, o->out[0]);
    m->formula = o->kind->as_map;
    m->full = m->kept = o->out[0]->shape;
    return map;
}

/* ---- the formula */

struct joined {
    struct factor factors[2 * MOST_OPERANDS];
    int count;
};

/* The name of the tensor among the factors. */
static const char *factor_name(struct arena *a, struct joined *j, struct tensor *t)
{
    for (int i = 0; i < j->count; i++)
        if (j->factors[i].tensor == t)
            return j->factors[i].name;
    j->factors[j->count] = (struct factor){arena_printf(a, "@%d", j->count), t};
    return j->factors[j->count++].name;
}

/* The formula of the op with factors for its operands. */
static const struct expr *with_factors(struct arena *a, struct joined *j, const struct op *o, const struct op *map)
{
    const struct expr *e = expr_of(a, map_of(o)->formula), *inner = NULL;
    for (int i = 0; i < o->n_in; i++) {
        const struct expr *operand = expr_name(a, op_operand(a, o->kind, i, false));
        if (map && o->in[i] == map->out[0]) {
            inner = inner ? inner : with_factors(a, j, map, NULL);
            e = expr_replace(a, e, operand, inner);
        } else {
            e = expr_replace(a, e, operand, expr_name(a, factor_name(a, j, o->in[i])));
        }
    }
    return e;
}

static int mentioned(const struct expr *e, const struct joined *j)
{
    int n = 0;
    for (int i = 0; i < j->count; i++)
        n += expr_mentions(e, j->factors[i].name);
    return n;
}

static bool is_of_vectors(struct arena *a, const struct op *o)
{
    return expr_has_form(expr_of(a, map_of(o)->formula), EXPR_VECTOR);
}

bool map_can_join(struct net *n, const struct op *o, const struct op *map)
{
    struct arena *a = ctx_arena(n->ctx);
    struct joined j = {.count = 0};
    const struct expr *e = with_factors(a, &j, o, map);
    return e->size <= LONGEST_FORMULA && mentioned(e, &j) <= MOST_JOINED &&
           is_of_vectors(a, o) == is_of_vectors(a, map);
}

void map_join(struct net *n, struct op *o, const struct op *map)
{
    struct arena *a = ctx_arena(n->ctx);
    struct joined j = {.count = 0};
    struct tensor *x[MOST_OPERANDS];
    int used;
    const struct expr *e = with_factors(a, &j, o, map);
    ((struct map_op *)(void *)o)->formula = factors_rename(n, e, j.factors, j.count, x, &used);
    o->n_in = 0;
    for (int i = 0; i < used; i++)
        op_in(n, o, x[i]);
}
