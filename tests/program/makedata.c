/* makedata.c -- writes a little IDX data set: makedata FOLDER TRAIN TEST. Images of 8x8 bytes in 4 classes, the class
 * being the bright quadrant under noise; train-x train-y test-x test-y. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 8, CLASSES = 4 };

static uint32_t state = 12345;

static int noise(int n)
{
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 16) % (uint32_t)n);
}

static FILE *create(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void put32(FILE *f, int n)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        putc(n >> shift & 255, f);
}

static void write_images(FILE *f, int rows)
{
    put32(f, 0x00000803);
    put32(f, rows);
    put32(f, SIDE);
    put32(f, SIDE);
    for (int r = 0; r < rows; r++)
        for (int i = 0; i < SIDE * SIDE; i++) {
            const int quadrant = i / SIDE / 4 * 2 + i % SIDE / 4;
            putc(noise(150) + (quadrant == r * 7 % CLASSES ? noise(105) : 0), f);
        }
    fclose(f);
}

static void write_labels(FILE *f, int rows)
{
    put32(f, 0x00000801);
    put32(f, rows);
    for (int r = 0; r < rows; r++)
        putc(r * 7 % CLASSES, f);
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: makedata FOLDER TRAIN TEST\n");
        return 2;
    }
    write_images(create(argv[1], "train-x"), atoi(argv[2]));
    write_labels(create(argv[1], "train-y"), atoi(argv[2]));
    write_images(create(argv[1], "test-x"), atoi(argv[3]));
    write_labels(create(argv[1], "test-y"), atoi(argv[3]));
    return 0;
}
