/* test_grad.c -- gradients of the graph against central differences; hoisting and fusion change no number */
#include "ops/ops.h"
#include "interpret.h"
#include "layers/layers.h"

static const char *const networks[] = {
    "Input 7x6x3\nConv2D 4 3x2 same strides=2 tanh\nFlatten\nDense 3 softmax\n",
    "Input 9x9x4\nConv2D 8 3x3 dilation=2 groups=2 silu\nConv2D 4 2x2 groups=4 sigmoid\nGlobalAvgPool\nDense 2\n",
    "Input 9x9x1\nConv2D 3 2x2 relu\nMaxPool 2x2\nConv2D 4 2x2 leaky_relu\nLeakyReLU\nMaxPool 2x2\nFlatten\nELU\n"
    "Dense 3 sigmoid\n",
    "Input 8x7x2\nConv2D 3 1x1 softplus\nMaxPool 3x3 strides=2 same\nConv2D 2 2x2 gelu\nAvgPool 2x2 strides=1 same\n"
    "Flatten\nDense 2\n",
    "Input 30x20x2\nConv2D 3 1x1 elu bias=no\nGlobalMaxPool\nDense 3 softmax\n",
    "Input 12x3\nDense 4 tanh\nMaxPool 2\nDense 5 relu\nAvgPool 2\nGlobalMaxPool\nDense 3\nSoftmax\n",
    "Input 6\nDense 9 relu\nDropout 0.4\nDense 8 tanh\nDropout 0.2\nDense 4 softmax\n",
    "Input 6\nGaussianNoise 0.1\nDense 9 relu\nGaussianDropout 0.4\nDense 8 tanh\nAlphaDropout 0.2\nGaussianNoise 0.5\n"
    "Dense 4 softmax\n",
    "Input 9x9x2\nConv2D 7 3x3 relu\nSpatialDropout 0.4\nMaxPool 2x2\nConv2D 4 2x2 tanh\nGaussianDropout "
    "0.3\nFlatten\nDense 3\n",
    "Input 6\nDense 5 tanh activity_regularizer=l1(0.1)\nDense 4 relu activity_regularizer=l2\nReLU\n"
    "Dense 3 softmax activity_regularizer=l1_l2(l1=0.2, l2=0.3)\n",
    "Input 4x3x2\nConv2D 3 2x2 softmax\nFlatten\nDense 3 softmax\ntrain {\n  loss categorical_crossentropy\n}\n",
    "Input 5\nDense 4 elu(0.5)\nDense 3\ntrain {\n  loss sparse_categorical_crossentropy from_logits=yes\n}\n",
    "Input 4x4x2\nConv2D 3 2x2 softmax\nGlobalAvgPool\ntrain {\n  loss sparse_categorical_crossentropy\n}\n",
    "Input 5\nDense 4 linear\nlinear\nDropout 0\nSigmoid\n",
};
enum { NETWORKS = sizeof networks / sizeof *networks };

static struct net *built(struct ctx *c, const char *text, bool fast)
{
    struct net *n = lowered(c, text);
    if (fast)
        hoist(n);
    net_verify(n);
    differentiate(n);
    net_verify(n);
    if (fast)
        fuse(n);
    net_verify(n);
    return n;
}

static void close_to(double got, double want, const char *what, const char *text)
{
    if (fabs(got - want) > 1e-5 * (fabs(want) + 1e-2))
        fail_msg("%s: %.9g instead of %.9g in:\n%s", what, got, want, text);
}

static void check_param(struct machine *m, const struct param *p, const char *text)
{
    double *w = mem(m, p->tensor);
    int64_t n = shape_size(p->shape);
    run(m);
    double *analytic = arena_alloc(ctx_arena(m->net->ctx), (size_t)n * sizeof *analytic);
    memcpy(analytic, mem(m, p->tensor->grad), (size_t)n * sizeof *analytic);
    for (int64_t i = 0; i < n; i += 1 + n / 20) {
        double keep = w[i];
        w[i] = keep + 1e-5;
        double more = run(m);
        w[i] = keep - 1e-5;
        close_to(analytic[i], (more - run(m)) / 2e-5, p->name, text);
        w[i] = keep;
    }
}

static void gradients_are_central_differences(void **state)
{
    (void)state;
    for (int i = 0; i < NETWORKS; i++) {
        struct ctx *c = quiet_ctx();
        struct net *n = built(c, networks[i], false);
        struct machine m = machine_new(n);
        fill(&m);
        for (size_t k = 0; k < n->params.n; k++)
            check_param(&m, n->params.at[k], networks[i]);
        ctx_free(c);
    }
}

/* Checks the example of every layer. Activations have no parameters, so a Dense stands on both sides. */
static void examples_of_all_layers_differentiate(void **state)
{
    (void)state;
    for (const struct record *const *r = layer_records; *r; r++) {
        const struct layer *l = (const struct layer *)(const void *)*r;
        struct ctx *c = quiet_ctx();
        if (!l->input || l->mixes != MIX_NOTHING) { /* what mixes rows stands behind the input, and has no ops */
            ctx_free(c);
            continue;
        }
        const char *last = strrchr(l->input, 'x'), *channels = last ? last + 1 : l->input;
        const char *text = arena_printf(ctx_arena(c), "Input %s\nDense %s tanh\n%s\nFlatten\nDense 3 softmax\n",
                                        l->input, channels, (*r)->example);
        struct net *n = built(c, text, true);
        struct machine m = machine_new(n);
        fill(&m);
        for (size_t k = 0; k < n->params.n; k++)
            if (!n->params.at[k]->frozen)
                check_param(&m, n->params.at[k], text);
        ctx_free(c);
    }
}

static void hoisting_and_fusion_change_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < NETWORKS; i++) {
        struct ctx *c = quiet_ctx();
        struct net *plain = built(c, networks[i], false), *fast = built(c, networks[i], true);
        struct machine a = machine_new(plain), b = machine_new(fast);
        fill(&a);
        fill(&b);
        close_to(run(&b), run(&a), "loss", networks[i]);
        for (size_t k = 0; k < plain->params.n; k++) {
            struct param *p = plain->params.at[k], *q = fast->params.at[k];
            for (int64_t e = 0; e < shape_size(p->shape); e++)
                close_to(mem(&b, q->tensor->grad)[e], mem(&a, p->tensor->grad)[e], p->name, networks[i]);
        }
        for (int64_t e = 0; e < shape_size(plain->output->shape); e++)
            close_to(mem(&b, fast->output)[e], mem(&a, plain->output)[e], "output", networks[i]);
        ctx_free(c);
    }
}

static int64_t macs(const struct net *n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n->ops.n; i++)
        sum += op_macs(n->ops.at[i]);
    return sum;
}

/* Layers before the first trained one get no gradients; frozen layers behind it only pass them back. */
static void frozen_layers_have_no_gradients(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = built(c,
                          "Input 4\nDense 5 relu trainable=no\nDense 6 relu\nDense 7 tanh trainable=no\n"
                          "Dense 3 softmax\n",
                          true);
    assert_int_equal(count_ops(n, &op_dense_weight), 2);
    assert_int_equal(count_ops(n, &op_bias_grad), 2);
    assert_int_equal(count_ops(n, &op_dense_data), 2); /* through the last two layers */
    assert_int_equal(count_ops(n, &op_update), 4);
    for (size_t i = 0; i < n->params.n; i++)
        assert_true(n->params.at[i]->frozen == !n->params.at[i]->tensor->grad);
    ctx_free(c);
}

static void the_tutorial_has_the_ops_it_needs(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = built(c, mnist_text, true);
    assert_int_equal(macs(n), 8188032);
    assert_int_equal(count_ops(n, &op_conv_weight), 3);
    assert_int_equal(count_ops(n, &op_conv_data), 2); /* nobody wants the gradient of the input */
    assert_int_equal(count_ops(n, &op_conv_transpose), 2);
    assert_int_equal(count_ops(n, &op_dense_transpose), 2);
    assert_int_equal(count_ops(n, &op_update), 10);
    assert_int_equal(count_ops(n, &op_softmax), 1); /* for predictions */
    assert_int_equal(count_ops(n, &op_softmax_grad), 0);
    int kernels = 0;
    for (size_t i = 0; i < n->ops.n; i++)
        kernels += !n->ops.at[i]->epilogue_of && n->ops.at[i]->phase == PHASE_FORWARD;
    assert_int_equal(kernels, 7); /* 3 convolutions, a view, 2 dense, softmax */
    ctx_free(c);
}

static const struct op *only_op(const struct net *n, const struct op_kind *kind)
{
    const struct op *found = NULL;
    assert_int_equal(count_ops(n, kind), 1);
    for (size_t i = 0; i < n->ops.n; i++) {
        if (n->ops.at[i]->kind == kind)
            found = n->ops.at[i];
    }
    return found;
}

static void the_loss_includes_the_last_activation(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = built(c, "Input 3\nDense 4\nSoftmax\n", true);
    const struct op *o = only_op(n, &op_loss);
    assert_true(o->from_logits);
    assert_int_equal(o->n_in, 3);
    assert_ptr_equal(o->in[2], n->output);
    n = built(c, "Input 3\nDense 4 sigmoid\n", true);
    assert_true(only_op(n, &op_loss)->from_logits);
    assert_int_equal(count_ops(n, &op_act_grad), 0);
    n = built(c, "Input 3\nDense 4 softmax\ntrain {\n  loss mse\n}\n", true);
    o = only_op(n, &op_loss);
    assert_false(o->from_logits);
    assert_ptr_equal(o->in[0], n->output);
    assert_int_equal(count_ops(n, &op_softmax_grad), 1);
    ctx_free(c);
}

static void folds_stop_where_somebody_looks(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = built(c, "Input 3\nDense 4 gelu\nDense 2\n", true);
    assert_null(only_op(n, &op_act)->epilogue_of); /* its gradient reads x */
    n = built(c, "Input 9x9x1\nConv2D 2 2x2 relu activity_regularizer=l2\nMaxPool 2x2\nFlatten\nDense 2\n", true);
    assert_null(only_op(n, &op_maxpool)->epilogue_of);
    n = built(c, "Input 9x9x1\nConv2D 2 2x2 relu\nMaxPool 3x3 strides=2\nFlatten\nDense 2\n", true);
    assert_null(only_op(n, &op_maxpool)->epilogue_of); /* its windows overlap */
    assert_int_equal(only_op(n, &op_act)->epilogue_of->kind, &op_bias);
    n = built(c, "Input 9x9x1\nConv2D 2 2x2 relu\nMaxPool 2x2\nFlatten\nDense 2\n", true);
    assert_int_equal(only_op(n, &op_conv)->n_epilogue, 3);
    assert_int_equal(only_op(n, &op_act_grad)->epilogue_of->kind, &op_dense_data); /* past the view of Flatten */
    ctx_free(c);
}

/* Networks with branches have tensors with two readers. */
static void gradients_of_two_readers_are_summed(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, "Input 3\nDense 4\n");
    struct node *node = node_named(n, "dense");
    struct tensor *t = node->y, *g[3];
    for (int i = 0; i < 3; i++)
        g[i] = grad_tensor(n, t);
    grad_add(n, t, g[0], node);
    assert_ptr_equal(t->grad, g[0]);
    grad_add(n, t, g[1], node);
    grad_add(n, t, g[2], node);
    assert_int_equal(count_ops(n, &op_sum), 2);
    const struct op *last = t->grad->producer;
    assert_ptr_equal(last->in[1], g[2]);
    assert_ptr_equal(last->in[0]->producer->in[0], g[0]);
    ctx_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_central_differences),  cmocka_unit_test(examples_of_all_layers_differentiate),
        cmocka_unit_test(hoisting_and_fusion_change_nothing), cmocka_unit_test(frozen_layers_have_no_gradients),
        cmocka_unit_test(the_tutorial_has_the_ops_it_needs),  cmocka_unit_test(the_loss_includes_the_last_activation),
        cmocka_unit_test(folds_stop_where_somebody_looks),    cmocka_unit_test(gradients_of_two_readers_are_summed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
