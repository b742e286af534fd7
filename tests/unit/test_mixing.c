/* test_mixing.c -- rows of a batch that are mixed: who meets whom, the distribution of the shares, and what becomes of
 * images and targets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "images/images.h"

enum { HEIGHT = 6, WIDTH = 10, CHANNELS = 2, SIZE = HEIGHT * WIDTH * CHANNELS, ROWS = 4000 };

static const struct cnn_port input = {"input", CNN_PORT_REAL, 3, {HEIGHT, WIDTH, CHANNELS}, SIZE};
static const struct cnn_port classes = {"classes", CNN_PORT_REAL, 1, {3}, 3};
static const struct cnn_port mask = {"mask", CNN_PORT_REAL, 3, {HEIGHT, WIDTH, 1}, HEIGHT *WIDTH};
static const struct cnn_places whole = {.seed = 7, .epoch = 2, .first = 100, .n = ROWS};

/* A model whose rows are mixed so. */
struct mixer {
    struct cnn_train train;
    struct cnn_model m;
};

static const struct cnn_model *mixer(struct mixer *x, enum cnn_mix how, double low, double high)
{
    x->train = (struct cnn_train){.mixing = {how, low, high}};
    x->m = (struct cnn_model){.inputs = &input, .n_inputs = 1, .train = &x->train};
    return &x->m;
}

static struct cnn_mixed mixed_at(const struct cnn_model *m, const struct cnn_places *p, int64_t i)
{
    struct cnn_mixed how;
    assert_int_equal(cnn_mix_draw(m, p, p->first + i, &how), 1);
    return how;
}

static void every_row_meets_another_one(void **state)
{
    struct mixer x;
    const struct cnn_model *m = mixer(&x, CNN_MIX_UP, 0.2, 0.2);
    uint64_t turns[2] = {0};
    (void)state;
    for (int n = 2; n < 40; n++) {
        int met[40] = {0};
        for (int k = 0; k < 2; k++) {
            const struct cnn_places p = {.seed = 3, .epoch = (uint64_t)k, .first = 50, .n = n};
            for (int i = 0; i < n; i++) {
                const int64_t partner = mixed_at(m, &p, i).partner - p.first;
                assert_in_range(partner, 0, n - 1);
                assert_true(partner != i);
                met[partner]++;
                turns[k] = i ? turns[k] : turns[k] * 40 + (uint64_t)partner;
            }
        }
        for (int i = 0; i < n; i++)
            assert_int_equal(met[i], 2);
    }
    assert_true(turns[0] != turns[1]);
}

static void a_row_alone_stays(void **state)
{
    struct mixer x;
    struct cnn_mixed how;
    const struct cnn_places p = {.n = 1};
    (void)state;
    assert_int_equal(cnn_mix_draw(mixer(&x, CNN_MIX_UP, 0.2, 0.2), &p, 0, &how), 0);
}

/* beta(a, a) has the mean 1/2 and the variance 1 / (4 (2 a + 1)). */
static void shares_are_of_a_beta_distribution(void **state)
{
    static const double alphas[] = {0.001, 0.2, 1, 3, 500};
    (void)state;
    for (size_t k = 0; k < sizeof alphas / sizeof *alphas; k++) {
        struct mixer x;
        const struct cnn_model *m = mixer(&x, CNN_MIX_UP, alphas[k], alphas[k]);
        const double variance = 1 / (4 * (2 * alphas[k] + 1));
        double sum = 0, square = 0;
        for (int i = 0; i < ROWS; i++) {
            const double share = mixed_at(m, &whole, i).share;
            assert_true(share >= 0 && share <= 1);
            sum += share;
            square += (share - 0.5) * (share - 0.5);
        }
        assert_true(fabs(sum / ROWS - 0.5) < 4 * sqrt(variance / ROWS));
        assert_true(fabs(square / ROWS / variance - 1) < 0.1);
    }
}

static void blended(const struct cnn_model *m, const struct cnn_port *port, const struct cnn_mixed *how, float *x)
{
    float other[SIZE];
    for (int64_t i = 0; i < port->size; i++) {
        x[i] = (float)i;
        other[i] = (float)(1000 + i);
    }
    cnn_mix(m, port, how, x, other);
}

static void rows_and_targets_get_the_same_shares(void **state)
{
    struct mixer m;
    const struct cnn_model *up = mixer(&m, CNN_MIX_UP, 0.2, 0.2);
    const struct cnn_port *const ports[] = {&input, &classes, &mask};
    (void)state;
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 50; i++) {
            const struct cnn_mixed how = mixed_at(up, &whole, i);
            float x[SIZE];
            blended(up, ports[k], &how, x);
            for (int64_t j = 0; j < ports[k]->size; j++)
                assert_true(fabs((double)x[j] - ((double)j + 1000 * (1 - how.share))) < 1e-3);
        }
}

/* What is pasted is a rectangle, about as large as targets are told. */
static void a_rectangle_is_pasted(void **state)
{
    struct mixer m;
    const struct cnn_model *cut = mixer(&m, CNN_MIX_CUT, 0, 1);
    double drawn = 0, pasted = 0;
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        const struct cnn_mixed how = mixed_at(cut, &whole, i);
        float x[SIZE], t[HEIGHT * WIDTH], c[3];
        blended(cut, &input, &how, x);
        blended(cut, &mask, &how, t);
        blended(cut, &classes, &how, c);
        assert_true(how.left >= 0 && how.right <= WIDTH && how.top >= 0 && how.bottom <= HEIGHT);
        for (int p = 0; p < HEIGHT * WIDTH; p++) {
            const double row = p / WIDTH, column = p % WIDTH;
            const int in = row >= how.top && row < how.bottom && column >= how.left && column < how.right;
            assert_true((t[p] >= 1000) == in);
            assert_true((x[p * CHANNELS] >= 1000) == in && (x[p * CHANNELS + 1] >= 1000) == in);
            pasted += in;
        }
        assert_true(fabs((double)c[0] - 1000 * (1 - how.share)) < 1e-3);
        drawn += (1 - how.share) * HEIGHT * WIDTH;
    }
    assert_true(fabs(pasted / drawn - 1) < 0.15);
    assert_true(fabs(drawn / ROWS / (HEIGHT * WIDTH) - 0.5) < 0.05);
}

/* With alpha near 0, all of an image or nothing of it is pasted, and no number is lost. */
static void a_factor_of_nothing(void **state)
{
    struct mixer m;
    const struct cnn_model *cut = mixer(&m, CNN_MIX_CUT, 0, 0);
    int all = 0;
    (void)state;
    for (int i = 0; i < 200; i++) {
        const struct cnn_mixed how = mixed_at(cut, &whole, i);
        float x[SIZE];
        blended(cut, &input, &how, x);
        assert_true(how.share < 1e-9 || how.share > 1 - 1e-9);
        assert_true((x[0] >= 1000) == (how.share < 0.5) && (x[SIZE - 1] >= 1000) == (how.share < 0.5));
        all += how.share < 0.5;
    }
    assert_in_range(all, 60, 140);
}

static void seed_epoch_and_place_count(void **state)
{
    struct mixer x;
    const struct cnn_model *m = mixer(&x, CNN_MIX_UP, 1, 1);
    struct cnn_places seed = whole, epoch = whole;
    (void)state;
    seed.seed++;
    epoch.epoch++;
    const double share = mixed_at(m, &whole, 5).share;
    assert_true(mixed_at(m, &whole, 5).share == share);
    assert_true(mixed_at(m, &whole, 6).share != share);
    assert_true(mixed_at(m, &seed, 5).share != share);
    assert_true(mixed_at(m, &epoch, 5).share != share);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_meets_another_one),
        cmocka_unit_test(a_row_alone_stays),
        cmocka_unit_test(shares_are_of_a_beta_distribution),
        cmocka_unit_test(rows_and_targets_get_the_same_shares),
        cmocka_unit_test(a_rectangle_is_pasted),
        cmocka_unit_test(a_factor_of_nothing),
        cmocka_unit_test(seed_epoch_and_place_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
