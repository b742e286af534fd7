/* test_shape.c -- shapes of layers, padding of windows, limits, parameters */
#include "training/training.h"
#include "graph.h"

static void output_is(const char *text_of, int rank, int64_t a, int64_t b, int64_t d)
{
    struct ctx *c = quiet_ctx();
    char text[200];
    snprintf(text, sizeof text, "%s\n", text_of);
    struct net *n = resolve(c, spec_of(c, text));
    infer_shapes(n);
    objective_check(n);
    struct shape want = {rank, {a, b, d}}, got = n->nodes.at[n->nodes.n - 1]->out;
    if (!shape_equal(want, got))
        fail_msg("%s: %s instead of %s", text_of, shape_print(c, got), shape_print(c, want));
    ctx_free(c);
}

static void windows_are_keras(void **state)
{
    (void)state;
    output_is("Input 28x28x1\nConv2D 32 3x3", 3, 26, 26, 32);
    output_is("Input 28x28x1\nConv2D 32 3x3 same", 3, 28, 28, 32);
    output_is("Input 7x8x3\nConv2D 5 3x3 strides=2", 3, 3, 3, 5);
    output_is("Input 7x8x3\nConv2D 5 3x3 strides=2 same", 3, 4, 4, 5);
    output_is("Input 9x9x3\nConv2D 5 3x3 dilation=2", 3, 5, 5, 5);
    output_is("Input 9x9x3\nConv2D 5 3x2 strides=1x3", 3, 7, 3, 5);
    output_is("Input 6x6x3\nConv2D 5 9x9 same", 3, 6, 6, 5);
    output_is("Input 5x5x2\nMaxPool 2x2\nDense 1", 3, 2, 2, 1);
    output_is("Input 5x5x2\nMaxPool 2x2 same\nDense 1", 3, 3, 3, 1);
    output_is("Input 5x5x2\nMaxPool 3 strides=1\nDense 1", 3, 3, 3, 1);
    output_is("Input 20x6\nAvgPool 3 strides=2\nDense 4", 2, 9, 4, 0);
    output_is("Input 4x5x6\nGlobalAvgPool\nDense 2", 1, 2, 0, 0);
    output_is("Input 4x6\nGlobalMaxPool\nDense 2", 1, 2, 0, 0);
    output_is("Input 4x5x6\nFlatten", 1, 120, 0, 0);
    output_is("Input 4x5x6\nZeroPadding 1x2", 3, 6, 9, 6);
    output_is("Input 4x6\nZeroPadding1D 3", 2, 10, 6, 0);
    output_is("Input 20x6\nConv1D 5 4 stride=3", 2, 6, 5, 0);
    output_is("Input 20x6\nConv1D 5 4 stride=3 same", 2, 7, 5, 0);
    output_is("Input 20x6\nConv1D 5 4 stride=3 causal", 2, 7, 5, 0);
    output_is("Input 20x6\nConv1D 5 4 dilation=4 causal", 2, 20, 5, 0);
    output_is("Input 9x8x6\nDepthwiseConv2D 3x2 depth_multiplier=3", 3, 7, 7, 18);
    output_is("Input 9x8x6\nSeparableConv2D 5 3x2 depth_multiplier=3 stride=2 same", 3, 5, 4, 5);
    output_is("Input 7\nDropout 0.5\nELU", 1, 7, 0, 0);
}

static void same_puts_the_odd_one_last(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, "Input 6x7x1\nConv2D 2 4x3 same strides=1x2\nDense 1\n");
    const struct window *w = &n->ops.at[0]->win;
    assert_int_equal(w->pt, 1);
    assert_int_equal(w->pb, 2);
    assert_int_equal(w->pl, 1);
    assert_int_equal(w->pr, 1);
    assert_int_equal(w->oh, 6);
    assert_int_equal(w->ow, 4);
    ctx_free(c);
}

static void parameters_have_shapes_and_fans(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, "Input 8x8x6\nConv2D 9 3x2 groups=3 l2=0.5 bias_regularizer=l1\nDense 4\nFlatten\n"
                               "Dense 2 kernel_regularizer=l1_l2(l1=1, l2=2) bias_initializer=constant(3)\n");
    const struct param *conv = n->params.at[0], *pixels = n->params.at[2], *dense = n->params.at[4];
    assert_true(shape_equal(conv->shape, (struct shape){4, {3, 2, 2, 9}}));
    assert_int_equal(conv->fan_in, 12);
    assert_int_equal(conv->fan_out, 54);
    assert_true(conv->l2 == 0.5 && conv->l1 == 0);
    assert_true(n->params.at[1]->l1 == 0.01);
    assert_int_equal(pixels->kind, PARAM_CONV);
    assert_true(shape_equal(pixels->shape, (struct shape){2, {9, 4}}));
    assert_true(shape_equal(pixels->tensor->shape, (struct shape){4, {1, 1, 9, 4}}));
    assert_int_equal(dense->kind, PARAM_DENSE);
    assert_ptr_equal(dense->input, node_named(n, "flatten")->y);
    assert_true(dense->l1 == 1 && dense->l2 == 2);
    assert_string_equal(n->params.at[5]->init->name, "constant");
    assert_true(record_arg(n->params.at[5]->init, n->params.at[5]->init_args, "value")->number == 3);
    ctx_free(c);
}

static void kernels_are_keras(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, "Input 8x8x6\nDepthwiseConv2D 3x2 depth_multiplier=4\n"
                               "SeparableConv2D 5 3x3 l2=2 pointwise_initializer=ones bias=no\n"
                               "Flatten\nDense 2\n");
    const struct param *alone = n->params.at[0], *channels = n->params.at[2], *mixture = n->params.at[3];
    assert_true(shape_equal(alone->shape, (struct shape){4, {3, 2, 6, 4}}));
    assert_true(shape_equal(alone->tensor->shape, (struct shape){4, {3, 2, 1, 24}}));
    assert_int_equal(alone->fan_in, 36);
    assert_int_equal(alone->fan_out, 24);
    assert_int_equal(n->params.at[1]->shape.dim[0], 24);
    assert_int_equal(n->ops.at[0]->win.groups, 6);
    assert_string_equal(channels->name, "separable_conv2d.depthwise_kernel");
    assert_true(shape_equal(channels->shape, (struct shape){4, {3, 3, 24, 1}}));
    assert_string_equal(mixture->name, "separable_conv2d.pointwise_kernel");
    assert_true(shape_equal(mixture->shape, (struct shape){4, {1, 1, 24, 5}}));
    assert_string_equal(mixture->init->name, "ones");
    assert_true(channels->l2 == 2 && mixture->l2 == 2);
    assert_string_equal(n->params.at[4]->name, "dense.kernel");
    ctx_free(c);
}

static void causal_windows_look_back(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, "Input 10x2\nConv1D 3 4 dilation=2 causal\nDense 1\n");
    const struct window *w = &n->ops.at[0]->win;
    assert_int_equal(w->pl, 6);
    assert_int_equal(w->pr, 0);
    assert_int_equal(w->kh, 1);
    assert_true(shape_equal(n->params.at[0]->shape, (struct shape){3, {4, 2, 3}}));
    ctx_free(c);
}

static void refused(const char *text)
{
    struct ctx *c = quiet_ctx();
    struct spec *s = spec_of(c, text);
    struct net *n = resolve(c, s);
    infer_shapes(n);
    objective_check(n);
    trainer_check(n);
    if (ctx_errors(c) != 1)
        fail_msg("%d errors instead of 1 in: %s", ctx_errors(c), text);
    lower(n);
    differentiate(n);
    fuse(n); /* they stay silent */
    assert_int_equal(ctx_errors(c), 1);
    ctx_free(c);
}

static void sizes_cannot_overflow(void **state)
{
    (void)state;
    refused("Input 4\nDense 4000000000\n");
    refused("Input 2147483647x2147483647x2147483647\nFlatten\nDense 1\n");
    refused("Input 2000000\nDense 2000000000\n");
    refused("Input 8x8x3\nConv2D 2147483647 2147483647x2147483647 same\n");
    refused("Input 8x8x3\nConv2D 2 3x3 dilation=2147483647\n");
    refused("Input 20000x20000x3\nConv2D 64 1x1\n");
    refused("Input 8x8x3\nDepthwiseConv2D 3x3 depth_multiplier=2147483647\n");
    refused("Input 20000x20000x3\nSeparableConv2D 2 1x1 depth_multiplier=64\n");
    refused("Input 1048576\na: Dense 1000000\nb: Dense 1000000\nDense 2\n");
}

static void large_but_possible_sizes_pass(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    shapes_of(c, "Input 30000x30000x2\nConv2D 1 300000000x3 same strides=300000000\nDense 2\n");
    assert_int_equal(ctx_errors(c), 0);
    ctx_free(c);
}

static void one_mistake_is_one_error(void **state)
{
    (void)state;
    refused("Input 3x3x1\nConv2D 4 5x5\nConv2D 4 9x9\nConv2D 4 9x9\nFlatten\nDense 2\n");
    refused("Input 3\nConv2D 4 5x5\nMaxPool 2x2\n");
    refused("Input 8x8x3\nConv2D 4 3x3 rellu\nConv2D 3 9x9\nDense 3\n");
    refused("Input 8x8x3\nLSTM\nConv2D 3 9x9\nDense 3\n");
    refused("Conv2D 4 3x3\nDense 3\n");
    refused("Input 4\n");
    refused("Input 4\nReLU\n");
    refused("Input 4\nDense 3 from=a\n");
    refused("Input 4x4x3\nDense 1 softmax\ntrain {\n  loss sparse_categorical_crossentropy\n}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_keras),
        cmocka_unit_test(same_puts_the_odd_one_last),
        cmocka_unit_test(parameters_have_shapes_and_fans),
        cmocka_unit_test(kernels_are_keras),
        cmocka_unit_test(causal_windows_look_back),
        cmocka_unit_test(sizes_cannot_overflow),
        cmocka_unit_test(large_but_possible_sizes_pass),
        cmocka_unit_test(one_mistake_is_one_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
