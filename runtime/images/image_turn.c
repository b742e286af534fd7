/* image_turn.c -- reads the orientation that a camera noted in a file, and turns pixels accordingly. */
#include <stdlib.h>
#include <string.h>

#include "images/image.h"

/* ---- Exif is a small TIFF file, with numbers in either byte order */

struct tiff {
    const uint8_t *at;
    size_t n;
    int big; /* the high byte comes first */
};

static uint32_t number(const struct tiff *t, size_t at, size_t bytes)
{
    uint32_t v = 0;
    for (size_t i = 0; i < bytes; i++)
        v = v << 8 | t->at[at + (t->big ? i : bytes - 1 - i)];
    return v;
}

int cnn_exif_orientation(const uint8_t *exif, size_t n)
{
    enum { START = 6, HEADER = 8, ENTRY = 12, ORIENTATION = 0x112, SHORT = 3 };
    struct tiff t = {exif + START, n - START, 0};
    if (n < START + HEADER || memcmp(exif, "Exif\0", START) != 0)
        return 1;
    t.big = t.at[0] == 'M';
    const size_t from = number(&t, 4, 4);
    if (from > t.n || t.n - from < 2)
        return 1;
    const size_t entries = number(&t, from, 2);
    for (size_t i = 0; i < entries && (i + 1) * ENTRY <= t.n - from - 2; i++) {
        const size_t at = from + 2 + i * ENTRY;
        const uint32_t v = number(&t, at + 8, 2);
        if (number(&t, at, 2) == ORIENTATION && number(&t, at + 2, 2) == SHORT)
            return v >= 1 && v <= 8 ? (int)v : 1;
    }
    return 1;
}

/* ---- pixels */

/* What an orientation mirrors. Orientations 5 to 8 also exchange rows and columns. */
static const struct {
    int across, down; /* axes of the picture in the file, before the exchange */
} mirrored[9] = {[2] = {1, 0}, [3] = {1, 1}, [4] = {0, 1}, [6] = {0, 1}, [7] = {1, 1}, [8] = {1, 0}};

int cnn_image_turn(struct cnn_image *m, int orientation)
{
    const int turned = orientation > 4;
    const int64_t width = turned ? m->height : m->width, height = turned ? m->width : m->height;
    const size_t channels = (size_t)m->channels;
    if (orientation < 2 || orientation > 8)
        return 0;
    uint8_t *to = malloc((size_t)(width * height) * channels), *out = to;
    if (!to)
        return -1;
    for (int64_t y = 0; y < height; y++)
        for (int64_t x = 0; x < width; x++, out += channels) {
            const int64_t column = turned ? y : x, row = turned ? x : y;
            const int64_t from_x = mirrored[orientation].across ? m->width - 1 - column : column;
            const int64_t from_y = mirrored[orientation].down ? m->height - 1 - row : row;
            memcpy(out, m->pixels + (size_t)(from_y * m->width + from_x) * channels, channels);
        }
    free(m->pixels);
    *m = (struct cnn_image){width, height, m->channels, to};
    return 0;
}
