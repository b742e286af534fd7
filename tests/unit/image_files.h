/* image_files.h -- writes small .png and .jpeg files of every kind. Include after cmocka.h. */
#ifndef IMAGE_FILES_H
#define IMAGE_FILES_H

#include <stdio.h>
#include <jpeglib.h>
#include <png.h>

struct picture {
    int width, height, channels; /* of the file: 1 grey, 2 grey and alpha, 3, 4; palette: 1 */
    const unsigned char *pixels;
    int bits; /* 0: 8; 16: each sample is two bytes, the high one first */
    int palette, interlaced;
};

/* Colour i of the palette is (i, 255 - i, 7); colour 0 is half transparent. */
static inline void write_png(const char *path, const struct picture *p)
{
    static const int types[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                PNG_COLOR_TYPE_RGB_ALPHA};
    FILE *f = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    const int bits = p->bits ? p->bits : 8;
    png_color colours[256];
    png_byte half = 128;
    assert_non_null(f);
    png_init_io(png, f);
    png_set_IHDR(png, info, (png_uint_32)p->width, (png_uint_32)p->height, bits,
                 p->palette ? PNG_COLOR_TYPE_PALETTE : types[p->channels],
                 p->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    for (int i = 0; i < 256; i++)
        colours[i] = (png_color){(png_byte)i, (png_byte)(255 - i), 7};
    if (p->palette) {
        png_set_PLTE(png, info, colours, 256);
        png_set_tRNS(png, info, &half, 1, NULL);
    }
    png_write_info(png, info);
    const size_t stride = ((size_t)p->width * (size_t)p->channels * (size_t)bits + 7) / 8;
    const int passes = png_set_interlace_handling(png);
    for (int k = 0; k < passes; k++)
        for (int y = 0; y < p->height; y++)
            png_write_row(png, p->pixels + (size_t)y * stride);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    assert_int_equal(fclose(f), 0);
}

/* Writes 1 channel, 3, or 4, which are CMYK. */
static inline void write_jpeg(const char *path, const struct picture *p)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, f);
    jpeg.image_width = (JDIMENSION)p->width;
    jpeg.image_height = (JDIMENSION)p->height;
    jpeg.input_components = p->channels;
    jpeg.in_color_space = p->channels == 1 ? JCS_GRAYSCALE : p->channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 100, TRUE);
    if (p->interlaced)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < p->height; y++) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(p->pixels + (size_t)y * (size_t)p->width * (size_t)p->channels);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    assert_int_equal(fclose(f), 0);
}

#endif
