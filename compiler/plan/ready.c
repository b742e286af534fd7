/* ready.c -- marks in the backward pass of a chunk, and in the gradients of a team. Parameters stand in the order of
 * the layers, and their gradients are finished from the last layer to the first. Behind a mark, all gradients from some
 * element on are finished, and ranks send them to one another while the pass goes on. */
#include "plan/inner.h"

/* A mark cuts the loop that calls equal layers in two, so there are few. */
enum { MOST_MARKS = 6, ALIGNED = 16 };

/* The end of the gradients of trained parameters that the kernel writes; 0: it writes none. */
static int64_t gradients_end(const struct plan *p, const struct kernel *k)
{
    int64_t end = 0;
    for (int i = -1; i < k->op->n_out; i++) {
        if (i < 0 && k->op->n_out == 0)
            continue;
        const struct layout *q = layout_of(p, tensor_root(i < 0 ? op_result(k->op) : k->op->out[i]));
        if (q->base == BASE_GRAD && q->offset < p->trained && q->offset + q->size > end)
            end = q->offset + q->size;
    }
    return end;
}

/* Within an image loop no gradient is finished before the last image. */
static bool may_follow(const struct plan *p, size_t kernel)
{
    const struct group *g = &p->groups.at[p->kernels.at[kernel].group];
    return p->kernels.at[kernel].op->phase == PHASE_BACKWARD && !p->kernels.at[kernel].op->kind->loss &&
           (!g->image_loop || kernel + 1 == g->first + g->n);
}

/* A team adds the gradients of images first, and has the kernels that write others in the same order, so the mark
 * stands behind the last of those that are finished there. Where that is within an image loop, the mark stands
 * nowhere. */
static struct ready_mark mark_of_team(const struct plan *p, const struct ready_mark *mark)
{
    const struct plan *t = p->team;
    size_t last = SIZE_MAX;
    for (size_t i = 0, j = 0; i < t->kernels.n; i++) {
        const struct group *g = &t->groups.at[t->kernels.at[i].group];
        if (g->share != SHARE_SLICES)
            continue;
        if (t->kernels.at[i].parts) {
            last = i;
            continue;
        }
        while (p->kernels.at[j].op != t->kernels.at[i].of)
            j++;
        if (j > mark->kernel)
            break;
        last = g->image_loop && i + 1 < g->first + g->n ? SIZE_MAX : i;
    }
    return (struct ready_mark){last, mark->from};
}

/* The first of the marks is found last. */
static void find_marks(struct plan *p)
{
    struct arena *a = ctx_arena(p->net->ctx);
    const int64_t least = ceil_div(p->trained, MOST_MARKS);
    int64_t *ends = arena_alloc(a, (p->kernels.n + 1) * sizeof *ends), before = p->trained;
    for (size_t i = p->kernels.n; i-- > 0;) { /* ends[i]: of what kernel i and those behind it write */
        const int64_t own = p->kernels.at[i].op->phase == PHASE_PREPARE ? 0 : gradients_end(p, &p->kernels.at[i]);
        const int64_t later = i + 1 < p->kernels.n ? ends[i + 1] : 0;
        ends[i] = own > later ? own : later;
    }
    for (size_t i = 0; i + 1 < p->kernels.n; i++) {
        const struct ready_mark mark = {i, ceil_div(ends[i + 1], ALIGNED) * ALIGNED};
        if (!may_follow(p, i) || mark.from == 0 || before - mark.from < least)
            continue;
        vec_push(a, &p->ready, mark);
        before = mark.from;
    }
}

void plan_ready(struct plan *p)
{
    struct arena *a = ctx_arena(p->net->ctx);
    find_marks(p);
    for (size_t i = 0; p->team && i < p->ready.n; i++) {
        const struct ready_mark mark = mark_of_team(p, &p->ready.at[i]);
        vec_push(a, &p->team->ready, mark);
    }
}
