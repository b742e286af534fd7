/* test_bind.c -- arguments against a table: slots, words, options, types, ranges, defaults, and the messages when
 * they do not fit */
#include "front_test.h"

static const struct arg_def power_args[] = {{.name = "l", .type = ARG_REAL, .flags = ARG_POSITIONAL, .def = "0.01"},
                                            {0}};
static const struct arg_def constant_args[] = {{.name = "value", .type = ARG_REAL, .flags = ARG_POSITIONAL}, {0}};
static const struct record relu = {.name = "relu"}, tanh_ = {.name = "tanh"}, l2 = {.name = "l2", .args = power_args},
                           constant = {.name = "constant", .alias = {"fixed"}, .args = constant_args};
static const struct record *const activations_[] = {&relu, &tanh_, NULL};
static const struct record *const penalties[] = {&l2, &constant, NULL};
static const char *const paddings[] = {"valid", "same", NULL};

enum { UNITS, KERNEL, ACTIVATION, PADDING, BIAS, RATE, PENALTY, FILE_, FROM };
static const struct arg_def layer_args[] = {
    [UNITS] = {.name = "units",
               .type = ARG_INT,
               .flags = ARG_REQUIRED | ARG_POSITIONAL,
               .min = 1,
               .max = 100,
               .doc = "outputs"},
    [KERNEL] = {.name = "kernel",
                .type = ARG_DIMS,
                .flags = ARG_POSITIONAL,
                .def = "3x3",
                .min = 1,
                .rank = 2,
                .alias = {"kernel_size"}},
    [ACTIVATION] = {.name = "activation", .type = ARG_RECORD, .flags = ARG_BARE, .family = activations_},
    [PADDING] = {.name = "padding", .type = ARG_CHOICE, .flags = ARG_BARE, .def = "valid", .choices = paddings},
    [BIAS] = {.name = "bias", .type = ARG_BOOL, .flags = ARG_BARE, .def = "yes"},
    [RATE] = {.name = "rate", .type = ARG_REAL, .def = "1/4", .min = 0, .max = 1, .open = true},
    [PENALTY] = {.name = "penalty", .type = ARG_RECORD, .def = "l2(0.5)", .family = penalties},
    [FILE_] = {.name = "file", .type = ARG_STRING},
    [FROM] = {.name = "from", .type = ARG_LABELS},
    {0}};
static const struct record layer = {.name = "Layer", .args = layer_args};

static const struct arg_def many_args[] = {
    {.name = "each", .type = ARG_RECORDS, .flags = ARG_POSITIONAL | ARG_REQUIRED, .family = penalties},
    {.name = "quick", .type = ARG_BOOL, .flags = ARG_BARE, .def = "no"},
    {0}};
static const struct record many = {.name = "Many", .args = many_args};

static struct ctx *compilation;

/* Binds the text's first statement to the record; returns NULL after an error, whose message is in `said`. */
static struct bound *bind(const struct record *record, const char *text, struct capture *said)
{
    FILE *f = fopen("test_bind.net", "wb");
    assert_true(f && fputs(text, f) >= 0 && fclose(f) == 0);
    compilation = ctx_new(NULL);
    capture_begin(said);
    const struct spec *s = net_parse(compilation, "test_bind.net", NULL, 0);
    struct bound *b = s ? bind_args(compilation, record, s->stmts[0], 0) : NULL;
    capture_end(said);
    unlink("test_bind.net");
    assert_non_null(s);
    return b;
}

static struct bound *good(const struct record *record, const char *text)
{
    struct capture said;
    struct bound *b = bind(record, text, &said);
    assert_string_equal(said.text, "");
    assert_non_null(b);
    return b;
}

static void defaults(void **state)
{
    (void)state;
    struct bound *b = good(&layer, "Layer 8");
    assert_true(b[UNITS].set && b[UNITS].number == 8);
    assert_true(!b[KERNEL].set && b[KERNEL].n_dims == 2 && b[KERNEL].dim[0] == 3);
    assert_null(b[ACTIVATION].record);
    assert_string_equal(b[PADDING].text, "valid");
    assert_true(b[BIAS].number == 1 && b[RATE].number == 0.25);
    assert_ptr_equal(b[PENALTY].record, &l2);
    assert_true(b[PENALTY].sub[0].number == 0.5);
    assert_null(b[FILE_].text);
    assert_int_equal(b[FROM].n_items, 0);
    ctx_free(compilation);
}

static void everything_given(void **state)
{
    (void)state;
    struct bound *b = good(&layer, "Layer 8 5x7 same tanh bias=no rate=1 penalty=l2 file=\"f\" from=[a, b]");
    assert_true(b[KERNEL].dim[0] == 5 && b[KERNEL].dim[1] == 7);
    assert_ptr_equal(b[ACTIVATION].record, &tanh_);
    assert_true(b[PADDING].number == 1 && b[BIAS].number == 0 && b[RATE].number == 1);
    assert_true(b[PENALTY].sub[0].number == 0.01 && !b[PENALTY].sub[0].set);
    assert_string_equal(b[FILE_].text, "f");
    assert_int_equal(b[FROM].n_items, 2);
    assert_string_equal(b[FROM].items[1].text, "b");
    ctx_free(compilation);
}

static void other_ways(void **state)
{
    (void)state;
    struct bound *b = good(&layer, "Layer relu kernel_size=[2, 4] 9 penalty=0.5 from=a bias");
    assert_true(b[UNITS].number == 9 && b[KERNEL].dim[1] == 4 && b[BIAS].set);
    assert_ptr_equal(b[PENALTY].record, &constant);
    assert_true(b[PENALTY].sub[0].number == 0.5);
    assert_int_equal(b[FROM].n_items, 1);
    ctx_free(compilation);
    b = good(&layer, "Layer 1 5 penalty=fixed(2)");
    assert_true(b[KERNEL].dim[0] == 5 && b[KERNEL].dim[1] == 5);
    assert_ptr_equal(b[PENALTY].record, &constant);
    ctx_free(compilation);
    b = good(&many, "Many l2 l2(2) quick=yes");
    assert_true(b[0].n_items == 2 && b[0].items[1].sub[0].number == 2 && b[1].number == 1);
    ctx_free(compilation);
    b = good(&layer, "Layer units=3 5x7 same");
    assert_true(b[UNITS].number == 3 && b[KERNEL].dim[1] == 7);
    ctx_free(compilation);
    b = good(&many, "Many l2 quick l2(2)");
    assert_true(b[0].n_items == 2 && b[0].items[1].sub[0].number == 2 && b[1].number == 1);
    ctx_free(compilation);
    b = good(&many, "Many each=[l2, l2(3)]");
    assert_int_equal(b[0].n_items, 2);
    ctx_free(compilation);
}

static void mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } pairs[] = {
        {"Layer", ":1:1: error: 'Layer' needs 'units': outputs"},
        {"Layer 0", ":1:7: error: 'units' must be at least 1 and at most 100, not 0"},
        {"Layer 101", "'units' must be at least 1 and at most 100, not 101"},
        {"Layer 2.5", "'units' must be a whole number"},
        {"Layer 3x3", "'units' takes a whole number, but this is dimensions"},
        {"Layer 1 0x3", "'kernel' must be at least 1, not 0"},
        {"Layer 1 3x3x3", "'kernel' takes 2 numbers, but this has 3"},
        {"Layer 1 [a]", "'kernel' takes whole numbers, but this is a word"},
        {"Layer 1 \"a\"", "'kernel' takes dimensions such as 3x3, but this is a string"},
        {"Layer 1 2x2 3", ":1:13: error: too many arguments for 'Layer'; it takes units, kernel, activation"},
        {"Layer 1 2 3", ":1:9: error: dimensions are one value, written 2x3"},
        {"Layer 1 file=7", "'file' takes a string, but this is a number; a name of digits is put in quotes"},
        {"Layer 1 tanh-2", "'Layer' does not know the word 'tanh-2'"},
        {"Layer 1 rleu", "'Layer' does not know the word 'rleu'; did you mean 'relu'?"},
        {"Layer 1 zzz", "'Layer' does not know the word 'zzz'; it takes units"},
        {"Layer 1 activation=rleu", "no activation named 'rleu'; did you mean 'relu'?"},
        {"Layer 1 activation=zzz", "no activation named 'zzz'; there are relu, tanh"},
        {"Layer 1 activation=3",
         "'activation' takes a name, or a name with arguments in parentheses, but this is a number"},
        {"Layer 1 activation=relu(2)", "too many arguments for 'relu'; it takes no arguments"},
        {"Layer 1 relu tanh", "'activation' of 'Layer' is given twice"},
        {"Layer 1 units=2", ":1:9: error: 'units' of 'Layer' is given twice"},
        {"Layer 1 padding=sme", "'padding' takes valid, same, not 'sme'"},
        {"Layer 1 bias=maybe", "'bias' is yes or no"},
        {"Layer 1 rate=0", "'rate' must be above 0 and at most 1, not 0"},
        {"Layer 1 strid=2",
         "'Layer' has no option 'strid'; it takes units, kernel, activation, padding, bias, rate, ..."},
        {"Layer 1 kernal=2", "'Layer' has no option 'kernal'; did you mean 'kernel'?"},
        {"Layer 1 penalty=l2(lambda=2)", "'l2' has no option 'lambda'; it takes l"},
        {"Layer 1 from=3", "'from' takes labels, but this is a number"},
        {"Layer 1 file=3", "'file' takes a string, but this is a number"},
        {"Layer 1e300", "'units' is too large"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct capture said;
        assert_null(bind(&layer, pairs[i].text, &said));
        if (!strstr(said.text, pairs[i].said))
            fail_msg("%s: said %s not %s", pairs[i].text, said.text, pairs[i].said);
        assert_int_equal(ctx_errors(compilation), 1);
        ctx_free(compilation);
    }
}

static void records(void **state)
{
    (void)state;
    assert_ptr_equal(record_find(penalties, "fixed"), &constant);
    assert_null(record_find(penalties, "l3"));
    assert_null(record_find(NULL, "l3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults), cmocka_unit_test(everything_given), cmocka_unit_test(other_ways),
        cmocka_unit_test(mistakes), cmocka_unit_test(records),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
