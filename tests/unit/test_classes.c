/* test_classes.c -- classes of rows: their numbers and their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "data/data.h"

static void test_numbers(void **state)
{
    (void)state;
    char *names[10] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}, text[100];
    const struct cnn_dataset d = {.classes = names, .n_classes = 10};
    assert_int_equal(cnn_class_number(&d, "c"), 2);
    assert_int_equal(cnn_class_number(&d, "k"), -1);
    assert_string_equal(cnn_some_names(d.classes, d.n_classes, text, sizeof text), "a, b, c, d, e, f, g, h, ...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests_name("classes", tests, NULL, NULL);
}
