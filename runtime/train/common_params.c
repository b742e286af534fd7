/* common_params.c -- parameters that several networks have, by name: copies from one to another. */
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "train/together.h"
#include "weights/weights.h"

static int lies_alike(const struct cnn_place *a, const struct cnn_place *b, int rank)
{
    return a->size == b->size && memcmp(a->axis, b->axis, (size_t)rank * sizeof *a->axis) == 0;
}

void cnn_copy_param(const struct cnn_copy *c, const struct cnn_model *from, const float *a, const struct cnn_model *to,
                    float *b)
{
    const struct cnn_param *p = cnn_param(from, c->from), *q = cnn_param(to, c->to);
    const struct cnn_place here = cnn_place(from, from->core.place, c->from),
                           there = cnn_place(to, to->core.place, c->to);
    if (c->alike)
        memcpy(b + there.offset, a + here.offset, here.size * sizeof *b);
    for (int64_t i = 0; !c->alike && i < cnn_param_count(p); i++)
        b[cnn_place_of(q, &there, i)] = a[cnn_place_of(p, &here, i)];
}

static int changes(const struct cnn_param *p)
{
    return p->trainable || p->kind == CNN_RUNNING;
}

/* changed: those alone that a training of `from` changes. */
int cnn_find_copies(const struct cnn_model *from, const struct cnn_model *to, int changed, struct cnn_copies *out,
                    struct cnn_error *e)
{
    *out = (struct cnn_copies){.at = calloc((size_t)from->n_params + 1, sizeof *out->at)};
    if (!out->at)
        return cnn_fail_memory(e, "parameters", (uint64_t)from->n_params * sizeof *out->at);
    for (int k = 0; k < from->n_params; k++) {
        struct cnn_name room;
        const int other = cnn_find_param(to, cnn_param_name(from, k, &room));
        if (other < 0 || (changed && !changes(cnn_param(from, k))))
            continue;
        const struct cnn_place here = cnn_place(from, from->core.place, k),
                               there = cnn_place(to, to->core.place, other);
        out->at[out->n++] = (struct cnn_copy){k, other, lies_alike(&here, &there, cnn_param(from, k)->rank)};
    }
    return 0;
}

float *cnn_kept(const struct cnn_side *s)
{
    return s->g->state + (size_t)s->m->slots * s->m->core.trained;
}

int cnn_copy_params(const struct cnn_side *from, const struct cnn_side *to, struct cnn_error *e)
{
    struct cnn_copies c;
    if (cnn_find_copies(from->m, to->m, 0, &c, e) != 0)
        return -1;
    for (int j = 0; j < c.n; j++)
        cnn_copy_param(&c.at[j], from->m, from->g->theta, to->m, to->g->theta);
    free(c.at);
    return 0;
}
