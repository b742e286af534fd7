/* rows.h -- the elements of tables whose rows repeat (struct cnn_repeat). */
#ifndef CNN_ROWS_H
#define CNN_ROWS_H

#include "cnn.h"

struct cnn_name {
    char text[128];
};

/* The row that is parameter k, layer i, kernel i of `bench` in all but what goes on: the name, the layer's number. */
const struct cnn_param *cnn_param(const struct cnn_model *m, int k);
const struct cnn_layer *cnn_layer(const struct cnn_model *m, int i);
const struct cnn_kernel *cnn_kernel(const struct cnn_model *m, int i);

/* What goes on. Names are written to *room when they stand nowhere else. place: that of a core of m. */
const char *cnn_param_name(const struct cnn_model *m, int k, struct cnn_name *room);
const char *cnn_layer_name(const struct cnn_model *m, int i, struct cnn_name *room);
int cnn_kernel_layer(const struct cnn_model *m, int i);
struct cnn_place cnn_place(const struct cnn_model *m, const struct cnn_place *place, int k);
int64_t cnn_trace(const struct cnn_model *m, int i);      /* of the reference: offset of a layer's output, or -1 */
int64_t cnn_trace_size(const struct cnn_model *m, int i); /* elements of one image there */

#endif
