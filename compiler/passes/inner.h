/* inner.h -- what passes share among themselves. */
#ifndef CNNC_PASSES_INNER_H
#define CNNC_PASSES_INNER_H

#include "graph/net.h"

/* project.c: where n is the sum of a `residual` with project=auto, inserts a layer before n, if its two inputs have
 * different shapes. False after a report that they cannot be added. */
bool fit_residual(struct net *net, struct node *n, bool *inserted);

#endif
