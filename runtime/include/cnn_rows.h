/* cnn_rows.h -- the part of cnn.h about rows that training shows differently in each epoch. */
#ifndef CNN_ROWS_H
#define CNN_ROWS_H

struct cnn_augment {      /* random changes of training images, each with its limit; all zero: no change */
    double shift, rotate; /* pixels, degrees */
    double zoom, noise;   /* factor 1 +- zoom; deviation, added after normalisation */
    int flip_x, flip_y;   /* columns (x), rows (y) are mirrored, each in about half of the images */
};

/* How each row of a batch is mixed with another one, and their targets, while the program trains. */
enum cnn_mix {
    CNN_MIX_NOTHING,
    CNN_MIX_UP, /* a sum of both */
    CNN_MIX_CUT /* a rectangle of the other image takes the place of what was there; targets are sums */
};
struct cnn_mixing {
    enum cnn_mix how;
    double low, high; /* alpha of beta(alpha, alpha), which shares are drawn from, is drawn between them, for a batch */
};

#endif
