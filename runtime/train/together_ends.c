/* together_ends.c -- the weights that several models have when their training ends: those of the best epoch, or running
 * means. */
#include <stdlib.h>
#include <string.h>

#include "engine/meeting.h"
#include "input.h"
#include "train/together.h"
#include "weights/weights.h"

int cnn_together_keeps(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++) {
        const size_t n = t->side[i].m->core.theta;
        if (!(t->side[i].other = calloc(n + 1, sizeof *t->side[i].other)))
            return cnn_fail_memory(&f->r->error, "the weights of the best epoch", (uint64_t)n * sizeof(float));
    }
    return 0;
}

void cnn_together_keep_best(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++)
        memcpy(t->side[i].other, t->side[i].g->theta, t->side[i].m->core.theta * sizeof(float));
}

void cnn_together_restore_best(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    for (int i = 0; i < t->n; i++) {
        struct cnn_side *s = &t->side[i];
        cnn_fit_exchange(s->g->theta, s->other, s->m->core.theta);
        s->stale = 1;
    }
    cnn_together_settle(f);
}

/* What a phase has changed, in the networks of all others. */
int cnn_together_take_averages(struct cnn_fit *f)
{
    struct cnn_together *t = f->together;
    int taken = 0;
    for (int i = 0; i < t->n; i++) {
        const struct cnn_side *s = &t->side[i];
        const float *mean = s->fit ? cnn_averages(s->m, s->g->state) : NULL;
        if (!mean)
            continue;
        taken = 1;
        cnn_meet_whole_state(s->g);
        memcpy(s->g->theta, mean, s->m->core.trained * sizeof *mean);
        t->side[i].stale = 1;
        for (int k = 0; k < t->n; k++)
            if (k != i)
                cnn_together_pass_on(s, k);
    }
    cnn_together_settle(f);
    return taken;
}
