/* test_winograd.c -- checks the matrices of kernels/winograd.h exactly, in integers: they compute the convolution, and
 * a transposed matrix that shares sums is the transpose. */
#include "front_test.h"
#include "kernels/winograd.h"

/* The factor of input i and tap k in result r: the sum over planes of A' G B'. */
static int64_t through(const struct winograd_form *f, int r, int i, int k)
{
    int64_t sum = 0;
    for (int p = 0; p < f->side; p++)
        sum += (int64_t)lines_weight(&f->outputs, r, p) * lines_weight(&f->taps, p, k) * lines_weight(&f->inputs, p, i);
    return sum;
}

static void forms_convolve(void **state)
{
    (void)state;
    const int64_t one = (int64_t)WINOGRAD_ONE * WINOGRAD_ONE * WINOGRAD_ONE;
    int forms = 0;
    for (const struct winograd_form *f = winograd_forms; f->results; f++, forms++)
        for (int r = 0; r < f->results; r++)
            for (int i = 0; i < f->side; i++)
                for (int k = 0; k < 3; k++)
                    assert_int_equal(through(f, r, i, k), i == r + k ? one : 0);
    assert_true(forms > 0);
}

static void is_transpose(const struct lines *l)
{
    const struct lines t = lines_transposed(l);
    assert_int_equal(t.rows, l->columns);
    assert_int_equal(t.columns, l->rows);
    for (int i = 0; i < l->rows; i++)
        for (int j = 0; j < l->columns; j++)
            assert_int_equal(lines_weight(&t, j, i), lines_weight(l, i, j));
}

static void transposes_share(void **state)
{
    (void)state;
    for (const struct winograd_form *f = winograd_forms; f->results; f++) {
        is_transpose(&f->inputs);
        is_transpose(&f->taps);
        is_transpose(&f->outputs);
    }
}

static void forms_are_found(void **state)
{
    (void)state;
    for (const struct winograd_form *f = winograd_forms; f->results; f++) {
        assert_ptr_equal(winograd_form(f->repr), f);
        assert_int_equal(f->side, f->results + 2);
    }
    assert_null(winograd_form(REPR_LISTS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_convolve),
        cmocka_unit_test(transposes_share),
        cmocka_unit_test(forms_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
