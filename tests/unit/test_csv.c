/* test_csv.c -- .csv files as data sets, good ones and broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <zlib.h>

#include "csv_files.h"

/* ---- good ones */

static void test_names(void **state)
{
    (void)state;
    struct cnn_model m = model();
    struct cnn_datasets all = loaded(&m, plain);
    const struct cnn_dataset *d = &all.train;
    assert_int_equal(d->rows, 4);
    assert_int_equal(d->x.rank, 2);
    assert_int_equal(d->y.rank, 1);
    has_row(d, 0, 1, -2.5, 1);
    has_row(d, 1, 300, .5, 0);
    has_row(d, 2, 4, 6, 2);
    has_row(d, 3, 0, 0, 1);
    assert_int_equal(d->n_classes, 3);
    assert_string_equal(d->classes[2], "c");
    cnn_data_free(&all);
}

/* The spellings are: quoted fields with commas, quotes and ends of lines in them; blanks around fields; a byte order
 * mark; line ends of all kinds; an empty line; a last line without an end. */
static void test_spellings(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "width,kind,height\n1,b,2\n3,a,4\n5,c,6",
        "\xef\xbb\xbfwidth,kind,height\r\n1,b,2\r\n3,a,4\r\n5,c,6\r\n",
        "width,kind,height\r1,b,2\r3,a,4\r5,c,6\r",
        "\n\"width\" , \"kind\",\theight\n\n 1 ,b,2\n3,\"a\",\"4\"\n5,c,6\n  \n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct cnn_model m = model();
        struct cnn_datasets all = loaded(&m, texts[i]);
        assert_int_equal(all.train.rows, 3);
        has_row(&all.train, 0, 1, 2, 1);
        has_row(&all.train, 1, 3, 4, 0);
        has_row(&all.train, 2, 5, 6, 2);
        cnn_data_free(&all);
    }
    struct cnn_model m = model();
    struct cnn_datasets all = loaded(&m, "width,kind,height\n1,\"a,\"\"b\"\"\n\",2\n3,A,4\n5,\"\xc3\xa9\",6\n");
    assert_string_equal(all.train.classes[0], "A");
    assert_string_equal(all.train.classes[1], "a,\"b\"\n");
    has_row(&all.train, 0, 1, 2, 1);
    has_row(&all.train, 2, 5, 6, 2);
    cnn_data_free(&all);
}

static void test_class_numbers(void **state)
{
    (void)state;
    struct cnn_model m = model();
    struct cnn_datasets all = loaded(&m, "width,kind,height\n1,2,2\n3,0.0,4\n5,2.0,6\n7,-0,8\n");
    has_row(&all.train, 0, 1, 2, 2);
    has_row(&all.train, 1, 3, 4, 0);
    has_row(&all.train, 2, 5, 6, 2);
    has_row(&all.train, 3, 7, 8, 0);
    assert_null(all.train.classes);
    cnn_data_free(&all);
}

static void test_dense_targets(void **state)
{
    (void)state;
    struct cnn_model m = with_loss("mse", 1);
    struct cnn_datasets all = loaded(&m, "width,kind,height\n1,2.5,2\n3,-1e3,4\n");
    has_row(&all.train, 0, 1, 2, 2.5);
    has_row(&all.train, 1, 3, 4, -1000);
    assert_int_equal(all.train.y.rank, 2);
    cnn_data_free(&all);

    m = with_loss("binary_crossentropy", 1);
    all = loaded(&m, "width,kind,height\n1,yes,2\n3,no,4\n");
    has_row(&all.train, 0, 1, 2, 1);
    has_row(&all.train, 1, 3, 4, 0);
    cnn_data_free(&all);

    m = with_loss("categorical_crossentropy", 3);
    all = loaded(&m, plain);
    assert_int_equal(all.train.y.shape[1], 3);
    for (int i = 0; i < 12; i++)
        assert_int_equal(cnn_array_get(&all.train.y, i), i == 1 || i == 3 || i == 8 || i == 10);
    cnn_data_free(&all);
}

static void test_packed(void **state)
{
    (void)state;
    struct cnn_model m = model();
    struct cnn_datasets all;
    unlink(scratch("train.csv"));
    gzFile z = gzopen(scratch("train.csv.gz"), "wb");
    assert_int_equal(gzwrite(z, plain, sizeof plain - 1), sizeof plain - 1);
    gzclose(z);
    assert_int_equal(load_parts(&m, CNN_PART_TRAIN, &all), 0);
    assert_int_equal(all.train.rows, 4);
    cnn_data_free(&all);
    unlink(scratch("train.csv.gz"));
}

/* The file is longer than the reader's blocks, so that rows, fields and line ends cross from one block to the next. */
static void test_long(void **state)
{
    (void)state;
    enum { ROWS = 30000 };
    static char text[ROWS * 24];
    struct cnn_model m = model();
    size_t n = (size_t)sprintf(text, "width,kind,height\r\n");
    for (int i = 0; i < ROWS; i++)
        n += (size_t)sprintf(text + n, "%d,\"class\"\"%d\",%d\r\n", i, i % 3, i % 7);
    struct cnn_datasets all = loaded(&m, text);
    assert_int_equal(all.train.rows, ROWS);
    for (int i = 0; i < ROWS; i++)
        has_row(&all.train, i, i, i % 7, i % 3);
    cnn_data_free(&all);
    sprintf(text + n, "1,class,2,3\r\n");
    refused(&m, text, ":30002: column 'kind': with 'class' there are more than the network's 3 classes");
    sprintf(text + n, "1,\"class\"\"1\",2,3\r\n");
    refused(&m, text, ":30002: 4 fields, but the header has 3");
}

/* ---- names in other parts mean the same as in the training data, loaded or not */

static void test_parts(void **state)
{
    (void)state;
    static const int parts[] = {CNN_PART_TRAIN | CNN_PART_TEST, CNN_PART_TEST};
    for (int i = 0; i < 2; i++) {
        struct cnn_model m = model();
        struct cnn_datasets all;
        write_text("train.csv", plain);
        write_text("test.csv", "kind,width,height\nc,1,2\n");
        assert_int_equal(load_parts(&m, parts[i], &all), 0);
        assert_true(cnn_array_get(&all.test.y, 0) == 2);
        cnn_data_free(&all);
        write_text("test.csv", "kind,id,height,width\nc,7,2,1\n"); /* columns go by name; others are ignored */
        assert_int_equal(load_parts(&m, parts[i], &all), 0);
        has_row(&all.test, 0, 1, 2, 2);
        cnn_data_free(&all);
        write_text("test.csv", "kind,length\nc,2\n");
        assert_int_equal(load_parts(&m, parts[i], &all), -1);
        assert_has(error.text, "test.csv:1: there is no column 'width, height', which the network was trained on; the "
                               "columns are kind, length");
        write_text("test.csv", "width,kind,height\n1,b,2\n1,C,2\n");
        assert_int_equal(load_parts(&m, parts[i], &all), -1);
        assert_has(error.text, "test.csv:3: column 'kind': 'C' is not a class of ");
        assert_has(error.text, "train.csv: a, b, c");
        write_text("test.csv", "width,kind,height\n1,0,2\n");
        assert_int_equal(load_parts(&m, parts[i], &all), -1);
        assert_has(error.text, "test.csv:2: column 'kind': '0' is not a class of ");
        write_text("train.csv", "width,kind,height\n1,0,2\n1,1,2\n");
        write_text("test.csv", "width,kind,height\n1,a,2\n");
        assert_int_equal(load_parts(&m, parts[i], &all), -1);
        assert_has(error.text,
                   "test.csv:2: column 'kind': 'a' is a name, but the classes of the training data are numbers");
    }
}

static void test_test_alone(void **state)
{
    (void)state;
    struct cnn_model m = model();
    struct cnn_datasets all;
    unlink(scratch("train.csv"));
    write_text("test.csv", "width,kind,height\n1,2,2\n");
    assert_int_equal(load_parts(&m, CNN_PART_TEST, &all), 0);
    has_row(&all.test, 0, 1, 2, 2);
    cnn_data_free(&all);
    write_text("test.csv", "width,kind,height\n1,b,2\n");
    assert_int_equal(load_parts(&m, CNN_PART_TEST, &all), -1);
    assert_has(error.text, "test.csv:2: column 'kind': 'b' is a name, but");
}

static void test_split(void **state)
{
    (void)state;
    struct cnn_data halves = spec;
    struct cnn_model m = model();
    struct cnn_datasets all;
    halves.validation_split = .5;
    m.data = &halves;
    write_text("train.csv", plain);
    assert_int_equal(load_parts(&m, CNN_PART_TRAIN | CNN_PART_VALIDATION, &all), 0);
    assert_int_equal(all.train.rows, 2);
    assert_int_equal(all.validation.rows, 2);
    cnn_data_free(&all);
}

/* Inputs for predict may have the target's column or lack it. */
static void test_inputs(void **state)
{
    (void)state;
    const struct cnn_normalize none = CNN_NOT_NORMALIZED;
    static const char *const texts[] = {plain, "width,height\n1,-2.5\n300,.5\n",
                                        "kind,width,height\n,1,-2.5\n?,300,.5\n"};
    struct cnn_model m = model();
    struct cnn_dataset d;
    for (int i = 0; i < 3; i++) {
        write_text("in.csv", texts[i]);
        if (cnn_dataset_open_table(&m, scratch("in.csv"), NULL, scratch_folder, &d, &error) != 0)
            fail_msg("%s", error.text);
        assert_true(cnn_array_get(&d.x, 1) == -2.5 && cnn_array_get(&d.x, 2) == 300);
        assert_null(d.y.data);
        cnn_dataset_free(&d);
    }
    assert_int_equal(cnn_dataset_open(&m, scratch("in.csv"), scratch("in.csv"), &none, &d, &error), -1);
    assert_has(error.text, "inputs with targets are read from .npy and IDX files");
    m.data = NULL;
    assert_int_equal(cnn_dataset_open_table(&m, scratch("in.csv"), NULL, NULL, &d, &error), -1);
    assert_has(error.text, "only programs whose spec has a source in csv read such files");
}

/* ---- broken ones */

#define WORDS "; 'categories' in the spec takes words, drop= leaves a column out"

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } broken[] = {
        {"", ":1: there is no header, a line with the names of the columns"},
        {"\n\n", ":1: there is no header, a line with the names of the columns"},
        {"width,kind,height\n", ":2: holds no rows"},
        {"width,kind,height", ":1: holds no rows"},
        {"width,kind,width\n1,a,2\n", ":1: two columns are called 'width'"},
        {",width,kind,height\n0,1,a,2\n", ":1: column 1 of the header has no name"},
        {"1,a,2\n3,b,4\n", ":1: there is no column 'kind'; the columns are 1, a, 2"},
        {"a,b,c,d,e,f,g,h,i,j\n", ":1: there is no column 'kind'; the columns are a, b, c, d, e, f, g, h, ..."},
        {"width,kind\n1,a\n",
         ":1: 1 column of inputs, but the network's input is [2]; 'columns' or 'drop' in the spec chooses"},
        {"width:kind:height\n1:a:2\n", ":1: there is no column 'kind'; the columns are width:kind:height"},
        {"width,kind,height\n1,a,2\n\n3,b\n", ":4: 2 fields, but the header has 3"},
        {"width,kind,height\n1,a,2,\n", ":2: 4 fields, but the header has 3"},
        {"width,kind,height\n1,a,\n",
         ":2: column 'height' is empty; missing=drop leaves such rows out, missing=mean takes the column's mean"},
        {"width,kind,height\n1,,2\n", ":2: column 'kind' is empty; missing=drop leaves such rows out"},
        {"width,kind,height\n1,a,two\n", ":2: column 'height': 'two' is not a number" WORDS},
        {"width,kind,height\n1,a,0x10\n", ":2: column 'height': '0x10' is not a number" WORDS},
        {"width,kind,height\n1,a,nan\n", ":2: column 'height' is missing: 'nan'; missing=drop leaves such rows out, "
                                         "missing=mean takes the column's mean"},
        {"width,kind,height\n1,a,1e\n", ":2: column 'height': '1e' is not a number" WORDS},
        {"width,kind,height\n1,a,\"2,5\"\n",
         ":2: column 'height': '2,5' is not a number: decimals are written with a point, 2.5"},
        {"width,kind,height\n1,a,1e39\n", ":2: column 'height': 1e39 is too large"},
        {"width,kind,height\n1,a,-1e999\n", ":2: column 'height': -1e999 is too large"},
        {"width,kind,height\n1,\"a\nb\",2\n3,x,4\n5,y,y\n", ":5: column 'height': 'y' is not a number" WORDS},
        {"width,kind,height\r\n1,a,2\r\n3,b,x\r\n", ":3: column 'height': 'x' is not a number" WORDS},
        {"width,kind,height\n1,a,2\n\n3,\"b,4\n5,c,6\n",
         ":4: a quoted field of the row that begins here is not closed"},
        {"width,kind,height\n1,a\"b,2\n",
         ":2: a quote inside a field: a field with quotes is quoted as a whole, and each of its own is written twice"},
        {"width,kind,height\n1,\"a\"b,2\n",
         ":2: a quote inside a field: a field with quotes is quoted as a whole, and each of its own is written twice"},
        {"width,kind,height\n1,a,2\n1,b,2\n1,c,2\n1,d,2\n1,e,2\n",
         ":5: column 'kind': with 'd' there are more than the network's 3 classes"},
        {"width,kind,height\n1,a,2\n3,b,4\n", ":4: column 'kind' holds 2 names, but the network has 3 classes"},
        {"width,kind,height\n1,1,2\n3,2,4\n5,3,6\n",
         ":4: column 'kind': 3 is not a class of the network: 0 to 2; labels start at 0, and these at 1"},
        {"width,kind,height\n1,0,2\n3,1,4\n5,nan,6\n",
         ":4: column 'kind' is missing: 'nan'; missing=drop leaves such rows out"},
        {"width,kind,height\n1,NA,2\n3,1,4\n5,0,6\n",
         ":2: column 'kind' is missing: 'NA'; missing=drop leaves such rows out"},
        {"width,kind,height\n1,1,2\n1,1.5,2\n",
         ":3: column 'kind': 1.5 is not a class: those are whole numbers or names"},
        {"width,kind,height\n1,1e300,2\n", ":2: column 'kind': 1e300 is not a class: those are whole numbers or names"},
        {"width,kind,height\n1,-1,2\n", ":2: column 'kind': -1 is not a class of the network: 0 to 2"},
    };
    struct cnn_model m = model();
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        refused(&m, broken[i].text, broken[i].message);
}

static void test_refused_bytes(void **state)
{
    (void)state;
    static const char wide[] = "\xff\xfew\0,\0k\0\n\0", zero[] = "width,kind,height\n1,a\0b,2\n";
    struct cnn_model m = model();
    struct cnn_datasets all;
    scratch_write("train.csv", wide, sizeof wide - 1);
    assert_int_equal(load_parts(&m, CNN_PART_TRAIN, &all), -1);
    assert_has(error.text, "train.csv:1: a zero byte");
    scratch_write("train.csv", zero, sizeof zero - 1);
    assert_int_equal(load_parts(&m, CNN_PART_TRAIN, &all), -1);
    assert_has(error.text, "train.csv:2: a zero byte");
    unlink(scratch("train.csv"));
    assert_int_equal(load_parts(&m, CNN_PART_TRAIN, &all), -1);
    assert_has(error.text, "cannot find 'train.csv'");
}

static void test_refused_targets(void **state)
{
    (void)state;
    struct cnn_model m = with_loss("mse", 2);
    refused(&m, plain, ": column 'kind' is one number a row, but the network's output is [2]");
    m = with_loss("mse", 1);
    refused(&m, plain, ":2: column 'kind': 'b' is not a number");
    m = with_loss("binary_crossentropy", 1);
    refused(&m, plain, ":4: column 'kind': with 'c' there are more than the network's 2 classes");
    m = with_loss("categorical_crossentropy", 2);
    refused(&m, plain, ":4: column 'kind': with 'c' there are more than the network's 2 classes");
}

/* A column of weights, wherever it stands, is no input; files without targets may have it too. */
static void test_weights(void **state)
{
    (void)state;
    static const char *const broken[][2] = {
        {"width,kind,height,w\n1,a,2,1\n3,b,4,-1\n", ":3: column 'w': -1 is no weight: those are not negative"},
        {"width,kind,height,w\n1,a,2,nan\n", ":2: column 'w' is missing: 'nan'; missing=drop leaves such rows out"},
        {"width,kind,height,w\n1,a,2,\n", ":2: column 'w' is empty; missing=drop leaves such rows out"},
        {"width,kind,height,w\n1,a,2,1e40\n", ":2: column 'w': 1e40 is too large"},
        {"width,kind,height,v\n1,a,2,1\n", ":1: there is no column 'w'; the columns are width, kind, height, v"},
    };
    static const char mixed[] = "w,width,kind,height\n.5,1,b,-2.5\n0,3e2,a,.5\n1e3,4,c,+6\n";
    struct cnn_model m = model();
    struct cnn_data weighted = spec;
    weighted.train.weight = "w";
    m.data = &weighted;
    struct cnn_datasets all = loaded(&m, mixed);
    has_row(&all.train, 1, 300, .5, 0);
    const float *w = all.train.weight.data;
    assert_true(w[0] == .5f && w[1] == 0 && w[2] == 1e3f);
    cnn_data_free(&all);
    struct cnn_dataset d;
    write_text("new.csv", mixed);
    assert_int_equal(cnn_dataset_open_table(&m, scratch("new.csv"), NULL, scratch_folder, &d, &error), 0);
    assert_true(cnn_array_get(&d.x, 2) == 300 && !d.weight.data);
    cnn_dataset_free(&d);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        refused(&m, broken[i][0], broken[i][1]);
    weighted.train.weight = "kind";
    refused(&m, mixed, ":1: column 'kind' cannot be both target and weight");
}

/* A file that is cut off anywhere, or has any byte changed, is either read or refused. */
static void test_mutations(void **state)
{
    (void)state;
    static const char whole[] = "width,kind,height\r\n1,\"b\"\"\",2\r\n3,a,4\n5,\"c,\n\",6\n";
    static const char bytes[] = "\"\n\r,\0 x1";
    struct cnn_model m = model();
    struct cnn_datasets all;
    char text[sizeof whole];
    for (size_t n = 0; n < sizeof whole; n++)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),           cmocka_unit_test(test_spellings),  cmocka_unit_test(test_class_numbers),
        cmocka_unit_test(test_dense_targets),   cmocka_unit_test(test_packed),     cmocka_unit_test(test_long),
        cmocka_unit_test(test_parts),           cmocka_unit_test(test_test_alone), cmocka_unit_test(test_split),
        cmocka_unit_test(test_inputs),          cmocka_unit_test(test_refused),    cmocka_unit_test(test_refused_bytes),
        cmocka_unit_test(test_refused_targets), cmocka_unit_test(test_weights),    cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests_name("csv", tests, scratch_setup, scratch_teardown);
}
