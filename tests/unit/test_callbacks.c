/* test_callbacks.c -- the callbacks that run when an epoch ends, on series of numbers. The expected outcomes were
 * worked out by hand from Keras' EarlyStopping, ReduceLROnPlateau and ModelCheckpoint. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "engine/engine.h"
#include "train/checkpoint.h"

static const struct cnn_monitor falls = {"val_loss", 0}, rises = {"val_accuracy", 1};

static int epoch(const struct cnn_train *t, struct cnn_callbacks *c, int64_t i, double lr, const char *key,
                 double value)
{
    struct cnn_logs logs = {0};
    cnn_logs_add(&logs, "", "loss", 1);
    cnn_logs_add(&logs, "", key, value);
    return cnn_callbacks_epoch(t, c, i, lr, &logs);
}

/* One letter an epoch: '-' nothing, 'b' these weights are the best, 's' stop, which is the last letter. */
static void stops(const struct cnn_early_stopping *e, int n, const double *values, const char *expected)
{
    struct cnn_train t = {.early_stopping = *e};
    struct cnn_callbacks c;
    char got[32] = "";
    cnn_callbacks_begin(&t, &c);
    for (int i = 0; i < n && !c.early.stopped; i++) {
        int v = epoch(&t, &c, i, 1, e->monitor.key, values[i]);
        assert_true(v & CNN_KEEP); /* a checkpoint of every epoch */
        got[i] = v & CNN_STOP ? 's' : v & CNN_BEST_WEIGHTS ? 'b' : '-';
    }
    assert_string_equal(got, expected);
}

#define STOPS(expected, early, ...)                                                                                    \
    stops(&(struct cnn_early_stopping)early, (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)),                  \
          (double[]){__VA_ARGS__}, expected)
#define EARLY(...)                                                                                                     \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static void test_early_stopping(void **state)
{
    (void)state;
    STOPS("bbs", EARLY(.monitor = falls), 5, 4, 4, 3); /* patience 0; an equal value is no improvement */
    STOPS("bb-b--s", EARLY(.monitor = falls, .patience = 3), 5, 4, 6, 3, 3, 4, 5, 1);
    STOPS("b--s", EARLY(.monitor = falls, .patience = 3, .min_delta = 0.5), 5, 4.75, 4.625, 4.5, 1);
    STOPS("bb--s", EARLY(.monitor = rises, .patience = 3), 0.5, 0.75, 0.75, 0.25, 0.5, 0.875);
    STOPS("--bb-s", EARLY(.monitor = falls, .patience = 2, .start_from_epoch = 2), 1, 1, 4, 3, 3, 3, 2);
}

/* When the first epoch is no improvement, its weights are still the best so far. Epoch 0 never stops a run. */
static void test_nan(void **state)
{
    (void)state;
    STOPS("bs", EARLY(.monitor = falls), NAN, NAN, 1);
    STOPS("bbs", EARLY(.monitor = falls), NAN, 4, 4);
}

/* An improvement that does not beat the baseline becomes the best value, but the waiting goes on. */
static void test_baseline(void **state)
{
    (void)state;
    STOPS("bbs", EARLY(.monitor = falls, .patience = 3, .has_baseline = 1, .baseline = 2), 5, 4, 4.5, 3);
    STOPS("bbbb-", EARLY(.monitor = falls, .patience = 3, .has_baseline = 1, .baseline = 2), 5, 4, 3, 1, 3);
}

static void reduces(const struct cnn_reduce_lr *r, double lr, int n, const double *values, const char *expected,
                    double last)
{
    struct cnn_train t = {.reduce_lr = *r};
    struct cnn_callbacks c;
    char got[32] = "";
    cnn_callbacks_begin(&t, &c);
    for (int i = 0; i < n; i++) {
        double now = cnn_callbacks_lr(&t, &c, lr);
        got[i] = epoch(&t, &c, i, now, r->monitor.key, values[i]) & CNN_REDUCED ? 'r' : '-';
    }
    assert_string_equal(got, expected);
    assert_true(fabs(cnn_callbacks_lr(&t, &c, lr) - last) < 1e-12);
}

#define REDUCES(expected, last, plateau, ...)                                                                          \
    reduces(&(struct cnn_reduce_lr)plateau, 0.1, (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)),              \
            (double[]){__VA_ARGS__}, expected, last)

static void test_reduce_lr(void **state)
{
    (void)state;
    REDUCES("--r-r", 0.025, EARLY(.monitor = falls, .patience = 2, .factor = 0.5), 3, 3, 3, 3, 3);
    REDUCES("-r", 0.05, EARLY(.monitor = falls, .factor = 0.5, .min_delta = 0.1), 3, 2.95); /* patience 0 */
    REDUCES("--r--r-", 0.025, EARLY(.monitor = falls, .patience = 2, .factor = 0.5, .cooldown = 2), 3, 3, 3, 3, 3, 3,
            3);
    REDUCES("-r--", 0.04, EARLY(.monitor = falls, .patience = 1, .factor = 0.1, .min_lr = 0.04), 3, 3, 3, 3);
    REDUCES("-r-r", 0.025, EARLY(.monitor = rises, .patience = 1, .factor = 0.5), 0.5, 0.5, 0.75, 0.75);
}

/* reduce_lr does not take the rate below min_lr, but a schedule may. */
static void test_least_rate(void **state)
{
    struct cnn_train t = {.reduce_lr = {.monitor = falls, .factor = 0.1, .min_lr = 0.01}};
    struct cnn_callbacks c;
    (void)state;
    cnn_callbacks_begin(&t, &c);
    assert_true(cnn_callbacks_lr(&t, &c, 0.001) == 0.001);
    c.reduce.scale = 0.1;
    assert_true(cnn_callbacks_lr(&t, &c, 0.05) == 0.01);
    assert_true(cnn_callbacks_lr(&t, &c, 0.001) == 0.001);
    assert_true(cnn_callbacks_lr(&t, &c, 1) == 0.1);
    t.reduce_lr.monitor.key = NULL;
    assert_true(cnn_callbacks_lr(&t, &c, 1) == 1);
}

static void test_checkpoint(void **state)
{
    struct cnn_train t = {.checkpoint_best = rises};
    struct cnn_callbacks c;
    const double values[] = {0.5, 0.5, 0.25, NAN, 0.75, 1, 1};
    const int kept[] = {1, 0, 0, 0, 1, 1, 0}, kept_every_third[] = {0, 0, 1, 0, 0, 1, 0};
    (void)state;
    cnn_callbacks_begin(&t, &c);
    for (int i = 0; i < 7; i++)
        assert_int_equal(!!(epoch(&t, &c, i, 1, "val_accuracy", values[i]) & CNN_KEEP), kept[i]);
    t.checkpoint_every = 3;
    cnn_callbacks_begin(&t, &c);
    for (int i = 0; i < 7; i++)
        assert_int_equal(!!(epoch(&t, &c, i, 1, "val_accuracy", values[i]) & CNN_KEEP), kept_every_third[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_early_stopping), cmocka_unit_test(test_nan),        cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_reduce_lr),      cmocka_unit_test(test_least_rate), cmocka_unit_test(test_checkpoint),
    };
    return cmocka_run_group_tests_name("callbacks", tests, NULL, NULL);
}
