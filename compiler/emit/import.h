/* import.h -- rung 3: weights from a file */
#ifndef CNNC_IMPORT_H
#define CNNC_IMPORT_H

#include "plan/plan.h"

/* The parameters of the plan's network, from a .safetensors or .npz file: p->theta floats in the plan's layout, padding
 * zero. NULL after a message. */
const float *import_weights(const struct plan *p, const char *path);
/* What that file (NULL: there is none) and the spec know beside them. False after a message: they are needed, and not known. */
bool import_learnt(const struct plan *p, const char *path, struct learnt *out);

#endif
