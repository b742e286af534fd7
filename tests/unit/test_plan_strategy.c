/* test_plan_strategy.c -- equal ops are planned once: a plan that was looked up must equal what the strategy says for
 * the op itself, and the template must write the same for both. Of rows that repeat: which ones are written, and which
 * are described by others. */
#include "graph.h"
#include "base/repeats.h"
#include "plan/plan.h"
#include "writer/writer.h"

static struct plan *planned(struct ctx *c, struct net *n, const char *target, bool reference)
{
    lower(n);
    if (!reference)
        hoist(n);
    differentiate(n);
    if (!reference)
        fuse(n);
    struct plan *p =
        plan_make(n, reference ? &target_reference : target_find(target), reference, &(struct plan_options){0});
    if (ctx_errors(c))
        diag_finish(c, "test");
    assert_non_null(p);
    return p;
}

static const char *body(const struct plan *p, const struct kernel *k)
{
    struct kernel named = *k;
    struct out *o = out_new(ctx_arena(p->net->ctx), p->purpose == FOR_REFERENCE);
    named.function = "kernel";
    if (k->strategy->emit_helpers)
        k->strategy->emit_helpers(o, p, &named);
    k->strategy->emit(o, p, &named);
    return out_finish(o);
}

static void is_planned_alike(const struct plan *p, const struct kernel *k)
{
    struct kernel own = {.op = k->op, .strategy = k->strategy};
    assert_null(k->strategy->plan(p, &own));
    assert_memory_equal(own.tile, k->tile, sizeof own.tile);
    assert_int_equal(own.work, k->work);
    assert_int_equal(own.statements, k->statements);
    assert_int_equal(own.whole_chunk, k->whole_chunk);
    assert_true(!(own.cost < k->cost) && !(own.cost > k->cost));
    assert_string_equal(own.choice ? own.choice : "", k->choice ? k->choice : "");
}

/* Returns how many kernels use the plan of an earlier kernel. */
static int compare(const struct plan *p)
{
    int told = 0;
    for (size_t i = 0; i < p->kernels.n; i++) {
        const struct kernel *k = &p->kernels.at[i];
        size_t first = 0;
        is_planned_alike(p, k);
        while (p->kernels.at[first].memo != k->memo)
            first++;
        if (first < i) {
            assert_string_equal(body(p, &p->kernels.at[first]), body(p, k));
            told++;
        }
    }
    return told;
}

/* The ops are alike except for one thing that a strategy looks at: channels, pooling behind one of them, a penalty,
 * strides. */
static const char *const texts[] = {
    mnist_text,
    "Input 12x12x8\nrepeat 6 {\n  Conv2D 8 3x3 relu same l2=1e-4\n}\nConv2D 8 3x3 relu same\nMaxPool 2x2\nConv2D 8 3x3 "
    "relu same\n"
    "MaxPool 2x2\nConv2D 8 3x3 same stride=2\nGlobalAvgPool\nDense 10 softmax\n",
    "Input 20x20x16\nrepeat 2 {\n  Conv2D 16 3x3 relu same\n  MaxPool 2x2\n}\nConv2D 32 3x3 relu\nFlatten\nDense 10 "
    "softmax\n",
    "Input 14x14x16\nrepeat 4 {\n  DepthwiseConv2D 3x3 same\n  Conv2D 16 1x1 relu\n  MaxPool 3x3 stride=1 "
    "same\n}\nFlatten\nDense 4\n",
    "Input 24\nrepeat 5 {\n  Dense 24 relu\n  Dropout 0.1\n}\nDense 24 leaky_relu\nDense 24 relu\nDense 3 softmax\n",
    "Input 64x3\nrepeat 4 {\n  Conv1D 12 5 tanh same\n}\nrepeat 3 {\n  Conv1D 12 5 tanh same "
    "stride=2\n}\nFlatten\nDense 2\n",
};

static void equal_ops_are_planned_alike(void **state)
{
    static const char *const machines[] = {"generic", "x86-64-v3", "x86-64-v4", "armv8-a"};
    int told = 0;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t t = 0; t < sizeof machines / sizeof *machines; t++)
            for (int reference = 0; reference < 2; reference++) {
                struct ctx *c = quiet_ctx();
                told += compare(planned(c, shapes_of(c, texts[i]), machines[t], reference));
                ctx_free(c);
            }
    assert_true(told > 500);
}

/* ---- rows */

static struct repeats found(struct arena *a, const char *const *names, const int64_t *numbers, size_t n)
{
    struct row rows[32] = {{0}};
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct row){.name = names[i], .rest = "", .number = {numbers[i]}, .n = 1};
    return repeats_find(a, rows, n);
}

static void rows_go_on(void **state)
{
    static const char *const names[] = {"conv2d",    "conv2d_1",  "conv2d_2",  "conv2d_3",  "conv2d_4", "conv2d_9",
                                        "conv2d_10", "conv2d_11", "conv2d_12", "conv2d_13", "dense"};
    static const int64_t numbers[] = {0, 10, 20, 30, 40, 7, 7, 7, 7, 7, 99};
    struct arena *a = arena_new();
    (void)state;
    const struct repeats r = found(a, names, numbers, 11);
    assert_int_equal(r.list.n, 2);
    assert_int_equal(r.list.at[0].first, 1);
    assert_int_equal(r.list.at[0].rows, 1);
    assert_int_equal(r.list.at[0].times, 4);
    assert_int_equal(r.list.at[1].first, 5); /* from 9 to 10 the number gets a digit more */
    assert_int_equal(r.list.at[1].times, 5);
    static const bool shown[] = {true, true, true, false, false, true, true, false, false, false, true};
    for (size_t i = 0; i < 11; i++)
        assert_int_equal(repeat_shows(&r, i), shown[i]);
    assert_null(repeat_of(&r, 0));
    arena_free(a);
}

/* One case each: a wrong number, a wrong name, a number with a leading zero, a name with two numbers that count. Too
 * few rows remain for a repetition. */
static void rows_do_not_go_on(void **state)
{
    static const char *const right[] = {"a_1", "a_2", "a_3", "a_4", "a_5"},
                             *const wrong[] = {"a_1", "a_2", "a_3", "b_4", "b_5"},
                             *const zero[] = {"a_08", "a_09", "a_10", "a_11", "a_12"},
                             *const two[] = {"a1_1", "a2_2", "a3_3", "a4_4", "a5_5"};
    static const int64_t even[] = {0, 1, 2, 3, 4}, odd[] = {0, 1, 2, 4, 5};
    struct arena *a = arena_new();
    (void)state;
    assert_int_equal(found(a, right, even, 5).list.n, 1);
    assert_int_equal(found(a, right, odd, 5).list.n, 0);
    assert_int_equal(found(a, wrong, even, 5).list.n, 0);
    assert_int_equal(found(a, zero, even, 5).list.n, 1); /* 9 to 12 */
    assert_int_equal(found(a, zero, even, 5).list.at[0].first, 1);
    assert_int_equal(found(a, two, even, 5).list.n, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_ops_are_planned_alike),
        cmocka_unit_test(rows_go_on),
        cmocka_unit_test(rows_do_not_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
