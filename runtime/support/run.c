/* run.c -- what a command was asked. */
#include "support/support.h"

uint64_t cnn_run_seed(const struct cnn_run *r)
{
    return r->o.seed_given ? (uint64_t)r->o.seed : r->m->train->seed;
}
