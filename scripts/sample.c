/* sample.c -- draws a small stratified sample from an IDX pair: sample COUNT IMAGES LABELS OUT-IMAGES OUT-LABELS
 *
 * Every class keeps its share (largest remainder), and the digits of a class are taken at even distances through the
 * file, so every part of it, and with it every group of writers, is in the sample. Nothing is random: the same input
 * gives the same sample. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLASSES = 10, PIXELS = 28 * 28 };

static void die(const char *what, const char *name)
{
    fprintf(stderr, "sample: %s: %s\n", name, what);
    exit(1);
}

static FILE *open_or_die(const char *name, const char *mode)
{
    FILE *f = fopen(name, mode);
    if (!f)
        die("cannot open", name);
    return f;
}

static uint32_t get32(FILE *f)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 8 | (uint32_t)(getc(f) & 255);
    return v;
}

static void put32(FILE *f, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        putc((int)(v >> shift & 255), f);
}

static unsigned char *read_labels(const char *name, uint32_t *count)
{
    FILE *f = open_or_die(name, "rb");
    if (get32(f) != 0x801)
        die("not an IDX file of labels", name);
    *count = get32(f);
    unsigned char *labels = malloc(*count);
    if (!labels || fread(labels, 1, *count, f) != *count)
        die("shorter than its header says", name);
    fclose(f);
    return labels;
}

/* quota[c]: how many rows of class c; their sum is `want`. */
static void share_out(const uint32_t *have, uint32_t total, uint32_t want, uint32_t *quota)
{
    uint32_t given = 0, rest[CLASSES];
    for (int c = 0; c < CLASSES; c++) {
        uint64_t exact = (uint64_t)have[c] * want;
        quota[c] = (uint32_t)(exact / total);
        rest[c] = (uint32_t)(exact % total);
        given += quota[c];
    }
    for (; given < want; given++) {
        int best = 0;
        for (int c = 1; c < CLASSES; c++)
            if (rest[c] > rest[best])
                best = c;
        quota[best]++;
        rest[best] = 0;
    }
}

/* Item i of `have` is taken when the line of slope quota/have passes a whole number there. */
static int taken(uint32_t i, uint32_t have, uint32_t quota)
{
    return (uint64_t)(i + 1) * quota / have > (uint64_t)i * quota / have;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: sample COUNT IMAGES LABELS OUT-IMAGES OUT-LABELS\n");
        return 2;
    }
    uint32_t want = (uint32_t)strtoul(argv[1], NULL, 10), total, have[CLASSES] = {0}, seen[CLASSES] = {0},
             quota[CLASSES];
    unsigned char *labels = read_labels(argv[3], &total), image[PIXELS];
    for (uint32_t i = 0; i < total; i++)
        have[labels[i] % CLASSES]++;
    share_out(have, total, want, quota);

    FILE *in = open_or_die(argv[2], "rb"), *x = open_or_die(argv[4], "wb"), *y = open_or_die(argv[5], "wb");
    if (get32(in) != 0x803 || get32(in) != total || get32(in) != 28 || get32(in) != 28)
        die("not the IDX file of 28x28 images that belongs to the labels", argv[2]);
    put32(x, 0x803), put32(x, want), put32(x, 28), put32(x, 28);
    put32(y, 0x801), put32(y, want);
    for (uint32_t i = 0; i < total; i++) {
        int c = labels[i] % CLASSES;
        if (fread(image, 1, PIXELS, in) != PIXELS)
            die("shorter than its header says", argv[2]);
        if (taken(seen[c]++, have[c], quota[c])) {
            fwrite(image, 1, PIXELS, x);
            putc(labels[i], y);
        }
    }
    free(labels);
    if (fclose(in) || fclose(x) || fclose(y))
        die("cannot write", argv[4]);
    return 0;
}
