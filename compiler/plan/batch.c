/* batch.c -- inference of several images at once: a plan beside the one for a single image. Both read the same
 * constants; the batch adds more where they pay. */
#include "plan/plan.h"

enum { BATCH_IMAGES = 16 };
/* Cycles of an image with the plan, or the added constants, divided by the cycles without. */
static const double worth_a_plan = 0.995, worth_constants = 0.95;

static struct plan *beside(const struct plan *one, struct plan_options options, bool more)
{
    options.images = BATCH_IMAGES;
    options.beside = one;
    options.same_constants = !more;
    return plan_make(one->net, one->target, false, &options);
}

/* Of flash only: the user decides about its scratch. */
static bool fits(const struct plan *p, int64_t flash)
{
    const struct budget need = budget_of_inference(p);
    return budget_fits(&need, &(struct budget){-1, flash});
}

struct plan *plan_batch(const struct plan *one, const struct plan_options *options, int64_t flash)
{
    struct plan *same = beside(one, *options, false), *more = same ? beside(one, *options, true) : NULL;
    if (!more) /* a forced strategy does not apply, and a message has said so */
        return NULL;
    if (fits(more, flash) && plan_cycles(more) < worth_constants * plan_cycles(same))
        return more;
    return plan_cycles(same) < worth_a_plan * plan_cycles(one) ? same : NULL;
}
