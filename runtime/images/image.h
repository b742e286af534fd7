/* image.h -- pictures from .png and .jpeg files. Private to what reads them; only programs whose spec says `images` hold it, and need
 * libpng and libjpeg. */
#ifndef CNN_IMAGE_H
#define CNN_IMAGE_H

#include "files.h"

struct cnn_image {
    int64_t width, height;
    int channels;    /* 1 grey, 2 grey and alpha, 3 red, green, blue, 4 and alpha */
    uint8_t *pixels; /* [height][width][channels], the caller's to free; 255 is the most */
};

/* Either, by its first bytes. Damaged or cut off files are errors. 16 bits a sample become 8, a palette its colours, a printer's four
 * colours (CMYK) red, green and blue; a .jpeg is turned as the camera noted. */
int cnn_image_read(const char *path, struct cnn_image *out, struct cnn_error *e);

struct cnn_bytes { /* a file */
    const char *path;
    const uint8_t *at;
    size_t size;
};
int cnn_png_decode(const struct cnn_bytes *in, struct cnn_image *out, struct cnn_error *e);  /* image_png.c */
int cnn_jpeg_decode(const struct cnn_bytes *in, struct cnn_image *out, struct cnn_error *e); /* image_jpeg.c */
/* image_turn.c: the orientation that an Exif segment tells, 1 to 8; 1, upright, where it tells none. */
int cnn_exif_orientation(const uint8_t *exif, size_t n);
int cnn_image_turn(struct cnn_image *m, int orientation); /* until it is upright; -1: no memory */
/* Room for out->pixels, from the other fields. */
int cnn_image_alloc(const char *path, struct cnn_image *out, struct cnn_error *e);

/* image_fit.c: to out[height][width][channels], channels 1, 3 or 4. Grey of colours is 0.299 red + 0.587 green + 0.114 blue; alpha is
 * left out, as Keras does, or 255 where there was none. Then each axis is resized by itself, linear between the pixels' middles or,
 * where it shrinks, a weighted mean of all pixels that a triangle of twice the step covers, which is Pillow's BILINEAR and PyTorch's
 * antialias=True; rounded to whole numbers at the end. -1: no memory. */
int cnn_image_fit(const struct cnn_image *in, int64_t height, int64_t width, int channels, uint8_t *out);

#endif
