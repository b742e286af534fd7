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

/* ---- layers: each function says the statement for its input and gives the shape behind it */

static struct shape keep(struct shape in)
{
    return in;
}

static struct shape keep_rate(struct shape in)
{
    say(" 0.%d", between(1, 6));
    return in;
}

static struct shape keep_factor(struct shape in)
{
    say(" 0.%d value_range=[-3, 3]", between(1, 4));
    return in;
}

static struct shape keep_two(struct shape in)
{
    say(" 0.%d 0.%d", between(1, 4), between(1, 4));
    return in;
}

static struct shape keep_some(struct shape in)
{
    say(" 0.%d", between(1, 9));
    return in;
}

static struct shape resizing(struct shape in)
{
    for (int i = 0; i < 2; i++)
        say(" %d", in.n[i] = between(1, 7));
    say(" %s", chance(50) ? "bilinear" : "nearest");
    return in;
}

static struct shape formula(struct shape in)
{
    static const char *const of[] = {"x * x * 0.3 + 1", "x / (1 + abs(x))", "exp(-x * x)", "sin(x) - cos(x)",
                                     "x > 0 ? log1p(x) : x / 3"};
    say(" expr(x: %s)", PICK(of));
    return in;
}

static struct shape penalty(struct shape in)
{
    say(" l1=0.00%d l2=0.00%d", between(0, 9), between(1, 9));
    return in;
}

static struct shape threshold(struct shape in)
{
    say(" 0.%d -0.%d", between(1, 9), between(0, 9));
    return in;
}

static struct shape colours(struct shape in)
{
    return last(&in) == 3 ? keep_factor(in) : none;
}

static struct shape grey(struct shape in)
{
    return last(&in) == 3 ? keep_some(in) : none;
}

static struct shape activation(struct shape in)
{
    say(" %s", PICK(words));
    return in;
}

static struct shape half(struct shape in)
{
    if (last(&in) % 2)
        return none;
    in.n[in.rank - 1] /= 2;
    return in;
}

static struct shape prelu(struct shape in)
{
    if (in.rank > 1 && chance(50))
        say(" shared_axes=[1]");
    return in;
}

static struct shape rescaling(struct shape in)
{
    say(" 0.%d offset=-0.%d", between(1, 9), between(0, 9));
    return in;
}

static struct shape normalization(struct shape in)
{
    say(" mean=0.%d variance=0.%d%s", between(1, 9), between(2, 9), chance(30) ? " invert" : "");
    return in;
}

static struct shape norm(struct shape in)
{
    static const char *const without[] = {"", "", " scale=no", " center=no"};
    say("%s", PICK(without));
    return in;
}

static struct shape group_norm(struct shape in)
{
    int groups = between(1, last(&in));
    while (last(&in) % groups)
        groups--;
    say(" %d", groups);
    return in;
}

static struct shape dense(struct shape in)
{
    in.n[in.rank - 1] = PICK(channels);
    say(" %d %s", last(&in), PICK(words));
    return in;
}

/* A window that keeps the plane; strides of a convolution come by randnet.c. */
static void say_window(struct shape in, int most)
{
    for (int i = 0; i < in.rank - 1; i++)
        say("%s%d", i ? "x" : " ", between(1, most));
}

static struct shape conv(struct shape in)
{
    in.n[in.rank - 1] = PICK(channels);
    say(" %d", last(&in));
    say_window(in, 3);
    say(" %s same%s", PICK(words), chance(20) ? " bias=no" : "");
    return in;
}

static struct shape depthwise(struct shape in)
{
    say_window(in, 3);
    say(" %s same", PICK(words));
    return in;
}

static struct shape transposed(struct shape in)
{
    const int stride = between(1, 2);
    in.n[in.rank - 1] = between(1, 9);
    say(" %d", last(&in));
    say_window(in, 3);
    say(" same strides=%d", stride);
    for (int i = 0; i < in.rank - 1; i++)
        in.n[i] *= stride;
    return in;
}

static struct shape pool(struct shape in)
{
    const int size = between(1, 2);
    say(" ");
    for (int i = 0; i < in.rank - 1; i++) {
        say("%s%d", i ? "x" : "", size);
        in.n[i] = (in.n[i] + size - 1) / size;
    }
    say(" same");
    return in;
}

static struct shape adaptive(struct shape in)
{
    say(" ");
    for (int i = 0; i < in.rank - 1; i++)
        say("%s%d", i ? "x" : "", in.n[i] = between(1, 4));
    return in;
}

static struct shape global(struct shape in)
{
    return (struct shape){1, {last(&in)}};
}

static struct shape flatten(struct shape in)
{
    return (struct shape){1, {numbers(in)}};
}

static struct shape reshape(struct shape in)
{
    const int n = numbers(in);
    int first = between(1, 6);
    while (n % first)
        first--;
    const struct shape out =
        chance(50) ? (struct shape){2, {first, n / first}} : (struct shape){3, {first, 1, n / first}};
    say_shape(out);
    return out;
}

static struct shape permute(struct shape in)
{
    struct shape out = {.rank = in.rank};
    int order[MOST_RANK];
    for (int i = 0; i < in.rank; i++)
        order[i] = i;
    for (int i = in.rank - 1; i > 0; i--) {
        const int j = below(i + 1), t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    for (int i = 0; i < in.rank; i++) {
        out.n[i] = in.n[order[i]];
        say(" %d", order[i] + 1);
    }
    return out;
}

static struct shape repeat_vector(struct shape in)
{
    const int times = between(1, 4);
    say(" %d", times);
    return (struct shape){2, {times, in.n[0]}};
}

static struct shape up_sampling(struct shape in)
{
    say(" ");
    for (int i = 0; i < in.rank - 1; i++) {
        const int times = between(1, 2);
        say("%s%d", i ? "x" : "", times);
        in.n[i] *= times;
    }
    return in;
}

static struct shape zeros(struct shape in)
{
    say(" ");
    for (int i = 0; i < in.rank - 1; i++) {
        const int more = between(0, 2);
        say("%s%d", i ? "x" : "", more);
        in.n[i] += 2 * more;
    }
    return in;
}

static struct shape cropping(struct shape in)
{
    say(" ");
    for (int i = 0; i < in.rank - 1; i++) {
        const int less = in.n[i] > 2 ? between(0, 1) : 0;
        say("%s%d", i ? "x" : "", less);
        in.n[i] -= 2 * less;
    }
    return in;
}

static struct shape crop(struct shape in)
{
    for (int i = 0; i < 2; i++)
        say(" %d", in.n[i] = between(1, in.n[i]));
    return in;
}

enum { R1 = 1 << 1, R2 = 1 << 2, R3 = 1 << 3, R4 = 1 << 4, ANY = R1 | R2 | R3 | R4, PLANES = R2 | R3 | R4 };

struct row {
    const char *name;
    int ranks;                         /* of its input, a bit for each */
    struct shape (*say)(struct shape); /* NULL: a layer that joins, or the Input, which this program says otherwise */
};

static const struct row rows[] = {
    {"Activation", ANY, activation},
    {"ActivityRegularization", ANY, penalty},
    {"AdaptiveAvgPool", PLANES, adaptive},
    {"AdaptiveMaxPool", PLANES, adaptive},
    {"Add", 0, NULL},
    {"AlphaDropout", ANY, keep_rate},
    {"Average", 0, NULL},
    {"AvgPool", PLANES, pool},
    {"BatchNorm", R1 | R2 | R3, norm},
    {"CELU", ANY, keep},
    {"CenterCrop", R3, crop},
    {"Concatenate", 0, NULL},
    {"Conv", PLANES, conv},
    {"Conv1D", R2, conv},
    {"Conv1DTranspose", R2, transposed},
    {"Conv2D", R3, conv},
    {"Conv2DTranspose", R3, transposed},
    {"Conv3D", R4, conv},
    {"Conv3DTranspose", R4, transposed},
    {"ConvTranspose", PLANES, transposed},
    {"Cropping", PLANES, cropping},
    {"Dense", R1 | R2 | R3, dense},
    {"DepthwiseConv", R2 | R3, depthwise},
    {"DepthwiseConv1D", R2, depthwise},
    {"DepthwiseConv2D", R3, depthwise},
    {"Dot", 0, NULL},
    {"Dropout", ANY, keep_rate},
    {"ELU", ANY, keep},
    {"Exponential", ANY, keep},
    {"Flatten", ANY, flatten},
    {"GaussianDropout", ANY, keep_rate},
    {"GaussianNoise", ANY, keep_rate},
    {"GELU", ANY, keep},
    {"GlobalAvgPool", PLANES, global},
    {"GlobalMaxPool", PLANES, global},
    {"GLU", ANY, half},
    {"GroupNorm", R2 | R3, group_norm},
    {"HardShrink", ANY, keep},
    {"HardSigmoid", ANY, keep},
    {"HardSiLU", ANY, keep},
    {"HardTanh", ANY, keep},
    {"Identity", ANY, keep},
    {"Input", 0, NULL},
    {"InstanceNorm", R2 | R3, norm},
    {"Lambda", ANY, formula},
    {"LayerNorm", ANY, norm},
    {"LeakyReLU", ANY, keep},
    {"leaky_relu", ANY, keep},
    {"linear", ANY, keep},
    {"LogSigmoid", ANY, keep},
    {"LogSoftmax", ANY, keep},
    {"Maximum", 0, NULL},
    {"MaxPool", PLANES, pool},
    {"Minimum", 0, NULL},
    {"Mish", ANY, keep},
    {"Multiply", 0, NULL},
    {"Normalization", ANY, normalization},
    {"Permute", PLANES, permute},
    {"PReLU", ANY, prelu},
    {"RandomBrightness", R3, keep_factor},
    {"RandomContrast", R3, keep_factor},
    {"RandomCrop", R3, crop},
    {"RandomColorDegeneration", R3, colours},
    {"RandomFlip", R3, keep},
    {"RandomGrayscale", R3, grey},
    {"RandomInvert", R3, keep_factor},
    {"RandomRotation", R3, keep_some},
    {"RandomShear", R3, keep_two},
    {"RandomTranslation", R3, keep_two},
    {"RandomZoom", R3, keep_some},
    {"ReLU", ANY, keep},
    {"ReLU6", ANY, keep},
    {"RepeatVector", R1, repeat_vector},
    {"Rescaling", ANY, rescaling},
    {"Reshape", ANY, reshape},
    {"Resizing", R3, resizing},
    {"RMSNorm", ANY, keep},
    {"Sampling", 0, NULL},
    {"SELU", ANY, keep},
    {"SeparableConv", R2 | R3, conv},
    {"SeparableConv1D", R2, conv},
    {"SeparableConv2D", R3, conv},
    {"Sigmoid", ANY, keep},
    {"SiLU", ANY, keep},
    {"SoftShrink", ANY, keep},
    {"Softmax", ANY, keep},
    {"Softplus", ANY, keep},
    {"Softsign", ANY, keep},
    {"SparsePlus", ANY, keep},
    {"SparseSigmoid", ANY, keep},
    {"Sparsemax", ANY, keep},
    {"SpatialDropout", PLANES, keep_rate},
    {"Squareplus", ANY, keep},
    {"Subtract", 0, NULL},
    {"Tanh", ANY, keep},
    {"TanhShrink", ANY, keep},
    {"Threshold", ANY, threshold},
    {"UnitNorm", ANY, keep},
    {"UpSampling", PLANES, up_sampling},
    {"ZeroPadding", PLANES, zeros},
};
static const char *const joins[] = {"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Sampling"};

/* ---- the network */

static int labels; /* so far */

static void indent(int depth)
{
    for (int i = 0; i < depth; i++)
        printf("  ");
}

/* One layer; `plane`: one that keeps all axes but the last, `whole`: one that keeps the shape. */
static struct shape layer(struct shape in, int depth, int plane, int whole)
{
    for (;;) {
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
        indent(depth);
        printf("%s\n", text);
        return out;
    }
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
    printf("  epochs 1 batch=%d seed=%d\n}\n", between(1, 12), below(1000));
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
