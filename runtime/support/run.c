/* run.c -- values that follow from the options of a command. */
#include "support/support.h"

uint64_t cnn_run_seed(const struct cnn_run *r)
{
    return r->o.seed_given ? (uint64_t)r->o.seed : r->m->train->seed;
}
