/* test_cliffs.c -- no shape is suddenly slow: on every target with vectors, the plan has vector kernels for every form
 * of a layer, forward and for both gradients. Plain loops may take a twentieth of a step. */
#include "training/training.h"
#include "graph.h"
#include "plan/plan.h"
#include "ops/ops.h"

static const char *const machines[] = {"generic", "x86-64-v3", "x86-64-v4", "armv8-a", "wasm32-simd"};

/* The gradient of a maximum goes to one place of a window. With few channels, writing to that place alone is the
 * fastest way, so the plain loop is right there. */
static bool is_plain(const struct kernel *k)
{
    if (k->op->kind == &op_maxpool_grad)
        return false;
    if (k->strategy->volumes) /* its slices have a kernel of their own */
        return strstr(k->choice, "_plain, slice by slice");
    size_t n = strlen(k->strategy->name);
    return n > 6 && !strcmp(k->strategy->name + n - 6, "_plain");
}

/* Cycles for one image; work that is done once a step is divided by the images of a batch. */
static double cycles_of(const struct plan *p, const struct kernel *k)
{
    return k->op->phase == PHASE_PREPARE ? k->cost / (double)p->net->train->batch : k->cost;
}

/* Cycles an image that are no cliff even in a small network, such as the loss of a few outputs. */
enum { FEW = 1000 };

/* Under sanitizers the test is slow, so it tries only some of the shapes. */
#ifdef __SANITIZE_ADDRESS__
enum { EVERY = 7 };
#else
enum { EVERY = 1 };
#endif

static int tried, shapes, cliffs;

static void is_on_vectors(const char *text, const char *machine)
{
    struct ctx *c = quiet_ctx();
    struct net *n = shapes_of(c, text);
    double all = 0, plain = 0;
    if (ctx_errors(c))
        diag_finish(c, text);
    assert_int_equal(ctx_errors(c), 0);
    lower(n);
    hoist(n);
    differentiate(n);
    fuse(n);
    struct plan *p = plan_make(n, target_find(machine), false, &(struct plan_options){0});
    assert_non_null(p);
    for (size_t i = 0; i < p->kernels.n; i++) {
        all += cycles_of(p, &p->kernels.at[i]);
        plain += is_plain(&p->kernels.at[i]) ? cycles_of(p, &p->kernels.at[i]) : 0;
    }
    shapes++;
    if (plain > all / 20 && plain > FEW) {
        cliffs++;
        print_error("%s: %.0f of %.0f cycles are plain:\n%s", machine, plain, all, text);
        for (size_t i = 0; i < p->kernels.n; i++)
            if (is_plain(&p->kernels.at[i]) && cycles_of(p, &p->kernels.at[i]) > all / 100)
                print_error("    %s of %s: %.0f cycles\n", p->kernels.at[i].strategy->name,
                            p->kernels.at[i].op->node->name, cycles_of(p, &p->kernels.at[i]));
    }
    ctx_free(c);
}

/* Tries the layer on every machine. It stands between others, so that its input has a gradient. */
static void try_layer(const char *input, int channels, const char *layer)
{
    char text[512];
    int axes = 0;
    for (const char *x = input; *x; x++)
        axes += *x == 'x';
    snprintf(text, sizeof text, "Input %s\nConv%dD %d 1\n%s\nFlatten\nDense 16 softmax\n", input, axes, channels,
             layer);
    for (size_t t = 0; t < sizeof machines / sizeof *machines; t++)
        if (tried++ % EVERY == 0)
            is_on_vectors(text, machines[t]);
}

static const char *const ways[] = {"",        "same", "stride=2", "same stride=2", "dilation=2", "same dilation=2",
                                   "stride=3"};
enum { WAYS = sizeof ways / sizeof *ways };

static void planes_of_all_kinds(void **state)
{
    static const char *const kernels[] = {"1x1", "3x3", "5x5", "2x4", "1x7", "7x1", "1x31", "3x21", "15x15", "28x28"};
    static const int channels[][2] = {{1, 1}, {1, 16}, {3, 8}, {8, 1}, {8, 7}, {5, 33}, {16, 2}, {32, 32}, {64, 3}};
    char layer[128];
    (void)state;
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
        for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
            for (size_t w = 0; w < WAYS; w++) {
                bool wide = kernels[k][1] != 'x' || strlen(kernels[k]) > 3;
                snprintf(layer, sizeof layer, "Conv2D %d %s relu %s", channels[c][1], kernels[k], ways[w]);
                try_layer(wide ? "64x64x2" : "20x17x2", channels[c][0], layer);
            }
    assert_int_equal(cliffs, 0);
}

static void lines_of_all_kinds(void **state)
{
    static const int taps[] = {1, 2, 5, 8, 15, 31, 65, 200},
                     channels[][2] = {{1, 1}, {1, 32}, {4, 16}, {32, 32}, {16, 5}, {64, 1}};
    char layer[128];
    (void)state;
    for (size_t k = 0; k < sizeof taps / sizeof *taps; k++)
        for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
            for (size_t w = 0; w < WAYS; w++) {
                snprintf(layer, sizeof layer, "Conv1D %d %d relu %s", channels[c][1], taps[k], ways[w]);
                try_layer("500x3", channels[c][0], layer);
            }
    assert_int_equal(cliffs, 0);
}

static void transposed_of_all_kinds(void **state)
{
    static const char *const kernels[] = {"1x1", "2x2", "3x3", "4x4", "5x5", "1x7", "15x15"};
    static const int channels[][2] = {{1, 1}, {1, 16}, {8, 1}, {8, 7}, {5, 33}, {32, 32}, {64, 3}};
    char layer[128];
    (void)state;
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
        for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
            for (size_t w = 0; w < WAYS; w++) {
                snprintf(layer, sizeof layer, "Conv2DTranspose %d %s relu %s", channels[c][1], kernels[k], ways[w]);
                try_layer("20x17x2", channels[c][0], layer);
            }
    assert_int_equal(cliffs, 0);
}

static void volumes_of_all_kinds(void **state)
{
    static const char *const kernels[] = {"1x1x1", "3x3x3", "3x1x1", "2x3x4", "5x5x5"};
    static const int channels[][2] = {{1, 1}, {1, 16}, {8, 1}, {5, 33}, {32, 32}, {64, 3}};
    static const char *const forms[] = {"Conv3D", "Conv3DTranspose"};
    char layer[128];
    (void)state;
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
        for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
            for (size_t w = 0; w < 2 * WAYS; w++) {
                snprintf(layer, sizeof layer, "%s %d %s relu %s", forms[w % 2], channels[c][1], kernels[k],
                         ways[w / 2]);
                try_layer("9x10x9x2", channels[c][0], layer);
            }
    try_layer("33x35x2", 16, "AdaptiveMaxPool 4x5");
    try_layer("33x35x2", 5, "AdaptiveAvgPool 7x3");
    try_layer("500x2", 17, "AdaptiveAvgPool 7");
    try_layer("9x8x7x2", 16, "AdaptiveMaxPool 4x5x3");
    try_layer("8x9x8x2", 16, "MaxPool 2x2x2");
    try_layer("8x9x8x2", 5, "MaxPool 3x3x3 stride=2 same");
    try_layer("8x9x8x2", 16, "AvgPool 2x2x2");
    try_layer("8x9x8x2", 17, "AvgPool 3x2x3 stride=1 same");
    assert_int_equal(cliffs, 0);
}

static void groups_of_all_kinds(void **state)
{
    static const int cut[][3] = {{15, 15, 3}, {14, 14, 2}, {16, 16, 4}, {32, 32, 8}, {15, 30, 5},
                                 {64, 64, 4}, {12, 6, 6},  {48, 48, 2}, {8, 64, 4}};
    static const char *const kernels[] = {"1x1", "3x3", "5x5", "1x31", "15x15"};
    char layer[128];
    (void)state;
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
        for (size_t c = 0; c < sizeof cut / sizeof *cut; c++)
            for (size_t w = 0; w < WAYS; w++) {
                snprintf(layer, sizeof layer, "Conv2D %d %s relu groups=%d %s", cut[c][1], kernels[k], cut[c][2],
                         ways[w]);
                try_layer(k > 2 ? "64x64x2" : "14x15x2", cut[c][0], layer);
            }
    assert_int_equal(cliffs, 0);
}

static void depthwise_of_all_kinds(void **state)
{
    static const int channels[] = {1, 3, 8, 12, 16, 33, 64};
    static const char *const kernels[] = {"1x1", "3x3", "5x5", "2x3", "1x31", "15x15"};
    char layer[128];
    (void)state;
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
        for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
            for (int m = 1; m < 5; m++)
                for (size_t w = 0; w < WAYS; w++) {
                    snprintf(layer, sizeof layer, "DepthwiseConv2D %s relu depth_multiplier=%d %s", kernels[k], m,
                             ways[w]);
                    try_layer(k > 3 ? "64x64x2" : "14x15x2", channels[c], layer);
                }
    assert_int_equal(cliffs, 0);
}

static void pools_of_all_kinds(void **state)
{
    static const char *const pools[] = {"MaxPool 2",
                                        "MaxPool 3",
                                        "MaxPool 3 stride=2",
                                        "MaxPool 3 stride=2 same",
                                        "MaxPool 2x5 stride=1 same",
                                        "MaxPool 9",
                                        "MaxPool 11 stride=4",
                                        "AvgPool 2",
                                        "AvgPool 3 stride=2",
                                        "AvgPool 3 stride=2 same",
                                        "AvgPool 5 stride=1 same",
                                        "AvgPool 9",
                                        "AvgPool 11 stride=4",
                                        "GlobalAvgPool\nDense 4 relu",
                                        "GlobalMaxPool\nDense 4 relu"};
    static const int channels[] = {1, 3, 7, 16, 33};
    (void)state;
    for (size_t k = 0; k < sizeof pools / sizeof *pools; k++)
        for (size_t c = 0; c < sizeof channels / sizeof *channels; c++) {
            try_layer("28x30x2", channels[c], pools[k]);
            try_layer("11x12x2", channels[c], pools[k]);
        }
    assert_int_equal(cliffs, 0);
}

static void the_rest(void **state)
{
    static const char *const acts[] = {"relu", "sigmoid", "tanh", "gelu", "elu", "softplus", "swish", "leaky_relu"};
    static const int units[] = {1, 2, 3, 7, 10, 100, 1000};
    char layer[128];
    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
        for (size_t a = 0; a < sizeof acts / sizeof *acts; a++) {
            snprintf(layer, sizeof layer, "Dense %d %s\nDense %d softmax\nDropout 0.3", units[u], acts[a], units[u]);
            try_layer("6x5x3", 3, layer);
            snprintf(layer, sizeof layer, "Flatten\nDense %d %s", units[u], acts[a]);
            try_layer("16x16x1", 5, layer);
        }
    assert_int_equal(cliffs, 0);
}

/* With few shapes, the tests above would prove little. */
static void are_thousands(void **state)
{
    (void)state;
    assert_true(shapes > 5000 / EVERY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planes_of_all_kinds),     cmocka_unit_test(lines_of_all_kinds),
        cmocka_unit_test(transposed_of_all_kinds), cmocka_unit_test(volumes_of_all_kinds),
        cmocka_unit_test(groups_of_all_kinds),     cmocka_unit_test(depthwise_of_all_kinds),
        cmocka_unit_test(pools_of_all_kinds),      cmocka_unit_test(the_rest),
        cmocka_unit_test(are_thousands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
