/* randgraph.c -- prints a random valid network with branches: randgraph SEED; the same seed gives the same network, on
 * any machine. randgraph --layers prints the layers that it knows. Its table has a row for each layer; a layer that has
 * none fails the test. Windows of the convolutions are randnet.c's; here it is how layers follow and join one another.
 * Networks of even seeds are drawn freely. Those of odd seeds walk through the list of all ordered pairs of layers, so
 * that seeds one after the other see every pair that there can be.
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
static int mixed;      /* rows are mixed: targets are no numbers of classes */
static int normalizes; /* BatchNorm is there: of few images, gradients in front of it are differences of nothing */

static void indent(int depth)
{
    for (int i = 0; i < depth; i++)
        printf("  ");
}

/* Says the layer into `text`; the shape behind it, none where it does not fit. */
static struct shape said(const struct row *r, struct shape in)
{
    text[0] = '\0';
    if (!r->say || !(r->ranks >> in.rank & 1))
        return none;
    say("%s", r->name);
    const struct shape out = r->say(in);
    return numbers(out) > MOST_NUMBERS ? none : out;
}

static int is_norm(const struct row *r)
{
    return strcmp(r->name, "BatchNorm") == 0;
}

/* One layer of those whose rows have these bits; `plane`: it keeps all axes but the last, `whole`: the shape. */
static struct shape layer_of(int bits, struct shape in, int depth, int plane, int whole)
{
    for (int tries = 0; tries < 1000; tries++) {
        const struct row *r = &PICK(rows);
        if ((r->ranks & bits) != bits)
            continue;
        const struct shape out = said(r, in);
        int same = out.rank == in.rank;
        for (int i = 0; same && i < in.rank - (whole ? 0 : 1); i++)
            same = out.n[i] == in.n[i];
        if (out.rank == 0 || ((plane || whole) && !same))
            continue;
        normalizes |= is_norm(r);
        indent(depth);
        printf("%s\n", text);
        return out;
    }
    indent(depth); /* none fits, for example behind an input that is large already */
    printf("Identity\n");
    return in;
}

static struct shape layer(struct shape in, int depth, int plane, int whole)
{
    return layer_of(0, in, depth, plane, whole);
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

/* The same layer twice, the second time for a plane of another size. */
static struct shape resized(struct shape in, int depth)
{
    const int label = labels++;
    indent(depth);
    printf("l%d: ", label);
    layer_of(SIZES, in, 0, 1, 1);
    indent(depth);
    printf("%s\n", numbers(in) == last(&in) || chance(50) ? "ZeroPadding 1" : "UpSampling 2");
    indent(depth);
    printf("@l%d\n", label);
    indent(depth);
    printf("GlobalAvgPool\n");
    return (struct shape){1, {last(&in)}};
}

/* The same layer twice, the second time behind another one. */
static struct shape shared(struct shape in, int depth)
{
    const int label = labels++;
    indent(depth);
    printf("l%d: ", label);
    layer(in, 0, 1, 1);
    layer(in, depth, 1, 1);
    indent(depth);
    printf("@l%d\n", label);
    return in;
}

static struct shape part(struct shape in, int depth, int plane, int whole)
{
    if (depth < 4 && chance(8) && !whole && numbers(in) < MOST_NUMBERS / 4)
        return concat(in, depth);
    if (depth < 4 && chance(10))
        return whole ? joined(in, depth, 1) : residual(in, depth);
    if (chance(10))
        return joined(in, depth, plane || whole);
    if (depth == 0 && chance(6))
        return in.rank > 1 && !plane && numbers(in) < MOST_NUMBERS / 4 && chance(50) ? resized(in, depth)
                                                                                     : shared(in, depth);
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
    {"tanh", "circle gamma=2", 0},
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
static const char *const optimizers[] = {"sgd",    "adam", "adamw", "rmsprop", "adagrad",   "nadam", "adadelta",
                                         "adamax", "ftrl", "lion",  "lamb",    "adafactor", "muon"};

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

/* Behind the input. */
static void mixing(struct shape s)
{
    mixed = chance(10);
    if (mixed)
        printf("%s 0.%d\n", s.rank == 3 && chance(50) ? "CutMix" : "MixUp", between(1, 9));
}

static int has_shares(const char *loss)
{
    static const char *const without[] = {"sparse", "generalized", "hinge", "circle"};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (strstr(loss, without[i]))
            return 0;
    return 1;
}

static void end_of_network(struct shape s)
{
    int e = below((int)(sizeof ends / sizeof *ends));
    while ((s.rank > 1 && !ends[e].planes) || (mixed && !has_shares(ends[e].loss)))
        e = below((int)(sizeof ends / sizeof *ends));
    if (s.rank == 4) {
        printf("GlobalAvgPool\n");
        s.rank = 1;
    }
    printf("Dense %d %s\n", between(2, 6), ends[e].act);
    printf("\ntrain {\n  optimizer %s\n  loss %s\n", PICK(optimizers), ends[e].loss);
    printf("  epochs 1 batch=%d seed=%d\n}\n", between(normalizes ? 6 : 1, 12), below(1000));
}

static void network(void)
{
    struct shape s = input();
    mixing(s);
    for (int i = between(3, 8); i > 0; i--)
        s = part(s, 0, 0, 0);
    end_of_network(s);
}

/* ---- walks through the pairs */

enum { ROWS = sizeof rows / sizeof *rows, PAIRS = ROWS * ROWS, WISHES = 4, STRIDE = 4099 };

/* The input, and what stands only behind it. */
static int is_first(const struct row *r)
{
    static const char *const names[] = {"Input", "MixUp", "CutMix"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(r->name, names[i]) == 0)
            return 1;
    return 0;
}

/* A small tensor of a shape that the layer may take. */
static struct shape room_for(const struct row *r)
{
    static const int lasts[] = {3, 4, 6, 8};
    struct shape s = {.rank = between(1, MOST_RANK)};
    while (r->say && !(r->ranks >> s.rank & 1))
        s.rank = between(1, MOST_RANK);
    for (int i = 0; i < s.rank - 1; i++)
        s.n[i] = between(1, s.rank == 4 ? 2 : 3);
    s.n[s.rank - 1] = PICK(lasts);
    return s;
}

/* A layer that joins reads what stands before it twice, once behind another layer. */
static struct shape say_join(const struct row *r, struct shape in)
{
    struct shape out = in;
    text[0] = '\0';
    if (strcmp(r->name, "Dot") == 0) {
        out = in.rank == 1 ? (struct shape){1, {1}} : none;
        say("Dot 1");
    } else {
        if (strcmp(r->name, "Concatenate") == 0)
            out.n[out.rank - 1] *= 2;
        say("%s", r->name);
    }
    return out;
}

static struct shape try(const struct row *r, struct shape in)
{
    return is_first(r) ? none : r->say ? said(r, in) : say_join(r, in);
}

/* Two layers of which the second reads the first. */
struct pair {
    const struct row *a, *b;
    char first[sizeof text], second[sizeof text];
    struct shape in, middle, out; /* out.rank 0: they do not fit */
};

static void find(struct pair *p, struct shape in)
{
    const struct said before = told;
    p->in = in;
    p->out = none;
    for (int tries = 0; tries < 200 && p->out.rank == 0; tries++) {
        told = before;
        p->middle = try(p->a, in);
        if (p->middle.rank == 0)
            continue;
        strcpy(p->first, text);
        p->out = try(p->b, p->middle);
        strcpy(p->second, text);
    }
    if (p->out.rank == 0)
        told = before;
}

/* The statement of a layer. A join's other input is another layer's output of the same shape; `from`: the label of what
 * it reads. label -1: the statement has none. */
static void put(const struct row *r, const char *saying, struct shape in, int from, int label)
{
    const int other = labels;
    normalizes |= is_norm(r);
    if (!r->say) {
        printf("l%d: ", labels++);
        layer(in, 0, 1, 1);
    }
    if (label >= 0)
        printf("l%d: ", label);
    if (r->say)
        printf("%s\n", saying);
    else
        printf("%s from=[l%d, l%d]\n", saying, from, other);
}

static void put_pair(const struct pair *p)
{
    const int from = p->a->say ? -1 : labels++, middle = p->b->say ? -1 : labels++;
    if (from >= 0)
        printf("l%d: Identity\n", from);
    put(p->a, p->first, p->in, from, middle);
    put(p->b, p->second, p->middle, middle, -1);
}

/* Goes over to the shape; its numbers come from a dense layer. Numbers in the hundreds become small again. */
static void go_over(struct shape from, struct shape to, int grown)
{
    if (grown)
        printf("Rescaling 0.004\n");
    if (from.rank > 1)
        printf("Flatten\n");
    printf("Dense %d %s\n", numbers(to), PICK(words));
    text[0] = '\0';
    say_shape(to);
    if (to.rank > 1)
        printf("Reshape%s\n", text);
}

/* The pair of that number, behind s where it fits; else behind a tensor that suits it, if there is one. */
static struct shape wish(uint64_t number, struct shape s)
{
    struct pair p = {.a = &rows[number / ROWS], .b = &rows[number % ROWS]};
    int fits = 0;
    if (chance(50) && numbers(s) < MOST_NUMBERS / 4)
        find(&p, s), fits = p.out.rank > 0;
    const struct said before = told;
    for (int tries = 0; !fits && p.out.rank == 0 && tries < 20; tries++) {
        told = (struct said){0}; /* of what a dense layer makes */
        find(&p, room_for(p.a));
    }
    if (p.out.rank == 0) {
        told = before;
        return s;
    }
    if (!fits)
        go_over(s, p.in, before.grown);
    put_pair(&p);
    return p.out;
}

static void walk(uint64_t number)
{
    const struct row *first = &rows[number % ROWS]; /* behind the input */
    struct shape s = room_for(first);
    text[0] = '\0';
    say_shape(s);
    printf("Input%s\n", text);
    mixing(s);
    const struct shape behind = first->say ? said(first, s) : none;
    if (behind.rank) {
        put(first, text, s, -1, -1);
        s = behind;
    }
    for (int i = 0; i < WISHES; i++) {
        s = wish((number * WISHES + (uint64_t)i) % PAIRS * STRIDE % PAIRS, s);
        if (chance(20))
            s = part(s, 0, 0, 0);
    }
    end_of_network(s);
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
    const uint64_t seed = strtoull(argv[1], NULL, 10);
    state = seed * 2654435769u;
    printf("# randgraph %s\n", argv[1]);
    if (seed % 2)
        walk(seed / 2);
    else
        network();
    return 0;
}
