/* test_csv_columns.c -- which columns of a .csv are inputs and targets, and what their values mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "csv_files.h"

/* ---- which columns, and what their values mean */

static const char *const two_columns[] = {"height", "width"};
static const char *const dropped[] = {"id"};
static const char *const cities[] = {"Rome", "Paris"};
static const struct cnn_category listed = {.column = "city", .values = cities, .n = 2};
static const struct cnn_category counted = {.column = "city", .n = 2};

/* Returns a model for this table; the table's inputs are `inputs` numbers. */
static struct cnn_model model_of(struct cnn_data *d, struct cnn_table table, int64_t inputs)
{
    struct cnn_model m = model();
    *d = spec;
    d->table = table;
    m.data = d;
    set_inputs(&m, inputs);
    return m;
}

static void has_inputs(const struct cnn_dataset *d, int64_t n, const double *x)
{
    assert_int_equal(cnn_array_count(&d->x), n);
    for (int64_t i = 0; i < n; i++)
        if (fabs(cnn_array_get(&d->x, i) - x[i]) > 1e-6)
            fail_msg("input %d is %g, not %g", (int)i, cnn_array_get(&d->x, i), x[i]);
}

static void test_columns(void **state)
{
    (void)state;
    static const char text[] = "id,width,kind,height\n7,1,0,2\n8,3,1,4\n";
    struct cnn_data d;
    struct cnn_model m = model_of(&d, (struct cnn_table){.columns = two_columns, .n_columns = 2}, 2);
    struct cnn_datasets all = loaded(&m, text);
    has_inputs(&all.train, 4, (const double[]){2, 1, 4, 3});
    cnn_data_free(&all);
    m = model_of(&d, (struct cnn_table){.drop = dropped, .n_drop = 1}, 2);
    all = loaded(&m, text);
    has_inputs(&all.train, 4, (const double[]){1, 2, 3, 4});
    cnn_data_free(&all);
    refused(&m, "width,kind,height\n1,0,2\n", ":1: there is no column 'id'; the columns are width, kind, height");
    m = model_of(&d, (struct cnn_table){.columns = two_columns, .n_columns = 2}, 2);
    refused(&m, "width,kind\n1,0\n", ":1: there is no column 'height'; the columns are width, kind");
}

static void test_separators(void **state)
{
    (void)state;
    static const char *const texts[] = {"width;kind;height\n1;b;2\n", "width\tkind\theight\n1\tb\t2\n",
                                        "width|kind|height\n1|b|2\n", "\"width\" ; \"kind\";\"a,b,c,d\"\n1;b;2\n"};
    struct cnn_data d = spec;
    struct cnn_model m = with_loss("mse", 1);
    m.data = &d;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", texts[i]);
        *strchr(strchr(text, '\n'), 'b') = '5';
        struct cnn_datasets all = loaded(&m, text);
        has_row(&all.train, 0, 1, 2, 5);
        cnn_data_free(&all);
    }
    d.train.separator = ':';
    struct cnn_datasets all = loaded(&m, "width:kind:height;,\n1:5:2\n");
    has_row(&all.train, 0, 1, 2, 5);
    cnn_data_free(&all);
    d.train = (struct cnn_source){.kind = CNN_CSV, .x = "train.csv", .y = "2", .headless = 1};
    refused(&m, "1,5;4,0;2,5\n1;5;2\n",
            ":1: column '1': '1,5' is not a number: decimals are written with a point, 1.5");
}

static void test_headless(void **state)
{
    (void)state;
    struct cnn_data d;
    struct cnn_model m = model_of(&d, (struct cnn_table){0}, 2);
    d.train = (struct cnn_source){.kind = CNN_CSV, .x = "train.csv", .y = "2", .headless = 1};
    struct cnn_datasets all = loaded(&m, "1,a,2\n3,b,4\n5,c,6\n");
    assert_int_equal(all.train.rows, 3);
    has_row(&all.train, 0, 1, 2, 0);
    has_row(&all.train, 2, 5, 6, 2);
    cnn_data_free(&all);
    refused(&m, "1,a,2\n3,b\n", ":2: 2 fields, but the first line has 3");
    d.train.y = "4";
    refused(&m, "1,a,2\n", ":1: there is no column '4'; the columns are 1, 2, 3");
}

static void test_missing(void **state)
{
    (void)state;
    static const char text[] = "width,kind,height\n1,0,2\n,1,4\n3,2,NA\n4,2,?\n7,,8\n";
    struct cnn_data d;
    struct cnn_model m = model_of(&d, (struct cnn_table){0}, 2);
    d.train.missing = CNN_MISSING_DROP;
    struct cnn_datasets all = loaded(&m, text);
    assert_int_equal(all.train.rows, 1);
    has_row(&all.train, 0, 1, 2, 0);
    cnn_data_free(&all);
    refused(&m, "width,kind,height\n1,0,\n", ":3: holds no rows without a missing value");
    d.train.missing = CNN_MISSING_MEAN;
    refused(&m, text, ":6: column 'kind' is empty; missing=drop leaves such rows out");
    refused(&m, "width,kind,height\n1,0,\n", ":3: column 'height' is missing in every row, so it has no mean");
    all = loaded(&m, "width,kind,height\n1,0,2\n,1,4\n3,2,NaN\n4,2,N/A\n");
    has_inputs(&all.train, 8, (const double[]){1, 2, 8. / 3, 4, 3, 3, 4, 3});
    struct cnn_dataset in; /* what is fitted is not fitted again */
    write_text("in.csv", "width,height\n,\n");
    assert_int_equal(cnn_dataset_open_table(&m, scratch("in.csv"), all.train.columns, scratch_folder, &in, &error), 0);
    has_inputs(&in, 2, (const double[]){8. / 3, 3});
    cnn_dataset_free(&in);
    cnn_data_free(&all);
}

static void test_categories(void **state)
{
    (void)state;
    struct cnn_data d;
    struct cnn_model m = model_of(&d, (struct cnn_table){.categories = &listed, .n_categories = 1}, 3);
    struct cnn_datasets all = loaded(&m, "width,city,kind\n1,Paris,0\n2,Rome,1\n");
    has_inputs(&all.train, 6, (const double[]){1, 0, 1, 2, 1, 0});
    cnn_data_free(&all);
    refused(&m, "width,city,kind\n1,paris,0\n", ":2: column 'city': 'paris' is none of its values: Paris, Rome");
    refused(&m, "width,city,kind\n1,,0\n",
            ":2: column 'city' is empty; missing=drop leaves such rows out, missing=mean takes the column's mean");
    refused(&m, "width,kind,h,i\n1,1,1,1\n", ":1: there is no column 'city'; the columns are width, kind, h, i");
    d.table.unseen_is_zero = 1;
    all = loaded(&m, "width,city,kind\n1,Paris,0\n2,paris,1\n");
    has_inputs(&all.train, 6, (const double[]){1, 0, 1, 2, 0, 0});
    cnn_data_free(&all);
    m = model_of(&d, (struct cnn_table){.categories = &counted, .n_categories = 1}, 3);
    all = loaded(&m, "city,width,kind\n\"3\",1,0\n10,2,1\n3.0,5,2\n"); /* in the order of their bytes */
    has_inputs(&all.train, 9, (const double[]){0, 1, 1, 1, 0, 2, 0, 1, 5});
    assert_string_equal(all.train.columns->at[0].values[1], "3");
    cnn_data_free(&all);
    refused(&m, "city,width,kind\na,1,0\nb,1,1\nc,1,1\n",
            ":4: column 'city': with 'c' there are more than the 2 values that 'categories' in the spec says");
    refused(&m, "city,width,kind\na,1,0\na,1,1\n",
            ":4: column 'city' holds 1 values, but 'categories' in the spec says 2");
    d.train.missing = CNN_MISSING_MEAN;
    all = loaded(&m, "city,width,kind\na,1,0\nb,2,1\n?,5,2\nb,5,2\n");
    has_inputs(&all.train, 12, (const double[]){1, 0, 1, 0, 1, 2, 1. / 3, 2. / 3, 5, 0, 1, 5});
    cnn_data_free(&all);
}

static void test_targets(void **state)
{
    (void)state;
    static const char *const targets[] = {"b", "a"};
    static const double wanted[] = {3, 1, 7, 5};
    struct cnn_data d = spec;
    struct cnn_model m = with_loss("mse", 2);
    m.data = &d;
    d.train.y = "b";
    d.train.targets = targets;
    d.train.n_targets = 2;
    struct cnn_datasets all = loaded(&m, "a,width,b,height\n1,2,3,4\n5,6,7,8\n");
    has_inputs(&all.train, 4, (const double[]){2, 4, 6, 8});
    for (int i = 0; i < 4; i++)
        assert_true(cnn_array_get(&all.train.y, i) == wanted[i]);
    cnn_data_free(&all);
    refused(&m, "a,width,b,height\n1,2,x,4\n", ":2: column 'b': 'x' is not a number");
    set_outputs(&m, 3);
    refused(&m, "a,width,b,height\n1,2,3,4\n", ": 2 columns of targets, but the network's output is [3]");
}

/* predict reads columns by name, in any order; without a header they are in the order of the training data. */
static void test_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message; /* NULL: the row is 1, 2 */
    } files[] = {
        {"height,width\n2,1\n", NULL},
        {"x,height,kind,width\na,2,b,1\n", NULL},
        {"1,2\n", NULL},
        {"1;2\n", NULL},
        {"width\theight\n1\t2\n", NULL},
        {"1,2,3\n", ":1: there is no header, and 3 fields, but the inputs are 2 columns"},
        {"length,height\n1,2\n",
         ":1: there is no column 'width', which the network was trained on; the columns are length, height"},
        {"a,b\n1,2\n",
         ":1: there is no column 'width, height', which the network was trained on; the columns are a, b"},
        {"width,height\n1,\n",
         ":2: column 'height' is empty, and predict answers every row; missing=mean in the spec fills it in"},
    };
    struct cnn_model m = model();
    struct cnn_datasets all = loaded(&m, plain);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct cnn_dataset d;
        char whole[1200];
        write_text("in.csv", files[i].text);
        const int status = cnn_dataset_open_table(&m, scratch("in.csv"), all.train.columns, NULL, &d, &error);
        if (status != (files[i].message ? -1 : 0))
            fail_msg("%s%s", files[i].text, error.text);
        snprintf(whole, sizeof whole, "%s%s", scratch("in.csv"), files[i].message ? files[i].message : "");
        if (status != 0) {
            assert_string_equal(error.text, whole);
            continue;
        }
        has_inputs(&d, 2, (const double[]){1, 2});
        cnn_dataset_free(&d);
    }
    cnn_data_free(&all);
}

/* When columns are named by numbers, a first line that holds all these names is a header. */
static void test_numbers_as_names(void **state)
{
    (void)state;
    static const char *const texts[] = {"1,0\n2,1\n", "5,6\n"};
    static const double wanted[][2] = {{1, 2}, {5, 6}};
    struct cnn_model m = model();
    struct cnn_datasets all = loaded(&m, "kind,0,1\n0,5,6\n");
    for (int i = 0; i < 2; i++) {
        struct cnn_dataset d;
        write_text("in.csv", texts[i]);
        assert_int_equal(cnn_dataset_open_table(&m, scratch("in.csv"), all.train.columns, NULL, &d, &error), 0);
        has_inputs(&d, 2, wanted[i]);
        cnn_dataset_free(&d);
    }
    cnn_data_free(&all);
}

/* Reading a header takes time proportional to its columns; a field that never ends is given up early. */
static void test_wide(void **state)
{
    (void)state;
    enum { COLUMNS = 80000, ENDLESS = 3 << 20 };
    char *text = malloc(16 * COLUMNS + ENDLESS);
    size_t n = (size_t)sprintf(text, "kind");
    struct cnn_data d;
    struct cnn_model m = model_of(&d, (struct cnn_table){0}, COLUMNS);
    for (int i = 0; i < COLUMNS; i++)
        n += (size_t)sprintf(text + n, ",c%d", i);
    n += (size_t)sprintf(text + n, "\n1");
    for (int i = 0; i < COLUMNS; i++)
        n += (size_t)sprintf(text + n, ",%d", i % 10);
    struct cnn_datasets all = loaded(&m, text);
    assert_true(cnn_array_get(&all.train.x, 79999) == 9);
    cnn_data_free(&all);
    memset(text, '0', ENDLESS);
    text[ENDLESS] = '\0';
    refused(&m, text, ":1: a field of more than 1048576 bytes: this is no .csv, or a quote is not closed");
    free(text);
}

/* A table with words, missing values and several targets is either read or refused when any of its bytes is
 * changed. */
static void test_changed(void **state)
{
    (void)state;
    static const char whole[] = "city;a;id;b;x\nRome;1;7;2;3\n\"Paris\";NA;8;3;4\n?;2;9;4;5\nRome;1,5;9;4;5\n";
    static const char bytes[] = "\"\n\r;,\0 x1?";
    static const char *const targets[] = {"b", "x"};
    struct cnn_table table = {.drop = dropped, .n_drop = 1, .categories = &counted, .n_categories = 1};
    char text[sizeof whole];
    for (int kind = 0; kind < 6; kind++) {
        struct cnn_data d;
        struct cnn_model m = model_of(&d, table, 3), dense = with_loss("mse", 2);
        struct cnn_datasets all;
        m.outputs = dense.outputs;
        m.targets = dense.targets;
        d.table.categories = kind % 2 ? &listed : &counted;
        d.table.unseen_is_zero = kind == 1;
        d.train.missing = (enum cnn_missing)(kind / 2);
        d.train.y = "b";
        d.train.targets = targets;
        d.train.n_targets = 2;
        for (size_t n = 0; n < sizeof whole - 1; n++)
            for (size_t k = 0; k < sizeof bytes; k++) {
                memcpy(text, whole, sizeof whole);
                text[n] = k < sizeof bytes - 1 ? bytes[k] : whole[n];
                scratch_write("train.csv", text, k < sizeof bytes - 1 ? sizeof whole - 1 : n);
                if (load_parts(&m, CNN_PART_TRAIN, &all) == 0)
                    cnn_data_free(&all);
                else
                    assert_has(error.text, "train.csv:");
            }
    }
}

/* What a file of weights remembers is read back, whatever its strings hold. */
static void test_remembered(void **state)
{
    (void)state;
    static const char *const names[] = {"w.safetensors", "w.npz"};
    double mean[] = {1. / 3, -2, 1e300, 0};
    struct cnn_columns *c = cnn_columns_new(), *back;
    assert_int_equal(cnn_columns_add(c, "a\tb\\\n\xff\xc3\xa9,"), 0);
    assert_int_equal(cnn_columns_add(c, "\xc3\xa9"), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(cnn_columns_add_value(c, i == 1 ? "x\\x41" : i ? "\xe9" : " "), 0);
    c->mean = mean;
    c->x_size = 4;
    assert_int_equal(cnn_columns_spell(c), 0);
    assert_string_equal(c->texts.at[1], "\xc3\xa9\t \tx\\x5cx41\t\\xe9");
    for (int i = 0; i < 2; i++) {
        struct cnn_tensors t = {0};
        struct cnn_beside b = {0}, found;
        cnn_columns_lend(c, &b);
        assert_int_equal(cnn_beside_add(&b, i, &t, &error), 0);
        assert_int_equal(cnn_tensors_write(scratch(names[i]), &t, &error), 0);
        cnn_tensors_free(&t);
        assert_int_equal(cnn_beside_read(scratch(names[i]), &found, &error), 0);
        back = cnn_columns_remembered(&found, 4);
        assert_non_null(back);
        assert_int_equal(back->n, 2);
        assert_string_equal(back->at[0].name, c->at[0].name);
        for (int k = 0; k < 3; k++)
            assert_string_equal(back->at[1].values[k], c->at[1].values[k]);
        assert_memory_equal(back->mean, mean, sizeof mean);
        cnn_columns_free(back);
        assert_null(cnn_columns_remembered(&found, 5));
        cnn_beside_free(&found);
    }
    c->mean = NULL;
    cnn_columns_free(c);
    static char *const broken[] = {"a\\", "a\\x0", "a\\xzz", "\\x00", "a\tb\tc"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const struct cnn_beside b = {.columns = {(char **)&broken[i], 1}};
        assert_null(cnn_columns_remembered(&b, 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),    cmocka_unit_test(test_separators),       cmocka_unit_test(test_headless),
        cmocka_unit_test(test_missing),    cmocka_unit_test(test_categories),       cmocka_unit_test(test_targets),
        cmocka_unit_test(test_by_name),    cmocka_unit_test(test_numbers_as_names), cmocka_unit_test(test_wide),
        cmocka_unit_test(test_remembered), cmocka_unit_test(test_changed),
    };
    return cmocka_run_group_tests_name("csv_columns", tests, scratch_setup, scratch_teardown);
}
