/* sizes.c -- generated code counts elements with int: the compiler refuses a layer that exceeds that, and a chunk has
 * no more images than an int can index. */
#include "plan/inner.h"

/* A kernel's index may pass the end by a few vectors before the kernel compares it. */
static const int64_t most_elements = INT32_MAX - (1 << 16);

static bool refuse(const struct plan *p, const struct node *n, const char *what, int64_t elements)
{
    diag_error(p->net->ctx, n->stmt->span, "%s %lld elements, but generated code can index %lld at the most", what,
               (long long)elements, (long long)most_elements);
    return false;
}

static const char *about(const struct plan *p, const char *format, const char *name)
{
    return arena_printf(ctx_arena(p->net->ctx), format, name);
}

static bool parameters_fit(const struct plan *p)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->net->params.n; i++) {
        const struct param *q = p->net->params.at[i];
        const int64_t size = layout_of(p, q->tensor)->size;
        if (size > most_elements)
            return refuse(p, q->node, about(p, "a parameter of '%s', as kernels lay it out, has", q->node->name), size);
        sum += round_up(size, 16);
        if (sum > most_elements)
            return refuse(p, q->node, about(p, "with '%s' all parameters together have", q->node->name), sum);
    }
    return true;
}

static const struct node *maker_of(const struct plan *p, const struct tensor *t)
{
    return t->producer ? t->producer->node : p->net->nodes.at[0];
}

bool plan_can_be_indexed(const struct plan *p)
{
    if (!parameters_fit(p))
        return false;
    for (size_t i = 0; i < p->net->tensors.n; i++) {
        const struct tensor *t = p->net->tensors.at[i];
        const struct layout *q = layout_of(p, t);
        if (q->base != BASE_THETA && q->base != BASE_GRAD && q->size > most_elements)
            return refuse(p, maker_of(p, t), about(p, "one image in '%s' has", maker_of(p, t)->name), q->size);
    }
    return true;
}

int64_t plan_elements_an_image(const struct plan *p)
{
    int64_t sum = 1;
    for (size_t i = 0; i < p->net->tensors.n; i++) {
        const struct layout *q = layout_of(p, p->net->tensors.at[i]);
        if (q->base != BASE_THETA && q->base != BASE_GRAD && !p->net->tensors.at[i]->view_of)
            sum += round_up(q->size, 16);
    }
    return sum;
}

/* A chunk of that many bytes gains nothing from more images. */
int64_t plan_images_that_fit(const struct plan *p)
{
    const int64_t sum = plan_elements_an_image(p);
    return sum < most_elements ? most_elements / sum : 1;
}

bool plan_can_be_addressed(const struct plan *p)
{
    for (size_t i = 0; i < p->net->tensors.n && p->prepared > most_elements; i++) {
        const struct tensor *t = p->net->tensors.at[i];
        const struct layout *q = layout_of(p, t);
        if (q->base == BASE_PREPARED && q->offset + q->size > most_elements)
            return refuse(p, maker_of(p, t), "the weights, in another form that kernels want, have", p->prepared);
    }
    if (p->scratch <= most_elements)
        return true;
    const struct node *at = p->kernels.at[p->peak].op->node;
    return refuse(p, at, about(p, "most memory is alive in '%s'; a chunk has", at->name), p->scratch);
}
