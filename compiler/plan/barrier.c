/* barrier.c -- which sums over the batch a kernel reads. */
#include "plan/inner.h"

const struct op *plan_barrier_of(const struct kernel *k)
{
    for (int i = 0; i < k->op->n_in; i++) {
        const struct op *producer = k->op->in[i]->producer;
        if (producer && producer->kind->barrier)
            return producer;
    }
    return NULL;
}

struct tensor *plan_image_sums(const struct op *barrier)
{
    return barrier->in[0]->producer->in[0];
}
