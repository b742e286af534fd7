/* test_plan.c -- planning changes only the plan's own graph; the types of tensors' elements. */
#include "graph.h"
#include "ops/kinds.h"
#include "plan/plan.h"
#include "show/show.h"

static const char text[] = "Input 32x32x16\nConv2D 32 3x3 relu same\nConv2D 32 3x3 relu same\nMaxPooling2D\nFlatten\n"
                           "Dense 10 softmax\n";

static struct net *trained(struct ctx *c)
{
    struct net *n = lowered(c, text);
    hoist(n);
    differentiate(n);
    fuse(n);
    return n;
}

static struct plan *planned(const struct net *n, const struct plan_options *options)
{
    struct plan *p = plan_make(n, target_find("x86-64-v3"), false, options);
    assert_non_null(p);
    return p;
}

static int transforms(const struct net *n)
{
    int found = 0;
    for (size_t i = 0; i < n->ops.n; i++)
        found += n->ops.at[i]->kind == &op_conv_transform;
    return found;
}

static void has_tensor(const struct net *n, const struct tensor *t)
{
    assert_true(!t || n->tensors.at[t->id] == t);
}

static void has_op(const struct net *n, const struct op *o)
{
    assert_true(!o || n->ops.at[o->id] == o);
}

/* Checks that everything that a graph leads to belongs to it. */
static void is_closed(const struct net *n)
{
    for (size_t i = 0; i < n->tensors.n; i++) {
        const struct tensor *t = n->tensors.at[i];
        has_tensor(n, t->view_of);
        has_tensor(n, t->grad);
        has_op(n, t->producer && t->producer->id < (int)n->ops.n ? t->producer : NULL);
        assert_true(!t->param || n->params.at[t->param->id] == t->param);
    }
    for (size_t i = 0; i < n->ops.n; i++) {
        const struct op *o = n->ops.at[i];
        for (int j = 0; j < o->n_in; j++)
            has_tensor(n, o->in[j]);
        for (int j = 0; j < o->n_out; j++)
            has_tensor(n, o->out[j]);
        for (int j = 0; j < o->n_epilogue; j++)
            has_op(n, o->epilogue[j]);
        has_op(n, o->epilogue_of);
        assert_ptr_equal(n->nodes.at[o->node->id], o->node);
    }
    for (size_t i = 0; i < n->params.n; i++) {
        has_tensor(n, n->params.at[i]->tensor);
        has_tensor(n, n->params.at[i]->input);
        assert_ptr_equal(n->nodes.at[n->params.at[i]->node->id], n->params.at[i]->node);
    }
    for (size_t i = 0; i < n->nodes.n; i++) {
        has_tensor(n, n->nodes.at[i]->x);
        has_tensor(n, n->nodes.at[i]->y);
    }
    has_tensor(n, n->input);
    has_tensor(n, n->output);
    has_tensor(n, n->target);
}

static void plans_share_no_graph(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = trained(c);
    const char *before = net_print(n);
    const struct plan *with = planned(n, &(struct plan_options){0});
    const char *own = net_print(with->net), *shown = plan_print(with);
    const struct plan *without = planned(n, &(struct plan_options){.no_winograd = true});
    assert_true(transforms(with->net) > 0);
    assert_int_equal(transforms(without->net), 0);
    assert_string_equal(net_print(n), before);
    assert_string_equal(net_print(without->net), before);
    assert_string_equal(net_print(with->net), own);
    assert_string_equal(plan_print(with), shown);
    assert_string_equal(plan_print(planned(n, &(struct plan_options){0})), shown);
    is_closed(n);
    is_closed(with->net);
    is_closed(without->net);
    net_verify(n);
    net_verify(with->net);
    net_verify(without->net);
    ctx_free(c);
}

/* A plan for several images begins with the graph of the plan for one. */
static void a_batch_has_its_own(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, "Input 784\nDense 128 relu\nDense 10 softmax\n");
    hoist(n);
    strip(n);
    fuse(n);
    const struct plan *one = planned(n, &(struct plan_options){0});
    const char *own = net_print(one->net), *shown = plan_print(one);
    const struct plan *batch = plan_batch(one, &(struct plan_options){0}, -1);
    assert_string_equal(net_print(one->net), own);
    assert_string_equal(plan_print(one), shown);
    assert_non_null(batch);
    is_closed(batch->net);
    ctx_free(c);
}

static enum dtype dtype_of(const struct net *n, const char *name)
{
    for (size_t i = 0; i < n->tensors.n; i++)
        if (strcmp(n->tensors.at[i]->name, name) == 0)
            return n->tensors.at[i]->dtype;
    fail_msg("no tensor is called %s", name);
    return DTYPE_COUNT;
}

/* A graph says what an element is; a plan says what the network's numbers are on its machine. */
static void elements_have_types(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, "Input 8x8x4\nMaxPooling2D\nFlatten\nDropout 0.5\nDense 10 softmax\n"
                               "train { loss sparse_categorical_crossentropy }\n");
    differentiate(n);
    const struct plan *fast = planned(n, &(struct plan_options){0});
    const struct plan *reference = plan_make(n, &target_reference, true, &(struct plan_options){0});
    const struct net *const graphs[] = {n, fast->net, reference->net};
    const enum dtype numbers[] = {DTYPE_F32, DTYPE_F32, DTYPE_F64};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(dtype_of(graphs[i], "max_pooling2d_index"), DTYPE_U8);
        assert_int_equal(dtype_of(graphs[i], "dropout_index"), DTYPE_U8);
        assert_int_equal(dtype_of(graphs[i], "labels"), DTYPE_I32);
        assert_int_equal(graphs[i]->input->dtype, numbers[i]);
        assert_int_equal(dtype_of(graphs[i], "dense_kernel"), numbers[i]);
    }
    for (size_t i = 0; i < reference->kernels.n; i++)
        assert_int_equal(reference->kernels.at[i].strategy->dtypes, DTYPES_REAL);
    ctx_free(c);
}

/* ---- a gradient costs memory and traffic: with many parameters for little work there is one chunk, which threads
 * share, unless they cannot */

static const struct {
    const char *text;
    int64_t chunks;
    bool team;
} divided[] = {
    {"Input 32x32x16\nConv2D 32 3x3 relu same\nFlatten\nDense 10 softmax\n", 2, true},
    {"Input 4096\nDense 4096 relu\nDense 10 softmax\n", 1, true},
    {"Input 4096\nDense 4096\nBatchNorm\nReLU\nDense 10 softmax\n", 1, true},
    {"Input 4096\nDense 4096 relu\nActivityRegularization 0.001\nDense 10 softmax\n", 1, true},
    {"Input 4096\nDense 4096 relu kernel_regularizer=orthogonal(0.001)\nDense 10 softmax\n", 2, false},
    {"Input 4096\nd: Dense 4096 relu\n@d\nDense 10 softmax\n", 2, true}, /* kernels add to a gradient in turn */
};

static void gradients_cost_a_chunk(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof divided / sizeof *divided; i++) {
        struct ctx *c = quiet_ctx();
        struct net *n = lowered(c, divided[i].text);
        hoist(n);
        differentiate(n);
        fuse(n);
        const struct plan *p = planned(n, &(struct plan_options){0});
        assert_int_equal(p->chunks, divided[i].chunks);
        assert_int_equal(p->team != NULL, divided[i].team);
        ctx_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_cost_a_chunk),
        cmocka_unit_test(plans_share_no_graph),
        cmocka_unit_test(a_batch_has_its_own),
        cmocka_unit_test(elements_have_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
