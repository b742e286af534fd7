/* image.h -- pictures from .png and .jpeg files. Only the files of this room that decode may include it. Only
 * programs whose spec says `images` contain these files and need libpng and libjpeg. */
#ifndef CNN_IMAGE_H
#define CNN_IMAGE_H

#include "files.h"

struct cnn_image {
    int64_t width, height;
    int channels;    /* 1: grey; 2: grey, alpha; 3: red, green, blue; 4: red, green, blue, alpha */
    uint8_t *pixels; /* [height][width][channels], from 0 to 255; the caller frees it */
};

/* Reads a .png or a .jpeg; the first bytes tell which. A file that is damaged or cut off is an error. Samples of
 * 16 bits become 8 bits, a palette becomes its colours, and the four colours of a printer (CMYK) become red, green
 * and blue. A .jpeg is turned as the camera noted. */
int cnn_image_read(const char *path, struct cnn_image *out, struct cnn_error *e);

struct cnn_bytes { /* the content of a file */
    const char *path;
    const uint8_t *at;
    size_t size;
};
int cnn_png_decode(const struct cnn_bytes *in, struct cnn_image *out, struct cnn_error *e);  /* image_png.c */
int cnn_jpeg_decode(const struct cnn_bytes *in, struct cnn_image *out, struct cnn_error *e); /* image_jpeg.c */
/* image_turn.c: the orientation in an Exif segment, 1 to 8; 1, upright, when the segment has none. */
int cnn_exif_orientation(const uint8_t *exif, size_t n);
int cnn_image_turn(struct cnn_image *m, int orientation); /* turns it upright; -1: no memory */
/* Allocates out->pixels for the size in the other fields. */
int cnn_image_alloc(const char *path, struct cnn_image *out, struct cnn_error *e);

/* image_fit.c: fits a picture to out[height][width][channels], with 1, 3 or 4 channels. Grey is made from colours
 * as 0.299 red + 0.587 green + 0.114 blue. Alpha that is not wanted is left out, as Keras does; alpha that is
 * missing is 255. Then each axis is resized separately. An axis that grows is interpolated linearly between the
 * middles of the pixels. An axis that shrinks takes a weighted mean of all pixels under a triangle that is two
 * steps wide, as Pillow's BILINEAR and PyTorch's antialias=True do. The result is rounded to whole numbers at the
 * end. -1: no memory. */
int cnn_image_fit(const struct cnn_image *in, int64_t height, int64_t width, int channels, uint8_t *out);

#endif
