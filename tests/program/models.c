/* models.c -- the library of one of several models reads the weights of all from argv[1], predicts ROWS rows, which it
 * writes to x.raw, as it does what they become to y.raw; its own weights go to argv[2]. */
#include <stdio.h>
#include <stdlib.h>

#include "student_lib.h"

enum { ROWS = 5 };

static int write_raw(const char *path, const float *numbers, size_t n)
{
    FILE *f = fopen(path, "wb");
    const int ok = f && fwrite(numbers, sizeof *numbers, n, f) == n;
    return f && fclose(f) == 0 && ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    float x[ROWS * GAN_INPUT], y[ROWS * GAN_OUTPUT];
    struct gan *m = aligned_alloc(64, gan_size());
    if (argc != 3 || !m)
        return 1;
    for (int i = 0; i < ROWS * GAN_INPUT; i++)
        x[i] = (float)i / 3 - 1;
    gan_init(m, 1);
    if (gan_load(m, argv[1]) != 0)
        return 1;
    gan_predict(m, x, y, ROWS);
    return write_raw("x.raw", x, ROWS * GAN_INPUT) || write_raw("y.raw", y, ROWS * GAN_OUTPUT) || gan_save(m, argv[2]);
}
