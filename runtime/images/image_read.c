/* image_read.c -- reads a picture from a file with the decoder that the first bytes ask for. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "images/image.h"
#include "images/images.h"
#include "input.h"

static int decode(const struct cnn_bytes *in, struct cnn_image *out, struct cnn_error *e)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G'}, jpeg[] = {0xff, 0xd8};
    if (in->size >= sizeof png && memcmp(in->at, png, sizeof png) == 0)
        return cnn_png_decode(in, out, e);
    if (in->size >= sizeof jpeg && memcmp(in->at, jpeg, sizeof jpeg) == 0)
        return cnn_jpeg_decode(in, out, e);
    const char *kind = cnn_picture_kind(in->path);
    if (kind && !cnn_is_readable_kind(kind))
        return cnn_fail(e, "%s: is a %s; pictures are read from PNG and JPEG files: convert it", in->path, kind);
    return cnn_fail(e, "%s: byte 0: neither a .png nor a .jpeg file", in->path);
}

int cnn_image_read(const char *path, struct cnn_image *out, struct cnn_error *e)
{
    void *map;
    struct cnn_bytes in = {.path = path};
    memset(out, 0, sizeof *out);
    if (cnn_map_file(path, &map, &in.size, e) != 0)
        return -1;
    in.at = map;
    int status = decode(&in, out, e);
    if (map)
        munmap(map, in.size);
    if (status != 0) {
        free(out->pixels);
        memset(out, 0, sizeof *out);
    }
    return status;
}
