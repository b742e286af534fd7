/* scope.h -- rung 1, inside: names that `let` and the parameters of blocks give to values, and what $name becomes */
#ifndef CNNC_SCOPE_H
#define CNNC_SCOPE_H

#include "spec/front.h"

struct binding {
    const char *name;
    struct span span;
    struct value value;
    int weight, depth; /* how many values it is made of, how deep they nest */
    bool poisoned;     /* its value had an error: whoever uses it stays silent */
};

struct block {
    const char *name;
    const struct stmt *def;
    struct scope *scope; /* where it was defined: its body sees that, not the caller's */
    bool active;         /* being expanded */
};

struct scope {
    struct scope *parent;
    VEC(struct binding) lets;
    VEC(struct block *) blocks;
};

/* What one compilation may grow to. Ten thousand statements are a mistake or an attack, not a network. */
enum { MAX_VALUES = 200000, VALUES_A_STATEMENT = 20 };

struct budget {
    int spent;
    bool told;
};

/* Counts `n` values; false, after one report, when there are too many. */
bool budget_spend(struct ctx *c, struct budget *b, struct span at, int n);

const struct binding *scope_let(const struct scope *s, const char *name); /* the innermost of that name, or NULL */
struct block *scope_block(const struct scope *s, const char *name);

/* Replaces $params and arithmetic in *v. `made` receives weight, depth and whether there was an error. */
void value_expand(struct ctx *c, const struct scope *s, struct budget *b, struct value *v, struct binding *made);

#endif
