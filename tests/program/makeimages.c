/* makeimages.c -- makeimages X Y FOLDER: the IDX images X of classes Y as FOLDER/kN/NNNNN.png and, every third,
 * .jpg. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h>
#include <png.h>

#include "files.h"

static FILE *create(const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void write_png(const char *path, const unsigned char *pixels, int64_t height, int64_t width)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = (png_uint_32)width, .height = (png_uint_32)height};
    image.format = PNG_FORMAT_GRAY;
    fclose(create(path));
    if (!png_image_write_to_file(&image, path, 0, pixels, 0, NULL))
        exit(1);
}

static void write_jpeg(const char *path, const unsigned char *pixels, int64_t height, int64_t width)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    FILE *f = create(path);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, f);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 100, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    for (int64_t y = 0; y < height; y++) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + y * width);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    fclose(f);
}

int main(int argc, char **argv)
{
    struct cnn_array x, y;
    struct cnn_error e;
    char path[4096];
    if (argc != 4 || cnn_idx_read(argv[1], &x, &e) != 0 || cnn_idx_read(argv[2], &y, &e) != 0)
        return 1;
    mkdir(argv[3], 0777);
    for (int64_t i = 0; i < x.shape[0]; i++) {
        const int class = (int)cnn_array_get(&y, i), jpeg = i % 3 == 2;
        snprintf(path, sizeof path, "%s/k%d", argv[3], class);
        mkdir(path, 0777);
        snprintf(path, sizeof path, "%s/k%d/%05d.%s", argv[3], class, (int)i, jpeg ? "jpg" : "png");
        (jpeg ? write_jpeg : write_png)(path, (const unsigned char *)x.data + i * x.shape[1] * x.shape[2], x.shape[1],
                                        x.shape[2]);
    }
    cnn_array_free(&x);
    cnn_array_free(&y);
    return 0;
}
