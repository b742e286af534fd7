/* driver.c -- runs an emitted <model>_infer over the images of a .npy, floats or bytes (divided by 255), one by one
 * and all at once, which must not differ: driver X.npy Y.npy [WEIGHTS]. Includes the emitted C, so that what it needs
 * of its surroundings is what this file gives: nothing.
 *
 *   cc -DFILE_C='"net.c"' -DDRIVEN_INFER=net_infer -DDRIVEN_INPUT=NET_INPUT -DDRIVEN_OUTPUT=NET_OUTPUT
 *      -DDRIVEN_SHAPE='"5,4,2"' -DDRIVEN_SCRATCH=NET_SCRATCH -DDRIVEN_BATCH=net_infer_batch
 *      -DDRIVEN_BATCH_SCRATCH=NET_BATCH_SCRATCH [-DDRIVEN_CHECK=net_check_weights -DDRIVEN_WEIGHTS=NET_WEIGHTS]
 */
#include FILE_C

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static float x[DRIVEN_INPUT], y[DRIVEN_OUTPUT], again[DRIVEN_OUTPUT];

/* The scratch holds what no network may depend on, ends at a guard, and is not aligned to more than a float. */
static float room[DRIVEN_SCRATCH + 2];

#ifdef DRIVEN_WITHOUT
#define ROOM NULL
#else
#define ROOM (room + 1)
#endif

/* ---- weights: in the C, or in a file that must be the right one */

#ifdef DRIVEN_CHECK
static float weights[DRIVEN_WEIGHTS / 4];
#define INFER(x, y, scratch)    DRIVEN_INFER(weights, x, y, scratch)
#define BATCH(x, y, n, scratch) DRIVEN_BATCH(weights, x, y, n, scratch)

static int refuses(size_t at)
{
    unsigned char *bytes = (unsigned char *)weights;
    int refused;
    bytes[at] ^= 1;
    refused = DRIVEN_CHECK(weights, sizeof weights) == -1;
    bytes[at] ^= 1;
    return refused;
}

/* The right file, and no other: a bit of the head, of the sum, or of the last float is enough. */
static int load(const char *path)
{
    FILE *f = fopen(path, "rb");
    int whole = f && fread(weights, sizeof weights, 1, f) == 1 && fgetc(f) == EOF;
    if (f)
        fclose(f);
    return whole && refuses(0) && refuses(4) && refuses(16) && refuses(24) && refuses(32) &&
           refuses(sizeof weights - 1) && DRIVEN_CHECK(weights, sizeof weights - 4) == -1 &&
           DRIVEN_CHECK(weights, sizeof weights) == 0;
}
#else
#define INFER(x, y, scratch)    DRIVEN_INFER(x, y, scratch)
#define BATCH(x, y, n, scratch) DRIVEN_BATCH(x, y, n, scratch)
#endif

/* Floats of files, which are little-endian: so are these afterwards, or those of this machine. */
static void swap(float *v, int n)
{
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    unsigned char *b = (unsigned char *)v;
    for (; n > 0; n--, b += 4) {
        const unsigned char first = b[0], second = b[1];
        b[0] = b[3], b[1] = b[2], b[2] = second, b[3] = first;
    }
#else
    (void)v, (void)n;
#endif
}

static int run(void)
{
    int i;
    for (i = 0; i < DRIVEN_SCRATCH + 2; i++)
        room[i] = (float)i;
    INFER(x, y, ROOM);
    INFER(x, again, ROOM);
    return room[0] == 0 && room[DRIVEN_SCRATCH + 1] == (float)(DRIVEN_SCRATCH + 1) && memcmp(y, again, sizeof y) == 0;
}

/* All images at once: close to what they were alone, and nothing behind the scratch or the outputs is touched. */
static int batch(const float *xs, const float *ys, int n)
{
    const size_t outputs = (size_t)n * DRIVEN_OUTPUT;
    float *found = malloc((outputs + 1) * sizeof *found), *space = malloc((DRIVEN_BATCH_SCRATCH + 2) * sizeof *space);
    size_t i;
    int good = found && space;
    for (i = 0; good && i < DRIVEN_BATCH_SCRATCH + 2; i++)
        space[i] = (float)i;
    if (good) {
        found[outputs] = 77;
        BATCH(xs, found, n, space + 1);
        good = found[outputs] == 77 && space[0] == 0 &&
               space[DRIVEN_BATCH_SCRATCH + 1] == (float)(DRIVEN_BATCH_SCRATCH + 1);
    }
    for (i = 0; good && i < outputs; i++)
        good = fabs(found[i] - ys[i]) <= 1e-5 * (1 + fabs(ys[i]));
    free(found);
    free(space);
    return good;
}

static int take(FILE *in, int bytes)
{
    static unsigned char pixels[DRIVEN_INPUT];
    int i;
    if (!bytes) {
        const int whole = fread(x, sizeof x, 1, in) == 1;
        swap(x, DRIVEN_INPUT);
        return whole;
    }
    if (fread(pixels, sizeof pixels, 1, in) != 1)
        return 0;
    for (i = 0; i < DRIVEN_INPUT; i++)
        x[i] = (float)(pixels[i] / 255.0);
    return 1;
}

static int header(FILE *out, long n)
{
    char text[119] = "\x93NUMPY\x01";
    int length;
    memset(text + 8, ' ', 110);
    text[7] = 0;
    text[8] = 110 - 2;
    text[9] = 0;
    length = sprintf(text + 10, "{'descr': '<f4', 'fortran_order': False, 'shape': (%ld,%s), }", n, DRIVEN_SHAPE);
    text[10 + length] = ' ';
    text[117] = '\n';
    return fwrite(text, 1, 118, out) == 118;
}

int main(int argc, char **argv)
{
    FILE *in = argc >= 3 ? fopen(argv[1], "rb") : NULL, *out = argc >= 3 ? fopen(argv[2], "wb") : NULL;
    unsigned char start[24];
    float *xs, *ys;
    long begin, n, i;
    int bytes;
    if (!in || !out || fread(start, 1, 24, in) != 24)
        return 2;
#ifdef DRIVEN_CHECK
    if (argc != 4 || !load(argv[3]))
        return 4;
#endif
    begin = 10 + start[8] + 256L * start[9];
    bytes = start[22] == 'u'; /* {'descr': '|u1' */
    fseek(in, 0, SEEK_END);
    n = (ftell(in) - begin) / (long)(bytes ? DRIVEN_INPUT : sizeof x);
    fseek(in, begin, SEEK_SET);
    xs = malloc((size_t)n * sizeof x);
    ys = malloc((size_t)n * sizeof y);
    if (!header(out, n) || !xs || !ys)
        return 2;
    for (i = 0; take(in, bytes); i++) {
        if (!run())
            return 3;
        memcpy(xs + i * DRIVEN_INPUT, x, sizeof x);
        memcpy(ys + i * DRIVEN_OUTPUT, y, sizeof y);
        swap(y, DRIVEN_OUTPUT);
        if (fwrite(y, sizeof y, 1, out) != 1)
            return 3;
    }
    if (i != n || !batch(xs, ys, (int)n))
        return 5;
    free(xs);
    free(ys);
    return fclose(out) != 0;
}
