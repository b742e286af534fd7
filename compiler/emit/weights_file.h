/* weights_file.h -- parameters as a file of their own, in the layout of the kernels: a head of WEIGHTS_HEAD 32-bit words, then the
 * floats, all little-endian. */
#ifndef CNNC_WEIGHTS_FILE_H
#define CNNC_WEIGHTS_FILE_H

#include "plan/plan.h"

enum {
    WEIGHTS_HEAD = 16,
    WEIGHTS_CHECKED = 8,
    WEIGHTS_SUM = 8
};                                     /* words: all, those that are fixed, where the sum stands */
#define WEIGHTS_SUM_START  2166136261u /* FNV-1a, a word at a time */
#define WEIGHTS_SUM_FACTOR 16777619u
/* What every such file of the plan begins with. */
void weights_head(const struct plan *p, uint32_t head[WEIGHTS_CHECKED]);
const char *weights_image(const struct plan *p, const float *theta, size_t *size);

#endif
