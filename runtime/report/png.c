/* png.c -- writes a picture as a .png with zlib alone, so that every program can, also one without libpng. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "files.h"
#include "input.h"
#include "report/pictures.h"

static void put_number(uint8_t *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* Length, type, data, checksum. */
static void put_chunk(FILE *f, const char *type, const uint8_t *data, size_t n)
{
    uint8_t number[4];
    const uLong head = crc32_z(0, (const Bytef *)type, 4);
    put_number(number, (uint32_t)n);
    fwrite(number, 1, sizeof number, f);
    fwrite(type, 1, 4, f);
    fwrite(data, 1, n, f);
    put_number(number, (uint32_t)(n ? crc32_z(head, data, n) : head));
    fwrite(number, 1, sizeof number, f);
}

/* A piece has at most 2^31 - 1 bytes, so the data may need several. */
static void put_data(FILE *f, const uint8_t *data, size_t n)
{
    const size_t most = (size_t)1 << 30;
    for (size_t at = 0, piece; at < n; at += piece) {
        piece = n - at < most ? n - at : most;
        put_chunk(f, "IDAT", data + at, piece);
    }
}

static void put_head(FILE *f, const struct cnn_raster *r)
{
    uint8_t head[13] = {0};
    put_number(head, (uint32_t)r->width);
    put_number(head + 4, (uint32_t)r->height);
    head[8] = 8; /* bits of a sample */
    head[9] = r->channels == 3 ? 2 : 0;
    fwrite("\x89PNG\r\n\x1a\n", 1, 8, f);
    put_chunk(f, "IHDR", head, sizeof head);
}

/* In front of each row stands the number of its filter: 0, none. */
static uint8_t *packed(const struct cnn_raster *r, uLongf *size)
{
    const size_t row = (size_t)r->width * (size_t)r->channels, n = (row + 1) * (size_t)r->height;
    uint8_t *plain = malloc(n), *out = NULL;
    *size = compressBound((uLong)n);
    for (int64_t i = 0; plain && i < r->height; i++) {
        plain[(size_t)i * (row + 1)] = 0;
        memcpy(plain + (size_t)i * (row + 1) + 1, r->pixels + (size_t)i * row, row);
    }
    out = plain ? malloc(*size) : NULL;
    if (out && compress(out, size, plain, (uLong)n) != Z_OK) {
        free(out);
        out = NULL;
    }
    free(plain);
    return out;
}

int cnn_png_write(const char *path, const struct cnn_raster *r, struct cnn_error *e)
{
    struct cnn_atomic a;
    uLongf size;
    uint8_t *data = packed(r, &size);
    if (!data)
        return cnn_fail_memory(e, path, (uint64_t)(r->width * r->height * r->channels));
    int status = cnn_atomic_open(&a, path, e);
    if (status == 0) {
        put_head(a.file, r);
        put_data(a.file, data, size);
        put_chunk(a.file, "IEND", data, 0);
        status = cnn_atomic_commit(&a, e);
    }
    free(data);
    return status;
}
