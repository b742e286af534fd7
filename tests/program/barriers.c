/* barriers.c -- barriers NET: the program that cnnc makes of a network, but with a barrier behind every group of
 * kernels. */
#include <stdio.h>

#include "emit/emit.h"
#include "passes/passes.h"
#include "training/training.h"

static struct net *graph(struct ctx *c, const struct spec *s, bool optimized)
{
    struct net *n = resolve(c, s);
    infer_shapes(n);
    prune(n);
    objective_check(n);
    lower(n);
    if (optimized)
        hoist(n);
    differentiate(n);
    if (optimized)
        fuse(n);
    return n;
}

/* None of those kernels wants a sum: the numbers are there for the eyes of a reader of the C, one behind the other in
 * unused memory. */
static void add_barriers(struct plan *p)
{
    for (size_t i = 0; i < p->groups.n; i++)
        p->groups.at[i].barrier = true;
    p->groups.at[0].sums = 3;
    p->groups.at[0].partial = p->scratch;
    p->groups.at[0].total = p->scratch + 16;
    p->scratch += 32;
}

int main(int argc, char **argv)
{
    struct ctx *c = ctx_new(&(struct diag_options){0});
    const struct spec *s = argc == 2 ? net_parse(c, argv[1], NULL, 0) : NULL;
    if (!s)
        return 1;
    struct plan *p = plan_make(graph(c, s, true), target_find("native"), false, &(struct plan_options){0});
    struct plan *r = plan_make(graph(c, s, false), &target_reference, true, &(struct plan_options){.images = p->chunk});
    add_barriers(p);
    add_barriers(r);
    const struct program g = {.fast = p, .reference = r, .command = "", .libraries = ""};
    fputs(emit_program(c, &g), stdout);
    ctx_free(c);
    return 0;
}
