/* merge.c -- layers that compute one tensor from several, element by element, as numpy broadcasts: Add, Subtract,
 * Multiply, Average, Maximum, Minimum */
#include "layers/layers.h"
#include "ops/ops.h"

/* a + b + c: the operator between the operands, or max(max(a, b), c) for a function of two. */
static const char *joined(struct arena *a, const char *operation, int count)
{
    const char *text = "a";
    for (int i = 1; i < count; i++)
        text = operation[1] ? arena_printf(a, "%s(%s, %s)", operation, text, op_operand(a, &op_map, i, false))
                            : arena_printf(a, "%s %s %s", text, operation, op_operand(a, &op_map, i, false));
    return text;
}

/* An op has room for so many operands; what it makes of them is the first operand of the next. */
static struct tensor *merge_all(struct net *net, struct node *n, const char *operation, double factor)
{
    struct arena *a = ctx_arena(net->ctx);
    struct tensor *x[MOST_FACTORS] = {n->inputs[0]->y};
    struct shape out = n->inputs[0]->out;
    for (int i = 1; i < n->n_inputs;) {
        int count = 1;
        for (; i < n->n_inputs && count < MOST_FACTORS; i++, count++) {
            x[count] = n->inputs[i]->y;
            out = shape_broadcast(out, n->inputs[i]->out);
        }
        const char *formula = joined(a, operation, count);
        if (i == n->n_inputs && factor < 1)
            formula = arena_printf(a, "(%s) * %.17g", formula, factor);
        x[0] = lower_map(net, n, formula, x, count, out, "merged");
    }
    return x[0];
}

static struct tensor *add_lower(struct net *net, struct node *n)
{
    return merge_all(net, n, "+", 1);
}

static struct tensor *subtract_lower(struct net *net, struct node *n)
{
    return merge_all(net, n, "-", 1);
}

static struct tensor *multiply_lower(struct net *net, struct node *n)
{
    return merge_all(net, n, "*", 1);
}

static struct tensor *average_lower(struct net *net, struct node *n)
{
    return merge_all(net, n, "+", 1.0 / n->n_inputs);
}

static struct tensor *maximum_lower(struct net *net, struct node *n)
{
    return merge_all(net, n, "max", 1);
}

static struct tensor *minimum_lower(struct net *net, struct node *n)
{
    return merge_all(net, n, "min", 1);
}

#define MERGE_EXAMPLE(NAME) "a: Dense 8 relu\nb: Dense 8 tanh from=a\n" NAME " from=[a, b]"

const struct layer layer_add = {
    .rec = {.name = "Add", .doc = "The sum of its inputs.", .example = MERGE_EXAMPLE("Add")},
    .keras = "Add",
    .input = "8",
    .least_inputs = 2,
    .most_inputs = ANY_NUMBER,
    .shape = shape_broadcast_all,
    .lower = add_lower,
};

const struct layer layer_subtract = {
    .rec = {.name = "Subtract", .doc = "The first input less the second.", .example = MERGE_EXAMPLE("Subtract")},
    .keras = "Subtract",
    .input = "8",
    .least_inputs = 2,
    .most_inputs = 2,
    .shape = shape_broadcast_all,
    .lower = subtract_lower,
};

const struct layer layer_multiply = {
    .rec = {.name = "Multiply", .doc = "The product of its inputs.", .example = MERGE_EXAMPLE("Multiply")},
    .keras = "Multiply",
    .input = "8",
    .least_inputs = 2,
    .most_inputs = ANY_NUMBER,
    .shape = shape_broadcast_all,
    .lower = multiply_lower,
};

const struct layer layer_average = {
    .rec = {.name = "Average", .doc = "The mean of its inputs.", .example = MERGE_EXAMPLE("Average")},
    .keras = "Average",
    .input = "8",
    .least_inputs = 2,
    .most_inputs = ANY_NUMBER,
    .shape = shape_broadcast_all,
    .lower = average_lower,
};

const struct layer layer_maximum = {
    .rec = {.name = "Maximum", .doc = "The largest of its inputs.", .example = MERGE_EXAMPLE("Maximum")},
    .keras = "Maximum",
    .input = "8",
    .least_inputs = 2,
    .most_inputs = ANY_NUMBER,
    .shape = shape_broadcast_all,
    .lower = maximum_lower,
};

const struct layer layer_minimum = {
    .rec = {.name = "Minimum", .doc = "The smallest of its inputs.", .example = MERGE_EXAMPLE("Minimum")},
    .keras = "Minimum",
    .input = "8",
    .least_inputs = 2,
    .most_inputs = ANY_NUMBER,
    .shape = shape_broadcast_all,
    .lower = minimum_lower,
};
