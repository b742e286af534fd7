/* test_vec16.c -- the parts of vec.h that are written for 16 lanes alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define VF_LANES 16
#include "transpose.h"

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(squares_are_transposed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
