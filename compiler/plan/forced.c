/* forced.c -- what --strategy=LAYER:NAME asks for. */
#include <string.h>

#include "plan/inner.h"
#include "base/text.h"

/* forced is "LAYER:STRATEGY" */
static bool is_of_layer(const char *forced, const struct node *n)
{
    size_t length = strlen(n->name);
    return !strncmp(forced, n->name, length) && forced[length] == ':';
}

const char *plan_forced(const struct plan_options *options, const struct op *o)
{
    for (size_t i = 0; i < options->n_forced; i++)
        for (size_t s = 0; strategies[s] && is_of_layer(options->forced[i], o->node); s++)
            if (strategies[s]->op == o->kind && plan_takes_axes(strategies[s], o) &&
                !strcmp(strategies[s]->name, strchr(options->forced[i], ':') + 1))
                return strategies[s]->name;
    return NULL;
}

/* Whether the strategy is one for some op of that layer. It need not apply. */
static bool may_obey(const struct plan *p, const char *forced, const struct strategy *s)
{
    for (size_t i = 0; i < p->net->ops.n; i++)
        if (p->net->ops.at[i]->kind == s->op && plan_takes_axes(s, p->net->ops.at[i]) &&
            is_of_layer(forced, p->net->ops.at[i]->node))
            return true;
    return false;
}

/* The names of the strategies that the layer's ops have, as suggestions for a message. */
static size_t strategies_of(const struct plan *p, const char *forced, const char **names, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; strategies[i] && n < most; i++)
        if (may_obey(p, forced, strategies[i]))
            names[n++] = strategies[i]->name;
    return n;
}

/* A --strategy=LAYER:NAME that matches nothing is an error: otherwise the user would believe that it has an effect. */
void plan_check_forced(struct plan *p, const struct plan_options *options)
{
    struct ctx *c = p->net->ctx;
    for (size_t i = 0; i < options->n_forced; i++) {
        const char *f = options->forced[i], *name = strchr(f, ':') + 1, *names[64];
        bool found = false;
        size_t n = strategies_of(p, f, names, sizeof names / sizeof *names);
        struct text list = {.arena = ctx_arena(c)};
        for (size_t j = 0; j < n; j++) {
            found |= !strcmp(name, names[j]);
            text_add(&list, "%s%s", j ? ", " : "", names[j]);
        }
        if (n == 0)
            diag_error(c, (struct span){0}, "--strategy=%s: no layer with kernels has that name; -d plan lists them",
                       f);
        else if (!found)
            diag_error(c, (struct span){0}, "--strategy=%s: that layer has no such strategy; it has %s", f,
                       text_end(&list));
    }
}

void plan_refuse_forced(struct plan *p, const struct op *o, const char *forced, const char *refusal)
{
    if (!forced)
        INTERNAL("no strategy for %s of '%s': %s", o->kind->name, o->node->name, refusal);
    diag_error(p->net->ctx, o->node->stmt->span, "%s of '%s' cannot be done by '%s': %s", o->kind->name, o->node->name,
               forced, refusal);
}
