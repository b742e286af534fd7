/* test_png.c -- what cnn_png_write() writes is what the decoder of libpng reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "images/image.h"
#include "report/pictures.h"

static void round_trip(int64_t width, int64_t height, int64_t channels)
{
    uint8_t pixels[37 * 11 * 3];
    char path[] = "/tmp/cnn-png-XXXXXX";
    struct cnn_error e;
    struct cnn_image read;
    const struct cnn_raster r = {width, height, channels, pixels};
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (int64_t i = 0; i < width * height * channels; i++)
        pixels[i] = (uint8_t)(i * 37 + i / 5);
    assert_int_equal(cnn_png_write(path, &r, &e), 0);
    assert_int_equal(cnn_image_read(path, &read, &e), 0);
    unlink(path);
    assert_int_equal(read.width, width);
    assert_int_equal(read.height, height);
    assert_int_equal(read.channels, channels);
    assert_memory_equal(read.pixels, pixels, (size_t)(width * height * channels));
    free(read.pixels);
}

static void writes_grey_and_colours(void **state)
{
    (void)state;
    round_trip(37, 11, 1);
    round_trip(37, 11, 3);
    round_trip(1, 1, 1);
}

static void tells_where_it_cannot_write(void **state)
{
    (void)state;
    uint8_t pixel = 0;
    const struct cnn_raster r = {1, 1, 1, &pixel};
    struct cnn_error e;
    assert_int_equal(cnn_png_write("/no/such/folder/a.png", &r, &e), -1);
    assert_non_null(strstr(e.text, "/no/such/folder/a.png"));
}

static void puts_the_epoch_into_names(void **state)
{
    (void)state;
    char path[40];
    struct cnn_error e;
    assert_int_equal(cnn_samples_path(&(struct cnn_samples){.file = "a-{epoch}.png"}, 7, path, sizeof path, &e), 0);
    assert_string_equal(path, "a-007.png");
    assert_int_equal(cnn_samples_path(&(struct cnn_samples){.file = "a.png"}, 7, path, sizeof path, &e), 0);
    assert_string_equal(path, "a.png");
    assert_int_equal(cnn_samples_path(&(struct cnn_samples){.file = "a.png"}, 7, path, 4, &e), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes_grey_and_colours),
                                       cmocka_unit_test(tells_where_it_cannot_write),
                                       cmocka_unit_test(puts_the_epoch_into_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
