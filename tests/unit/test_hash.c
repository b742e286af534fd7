/* test_hash.c -- spellings of one network have one fingerprint, other networks have others. */
#include "graph.h"

static uint64_t hash_of(const char *text)
{
    struct ctx *c = quiet_ctx();
    const uint64_t h = lowered(c, text)->hash;
    ctx_free(c);
    return h;
}

/* ---- lines behind "Input 12x12x6" that mean the same, two or more */

static const char *const same[][5] = {
    {"AvgPool 2", "AvgPool 2x2", "AvgPool pool=2", "AveragePooling2D pool_size=2x2 strides=2", "AvgPool"},
    {"MaxPool 3 same", "MaxPool 3x3 padding=same stride=3", "MaxPooling2D pool_size=3 strides=3x3 same"},
    {"MaxPool 2 stride=1", "MaxPool 2x2 strides=1x1"},
    {"MaxPool 4x1", "MaxPool 4x1 stride=4x1"},
    {"Conv2D 8 3x3", "Conv2D 8 3", "Conv2D filters=8 kernel_size=3x3 strides=1 padding=valid",
     "Conv2D 8 3 dilation=1x1", "Conv2D 8 3 groups=1 use_bias=yes linear"},
    {"Conv2D 8 3 stride=2", "Conv2D 8 3 stride=2x2", "Conv2D 8 3x3 strides=2"},
    {"Conv2D 8 1 dilation=2", "Conv2D 8 1"},
    {"Conv2D 8 12 stride=3", "Conv2D 8 12"},
    {"Conv2D 8 3 relu", "Conv2D 8 3 activation=relu", "Conv2D 8 3\nReLU", "Conv2D 8 3\nActivation relu"},
    {"Conv2D 8 3 leaky_relu", "Conv2D 8 3 leaky_relu(0.2)", "Conv2D 8 3\nLeakyReLU 0.2"},
    {"Conv2D 8 3 elu", "Conv2D 8 3 elu(alpha=1)", "Conv2D 8 3\nELU"},
    {"Conv2D 8 3 silu", "Conv2D 8 3 swish"},
    {"Conv2D 8 3 l2=1e-4", "Conv2D 8 3 kernel_regularizer=l2(1e-4)", "Conv2D 8 3 kernel_regularizer=l2(l2=0.0001)"},
    {"Conv2D 8 3 bias_regularizer=l1", "Conv2D 8 3 bias_regularizer=l1(0.01)"},
    {"Conv2D 8 3 l1=1 l2=2", "Conv2D 8 3 kernel_regularizer=l1_l2(l1=1, l2=2)"},
    {"Conv2D 8 3 kernel_initializer=constant(2)", "Conv2D 8 3 kernel_initializer=constant(value=2)"},
    {"Conv2D 8 3", "Conv2D 8 3 kernel_initializer=glorot_uniform bias_initializer=zeros"},
    {"DepthwiseConv2D 3", "DepthwiseConv2D 3x3 depth_multiplier=1"},
    {"Dropout 0.5", "Dropout rate=0.5", "Dropout 1/2"},
    {"Flatten", "Flatten\nFlatten", "Flatten\nDropout 0", "Flatten\nActivation linear"},
};

/* ---- and those that differ from each other */

static const char *const different[] = {
    "AvgPool 2",
    "MaxPool 2",
    "AvgPool 3",
    "AvgPool 2x1",
    "AvgPool 2 stride=1",
    "AvgPool 2 stride=1 same",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "Conv2D 8 3",
    "Conv2D 9 3",
    "Conv2D 8 3x1",
    "Conv2D 8 3 stride=2",
    "Conv2D 8 3 same",
    "Conv2D 8 3 dilation=2",
    "Conv2D 8 3 groups=2",
    "Conv2D 8 3 relu",
    "Conv2D 8 3 tanh",
    "Conv2D 8 3 leaky_relu",
    "Conv2D 8 3 leaky_relu(0.1)",
    "Conv2D 8 3 use_bias=no",
    "Conv2D 8 3 trainable=no",
    "Conv2D 8 3 l2=0.1",
    "Conv2D 8 3 l1=0.1",
    "Conv2D 8 3 bias_regularizer=l2(0.1)",
    "Conv2D 8 3 activity_regularizer=l2(0.1)",
    "Conv2D 8 3 kernel_initializer=he_normal",
    "Conv2D 8 3 kernel_initializer=constant(2)",
    "Conv2D 8 3 kernel_initializer=constant(3)",
    "a: Conv2D 8 3",
    "Dropout 0.5",
    "Dropout 0.4",
    "SpatialDropout 0.5",
    "GaussianNoise 0.5",
    "GaussianDropout 0.5",
    "Dropout 0.5\nDropout 0.5",
    "Flatten",
    "ZeroPadding 1x2",
    "ZeroPadding 2x1",
    "Softmax",
};

static uint64_t behind_input(const char *line)
{
    char text[400];
    snprintf(text, sizeof text, "Input 12x12x6\n%s\nlast: Dense 3\n", line);
    return hash_of(text);
}

static void test_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        for (size_t j = 1; j < 5 && same[i][j]; j++)
            if (behind_input(same[i][j]) != behind_input(same[i][0]))
                fail_msg("'%s' is not '%s'", same[i][j], same[i][0]);
}

static void test_different(void **state)
{
    enum { N = sizeof different / sizeof *different };
    uint64_t hash[N];
    (void)state;
    for (size_t i = 0; i < N; i++) {
        hash[i] = behind_input(different[i]);
        for (size_t j = 0; j < i; j++)
            if (hash[i] == hash[j])
                fail_msg("'%s' is taken for '%s'", different[i], different[j]);
    }
}

/* The fingerprint does not depend on how the network is trained. */
static void test_sections(void **state)
{
    const uint64_t h = hash_of("Input 4\nDense 3 relu\n");
    (void)state;
    assert_true(h == hash_of("Input 4 # the same\nDense units=3 activation=relu bias=yes\ntrain {\n  epochs 9\n}\n"));
    assert_true(h != hash_of("Input 5\nDense 3 relu\n"));
    assert_true(h != hash_of("Input 4\na: Dense 3 relu\n"));
    assert_true(hash_of("Input 20x6\nMaxPool 2\nDense 3\n") != hash_of("Input 20x6\nMaxPool 3\nDense 3\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same), cmocka_unit_test(test_different),
                                       cmocka_unit_test(test_sections)};
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
