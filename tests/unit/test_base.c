/* test_base.c -- memory, places in source text, messages */
#include "closest.h"
#include "front_test.h"

static void arena_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (size_t n = 1; n < 200000; n = n * 3 + 1) {
        unsigned char *p = arena_alloc(a, n);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, n);
    }
    assert_string_equal(arena_printf(a, "%d %s", 3, "x"), "3 x");
    assert_string_equal(arena_strndup(a, "hello", 2), "he");
    arena_free(a);
}

static void vectors_grow(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    VEC(int) v = {0};
    for (int i = 0; i < 1000; i++)
        vec_push(a, &v, i);
    assert_int_equal(v.n, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(v.at[i], i);
    arena_free(a);
}

static void places(void **state)
{
    (void)state;
    struct ctx *c = ctx_new(NULL);
    uint32_t first, second, empty;
    source_add(c, "a", "one\ntwo\r\n\nfour", 14, &first);
    source_add(c, "nothing", "", 0, &empty);
    source_add(c, "b", "x\n", 2, &second);
    const struct {
        uint32_t offset;
        const char *file;
        int line, column;
        size_t length;
    } expected[] = {{first, "a", 1, 1, 3},       {first + 3, "a", 1, 4, 3},  {first + 4, "a", 2, 1, 3},
                    {first + 7, "a", 2, 4, 3},   {first + 9, "a", 3, 1, 0},  {first + 14, "a", 4, 5, 4},
                    {empty, "nothing", 1, 1, 0}, {second + 1, "b", 1, 2, 1}, {second + 2, "b", 2, 1, 0}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct place p = source_place(c, expected[i].offset);
        assert_string_equal(p.file, expected[i].file);
        assert_int_equal(p.line, expected[i].line);
        assert_int_equal(p.column, expected[i].column);
        assert_int_equal(p.length, expected[i].length);
    }
    ctx_free(c);
}

static void nearest_words(void **state)
{
    (void)state;
    static const char *const words[] = {"Conv2D", "Dense", "adam", "MaxPool", "same"};
    const struct {
        const char *word, *near;
    } expected[] = {{"Cnov2D", "Conv2D"},  {"conv2d", "Conv2D"}, {"Dens", "Dense"}, {"DENSE", "Dense"}, {"adm", "adam"},
                    {"MaxPol", "MaxPool"}, {"smae", "same"},     {"xyz", NULL},     {"", NULL},         {"a", NULL}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *near = cnn_closest(expected[i].word, words, 5);
        if (expected[i].near)
            assert_string_equal(near, expected[i].near);
        else
            assert_null(near);
    }
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    assert_null(cnn_closest(longer, words, 5));
}

/* ---- messages */

static const char *message_about(struct capture *k, const struct diag_options *options, const char *text,
                                 uint32_t begin, uint32_t end, const char *fix)
{
    capture_begin(k);
    struct ctx *c = ctx_new(options);
    uint32_t base;
    source_add(c, "f.net", text, strlen(text), &base);
    diag_error_fix(c, (struct span){base + begin, base + end}, fix, "wrong");
    if (options && options->format == DIAG_JSON)
        diag_finish(c, "f.net");
    ctx_free(c);
    return capture_end(k);
}

static void carets(void **state)
{
    (void)state;
    struct capture k;
    assert_string_equal(message_about(&k, NULL, "Cnov2D 3\n", 0, 6, "Conv2D"),
                        "f.net:1:1: error: wrong\n    1 | Cnov2D 3\n      | ^~~~~~\n      | Conv2D\n");
    assert_string_equal(message_about(&k, NULL, "\tab\tc", 4, 5, NULL),
                        "f.net:1:5: error: wrong\n    1 |         ab      c\n      |                 ^\n");
    assert_string_equal(message_about(&k, NULL, "\xc3\xa9\xe6\x97\xa5 x", 6, 7, NULL),
                        "f.net:1:7: error: wrong\n    1 | \xc3\xa9\xe6\x97\xa5 x\n      |     ^\n");
    assert_string_equal(message_about(&k, NULL, "a\x01\xff\x1b[31m", 2, 3, NULL),
                        "f.net:1:3: error: wrong\n    1 | a\\x01\\xff\\x1b[31m\n      |      ^~~~\n");
    assert_string_equal(message_about(&k, NULL, "ab\ncd", 1, 5, NULL),
                        "f.net:1:2: error: wrong\n    1 | ab\n      |  ^\n");
    assert_string_equal(message_about(&k, NULL, "ab", 2, 2, NULL),
                        "f.net:1:3: error: wrong\n    1 | ab\n      |   ^\n");
    /* an override of the direction of writing does not reach the terminal */
    assert_non_null(strstr(message_about(&k, NULL, "x \xe2\x80\xae y", 0, 1, NULL), "x \\u{202e} y"));
}

static void long_lines_are_cut(void **state)
{
    (void)state;
    struct capture k;
    char text[5001];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    const char *line = strchr(message_about(&k, NULL, text, 3000, 3003, NULL), '|');
    assert_non_null(line);
    assert_true(strcspn(line, "\n") < 140);
    const char *caret = strchr(strchr(line, '\n'), '^');
    assert_memory_equal(caret, "^~~\n", 4);
    assert_non_null(strstr(line, "..."));
    message_about(&k, NULL, text, 10, 4000, NULL);
    assert_true(strlen(k.text) < 400);
}

static void colors(void **state)
{
    (void)state;
    struct capture k;
    const struct diag_options options = {.color = true};
    assert_non_null(strstr(message_about(&k, &options, "ab", 0, 1, NULL), "\033[1;31merror\033[0m: wrong"));
}

static void json(void **state)
{
    (void)state;
    struct capture k;
    const struct diag_options options = {.format = DIAG_JSON};
    assert_string_equal(message_about(&k, &options, "\n a\"b", 2, 5, "\"\\\x01\xff\xc3\xa9"),
                        "[{\"kind\":\"error\",\"file\":\"f.net\",\"line\":2,\"column\":2,\"end_column\":5,"
                        "\"message\":\"wrong\",\"fix\":\"\\\"\\\\\\u0001\\ufffd\xc3\xa9\",\"notes\":[]}]\n");
    capture_begin(&k);
    struct ctx *c = ctx_new(&options);
    diag_warning(c, (struct span){0}, "some", "w");
    diag_note(c, (struct span){0}, "n");
    diag_finish(c, "f.net");
    ctx_free(c);
    assert_string_equal(capture_end(&k), "[{\"kind\":\"warning\",\"message\":\"w\",\"category\":\"some\","
                                         "\"notes\":[{\"kind\":\"note\",\"message\":\"n\",\"notes\":[]}]}]\n");
}

static void twenty_errors_are_shown(void **state)
{
    (void)state;
    struct capture k;
    capture_begin(&k);
    struct ctx *c = ctx_new(NULL);
    for (int i = 0; i < 30; i++) {
        diag_error(c, (struct span){0}, "error %d", i);
        diag_note(c, (struct span){0}, "note %d", i);
    }
    diag_error(c, (struct span){0}, "error 3"); /* was reported before */
    diag_finish(c, "f.net");
    assert_int_equal(ctx_errors(c), 30);
    ctx_free(c);
    capture_end(&k);
    assert_non_null(strstr(k.text, "error 19\ncnnc: note: note 19\n"));
    assert_null(strstr(k.text, "error 20\n"));
    assert_null(strstr(k.text, "note 20\n"));
    assert_non_null(strstr(k.text, "cnnc: f.net: 30 errors, the first 20 shown; nothing written\n"));
}

static void warning_switches(void **state)
{
    (void)state;
    struct capture k;
    const struct diag_options strict = {.werror = true}, off = {.disabled = {"shape"}, .n_disabled = 1},
                              none = {.no_warnings = true};
    const struct {
        const struct diag_options *options;
        int errors;
        const char *said;
    } expected[] = {{NULL, 0, "cnnc: warning: w [-Wshape]\ncnnc: note: n\n"},
                    {&strict, 1, "cnnc: error: w [-Werror=shape]\ncnnc: note: n\n"},
                    {&off, 0, ""},
                    {&none, 0, ""}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        capture_begin(&k);
        struct ctx *c = ctx_new(expected[i].options);
        diag_warning(c, (struct span){0}, "shape", "w");
        diag_note(c, (struct span){0}, "n");
        const int errors = ctx_errors(c);
        ctx_free(c);
        assert_string_equal(capture_end(&k), expected[i].said);
        assert_int_equal(errors, expected[i].errors);
    }
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    struct capture k;
    uint32_t base;
    size_t size;
    char *big = calloc(1, 1024 * 1024 + 2);
    assert_non_null(big);
    memset(big, '\n', 1024 * 1024 + 1);
    FILE *f = fopen("big.net", "wb");
    assert_true(f && fwrite(big, 1, 1024 * 1024 + 1, f) > 0 && fclose(f) == 0);
    f = fopen("nul.net", "wb");
    assert_true(f && fwrite("ab\n\0c", 1, 5, f) == 5 && fclose(f) == 0);
    capture_begin(&k);
    struct ctx *c = ctx_new(NULL);
    assert_null(source_load(c, "nowhere.net", (struct span){0}, &base, &size));
    assert_null(source_load(c, ".", (struct span){0}, &base, &size));
    assert_null(source_load(c, "big.net", (struct span){0}, &base, &size));
    assert_null(source_load(c, "nul.net", (struct span){0}, &base, &size));
    assert_null(source_load(c, "/dev/zero", (struct span){0}, &base, &size));
    ctx_free(c);
    capture_end(&k);
    unlink("big.net");
    unlink("nul.net");
    free(big);
    assert_non_null(strstr(k.text, "cannot read 'nowhere.net': no such file"));
    assert_non_null(strstr(k.text, "cannot read '.': it is a directory"));
    assert_non_null(strstr(k.text, "cannot read 'big.net': it is larger than 1 MiB"));
    assert_non_null(strstr(k.text, "nul.net:2:1: error: a NUL byte"));
    assert_non_null(strstr(k.text, "cannot read '/dev/zero': it is larger"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_is_zeroed_and_aligned),
        cmocka_unit_test(vectors_grow),
        cmocka_unit_test(places),
        cmocka_unit_test(nearest_words),
        cmocka_unit_test(carets),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(colors),
        cmocka_unit_test(json),
        cmocka_unit_test(twenty_errors_are_shown),
        cmocka_unit_test(warning_switches),
        cmocka_unit_test(files_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
