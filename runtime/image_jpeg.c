/* image_jpeg.c -- .jpeg by libjpeg, from memory. */
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

#include "image.h"

struct reader {
    struct jpeg_error_mgr errors; /* first: libjpeg hands it back */
    jmp_buf back;
    const struct cnn_bytes *in;
    const struct jpeg_source_mgr *source;
    struct cnn_error *e;
};

static void fail(j_common_ptr jpeg)
{
    struct reader *r = (struct reader *)jpeg->err;
    char why[JMSG_LENGTH_MAX];
    r->errors.format_message(jpeg, why);
    cnn_fail(r->e, "%s: byte %zu: damaged .jpeg: %s", r->in->path,
             r->source ? r->in->size - r->source->bytes_in_buffer : 0, why);
    longjmp(r->back, 1);
}

/* What libjpeg only warns of, such as an early end, which it would fill with grey, is damage too; but not bytes between the parts, nor
 * what programs write wrongly about themselves. */
static void hear(j_common_ptr jpeg, int level)
{
    const int code = jpeg->err->msg_code;
    if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_ADOBE_XFORM && code != JWRN_JFIF_MAJOR)
        fail(jpeg);
}

static int set_up(struct jpeg_decompress_struct *jpeg, struct reader *r, struct cnn_image *out)
{
    jpeg_mem_src(jpeg, r->in->at, (unsigned long)r->in->size);
    r->source = jpeg->src;
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK)
        return cnn_fail(r->e, "%s: its colours are those of a printer (CMYK); save it with red, green and blue",
                        r->in->path);
    jpeg->out_color_space = jpeg->jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_calc_output_dimensions(jpeg);
    out->width = jpeg->output_width;
    out->height = jpeg->output_height;
    out->channels = jpeg->out_color_components;
    return cnn_image_alloc(r->in->path, out, r->e);
}

static void read_rows(struct jpeg_decompress_struct *jpeg, struct cnn_image *out)
{
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = out->pixels + (size_t)jpeg->output_scanline * (size_t)out->width * (size_t)out->channels;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
}

int cnn_jpeg_decode(const struct cnn_bytes *in, struct cnn_image *out, struct cnn_error *e)
{
    struct jpeg_decompress_struct jpeg = {0};
    struct reader r = {.in = in, .e = e};
    volatile int status = -1;
    jpeg.err = jpeg_std_error(&r.errors);
    r.errors.error_exit = fail;
    r.errors.emit_message = hear;
    if (setjmp(r.back) == 0) {
        jpeg_create_decompress(&jpeg);
        status = set_up(&jpeg, &r, out);
        if (status == 0)
            read_rows(&jpeg, out);
    } else {
        status = -1;
    }
    jpeg_destroy_decompress(&jpeg);
    return status;
}
