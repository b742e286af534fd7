/* pairs.c -- pairs of digits: pairs COUNT SEED FOLDER IMAGES.idx LABELS.idx [same]. Writes left.npy and right.npy,
 * bytes [COUNT][28][28][1], and sum.npy, the sum of the two digits, bytes [COUNT], into the folder. With `same` every
 * other pair is of one digit, and same.npy has 1 for those that are, in the place of sum.npy. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE };

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* xorshift64* */
static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * 0x2545F4914F6CDD1Du >> 32) % below);
}

/* Reads an IDX file whose rows have `size` bytes, behind a header of `head` bytes. */
static unsigned char *read_idx(const char *path, size_t head, size_t size, uint32_t *count)
{
    unsigned char bytes[16];
    FILE *f = fopen(path, "rb");
    if (!f || fread(bytes, head, 1, f) != 1)
        fail(path);
    *count = (uint32_t)bytes[4] << 24 | (uint32_t)bytes[5] << 16 | (uint32_t)bytes[6] << 8 | bytes[7];
    unsigned char *all = malloc(*count * size);
    if (!all || fread(all, size, *count, f) != *count)
        fail(path);
    fclose(f);
    return all;
}

/* The header of a .npy file takes 128 bytes. */
static FILE *start(const char *folder, const char *name, long count, const char *axes)
{
    char path[4096], text[119];
    snprintf(path, sizeof path, "%s/%s.npy", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f)
        fail(path);
    snprintf(text, sizeof text, "{'descr': '|u1', 'fortran_order': False, 'shape': (%ld,%s), }", count, axes);
    fprintf(f, "\x93NUMPY%c%c%c%c%-117s\n", 1, 0, 118, 0, text);
    return f;
}

int main(int argc, char **argv)
{
    if (argc < 6 || argc > 7) {
        fprintf(stderr, "usage: pairs COUNT SEED FOLDER IMAGES.idx LABELS.idx [same]\n");
        return 2;
    }
    const long count = strtol(argv[1], NULL, 10);
    const int same = argc == 7;
    uint64_t state = strtoull(argv[2], NULL, 10) * 2 + 1;
    uint32_t n, labels;
    unsigned char *images = read_idx(argv[4], 16, PIXELS, &n), *digits = read_idx(argv[5], 8, 1, &labels);
    if (labels != n)
        return fprintf(stderr, "pairs: %u images, but %u labels\n", n, labels), 1;
    FILE *left = start(argv[3], "left", count, " 28, 28, 1"), *right = start(argv[3], "right", count, " 28, 28, 1");
    FILE *answer = start(argv[3], same ? "same" : "sum", count, "");
    for (long i = 0; i < count; i++) {
        const uint32_t a = draw(&state, n);
        uint32_t b = draw(&state, n);
        while (same && i % 2 && digits[b] != digits[a])
            b = draw(&state, n);
        fwrite(images + (size_t)a * PIXELS, PIXELS, 1, left);
        fwrite(images + (size_t)b * PIXELS, PIXELS, 1, right);
        fputc(same ? digits[a] == digits[b] : digits[a] + digits[b], answer);
    }
    if (fclose(left) || fclose(right) || fclose(answer))
        fail("pairs");
    free(images);
    free(digits);
    return 0;
}
