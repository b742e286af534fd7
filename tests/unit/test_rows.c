/* test_rows.c -- a table in which repeated rows are left out gives every element, as if all rows were there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "weights/weights.h"

/* The layers are: one; numbers 9 to 13 twice over, each with a kernel and a bias; one; four that alternate;
 * one. */
static const struct cnn_param params[] = {
    {.name = "first.kernel", .rank = 4}, {.name = "c_9.kernel", .rank = 3}, {.name = "c_9.bias", .rank = 1},
    {.name = "c_10.kernel", .rank = 3},  {.name = "c_10.bias", .rank = 1},  {.name = "middle", .rank = 2},
    {.name = "d3x_2", .rank = 0},        {.name = "d3x_4", .rank = 0},      {.name = "last", .rank = 2},
};
static const struct cnn_place places[] = {{.offset = 0},   {.offset = 100}, {.offset = 190},
                                          {.offset = 200}, {.offset = 290}, {.offset = 700},
                                          {.offset = 900}, {.offset = 890}, {.offset = 950}};
static const struct cnn_repeat param_repeats[] = {{1, 2, 5}, {12, 1, 4}, {0, 0, 0}};

static const struct cnn_layer layers[] = {{.name = "input", .macs = 1},
                                          {.name = "a", .macs = 2},
                                          {.name = "a_1", .macs = 3},
                                          {.name = "a_2", .macs = 3},
                                          {.name = "z", .macs = 4}};
static const struct cnn_repeat layer_repeats[] = {{2, 1, 200}, {0, 0, 0}};
static const int64_t trace[] = {-1, 0, 50, 150, 7}, trace_size[] = {5, 6, 7, 7, 8};

static const struct cnn_kernel kernels[] = {
    {.layer = 201, .macs = 1}, {.layer = 200, .macs = 2}, {.layer = 199, .macs = 2}};
static const struct cnn_repeat kernel_repeats[] = {{1, 1, 200}, {0, 0, 0}};

static const struct cnn_model model = {.params = params,
                                       .n_params = 17,
                                       .param_repeats = param_repeats,
                                       .layers = layers,
                                       .n_layers = 203,
                                       .layer_repeats = layer_repeats,
                                       .core = {.place = places},
                                       .reference = {.trace = trace, .trace_size = trace_size},
                                       .bench = {.kernels = kernels, .n_kernels = 201, .repeats = kernel_repeats}};

static void parameters(void **state)
{
    static const char *const names[] = {"first.kernel", "c_9.kernel", "c_9.bias",    "c_10.kernel", "c_10.bias",
                                        "c_11.kernel",  "c_11.bias",  "c_12.kernel", "c_12.bias",   "c_13.kernel",
                                        "c_13.bias",    "middle",     "d3x_2",       "d3x_4",       "d3x_6",
                                        "d3x_8",        "last"};
    static const size_t offsets[] = {0, 100, 190, 200, 290, 300, 390, 400, 490, 500, 590, 700, 900, 890, 880, 870, 950};
    static const int ranks[] = {4, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 2, 0, 0, 0, 0, 2};
    struct cnn_name room;
    (void)state;
    for (int k = 0; k < model.n_params; k++) {
        assert_string_equal(cnn_param_name(&model, k, &room), names[k]);
        assert_int_equal(cnn_place(&model, places, k).offset, offsets[k]);
        assert_int_equal(cnn_param(&model, k)->rank, ranks[k]);
    }
}

static void layers_and_kernels(void **state)
{
    struct cnn_name room;
    char name[16];
    (void)state;
    assert_string_equal(cnn_layer_name(&model, 1, &room), "a");
    for (int i = 2; i < 202; i++) {
        snprintf(name, sizeof name, "a_%d", i - 1);
        assert_string_equal(cnn_layer_name(&model, i, &room), name);
        assert_int_equal(cnn_layer(&model, i)->macs, 3);
        assert_int_equal(cnn_trace(&model, i), 50 + (i - 2) * 100);
        assert_int_equal(cnn_trace_size(&model, i), 7);
        assert_int_equal(cnn_kernel_layer(&model, i - 1), 202 - i);
        assert_int_equal(cnn_kernel(&model, i - 1)->macs, 2);
    }
    assert_string_equal(cnn_layer_name(&model, 202, &room), "z");
    assert_int_equal(cnn_trace(&model, 202), 7);
    assert_int_equal(cnn_trace(&model, 0), -1);
    assert_int_equal(cnn_kernel_layer(&model, 0), 201);
}

static void no_repeats(void **state)
{
    const struct cnn_model plain = {.params = params, .n_params = 9, .core = {.place = places}};
    struct cnn_name room;
    (void)state;
    for (int k = 0; k < plain.n_params; k++) {
        assert_ptr_equal(cnn_param(&plain, k), &params[k]);
        assert_ptr_equal(cnn_param_name(&plain, k, &room), params[k].name);
        assert_int_equal(cnn_place(&plain, places, k).offset, places[k].offset);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters),
        cmocka_unit_test(layers_and_kernels),
        cmocka_unit_test(no_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
