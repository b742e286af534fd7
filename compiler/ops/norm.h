/* norm.h -- what the ops of normalisation layers, their kernels and their layers share. */
#ifndef CNNC_NORM_H
#define CNNC_NORM_H

#include "graph/net.h"

struct norm_op {
    struct op op;
    double epsilon, momentum;
    bool scale, center; /* whether there is a gamma, a beta */
    int64_t pixels;     /* of an image: values of each channel */
    double weight;      /* of a running op: that of its statistics among those of all uses of the layer */
};

/* Operands of a batch_norm; gamma and beta follow, as far as there are any. */
enum { NORM_TOTAL, NORM_MEAN, NORM_VARIANCE, NORM_GAMMA };
/* Rows of the coefficients of y = (x - near) * scale + shift. lost: mean - near, which near cannot hold; spread: 1 /
 * sqrt(variance + epsilon). */
enum { NORM_NEAR, NORM_SCALE, NORM_SHIFT, NORM_LOST, NORM_SPREAD, NORM_ROWS };
/* Rows of the coefficients of dx = dy * scale + (x - near) * by_x + same. */
enum { NORM_BY_X, NORM_SAME, NORM_SLOPES };
/* Rows of sums over pixels, of an image or of several: of x and x^2, or of dy and dy * (x - near). */
enum { NORM_SUM, NORM_SUM_BY_X, NORM_SUMS };

/* ---- batch_norm.c */

struct tensor *norm_statistic(struct net *n, const char *name, int64_t rows, int64_t channels, enum dtype dtype);
/* Sums of each image. */
struct tensor *norm_sums(struct net *n, const char *name, int64_t channels, enum role role);
/* The sums over the batch, behind a barrier. */
struct tensor *norm_total(struct net *n, struct tensor *sums, struct node *node, const char *name, enum phase phase);
/* The rows, [1, channels], of all images of the batch, [images, channels], behind a barrier; those of images that a
 * batch is short of are zero. */
struct tensor *norm_rows(struct net *n, struct tensor *rows, struct node *node, const char *name, int64_t images);

#endif
