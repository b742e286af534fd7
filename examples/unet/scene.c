/* scene.c -- scenes of digits in clutter: scene COUNT SEED X.npy Y.npy <images.idx. A scene has one to three digits at
 * random places, not touching, between strokes that are no digits and under noise. X is [COUNT][SIDE][SIDE][1] bytes; Y
 * is as large and is 1 where a digit is. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 64, DIGIT = 28, MOST_DIGITS = 3, STROKES = 6, NOISE = 60, INK = 96 };

struct scene {
    unsigned char x[SIDE][SIDE], y[SIDE][SIDE];
};

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

/* ---- what a scene has */

static unsigned char brighter(unsigned char a, int b)
{
    return b > a ? (unsigned char)(b > 255 ? 255 : b) : a;
}

static int is_free(const struct scene *s, int top, int left)
{
    for (int i = 0; i < DIGIT; i++)
        for (int j = 0; j < DIGIT; j++)
            if (s->y[top + i][left + j])
                return 0;
    return 1;
}

static void put_digit(struct scene *s, const unsigned char *digit, uint64_t *state)
{
    const int top = (int)draw(state, SIDE - DIGIT + 1), left = (int)draw(state, SIDE - DIGIT + 1);
    if (!is_free(s, top, left))
        return;
    for (int i = 0; i < DIGIT; i++)
        for (int j = 0; j < DIGIT; j++) {
            const unsigned char ink = digit[i * DIGIT + j];
            s->x[top + i][left + j] = brighter(s->x[top + i][left + j], ink);
            s->y[top + i][left + j] |= ink >= INK;
        }
}

/* A straight stroke, two pixels wide, as bright as a digit. */
static void put_stroke(struct scene *s, uint64_t *state)
{
    int x = (int)draw(state, SIDE * 16), y = (int)draw(state, SIDE * 16);
    const int dx = (int)draw(state, 33) - 16, dy = (int)draw(state, 33) - 16, steps = 5 + (int)draw(state, 20);
    for (int i = 0; i < steps; i++, x += dx, y += dy)
        for (int part = 0; part < 4; part++) {
            const int row = y / 16 + part / 2, column = x / 16 + part % 2;
            if (row >= 0 && row < SIDE && column >= 0 && column < SIDE && x >= 0 && y >= 0)
                s->x[row][column] = brighter(s->x[row][column], 180 + (int)draw(state, 76));
        }
}

static void put_noise(struct scene *s, uint64_t *state)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            s->x[i][j] = brighter(0, s->x[i][j] + (int)draw(state, NOISE));
}

/* ---- files */

static unsigned char *read_digits(uint32_t *count)
{
    unsigned char head[16];
    if (fread(head, sizeof head, 1, stdin) != 1 || memcmp(head, "\0\0\10\3", 4) != 0)
        fail("scene: images.idx");
    *count = (uint32_t)head[4] << 24 | (uint32_t)head[5] << 16 | (uint32_t)head[6] << 8 | head[7];
    unsigned char *all = malloc((size_t)*count * DIGIT * DIGIT);
    if (!all || fread(all, DIGIT * DIGIT, *count, stdin) != *count)
        fail("scene: images.idx");
    return all;
}

/* The header of a .npy file takes 128 bytes. */
static FILE *start(const char *path, long count)
{
    FILE *f = fopen(path, "wb");
    char text[119];
    if (!f)
        fail(path);
    snprintf(text, sizeof text, "{'descr': '|u1', 'fortran_order': False, 'shape': (%ld, %d, %d, 1), }", count, SIDE,
             SIDE);
    fprintf(f, "\x93NUMPY%c%c%c%c%-117s\n", 1, 0, 118, 0, text);
    return f;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: scene COUNT SEED X.npy Y.npy <images.idx\n");
        return 2;
    }
    const long count = strtol(argv[1], NULL, 10);
    uint64_t state = strtoull(argv[2], NULL, 10) * 2 + 1;
    uint32_t n;
    unsigned char *digits = read_digits(&n);
    FILE *x = start(argv[3], count), *y = start(argv[4], count);
    for (long i = 0; i < count; i++) {
        struct scene s = {{{0}}, {{0}}};
        for (int k = 0, most = 1 + (int)draw(&state, MOST_DIGITS); k < most; k++)
            put_digit(&s, digits + (size_t)draw(&state, n) * DIGIT * DIGIT, &state);
        for (int k = 0; k < STROKES; k++)
            put_stroke(&s, &state);
        put_noise(&s, &state);
        fwrite(s.x, sizeof s.x, 1, x);
        fwrite(s.y, sizeof s.y, 1, y);
    }
    if (fclose(x) || fclose(y))
        fail("scene");
    free(digits);
    return 0;
}
