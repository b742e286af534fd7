/* image.c -- allocates a picture, up to a limit of its size. */
#include "images/image.h"
#include "input.h"

#include <inttypes.h>
#include <stdlib.h>

/* Without a limit, a file of a few bytes could claim a picture of any size. */
enum { MOST_PIXELS = 100000000, MOST_A_SIDE = 65535 };

int cnn_image_alloc(const char *path, struct cnn_image *out, struct cnn_error *e)
{
    if (out->width < 1 || out->height < 1 || out->width > MOST_A_SIDE || out->height > MOST_A_SIDE ||
        out->width > MOST_PIXELS / out->height)
        return cnn_fail(
            e, "%s: a picture of %" PRId64 "x%" PRId64 " pixels is too large: there may be %d million, and %d a side",
            path, out->width, out->height, MOST_PIXELS / 1000000, MOST_A_SIDE);
    const size_t size = (size_t)(out->width * out->height) * (size_t)out->channels;
    out->pixels = malloc(size);
    return out->pixels ? 0 : cnn_fail_memory(e, path, size);
}
