/* test_net.c -- names, the parts of a graph, sections, the fingerprint */
#include "show/show.h"
#include "training/training.h"
#include "graph.h"
#include "graph/layer.h"
#include "ops/ops.h"

static void identifiers_are_unique_and_no_keywords(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct names *s = names_new(a);
    assert_string_equal(names_take(s, "Conv"), "conv");
    assert_string_equal(names_take(s, "conv"), "conv_2");
    assert_string_equal(names_take(s, "int"), "int_2");
    assert_string_equal(names_take(s, "_x"), "n_x");
    assert_string_equal(names_take(s, "a-b"), "a_b");
    assert_string_equal(names_take(s, "cnn.dense"), "net_cnn_dense");
    assert_string_equal(names_take(s, "cnn2.dense"), "cnn2_dense");
    for (int i = 0; i < 2000; i++)
        names_take(s, "many");
    assert_string_equal(names_take(s, "many"), "many_2001");
    arena_free(a);
}

static void names_of_classes_are_keras(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    assert_string_equal(snake_case(a, "Conv2D"), "conv2d");
    assert_string_equal(snake_case(a, "MaxPooling2D"), "max_pooling2d");
    assert_string_equal(snake_case(a, "GlobalAveragePooling2D"), "global_average_pooling2d");
    assert_string_equal(snake_case(a, "LeakyReLU"), "leaky_re_lu");
    assert_string_equal(snake_case(a, "ReLU"), "re_lu");
    assert_string_equal(snake_case(a, "ELU"), "elu");
    arena_free(a);
}

static void model_names_are_safe(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    assert_string_equal(model_name(a, "mnist").name, "mnist");
    assert_string_equal(model_name(a, "Mnist2").name, "Mnist2");
    assert_string_equal(model_name(a, "my-net").name, "my_net");
    assert_string_equal(model_name(a, "2nd").name, "n2nd");
    assert_string_equal(model_name(a, "int").name, "int_net");
    assert_string_equal(model_name(a, "cnn").name,
                        "net_cnn"); /* names that start like the runtime's could clash with these */
    assert_string_equal(model_name(a, "cnn_main").name, "net_cnn_main");
    assert_string_equal(model_name(a, "vf").name, "net_vf");
    assert_string_equal(model_name(a, "other_1").name, "net_other_1"); /* likewise those of an ensemble's networks */
    assert_string_equal(model_name(a, "cnnic").name, "cnnic");
    assert_string_equal(model_name(a, "NULL").name, "NULL_net");
    assert_false(name_is_word(""));
    assert_false(name_is_word("a b"));
    assert_false(name_is_word("9a"));
    assert_true(name_is_word("a_9"));
    arena_free(a);
}

static void layers_are_numbered_as_keras_does(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = shapes_of(c, "Input 4\nDense 3\ndense_1: Dense 3\nDense 3\nReLU\nDropout 0.1\nDense 2\n");
    static const char *const names[] = {"input_layer", "dense", "dense_1", "dense_2", "re_lu", "dropout", "dense_3"};
    assert_int_equal(n->nodes.n, 7);
    for (size_t i = 0; i < n->nodes.n; i++)
        assert_string_equal(n->nodes.at[i]->name, names[i]);
    assert_string_equal(n->params.at[2]->name, "dense_1.kernel");
    ctx_free(c);
}

static void multiply_adds_of_the_tutorial(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, mnist_text);
    assert_int_equal(net_parameters(n), 93322);
    assert_int_equal(node_named(n, "conv2d_1")->macs, 2230272);
    assert_int_equal(node_named(n, "dense")->macs, 36864);
    assert_int_equal(node_named(n, "flatten")->macs, 0);
    ctx_free(c);
}

static void the_summary_is_keras(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = lowered(c, mnist_text);
    const char *s =
        summary_print(n, &(struct footprint){.parameter_bytes = 373288, .arena_bytes = 1234567, .flash_bytes = -1});
    assert_non_null(strstr(s, " conv2d_1 (Conv2D)"));
    assert_non_null(strstr(s, "(None, 11, 11, 64)   18,496"));
    assert_non_null(strstr(s, "Total params: 93,322 (364.54 KB)"));
    assert_non_null(strstr(s, "2,794,240 forward"));
    assert_non_null(strstr(s, "1,234,567 bytes"));
    assert_null(strstr(s, "Flash"));
    ctx_free(c);
}

static void an_op_moves_and_ids_follow(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = net_new(c, "dir/some.net");
    struct op *a = net_op(n, &op_act, NULL), *b = net_op(n, &op_bias, NULL), *d = net_op(n, &op_view, NULL);
    net_move_op(n, d, a);
    assert_ptr_equal(n->ops.at[0], d);
    assert_ptr_equal(n->ops.at[1], a);
    assert_ptr_equal(n->ops.at[2], b);
    for (int i = 0; i < 3; i++)
        assert_int_equal(n->ops.at[i]->id, i);
    assert_string_equal(n->file, "some.net");
    ctx_free(c);
}

/* Keras has separate classes for sequences. It numbers each class by itself and skips numbers that labels use. */
static void layers_on_sequences_have_names_of_their_own(void **state)
{
    (void)state;
    static const char *const names[] = {"input_layer",     "spatial_dropout1d",    "conv1d",  "max_pooling1d",
                                        "max_pooling1d_2", "average_pooling1d",    "dropout", "max_pooling1d_1",
                                        "max_pooling1d_3", "global_max_pooling1d", "dense"};
    struct ctx *c = quiet_ctx();
    struct net *n =
        shapes_of(c, "Input 64x4\nSpatialDropout 0.2\nConv1D 8 3\nMaxPool 2\nMaxPool 2\nAvgPool 2\nDropout 0.1\n"
                     "max_pooling1d_1: MaxPool 2\nMaxPool 2\nGlobalMaxPool\nDense 3\n");
    assert_int_equal(ctx_errors(c), 0);
    for (size_t i = 0; i < n->nodes.n; i++)
        assert_string_equal(n->nodes.at[i]->name, names[i]);
    assert_string_equal(keras_class(n->nodes.at[1]), "SpatialDropout1D");
    ctx_free(c);
    c = quiet_ctx();
    n = shapes_of(c, "Input 8x8x4\nSpatialDropout 0.2\nMaxPool 2\nGlobalAvgPool\nDense 3\n");
    assert_string_equal(n->nodes.at[1]->name, "spatial_dropout2d");
    assert_string_equal(n->nodes.at[3]->name, "global_average_pooling2d");
    ctx_free(c);
}

static void sections_fill_the_configuration(void **state)
{
    (void)state;
    struct ctx *c = quiet_ctx();
    struct net *n = shapes_of(c, "Input 4\nDense 9 softmax\ndata {\n  train idx \"a\" \"b\"\n  test npy \"x\" \"y\"\n"
                                 "  normalize scale=1/4 mean=auto std=2\n  split validation=0.25 shuffle seed=3\n}\n"
                                 "train {\n  optimizer adamw lr=cosine(0.5, warmup=7) clipnorm=2\n"
                                 "  loss huber delta=3\n  metrics mse top_k(2)\n  epochs 4 batch=8\n  seed 5\n"
                                 "  shuffle no\n  log csv=\"l.csv\"\n  checkpoint \"c.safetensors\"\n}\n");
    assert_int_equal(ctx_errors(c), 0);
    const struct data_config *d = n->data;
    assert_int_equal(d->train.kind, SOURCE_IDX);
    assert_string_equal(d->test.y, "y");
    assert_string_equal(d->mean->text, "auto");
    assert_true(d->std->n_items == 1 && d->std->items[0].number == 2);
    assert_true(d->scale == 0.25 && d->validation_split == 0.25);
    assert_true(d->split_shuffle && !d->split_stratify && d->split_seed == 3);
    const struct train_config *t = n->train;
    assert_string_equal(t->optimizer->name, "adamw");
    assert_string_equal(t->schedule->name, "cosine");
    assert_true(t->lr == 0.5 && t->clipnorm == 2 && t->clipvalue == 0);
    assert_true(record_arg(t->schedule, t->schedule_args, "warmup")->number == 7);
    assert_true(record_arg(t->loss, t->loss_args, "delta")->number == 3);
    assert_int_equal(t->n_metrics, 2);
    assert_true(record_arg(t->metrics[1].record, t->metrics[1].sub, "k")->number == 2);
    assert_true(t->epochs == 4 && t->batch == 8 && t->seed == 5 && !t->shuffle);
    assert_string_equal(t->log_csv, "l.csv");
    assert_string_equal(t->checkpoint, "c.safetensors");
    ctx_free(c);
}

static const char *default_loss(const char *last)
{
    struct ctx *c = quiet_ctx();
    char text[99];
    snprintf(text, sizeof text, "Input 4x4x2\nFlatten\n%s\n", last);
    const struct net *n = shapes_of(c, text);
    assert_int_equal(ctx_errors(c), 0);
    assert_string_equal(n->train->optimizer->name, "rmsprop");
    assert_string_equal(n->train->schedule->name, "constant");
    assert_true(n->train->lr == 0.001 && n->train->batch == 32 && n->train->epochs == 1);
    const char *name = n->train->loss->name;
    ctx_free(c);
    return name;
}

static void defaults_follow_the_last_activation(void **state)
{
    (void)state;
    assert_string_equal(default_loss("Dense 3 softmax"), "sparse_categorical_crossentropy");
    assert_string_equal(default_loss("Dense 3\nSoftmax\nDropout 0.1"), "sparse_categorical_crossentropy");
    assert_string_equal(default_loss("Dense 3 sigmoid"), "binary_crossentropy");
    assert_string_equal(default_loss("Dense 3"), "mse");
    assert_string_equal(default_loss("Dense 3 tanh"), "mse");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_are_unique_and_no_keywords),
        cmocka_unit_test(names_of_classes_are_keras),
        cmocka_unit_test(model_names_are_safe),
        cmocka_unit_test(layers_are_numbered_as_keras_does),
        cmocka_unit_test(multiply_adds_of_the_tutorial),
        cmocka_unit_test(the_summary_is_keras),
        cmocka_unit_test(an_op_moves_and_ids_follow),
        cmocka_unit_test(layers_on_sequences_have_names_of_their_own),
        cmocka_unit_test(sections_fill_the_configuration),
        cmocka_unit_test(defaults_follow_the_last_activation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
