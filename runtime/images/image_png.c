/* image_png.c -- decodes a .png in memory with libpng. */
#include <png.h>
#include <string.h>

#include "images/image.h"

struct reader {
    const struct cnn_bytes *in;
    size_t taken;
    struct cnn_image *out;
    struct cnn_error *e;
};

/* libpng calls this on an error; it must not return. */
static void fail(png_structp png, const char *why)
{
    struct reader *r = png_get_error_ptr(png);
    cnn_fail(r->e, "%s: byte %zu: damaged .png: %s", r->in->path, r->taken, why);
    png_longjmp(png, 1);
}

static void warn(png_structp png, const char *why) /* ignored: warnings are not about pixels */
{
    (void)png;
    (void)why;
}

static void take(png_structp png, png_bytep to, size_t n)
{
    struct reader *r = png_get_io_ptr(png);
    if (n > r->in->size - r->taken) {
        r->taken = r->in->size;
        png_error(png, "the file ends early");
    }
    memcpy(to, r->in->at + r->taken, n);
    r->taken += n;
}

/* Asks libpng for 8 bits a sample, whatever the file has: grey or colours, with or without alpha. Returns the
 * number of passes over the rows. */
static int set_up(png_structp png, png_infop info, struct reader *r)
{
    png_read_info(png, info);
    png_set_expand(png); /* palettes, fewer bits, transparency */
    png_set_scale_16(png);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    r->out->width = png_get_image_width(png, info);
    r->out->height = png_get_image_height(png, info);
    r->out->channels = png_get_channels(png, info);
    return passes;
}

static int read_image(png_structp png, png_infop info, struct reader *r)
{
    const int passes = set_up(png, info, r);
    const size_t stride = (size_t)r->out->width * (size_t)r->out->channels;
    if (cnn_image_alloc(r->in->path, r->out, r->e) != 0)
        return -1;
    for (int k = 0; k < passes; k++)
        for (int64_t y = 0; y < r->out->height; y++)
            png_read_row(png, r->out->pixels + (size_t)y * stride, NULL);
    png_read_end(png, NULL);
    return 0;
}

int cnn_png_decode(const struct cnn_bytes *in, struct cnn_image *out, struct cnn_error *e)
{
    struct reader r = {.in = in, .out = out, .e = e};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, fail, warn);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    int status = -1;
    if (!info)
        cnn_fail(e, "%s: no memory for libpng", in->path);
    else if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_read_fn(png, &r, take);
        status = read_image(png, info, &r);
    } else {
        status = -1;
    }
    png_destroy_read_struct(&png, &info, NULL);
    return status;
}
