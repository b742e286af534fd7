/* test_augment.c -- augmented training images: known transformations, limits, and that they depend on seed, epoch and
 * row alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "images/images.h"

enum { HEIGHT = 7, WIDTH = 9, CHANNELS = 2, SIZE = HEIGHT * WIDTH * CHANNELS, ROWS = 200 };

static struct cnn_data spec;
static const struct cnn_port input = {"input", CNN_PORT_REAL, 3, {HEIGHT, WIDTH, CHANNELS}, SIZE};
static struct cnn_model model = {.inputs = &input, .n_inputs = 1, .data = &spec};
static const float minus_one = -1, zero = 0;
static const struct cnn_variation first_epoch = {.seed = 3, .epoch = 0, .outside = &minus_one};

static float original(int64_t i)
{
    return (float)(i % 23) / 23 + (float)(i % 2);
}

static void vary(struct cnn_augment how, const struct cnn_variation *v, int64_t row, float x[SIZE])
{
    float work[SIZE];
    spec.augment = how;
    for (int64_t i = 0; i < SIZE; i++)
        x[i] = original(i);
    cnn_augment(&model, v, row, x, work);
    cnn_augment_noise(&model, v, row, x);
}

static void mirrored(const float *x, int flip_x, int flip_y, float *out)
{
    for (int i = 0; i < HEIGHT; i++)
        for (int j = 0; j < WIDTH; j++)
            for (int c = 0; c < CHANNELS; c++)
                out[(i * WIDTH + j) * CHANNELS + c] =
                    x[((flip_y ? HEIGHT - 1 - i : i) * WIDTH + (flip_x ? WIDTH - 1 - j : j)) * CHANNELS + c];
}

static void half_of_the_images_are_mirrored(void **state)
{
    float x[SIZE], plain[SIZE], wanted[4][SIZE];
    int seen[4] = {0};
    (void)state;
    for (int64_t i = 0; i < SIZE; i++)
        plain[i] = original(i);
    for (int k = 0; k < 4; k++)
        mirrored(plain, k & 1, k >> 1, wanted[k]);
    for (int row = 0; row < ROWS; row++) {
        vary((struct cnn_augment){.flip_x = 1, .flip_y = 1}, &first_epoch, row, x);
        int k = 0;
        while (k < 4 && memcmp(x, wanted[k], sizeof x) != 0)
            k++;
        assert_in_range(k, 0, 3);
        seen[k]++;
    }
    for (int k = 0; k < 4; k++)
        assert_in_range(seen[k], ROWS / 8, ROWS / 2);
}

/* Finds where the one bright pixel of an image lies afterwards: the centre of its light. */
static void centre(struct cnn_augment how, int64_t row, int px, int py, double *x, double *y)
{
    float image[SIZE] = {0}, work[SIZE];
    const struct cnn_variation v = {.seed = 3, .outside = &zero};
    double sum = 0;
    spec.augment = how;
    image[(py * WIDTH + px) * CHANNELS] = 1;
    cnn_augment(&model, &v, row, image, work);
    *x = *y = 0;
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
        double light = (double)image[i * CHANNELS];
        assert_true(image[i * CHANNELS + 1] == 0);
        sum += light;
        *x += light * (i % WIDTH);
        *y += light * (double)(i / WIDTH);
    }
    assert_true(sum > 0.5);
    *x /= sum;
    *y /= sum;
}

static void shifts_are_bounded_and_uniform(void **state)
{
    double mean = 0, square = 0;
    (void)state;
    for (int row = 0; row < ROWS; row++) {
        double x, y;
        centre((struct cnn_augment){.shift = 2}, row, 4, 3, &x, &y);
        assert_true(fabs(x - 4) <= 2 + 1e-5 && fabs(y - 3) <= 2 + 1e-5);
        mean += (x - 4) / ROWS;
        square += (x - 4) * (x - 4) / ROWS;
    }
    assert_true(fabs(mean) < 0.3 && square > 0.9 && square < 1.8); /* a uniform one has 4/3 */
}

static void turns_keep_the_middle(void **state)
{
    double x, y, widest = 0;
    (void)state;
    for (int row = 0; row < ROWS; row++) {
        centre((struct cnn_augment){.rotate = 90}, row, 4, 3, &x, &y);
        assert_true(fabs(x - 4) < 1e-4 && fabs(y - 3) < 1e-4);
        centre((struct cnn_augment){.rotate = 90}, row, 6, 3, &x, &y); /* two to the right of it */
        assert_true(fabs(hypot(x - 4, y - 3) - 2) < 0.35);
        assert_true(x > 4 - 0.35);
        widest = fmax(widest, fabs(y - 3));
    }
    assert_true(widest > 1.8);
}

static void zoom_moves_along_rays(void **state)
{
    double x, y, least = 9, most = 0;
    (void)state;
    for (int row = 0; row < ROWS; row++) {
        centre((struct cnn_augment){.zoom = 0.25}, row, 6, 3, &x, &y);
        assert_true(fabs(y - 3) < 1e-4);
        least = fmin(least, x - 4);
        most = fmax(most, x - 4);
    }
    assert_true(least > 1.2 && least < 1.75 && most > 2.25 && most < 2.8);
}

static void around_an_image_is_zero_normalised(void **state)
{
    float x[SIZE];
    int outside = 0;
    (void)state;
    for (int row = 0; row < ROWS; row++) {
        vary((struct cnn_augment){.shift = 5}, &first_epoch, row, x);
        for (int i = 0; i < SIZE; i++) {
            assert_true(x[i] >= -1 && x[i] < 2);
            outside += x[i] == -1;
        }
    }
    assert_true(outside > ROWS);
}

static void noise_is_normal(void **state)
{
    float x[SIZE];
    double sum = 0, square = 0, fourth = 0, n = (double)SIZE * ROWS;
    (void)state;
    for (int row = 0; row < ROWS; row++) {
        vary((struct cnn_augment){.noise = 0.5}, &first_epoch, row, x);
        for (int i = 0; i < SIZE; i++) {
            double d = (double)(x[i] - original(i)) / 0.5;
            sum += d;
            square += d * d;
            fourth += d * d * d * d;
        }
    }
    assert_true(fabs(sum / n) < 0.03 && fabs(square / n - 1) < 0.04 && fabs(fourth / n - 3) < 0.3);
}

static void seed_epoch_and_row_count(void **state)
{
    const struct cnn_augment all = {.shift = 1, .rotate = 20, .zoom = 0.2, .noise = 0.1, .flip_x = 1};
    const struct cnn_variation others[] = {{4, 0, &minus_one, 0}, {3, 1, &minus_one, 0}};
    float a[SIZE], b[SIZE];
    (void)state;
    vary(all, &first_epoch, 5, a);
    vary(all, &first_epoch, 5, b);
    assert_memory_equal(a, b, sizeof a);
    vary(all, &first_epoch, 6, b);
    assert_memory_not_equal(a, b, sizeof a);
    for (int i = 0; i < 2; i++) {
        vary(all, &others[i], 5, b);
        assert_memory_not_equal(a, b, sizeof a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_of_the_images_are_mirrored),
        cmocka_unit_test(shifts_are_bounded_and_uniform),
        cmocka_unit_test(turns_keep_the_middle),
        cmocka_unit_test(zoom_moves_along_rays),
        cmocka_unit_test(around_an_image_is_zero_normalised),
        cmocka_unit_test(noise_is_normal),
        cmocka_unit_test(seed_epoch_and_row_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
