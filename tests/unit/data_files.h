/* data_files.h -- a training source of 40 rows and a test source of three, in a folder of their own, and the spec
 * that names them. Include it after cmocka.h. */
#ifndef DATA_FILES_H
#define DATA_FILES_H

#include <zlib.h>

#include "data/data.h"
#include "ports.h"
#include "scratch.h"

static struct cnn_error error;

enum { ROWS = 40, SIZE = 6, CLASSES = 4 };

static struct cnn_data spec = {
    .train = {.kind = CNN_IDX, .x = "x.idx", .y = "y.idx"},
    .test = {.kind = CNN_NPY, .x = "xt.npy", .y = "yt.npy"},
    .scale = .5,
    .std = 1,
};

static struct cnn_model model(void)
{
    struct cnn_model m = {.name = "net", .file = "net.net", .data = &spec};
    set_port(&make_ports(&m, SIZE, CLASSES, CNN_PORT_INT32)->input, 3, (const int64_t[]){2, 3, 1});
    return m;
}

/* x[i][k] = i + k; y[i] = 0 for the first half, then i % 4 */
static unsigned char value(int i, int k)
{
    return (unsigned char)(i + k);
}

static unsigned char label(int i)
{
    return (unsigned char)(i < ROWS / 2 ? 0 : i % CLASSES);
}

static size_t make_x(unsigned char *out)
{
    static const unsigned char header[16] = {0, 0, 8, 3, 0, 0, 0, ROWS, 0, 0, 0, 2, 0, 0, 0, 3};
    memcpy(out, header, 16);
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < SIZE; k++)
            out[16 + i * SIZE + k] = value(i, k);
    return 16 + ROWS * SIZE;
}

static size_t make_y(unsigned char *out)
{
    static const unsigned char header[8] = {0, 0, 8, 1, 0, 0, 0, ROWS};
    memcpy(out, header, 8);
    for (int i = 0; i < ROWS; i++)
        out[8 + i] = label(i);
    return 8 + ROWS;
}

static void write_npy(const char *name, enum cnn_dtype t, int rank, const int64_t *shape, const void *data)
{
    struct cnn_array a = cnn_array_view(t, rank, shape, data);
    assert_int_equal(cnn_npy_write(scratch(name), &a, &error), 0);
}

static int setup(void **state)
{
    unsigned char b[1024];
    static const float x[3 * SIZE] = {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6, .5f, .5f, .5f, .5f, .5f, .5f};
    static const int64_t y[3] = {3, 0, 1}, xs[4] = {3, 2, 3, 1}, ys[2] = {3, 1};
    if (scratch_setup(state) != 0)
        return -1;
    scratch_write("x.idx", b, make_x(b));
    size_t n = make_y(b);
    gzFile z = gzopen(scratch("y.idx.gz"), "wb"); /* the spec says y.idx */
    assert_int_equal(gzwrite(z, b, (unsigned)n), n);
    gzclose(z);
    write_npy("xt.npy", CNN_F32, 4, xs, x);
    write_npy("yt.npy", CNN_I64, 2, ys, y);
    return 0;
}

static struct cnn_data_options everything(void)
{
    return (struct cnn_data_options){.dir = scratch_folder,
                                     .parts = CNN_PART_TRAIN | CNN_PART_VALIDATION | CNN_PART_TEST};
}

#endif
