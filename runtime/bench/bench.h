/* bench.h -- `bench`: how fast the network trains and predicts on this machine, kernel by kernel, compared with the
 * peak of the processor. It watches a run of train/ and never changes what a run computes. */
#ifndef CNN_BENCH_H
#define CNN_BENCH_H

#include "support/support.h"

int cnn_bench_command(struct cnn_run *r);

#endif
