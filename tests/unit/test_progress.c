/* test_progress.c -- the texts of progress, the bar on a terminal, and the suggestions for mistyped words. */
#define _XOPEN_SOURCE 700 /* pseudo-terminals */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>

#include "closest.h"
#include "engine/engine.h"
#include "support/support.h"
#include "train/progress.h"
#include "train/train.h"

static struct cnn_logs example(void)
{
    struct cnn_logs l = {0};
    cnn_logs_add(&l, "", "loss", 0.14642);
    cnn_logs_add(&l, "", "accuracy", 0.95434);
    return l;
}

static void is(const char *expected, int64_t done, double elapsed, double per_step, int final, enum cnn_bar bar)
{
    char text[1024];
    struct cnn_logs l = example();
    int n = cnn_progress_text(text, sizeof text, done, 1875, elapsed, per_step, final, bar, &l);
    assert_int_equal(n, strlen(text));
    assert_string_equal(text, expected);
}

static void test_plain(void **state)
{
    (void)state;
    is("1875/1875 - 4s - 2ms/step - accuracy: 0.9543 - loss: 0.1464", 1875, 4.1, 0.0022, 1, CNN_NO_BAR);
    is(" 100/1875 - 2:58 - 100ms/step - accuracy: 0.9543 - loss: 0.1464", 100, 10, 0.1, 0, CNN_NO_BAR);
    is("   0/1875 - 0s - 0s/step - accuracy: 0.9543 - loss: 0.1464", 0, 0, 0, 0, CNN_NO_BAR);
    is(" 875/1875 - 0s - 14us/step - accuracy: 0.9543 - loss: 0.1464", 875, 1, 14e-6, 0, CNN_NO_BAR);
    is(" 875/1875 - 1:06:40 - 4s/step - accuracy: 0.9543 - loss: 0.1464", 875, 1, 4, 0, CNN_NO_BAR);
}

#define TEN "━━━━━━━━━━"
static void test_bar(void **state)
{
    (void)state;
    is("1875/1875 \033[32m" TEN TEN "\033[0m 4s 2ms/step - accuracy: 0.9543 - loss: 0.1464", 1875, 4.1, 0.0022, 1,
       CNN_COLOURED_BAR);
    is(" 938/1875 \033[32m" TEN "\033[37m" TEN "\033[0m 2s 2ms/step - accuracy: 0.9543 - loss: 0.1464", 938, 2, 0.0022,
       0, CNN_COLOURED_BAR);
    is(" 938/1875 " TEN "──────────"
       " 2s 2ms/step - accuracy: 0.9543 - loss: 0.1464",
       938, 2, 0.0022, 0, CNN_PLAIN_BAR);
}

static void test_values(void **state)
{
    char text[32];
    (void)state;
    assert_string_equal(cnn_value_text(0.98765, text, sizeof text), "0.9877");
    assert_string_equal(cnn_value_text(0, text, sizeof text), "0.0000");
    assert_string_equal(cnn_value_text(0.00012345, text, sizeof text), "1.2345e-04");
    assert_string_equal(cnn_value_text(-2, text, sizeof text), "-2.0000");
}

static void test_small_buffer(void **state)
{
    char text[8];
    struct cnn_logs l = example();
    (void)state;
    assert_true(cnn_progress_text(text, sizeof text, 1, 2, 0, 1, 1, CNN_NO_BAR, &l) > 8);
    assert_int_equal(strlen(text), 7);
    assert_int_equal(cnn_logs_text(text, sizeof text, &l), strlen(" - accuracy: 0.9543 - loss: 0.1464"));
}

/* Checks what is drawn on a terminal that is 80 columns wide. */
static void test_terminal(void **state)
{
    struct cnn_progress p;
    struct cnn_logs l = example();
    char seen[4096];
    int master = posix_openpt(O_RDWR | O_NOCTTY), out = dup(STDOUT_FILENO);
    (void)state;
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        skip();
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    fflush(stdout);
    dup2(slave, STDOUT_FILENO);
    for (int i = 0; i < 20; i++)
        cnn_logs_add(&l, "", "another_metric", 1);
    cnn_progress_begin(&p, 0, 10, 0);
    p.start -= 1;
    int due_at_once = cnn_progress_due(&p);
    p.drawn -= 1;
    int due_later = cnn_progress_due(&p);
    cnn_progress_draw(&p, 5, &l);
    l.n = 2;
    cnn_progress_end(&p, 10, &l);
    enum cnn_bar bar = p.bar;
    setenv("NO_COLOR", "1", 1);
    cnn_progress_begin(&p, 0, 10, 0);
    unsetenv("NO_COLOR");
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    close(slave);
    size_t n = 0;
    for (ssize_t k; n < sizeof seen - 1 && (k = read(master, seen + n, sizeof seen - 1 - n)) > 0;)
        n += (size_t)k; /* the other side is closed, so this ends when all is read */
    close(master);
    close(out);
    assert_true(n > 0);
    seen[n] = '\0';
    assert_int_equal(bar, CNN_COLOURED_BAR);
    assert_int_equal(p.bar, CNN_PLAIN_BAR);
    assert_false(due_at_once);
    assert_true(due_later);
    char *first = strstr(seen, "\r 5/10 \033[32m"), *cut = strstr(seen, "\033[K\r10/10 ");
    assert_non_null(first);
    assert_non_null(cut);
    assert_non_null(strstr(first, " 1s 200ms/step - accuracy: 0.9543"));
    assert_true(cut - first < 79 + 2 * 20 + 20); /* 79 columns, the bar's bytes, escapes */
}

static void test_quiet(void **state)
{
    struct cnn_progress p;
    struct cnn_logs l = example();
    (void)state;
    cnn_progress_begin(&p, 0, 10, 1);
    assert_false(cnn_progress_due(&p));
    p.out = NULL; /* nothing is written */
    cnn_progress_draw(&p, 5, &l);
    cnn_progress_end(&p, 10, &l);
}

static void test_nearest(void **state)
{
    const char *const names[] = {"train", "evaluate", "--epochs"};
    (void)state;
    assert_string_equal(cnn_closest("trian", names, 3), "train");
    assert_string_equal(cnn_closest("evaluat", names, 3), "evaluate");
    assert_string_equal(cnn_closest("--epoch", names, 3), "--epochs");
    assert_null(cnn_closest("banana", names, 3));
    assert_null(cnn_closest("x", names, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),        cmocka_unit_test(test_bar),      cmocka_unit_test(test_values),
        cmocka_unit_test(test_small_buffer), cmocka_unit_test(test_terminal), cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
