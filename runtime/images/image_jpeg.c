/* image_jpeg.c -- decodes a .jpeg in memory with libjpeg. */
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

#include "images/image.h"

struct reader {
    struct jpeg_error_mgr errors; /* must be the first member, because libjpeg hands its address back */
    jmp_buf back;
    const struct cnn_bytes *in;
    const struct jpeg_source_mgr *source;
    int orientation;
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

/* Most of what libjpeg only warns about is damage too, such as an early end, where libjpeg would fill in grey.
 * Exceptions are extra bytes between the parts and wrong markers of the program that wrote the file. */
static void hear(j_common_ptr jpeg, int level)
{
    const int code = jpeg->err->msg_code;
    if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_ADOBE_XFORM && code != JWRN_JFIF_MAJOR)
        fail(jpeg);
}

enum { EXIF = JPEG_APP0 + 1, MOST_SCANS = 500 };

/* Tells whether the colours are those of a printer: cyan, magenta, yellow and black. */
static int is_printed(const struct jpeg_decompress_struct *jpeg)
{
    return jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
}

/* Limits the passes: a small file can hold a picture in so many passes over all its pixels that decoding takes
 * hours. */
static void count_scans(j_common_ptr jpeg)
{
    struct reader *r = (struct reader *)jpeg->err;
    if (((j_decompress_ptr)jpeg)->input_scan_number <= MOST_SCANS)
        return;
    cnn_fail(r->e, "%s: a .jpeg in more than %d passes", r->in->path, MOST_SCANS);
    longjmp(r->back, 1);
}

static int orientation(const struct jpeg_decompress_struct *jpeg)
{
    int found = 1;
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m && found == 1; m = m->next)
        if (m->marker == EXIF)
            found = cnn_exif_orientation(m->data, m->data_length);
    return found;
}

static int set_up(struct jpeg_decompress_struct *jpeg, struct reader *r, struct cnn_image *out)
{
    jpeg_mem_src(jpeg, r->in->at, (unsigned long)r->in->size);
    r->source = jpeg->src;
    jpeg_save_markers(jpeg, EXIF, 0xffff);
    jpeg_read_header(jpeg, TRUE);
    r->orientation = orientation(jpeg);
    jpeg->out_color_space = is_printed(jpeg)                          ? JCS_CMYK
                            : jpeg->jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE
                                                                      : JCS_RGB;
    jpeg_calc_output_dimensions(jpeg);
    out->width = jpeg->output_width;
    out->height = jpeg->output_height;
    out->channels = is_printed(jpeg) ? 3 : jpeg->out_color_components;
    return cnn_image_alloc(r->in->path, out, r->e);
}

/* Converts the colours of ink to light. Ink takes light away, but programs that write Adobe's marker store how
 * much light is left. */
static void take_printed(const struct jpeg_decompress_struct *jpeg, const JSAMPLE *ink, int64_t width, uint8_t *out)
{
    const int light = jpeg->saw_Adobe_marker;
    for (int64_t x = 0; x < width; x++, ink += 4, out += 3)
        for (int c = 0; c < 3; c++) {
            const int colour = light ? ink[c] : 255 - ink[c], black = light ? ink[3] : 255 - ink[3];
            out[c] = (uint8_t)((colour * black + 127) / 255);
        }
}

static void read_rows(struct jpeg_decompress_struct *jpeg, struct cnn_image *out)
{
    jpeg_start_decompress(jpeg);
    JSAMPARRAY ink = NULL;
    if (is_printed(jpeg))
        ink = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, (JDIMENSION)out->width * 4, 1);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = out->pixels + (size_t)jpeg->output_scanline * (size_t)out->width * (size_t)out->channels;
        jpeg_read_scanlines(jpeg, ink ? ink : &row, 1);
        if (ink)
            take_printed(jpeg, *ink, out->width, row);
    }
    jpeg_finish_decompress(jpeg);
}

int cnn_jpeg_decode(const struct cnn_bytes *in, struct cnn_image *out, struct cnn_error *e)
{
    struct jpeg_decompress_struct jpeg = {0};
    struct reader r = {.in = in, .e = e};
    struct jpeg_progress_mgr scans = {.progress_monitor = count_scans};
    volatile int status = -1;
    jpeg.err = jpeg_std_error(&r.errors);
    r.errors.error_exit = fail;
    r.errors.emit_message = hear;
    if (setjmp(r.back) == 0) {
        jpeg_create_decompress(&jpeg);
        jpeg.progress = &scans;
        status = set_up(&jpeg, &r, out);
        if (status == 0) {
            read_rows(&jpeg, out);
            if (cnn_image_turn(out, r.orientation) != 0)
                status = cnn_fail(e, "%s: no memory to turn it", in->path);
        }
    } else {
        status = -1;
    }
    jpeg_destroy_decompress(&jpeg);
    return status;
}
