/* randgraph.c -- prints a random valid network with branches: randgraph SEED; the same seed gives the same network, on
 * any machine. randgraph --layers prints the layers that it knows. Its table has a row for each layer; a layer that has
 * none fails the test. Windows of the convolutions are randnet.c's; here it is how layers follow and join one another.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RANK = 4, MOST_NUMBERS = 700 }; /* numbers of a tensor, at most, so that central differences are quick */

struct shape { /* rank 0: no such layer here */
    int rank, n[MOST_RANK];
};

/* ---- draws: splitmix64 */

static uint64_t state;

static int below(int n)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (int)((uint32_t)(z >> 32) % (uint32_t)n);
}

static int between(int low, int high)
{
    return low + below(high - low + 1);
}

static int chance(int percent)
{
    return below(100) < percent;
}

#define PICK(table) ((table)[below((int)(sizeof(table) / sizeof *(table)))])

static const int channels[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17};
static const char *const words[] = {"relu",   "elu",  "sigmoid",      "tanh",        "gelu",
                                    "silu",   "selu", "mish",         "softsign",    "softplus",
                                    "linear", "celu", "hard_sigmoid", "log_sigmoid", "squareplus"};

/* ---- the statement that is being made, and its options */

static char text[600];

static void say(const char *format, ...)
{
    va_list list;
    const size_t length = strlen(text);
    va_start(list, format);
    vsnprintf(text + length, sizeof text - length, format, list);
    va_end(list);
}

static int last(const struct shape *s)
{
    return s->n[s->rank - 1];
}

static int numbers(struct shape s)
{
    int n = s.rank > 0;
    for (int i = 0; i < s.rank; i++)
        n *= s.n[i];
    return n;
}

static void say_shape(struct shape s)
{
    for (int i = 0; i < s.rank; i++)
        say("%s%d", i ? "x" : " ", s.n[i]);
}

static const struct shape none = {0, {0}};

#include "randgraph_layers.h"

static const char *const joins[] = {"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Sampling"};

/* ---- the network */

static int labels;     /* so far */
static int normalizes; /* BatchNorm is there: of few images, gradients in front of it are differences of nothing */

static void indent(int depth)
{
    for (int i = 0; i < depth; i++)
        printf("  ");
}

/* One layer; `plane`: one that keeps all axes but the last, `whole`: one that keeps the shape. */
static struct shape layer(struct shape in, int depth, int plane, int whole)
{
    for (int tries = 0; tries < 1000; tries++) {
        const struct row *r = &PICK(rows);
        text[0] = '\0';
        if (!r->say || !(r->ranks >> in.rank & 1))
            continue;
        say("%s", r->name);
        const struct shape out = r->say(in);
        int same = out.rank == in.rank;
        for (int i = 0; same && i < in.rank - (whole ? 0 : 1); i++)
            same = out.n[i] == in.n[i];
        if (out.rank == 0 || numbers(out) > MOST_NUMBERS || ((plane || whole) && !same))
            continue;
        normalizes |= strcmp(r->name, "BatchNorm") == 0;
        indent(depth);
        printf("%s\n", text);
        return out;
    }
    indent(depth); /* none fits, for example behind an input that is large already */
    printf("Identity\n");
    return in;
}

static struct shape part(struct shape in, int depth, int plane, int whole);

static struct shape concat(struct shape in, int depth)
{
    struct shape out = in;
    out.n[out.rank - 1] = 0;
    indent(depth);
    printf("concat {\n");
    for (int paths = between(2, 3); paths > 0; paths--) {
        struct shape path = in;
        indent(depth + 1);
        printf("path {\n");
        for (int i = below(3); i > 0; i--)
            path = part(path, depth + 2, 1, 0);
        indent(depth + 1);
        printf("}\n");
        out.n[out.rank - 1] += last(&path);
    }
    indent(depth);
    printf("}\n");
    return out;
}

static struct shape residual(struct shape in, int depth)
{
    struct shape out = in;
    indent(depth);
    printf("residual%s {\n", in.rank == 3 ? " project=auto" : "");
    for (int i = between(1, 3); i > 0; i--)
        out = part(out, depth + 1, 1, in.rank != 3); /* images alone are projected */
    indent(depth);
    printf("}\n");
    return out;
}

/* Two labels with layers between them, joined by a layer of the same shape, by Concatenate or by Dot. */
static struct shape joined(struct shape in, int depth, int whole)
{
    const int from = labels++, to = labels++;
    struct shape out = in;
    indent(depth);
    printf("l%d: Identity\n", from);
    for (int i = between(1, 2); i > 0; i--)
        layer(in, depth, 1, 1);
    indent(depth);
    printf("l%d: Identity\n", to);
    indent(depth);
    if (!whole && chance(20) && last(&in) * 2 < MOST_NUMBERS / 4) {
        printf("Concatenate from=[l%d, l%d]\n", from, to);
        out.n[out.rank - 1] *= 2;
    } else if (!whole && in.rank == 1 && chance(30)) {
        printf("Dot 1 from=[l%d, l%d]\n", from, to);
        out.n[0] = 1;
    } else {
        printf("%s from=[l%d, l%d]\n", PICK(joins), from, to);
    }
    return out;
}

static struct shape part(struct shape in, int depth, int plane, int whole)
{
    if (depth < 4 && chance(8) && !whole && numbers(in) < MOST_NUMBERS / 4)
        return concat(in, depth);
    if (depth < 4 && chance(10))
        return whole ? joined(in, depth, 1) : residual(in, depth);
    if (chance(10))
        return joined(in, depth, plane || whole);
    return layer(in, depth, plane, whole);
}

static const struct {
    const char *act, *loss;
    int planes; /* also for more than one axis */
} ends[] = {
    {"softmax", "sparse_categorical_crossentropy", 1},
    {"softmax", "categorical_crossentropy", 1},
    {"softmax", "categorical_focal_crossentropy", 1},
    {"softmax", "categorical_generalized_cross_entropy", 1},
    {"softmax", "kl_divergence", 1},
    {"sigmoid", "binary_crossentropy", 1},
    {"sigmoid", "binary_focal_crossentropy", 1},
    {"sigmoid", "dice", 0},
    {"sigmoid", "tversky", 0},
    {"softplus", "poisson", 1},
    {"softplus", "msle", 1},
    {"tanh", "hinge", 1},
    {"tanh", "squared_hinge", 1},
    {"linear", "mse", 1},
    {"linear", "mae", 1},
    {"linear", "huber", 1},
    {"linear", "log_cosh", 1},
    {"linear", "cosine_similarity", 1},
};
static const char *const optimizers[] = {"sgd",   "adam",     "adamw",  "rmsprop", "adagrad",
                                         "nadam", "adadelta", "adamax", "ftrl",    "lion"};

static struct shape input(void)
{
    struct shape s = {.rank = between(1, MOST_RANK)};
    for (int i = 0; i < s.rank; i++)
        s.n[i] = i == s.rank - 1 ? PICK(channels) : between(1, s.rank == 4 ? 4 : 7);
    if (s.rank == 3 && chance(40))
        s.n[2] = 3;
    text[0] = '\0';
    say_shape(s);
    printf("Input%s\n", text);
    return s;
}

static void network(void)
{
    struct shape s = input();
    for (int i = between(3, 8); i > 0; i--)
        s = part(s, 0, 0, 0);
    int e = below((int)(sizeof ends / sizeof *ends));
    while (s.rank > 1 && !ends[e].planes)
        e = below((int)(sizeof ends / sizeof *ends));
    if (s.rank == 4) {
        printf("GlobalAvgPool\n");
        s.rank = 1;
    }
    printf("Dense %d %s\n", between(2, 6), ends[e].act);
    printf("\ntrain {\n  optimizer %s\n  loss %s\n", PICK(optimizers), ends[e].loss);
    printf("  epochs 1 batch=%d seed=%d\n}\n", between(normalizes ? 6 : 1, 12), below(1000));
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: randgraph SEED|--layers\n");
        return 2;
    }
    if (strcmp(argv[1], "--layers") == 0) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            printf("%s\n", rows[i].name);
        return 0;
    }
    state = strtoull(argv[1], NULL, 10) * 2654435769u;
    printf("# randgraph %s\n", argv[1]);
    network();
    return 0;
}
