/* test_import.c -- weights from a file into the plan's layout, and files that do not fit */
#include "graph.h"
#include "emit/emit.h"

#include "files.h"
#include "scratch.h"

static const char net_text[] = "Input 2x2x3\nConv2D 5 2x2\nFlatten\nDense 9\n";

static float kernel[2][2][3][5], bias[5], dense[5][9];
static double dense_bias[9];

/* Every element has a value of its own. */
static void fill(float *v, int n, int first)
{
    for (int i = 0; i < n; i++)
        v[i] = (float)(first + i);
}

static void add(struct cnn_tensors *t, const char *name, struct cnn_array a)
{
    struct cnn_error e;
    assert_int_equal(cnn_tensors_add(t, name, a, &e), 0);
}

#define ARRAY(type, rank, data, ...) cnn_array_view(type, rank, (const int64_t[]){__VA_ARGS__}, data)

static struct cnn_tensors whole(void)
{
    struct cnn_tensors t = {0};
    fill(&kernel[0][0][0][0], 60, 100);
    fill(bias, 5, 200);
    fill(&dense[0][0], 45, 300);
    for (int i = 0; i < 9; i++)
        dense_bias[i] = 400 + i;
    add(&t, "conv2d.kernel", ARRAY(CNN_F32, 4, kernel, 2, 2, 3, 5));
    add(&t, "conv2d.bias", ARRAY(CNN_F32, 1, bias, 5));
    add(&t, "dense.kernel", ARRAY(CNN_F32, 2, dense, 5, 9));
    add(&t, "dense.bias", ARRAY(CNN_F64, 1, dense_bias, 9));
    add(&t, "optimizer.adam.m.dense.bias", ARRAY(CNN_F32, 1, bias, 5));
    return t;
}

/* Imports t into the plan for the target of that name; the caller frees the context. */
static const float *import(struct ctx *c, struct cnn_tensors *t, const char *target, struct plan **p)
{
    char path[512];
    struct cnn_error e;
    struct net *n = lowered(c, net_text);
    strip(n);
    fuse(n);
    *p = plan_make(n, target_find(target), false, &(struct plan_options){0});
    assert_non_null(*p);
    snprintf(path, sizeof path, "%s/w.safetensors", scratch_folder);
    assert_int_equal(cnn_safetensors_write(path, t, &e), 0);
    cnn_tensors_free(t);
    struct named_arrays from = {0};
    if (!arrays_read(c, path, &from))
        return NULL;
    const float *theta = import_weights(*p, &from);
    arrays_free(&from);
    return theta;
}

static int count(const float *theta, int64_t n, float v)
{
    int found = 0;
    for (int64_t i = 0; i < n; i++)
        found += theta[i] == v;
    return found;
}

static void weights_go_to_their_places(void **state)
{
    static const char *const names[] = {"cortex-m", "generic", "x86-64-v3", "x86-64-v4"};
    (void)state;
    for (int k = 0; k < 4; k++) {
        struct ctx *c = quiet_ctx();
        struct cnn_tensors t = whole();
        struct plan *p;
        const float *theta = import(c, &t, names[k], &p);
        assert_non_null(theta);
        for (int v = 0; v < 60; v++)
            assert_int_equal(count(theta, p->theta, (float)(100 + v)), 1);
        for (int v = 0; v < 45; v++)
            assert_int_equal(count(theta, p->theta, (float)(300 + v)), 1);
        assert_int_equal(count(theta, p->theta, 0), p->theta - 60 - 5 - 45 - 9);
        const int64_t at = layout_of(p, p->net->params.at[3]->tensor)->offset;
        for (int i = 0; i < 9; i++)
            assert_true(theta[at + i] == (float)(400 + i));
        ctx_free(c);
    }
}

static void refuse(struct cnn_tensors *t)
{
    struct ctx *c = quiet_ctx();
    struct plan *p;
    assert_null(import(c, t, "generic", &p));
    assert_int_equal(ctx_errors(c), 1);
    ctx_free(c);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct cnn_tensors t = whole();
    add(&t, "dense_1.bias", ARRAY(CNN_F32, 1, bias, 5));
    refuse(&t);
    t = whole();
    bias[3] = (float)(1e300 * 1e10);
    refuse(&t);
    t = whole();
    t.at[2].array.shape[0] = 9, t.at[2].array.shape[1] = 5;
    refuse(&t);
    t = whole();
    t.at[2].array.dtype = CNN_I32;
    refuse(&t);
    t = whole();
    strcpy(t.at[1].name, "optimizer.b");
    refuse(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_go_to_their_places),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
