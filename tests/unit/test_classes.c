/* test_classes.c -- classes of rows: their targets, and their names in files of weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "dataset.h"
#include "scratch.h"

static struct cnn_error error;

static void test_numbers(void **state)
{
    (void)state;
    char *names[10] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}, text[100];
    const struct cnn_dataset d = {.classes = names, .n_classes = 10};
    assert_int_equal(cnn_class_number(&d, "c"), 2);
    assert_int_equal(cnn_class_number(&d, "k"), -1);
    assert_string_equal(cnn_some_names(d.classes, d.n_classes, text, sizeof text), "a, b, c, d, e, f, g, h, ...");
}

/* Through a file and back, whatever they are made of. */
static void test_names(void **state)
{
    (void)state;
    static char *const names[] = {"plain", "a \"quoted\"\n", "h\xc3\xa9", ""};
    struct cnn_tensors t = {0}, back;
    assert_int_equal(cnn_classes_add(names, 4, &t, &error), 0);
    assert_int_equal(cnn_safetensors_write(scratch("c.safetensors"), &t, &error), 0);
    assert_int_equal(cnn_safetensors_read(scratch("c.safetensors"), &back, &error), 0);
    char **found = cnn_classes_find(&back, 4);
    assert_non_null(found);
    for (int i = 0; i < 4; i++)
        assert_string_equal(found[i], names[i]);
    cnn_classes_free(found);
    assert_null(cnn_classes_find(&back, 5)); /* not all have one */
    cnn_tensors_free(&t);
    cnn_tensors_free(&back);
}

/* A file of weights must stay one that others can read: names that are no UTF-8 are not written. */
static void test_bytes(void **state)
{
    (void)state;
    static char *const broken[][2] = {{"good", "\xff"}, {"\xc3", "good"}, {"\x80", "good"}, {"\xe2\x82", "good"}};
    for (int i = 0; i < 4; i++) {
        struct cnn_tensors t = {0};
        assert_int_equal(cnn_classes_add(broken[i], 2, &t, &error), 0);
        assert_int_equal(t.n_meta, 0);
        assert_int_equal(cnn_classes_add(NULL, 2, &t, &error), 0); /* numbers have no names */
        assert_int_equal(t.n_meta, 0);
        cnn_tensors_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests_name("classes", tests, scratch_setup, scratch_teardown);
}
