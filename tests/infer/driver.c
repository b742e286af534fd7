/* driver.c -- runs an emitted <model>_infer over the images of a .npy, floats or bytes (divided by 255): driver X.npy
 * Y.npy. Includes the emitted C, so that what it needs of its surroundings is what this file gives: nothing.
 *
 *   cc -DFILE_C='"net.c"' -DDRIVEN_INFER=net_infer -DDRIVEN_INPUT=NET_INPUT -DDRIVEN_OUTPUT=NET_OUTPUT
 *      -DDRIVEN_SHAPE='"5,4,2"' -DDRIVEN_SCRATCH=NET_SCRATCH
 */
#include FILE_C

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

static int run(void)
{
    int i;
    for (i = 0; i < DRIVEN_SCRATCH + 2; i++)
        room[i] = (float)i;
    DRIVEN_INFER(x, y, ROOM);
    DRIVEN_INFER(x, again, ROOM);
    return room[0] == 0 && room[DRIVEN_SCRATCH + 1] == (float)(DRIVEN_SCRATCH + 1) && memcmp(y, again, sizeof y) == 0;
}

static int take(FILE *in, int bytes)
{
    static unsigned char pixels[DRIVEN_INPUT];
    int i;
    if (!bytes)
        return fread(x, sizeof x, 1, in) == 1;
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
    FILE *in = argc == 3 ? fopen(argv[1], "rb") : NULL, *out = argc == 3 ? fopen(argv[2], "wb") : NULL;
    unsigned char start[24];
    long begin, n;
    int bytes;
    if (!in || !out || fread(start, 1, 24, in) != 24)
        return 2;
    begin = 10 + start[8] + 256L * start[9];
    bytes = start[22] == 'u'; /* {'descr': '|u1' */
    fseek(in, 0, SEEK_END);
    n = (ftell(in) - begin) / (long)(bytes ? DRIVEN_INPUT : sizeof x);
    fseek(in, begin, SEEK_SET);
    if (!header(out, n))
        return 2;
    for (; take(in, bytes); n--)
        if (!run() || fwrite(y, sizeof y, 1, out) != 1)
            return 3;
    return fclose(out) != 0 || n != 0;
}
