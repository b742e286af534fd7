/* scope.h -- rung 1, inside: the names that `let` and the parameters of blocks give to values, and the values of
 * $name */
#ifndef CNNC_SCOPE_H
#define CNNC_SCOPE_H

#include "spec/front.h"

struct binding {
    const char *name;
    struct span span;
    struct value value;
    int weight, depth; /* how many values it consists of, how deep they nest */
    bool poisoned;     /* its value had an error; its users report nothing more */
};

struct block {
    const char *name;
    const struct stmt *def;
    struct scope *scope; /* where it was defined: its body uses this scope, not that of the caller */
    bool active;         /* being expanded */
};

struct scope {
    struct scope *parent;
    VEC(struct binding) lets;
    VEC(struct block *) blocks;
};

/* Limits for one compilation. Ten thousand statements are a mistake or an attack, not a network. */
enum { MAX_VALUES = 200000, VALUES_A_STATEMENT = 20 };

struct budget {
    int spent;
    bool told;
};

/* Counts `n` values; false, after one report, if there are too many. */
bool budget_spend(struct ctx *c, struct budget *b, struct span at, int n);

struct block *scope_block(const struct scope *s, const char *name);

/* Replaces $params and arithmetic in *v. `made` gets the weight, the depth, and whether there was an error. */
void value_expand(struct ctx *c, const struct scope *s, struct budget *b, struct value *v, struct binding *made);

#endif
