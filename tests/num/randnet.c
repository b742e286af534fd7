/* randnet.c -- prints a random valid .net: randnet SEED. The same seed gives the same network, on any machine.
 *
 * The networks are small, so that central differences are quick, and odd: planes and channels that fill no vector,
 * kernels as large as the plane, strides that skip rows, groups, dropout, every activation, pooling, regularizer, loss
 * and optimiser.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

static uint32_t next(void) /* splitmix64 */
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)(z >> 32);
}

static int below(int n)
{
    return (int)(next() % (uint32_t)n);
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

static const char *const words[] = {"relu",
                                    "relu",
                                    "leaky_relu",
                                    "elu",
                                    "sigmoid",
                                    "tanh",
                                    "gelu",
                                    "silu",
                                    "softplus",
                                    "softmax",
                                    "linear",
                                    "leaky_relu(0.05)",
                                    "elu(0.7)",
                                    "celu",
                                    "selu",
                                    "mish",
                                    "hard_silu",
                                    "hard_sigmoid",
                                    "hard_tanh",
                                    "log_sigmoid",
                                    "soft_shrink(0.1)",
                                    "hard_shrink(0.1)",
                                    "squareplus",
                                    "relu6",
                                    "tanh_shrink",
                                    "softsign",
                                    "sparse_plus",
                                    "sparse_sigmoid",
                                    "log_softmax",
                                    "sparsemax",
                                    "relu(max_value=2, negative_slope=0.1)",
                                    "expr(x: x * sigmoid(2 * x) + 0.1)"};
static const char *const layers[] = {"ReLU",
                                     "LeakyReLU",
                                     "ELU",
                                     "Sigmoid",
                                     "Tanh",
                                     "GELU",
                                     "SiLU",
                                     "Softplus",
                                     "PReLU",
                                     "PReLU shared_axes=1",
                                     "Softmax axis=1",
                                     "LogSoftmax axis=1",
                                     "Mish",
                                     "GELU approximate=yes",
                                     "Threshold 0.1 0.2",
                                     "ReLU threshold=0.1",
                                     "Lambda expr(x: x / 2 + sin(x))"};
static const char *const droppers[] = {"", "", "Alpha", "Gaussian"};
static const char *const regularizers[] = {"l1", "l2", "l1_l2", "l1(0.003)", "l2(0.02)", "l1_l2(l1=0.002, l2=0.01)"};
static const char *const matrices[] = {"orthogonal", "orthogonal(0.2)", "orthogonal(0.1, columns)"};
static const char *const activity[] = {"l1(0.0005)", "l2(0.001)", "l1_l2(l1=0.0003, l2=0.0005)"};
static const char *const initializers[] = {"glorot_uniform", "glorot_normal", "he_uniform", "he_normal",
                                           "lecun_uniform",  "lecun_normal",  "orthogonal"};
static const int channels[] = {1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 17, 20, 32, 33};
static const char *const optimizers[] = {
    "sgd",
    "sgd lr=0.02 momentum=0.9",
    "sgd lr=0.02 momentum=0.8 nesterov=yes",
    "adam",
    "adam lr=cosine(0.01, warmup=5) clipnorm=1",
    "adamw weight_decay=0.01",
    "rmsprop lr=exponential(0.01, steps=10, rate=0.9)",
    "adagrad lr=step(0.05, steps=7, rate=0.5)",
    "nadam clipvalue=0.5",
};
/* the activation of the last layer (NULL: any word) and a loss that fits it; the last three also take a plane */
static const struct {
    const char *act, *loss;
} ends[] = {
    {"softmax", "sparse_categorical_crossentropy"},
    {"softmax", "sparse_categorical_crossentropy"},
    {"softmax", "categorical_crossentropy"},
    {"sigmoid", "binary_crossentropy"},
    {NULL, "mse"},
    {NULL, "mae"},
    {NULL, "huber"},
};

struct plane {
    int h, w, c;
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* matrix: the kernel has two axes, each of more than one. */
static void extras(int matrix)
{
    if (chance(15))
        printf(" bias=no");
    else if (chance(10))
        printf(" bias_regularizer=%s", PICK(regularizers));
    if (chance(20))
        printf(" kernel_regularizer=%s", matrix && chance(40) ? PICK(matrices) : PICK(regularizers));
    if (chance(15))
        printf(" activity_regularizer=%s", PICK(activity));
    if (chance(30))
        printf(" kernel_initializer=%s", PICK(initializers));
}

/* The length of an axis after a window. */
static int after(int n, int k, int s, int d, int same)
{
    return same ? (n + s - 1) / s : (n - d * (k - 1) - 1) / s + 1;
}

static int common_divisor(int a, int b)
{
    return b ? common_divisor(b, a % b) : a;
}

static void print_groups(int in, int out)
{
    const int most = common_divisor(in, out);
    int groups = chance(50) ? most : between(1, most);
    while (most % groups)
        groups--;
    if (groups > 1)
        printf(" groups=%d", groups);
}

static struct plane conv(struct plane p, int last)
{
    const int same = chance(50), strided = chance(30), dilated = !strided && chance(25);
    const int sh = strided ? between(1, 3) : 1, sw = strided ? between(1, 3) : 1;
    const int longer = chance(8); /* longer than the registers can hold */
    int kh = longer ? between(1, 2) : between(1, 5), kw = longer ? between(9, 19) : chance(60) ? kh : between(1, 5);
    int dh = dilated ? between(1, 3) : 1, dw = dh;
    const int out = p.c > 10 && kh * kw > 9 ? between(1, 10) : PICK(channels); /* at most some thousand weights */
    if (!same) {
        kh = least(kh, p.h);
        kw = least(kw, p.w);
        while (dh > 1 && (dh * (kh - 1) >= p.h || dh * (kw - 1) >= p.w))
            dh = dw = dh - 1;
    }
    printf("Conv2D %d %dx%d", out, kh, kw);
    if (!last && chance(85))
        printf(" %s", PICK(words));
    if (same)
        printf(" same");
    if (strided)
        printf(" stride=%dx%d", sh, sw);
    if (dh > 1)
        printf(" dilation=%d", dh);
    if (chance(30))
        print_groups(p.c, out);
    extras(0);
    return (struct plane){after(p.h, kh, sh, dh, same), after(p.w, kw, sw, dw, same), out};
}

static struct plane depthwise(struct plane p)
{
    const int same = chance(60), stride = chance(25) ? between(2, 3) : 1, kh = between(1, least(4, p.h));
    const int kw = between(1, least(4, p.w)), multiplier = p.c < 12 ? between(1, 4) : 1;
    printf("DepthwiseConv2D %dx%d %s%s stride=%d depth_multiplier=%d\n", kh, kw, PICK(words), same ? " same" : "",
           stride, multiplier);
    return (struct plane){after(p.h, kh, stride, 1, same), after(p.w, kw, stride, 1, same), p.c * multiplier};
}

static struct plane pool(struct plane p)
{
    if (chance(15)) {
        const struct plane y = {between(1, least(6, p.h + 2)), between(1, least(6, p.w + 2)), p.c};
        printf("%s %dx%d\n", chance(50) ? "AdaptiveMaxPool" : "AdaptiveAvgPool", y.h, y.w);
        return y;
    }
    const int same = chance(40), kh = between(1, least(3, p.h)), kw = between(1, least(3, p.w));
    const int strided = chance(50), sh = strided ? between(1, 3) : kh, sw = strided ? between(1, 3) : kw;
    printf("%s %dx%d%s", chance(60) ? "MaxPool" : "AvgPool", kh, kw, same ? " same" : "");
    if (strided)
        printf(" stride=%dx%d", sh, sw);
    printf("\n");
    return (struct plane){after(p.h, kh, sh, 1, same), after(p.w, kw, sw, 1, same), p.c};
}

/* The length of an axis after a transposed convolution; more: its output_padding, or -1. */
static int longer(int n, int k, int s, int d, int same, int more)
{
    const int span = d * (k - 1) + 1;
    if (more < 0)
        return same ? n * s : (n - 1) * s + (span > s ? span : s);
    return (n - 1) * s + (same ? span % 2 : span) + more;
}

/* A transposed convolution, if its plane stays small. */
static struct plane transposed(struct plane p)
{
    const int kh = between(1, 4), kw = between(1, 4), sh = between(1, 3), sw = between(1, 3), same = chance(50);
    const int d = chance(20) ? 2 : 1, more = chance(20) ? below(least(sh, sw)) : -1, out = 1 + below(20);
    const struct plane y = {longer(p.h, kh, sh, d, same, more), longer(p.w, kw, sw, d, same, more), out};
    if (y.h < 1 || y.w < 1 || y.h > 24 || y.w > 24)
        return p;
    printf("Conv2DTranspose %d %dx%d %s%s stride=%dx%d dilation=%d", out, kh, kw, PICK(words), same ? " same" : "", sh,
           sw, d);
    if (more >= 0)
        printf(" output_padding=%d", more);
    if (chance(30))
        print_groups(p.c, out);
    extras(0);
    printf("\n");
    return y;
}

/* A layer that puts elements at other places, if the plane stays small. */
static struct plane moved(struct plane p)
{
    const int a = between(0, 2), b = between(0, 2), c = between(0, 2), d = between(0, 2);
    switch (below(10)) {
    case 0: printf("Permute 2 1 3\n"); return (struct plane){p.w, p.h, p.c};
    case 1:
        if (p.h * p.w > 20)
            return p;
        printf("Permute 3 1 2\n");
        return (struct plane){p.c, p.h, p.w};
    case 2:
        printf("ZeroPadding2D [[%d, %d], [%d, %d]]\n", a, b, c, d);
        return (struct plane){p.h + a + b, p.w + c + d, p.c};
    case 3:
        if (a + b >= p.h || c + d >= p.w)
            return p;
        printf("Cropping2D [[%d, %d], [%d, %d]]\n", a, b, c, d);
        return (struct plane){p.h - a - b, p.w - c - d, p.c};
    case 4:
        if (p.h * p.w > 50)
            return p;
        printf("UpSampling2D %dx%d\n", a + 1, b + 1);
        return (struct plane){p.h * (a + 1), p.w * (b + 1), p.c};
    case 5: printf("Reshape %d -1 %d\n", p.w, p.c); return (struct plane){p.w, p.h, p.c};
    case 6:
        if (p.c % 2)
            return p;
        printf("Reshape %d %d %d\n", p.h, p.w * 2, p.c / 2);
        return (struct plane){p.h, p.w * 2, p.c / 2};
    case 7:
        if (p.h * p.w > 50)
            return p;
        printf("Resizing %d %d%s\n", a + b + 1, c + d + 1, chance(50) ? " nearest" : "");
        return (struct plane){a + b + 1, c + d + 1, p.c};
    case 8:
        if (p.h * p.w > 50)
            return p;
        printf("UpSampling2D %dx%d bilinear\n", a + 1, b + 1);
        return (struct plane){p.h * (a + 1), p.w * (b + 1), p.c};
    default: return p;
    }
}

/* A plane beside itself, or the products of all its pixels with one another. */
static struct plane joined(struct plane p)
{
    static const char *const axes[] = {"1", "2", "3", "-1"};
    const int axis = below(4), label = (int)(next() % 1000000);
    if (p.h * p.w > 60)
        return p;
    printf("join%d: %s\n", label, PICK(layers));
    if (p.h * p.w < 20 && chance(25)) {
        printf("Dot -1%s from=[join%d, join%d]\n", chance(50) ? " normalize" : "", label, label);
        printf("Reshape %d %d 1\n", p.h * p.w, p.h * p.w);
        return (struct plane){p.h * p.w, p.h * p.w, 1};
    }
    printf("Concatenate axis=%s from=[join%d, join%d]\n", axes[axis], label, label);
    return (struct plane){axis == 0 ? p.h * 2 : p.h, axis == 1 ? p.w * 2 : p.w, axis > 1 ? p.c * 2 : p.c};
}

static int normalizes; /* BatchNorm is there: of few images, gradients in front of it are differences of nothing */

static void normalize(int channels)
{
    static const char *const norms[] = {"BatchNorm", "BatchNorm", "BatchNorm trainable=no",
                                        "LayerNorm", "RMSNorm",   "InstanceNorm"};
    static const char *const without[] = {"", "", " scale=no", " center=no", " scale=no center=no"};
    const char *norm = PICK(norms);
    int groups = between(1, channels);
    normalizes |= norm[0] == 'B';
    while (channels % groups)
        groups--;
    if (chance(20))
        printf("GroupNorm %d%s\n", groups, PICK(without));
    else
        printf("%s%s\n", norm, norm[0] == 'R' ? "" : PICK(without));
}

/* channels: of what comes in */
static void between_layers(int channels)
{
    if (chance(25))
        normalize(channels);
    if (chance(20))
        printf("%s\n", PICK(layers));
    if (chance(20))
        printf("%sDropout 0.%d\n", PICK(droppers), between(1, 6));
    if (chance(10))
        printf("GaussianNoise 0.%d\n", between(1, 6));
}

static struct plane convolutions(struct plane p)
{
    for (int n = between(1, 4); n > 0; n--) {
        if (chance(60)) {
            p = conv(p, 0);
            printf("\n");
        }
        if (chance(12))
            p = depthwise(p);
        if (chance(15))
            p = transposed(p);
        if (chance(20))
            p = moved(p);
        if (chance(10))
            p = joined(p);
        if (chance(40))
            p = pool(p);
        if (chance(10))
            printf("SpatialDropout 0.%d\n", between(1, 6));
        between_layers(p.c);
    }
    return p;
}

static void dense_layers(void)
{
    int before = 1;
    for (int n = below(3); n > 0; n--) {
        const int units = between(1, 40);
        printf("Dense %d %s", units, PICK(words));
        extras(before > 1 && units > 1);
        before = units;
        printf("\n");
        between_layers(units);
    }
}

static struct plane front(int flat)
{
    struct plane p = {between(2, 12), between(2, 12), PICK(channels)};
    if (flat) {
        printf("Input %d\n", p.h * p.c);
        dense_layers();
        return p;
    }
    printf("Input %dx%dx%d\n", p.h, p.w, p.c);
    between_layers(p.c);
    return convolutions(p);
}

/* ---- volumes */

struct volume {
    int n[3], c;
};

static void print_box(const char *before, const int box[3])
{
    printf("%s%dx%dx%d", before, box[0], box[1], box[2]);
}

/* A layer of volumes with windows; returns the volume after it, or the same when that would be large. */
static struct volume windows_3d(struct volume v)
{
    static const char *const kinds[] = {"Conv3D", "Conv3D", "Conv3DTranspose", "MaxPool", "AvgPool"};
    const int kind = below(5), same = chance(50), strided = chance(40), dilated = kind < 3 && chance(20);
    struct volume y = v;
    int k[3], s[3];
    const int d = dilated ? 2 : 1;
    for (int i = 0; i < 3; i++) {
        k[i] = between(1, kind == 2 || same ? 3 : least(3, (v.n[i] - 1) / d + 1));
        s[i] = strided && !dilated ? between(1, 2) : kind < 3 ? 1 : k[i];
        y.n[i] = kind == 2 ? longer(v.n[i], k[i], s[i], d, same, -1) : after(v.n[i], k[i], s[i], d, same);
        if (y.n[i] > 9)
            return v;
    }
    printf("%s", kinds[kind]);
    if (kind < 3)
        printf(" %d", y.c = between(1, 9));
    print_box(" ", k);
    print_box(" strides=", s);
    printf("%s", same ? " same" : "");
    if (kind < 3) {
        printf(" dilation=%d %s", d, PICK(words));
        if (chance(30))
            print_groups(v.c, y.c);
        extras(0);
    }
    printf("\n");
    return y;
}

static void volumes(void)
{
    static const char *const heads[] = {"Flatten", "GlobalAvgPool", "GlobalMaxPool"};
    struct volume v = {{between(1, 6), between(1, 6), between(1, 6)}, between(1, 6)};
    print_box("Input ", v.n);
    printf("x%d\n", v.c);
    for (int i = between(1, 4); i > 0; i--) {
        v = windows_3d(v);
        if (chance(15))
            printf("SpatialDropout 0.%d\n", between(1, 6));
        if (chance(15)) {
            for (int j = 0; j < 3; j++)
                v.n[j] = between(1, 4);
            print_box(chance(50) ? "AdaptiveMaxPool " : "AdaptiveAvgPool ", v.n);
            printf("\n");
        }
    }
    printf("%s\n", PICK(heads));
    dense_layers();
}

/* Prints the last layer, for a plane or for a vector; returns the loss's name. */
static const char *finish(struct plane p, int plane)
{
    const int e = plane ? between(4, 6) : below((int)(sizeof ends / sizeof *ends));
    if (plane)
        conv(p, 1);
    else
        printf("Dense %d", ends[e].loss[0] == 'b' ? between(1, 5) : between(2, 21));
    if (ends[e].act)
        printf(chance(70) ? " %s\n" : " activation=%s\n", ends[e].act);
    else
        printf(" activation=%s\n", PICK(words));
    return ends[e].loss;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: randnet SEED\n");
        return 2;
    }
    state = strtoull(argv[1], NULL, 10) * 2654435769u;
    printf("# randnet %s\n", argv[1]);
    const int flat = chance(15), volume = !flat && chance(12), plane = !flat && !volume && chance(20);
    struct plane p = {0};
    if (volume)
        volumes();
    else
        p = front(flat);
    if (!flat && !plane && !volume) {
        static const char *const heads[] = {"Flatten", "Flatten", "GlobalAvgPool", "GlobalMaxPool"};
        printf("%s\n", PICK(heads));
        dense_layers();
    }
    const char *loss = finish(p, plane);
    printf("\ntrain {\n  optimizer %s\n  loss %s\n", PICK(optimizers), loss);
    printf("  epochs %d batch=%d seed=%d\n}\n", between(1, 3), between(normalizes ? 6 : 1, 40), below(1000));
    return 0;
}
