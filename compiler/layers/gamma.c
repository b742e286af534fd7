/* gamma.c -- draws of the gamma distribution, by the squeeze of Marsaglia and Tsang: of some tries, each of which fails
 * in one of twenty cases at most, the first that does not fail is taken. Logarithms do not vanish where alpha is small;
 * their softmax is a draw of Dirichlet's distribution. */
#include <math.h>

#include "layers/layers.h"

enum { TRIES = 4 };

/* b where it is one, a number below 1e30, else a try: log(d v) with v = (1 + c z)^3, z normal and u uniform. */
static struct tensor *lower_try(struct net *net, struct node *n, struct tensor *before, double alpha)
{
    const double d = alpha - 1.0 / 3, c = 1 / sqrt(9 * d);
    struct tensor *x[] = {lower_normal(net, n, before->shape),
                          lower_draw(net, n, before->shape, (struct limits){0, 1}, 0.5), before};
    const char *v = arena_printf(ctx_arena(net->ctx), "cube(max(1 + %.17g * a, 1e-6))", c);
    const char *formula = arena_printf(
        ctx_arena(net->ctx),
        "c < 1e30 ? c : log(max(b, 1e-37)) < 0.5 * square(a) + %.17g * (1 - %s + log(%s)) ? %.17g + log(%s) "
        ": 1e30",
        d, v, v, log(d), v);
    return lower_map(net, n, formula, x, 3, before->shape, "tried");
}

/* Below 1, it is a draw for alpha + 1, times u to the power of 1 / alpha. */
struct tensor *lower_log_gamma(struct net *net, struct node *n, struct shape s, double alpha)
{
    struct tensor *u = lower_draw(net, n, s, (struct limits){0, 1}, 1);
    struct tensor *x[] = {lower_map(net, n, "a * 0 + 1e30", &u, 1, s, "untried"), u};
    for (int i = 0; i < TRIES; i++)
        x[0] = lower_try(net, n, x[0], alpha < 1 ? alpha + 1 : alpha);
    const char *formula = arena_printf(ctx_arena(net->ctx), "(a < 1e30 ? a : %.17g) + log(max(b, 1e-37)) * %.17g",
                                       log(alpha < 1 ? alpha + 1 : alpha), alpha < 1 ? 1 / alpha : 0);
    return lower_map(net, n, formula, x, 2, s, "log_gamma");
}
