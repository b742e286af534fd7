/* common_params.c -- parameters that several networks have, by name: copies from one to another. */
#include <stdlib.h>

#include "input.h"
#include "train/together.h"
#include "weights/weights.h"

static int changes(const struct cnn_param *p)
{
    return p->trainable || p->kind == CNN_RUNNING;
}

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
        out->at[out->n++] = (struct cnn_copy){k, other};
    }
    return 0;
}

int cnn_copy_params(const struct cnn_side *from, const struct cnn_side *to, struct cnn_error *e)
{
    struct cnn_copies c;
    if (cnn_find_copies(from->m, to->m, 0, &c, e) != 0)
        return -1;
    for (int j = 0; j < c.n; j++)
        cnn_param_copy(from->m, c.at[j].from, from->g->theta, to->m, c.at[j].to, to->g->theta);
    free(c.at);
    return 0;
}
