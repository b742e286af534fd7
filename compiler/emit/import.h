/* import.h -- weights from a file */
#ifndef CNNC_IMPORT_H
#define CNNC_IMPORT_H

#include "plan/plan.h"

/* What inference knows beside the weights: x = (raw * scale - mean) / std of each channel, the last axis of the input; and what classes
 * are called. */
struct learnt {
    double scale;
    int64_t
        channels; /* that have a mean and a std each; 1: all values have the same; 0: inputs are taken as they are */
    const double *mean, *std;
    const char *const *classes; /* NULL: they are numbers */
    int64_t n_classes;
};

/* The parameters of the plan's network, from a .safetensors or .npz file: p->theta floats in the plan's layout, padding
 * zero. NULL after a message. */
const float *import_weights(const struct plan *p, const char *path);
/* What that file (NULL: there is none) and the spec know beside them. False after a message: they are needed, and not known. */
bool import_learnt(const struct plan *p, const char *path, struct learnt *out);

#endif
