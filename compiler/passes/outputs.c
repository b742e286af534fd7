/* outputs.c -- the layers that are outputs: those that `output` names, else the last one. */
#include "passes/resolver.h"

struct bound *outputs_bind(struct resolver *r, const struct stmt *output)
{
    const struct record rec = {.name = "output", .args = output_args};
    return output ? bind_args(r->ctx, &rec, output, 0) : NULL;
}

void find_outputs(struct resolver *r, const struct stmt *output, struct node_list *out)
{
    const struct bound *b = outputs_bind(r, output);
    if (!output && r->here)
        vec_push(ctx_arena(r->ctx), &out->v, r->here);
    if (!output && !r->failed && r->here && r->here->n_inputs == 0 && r->net->nodes.n > r->net->inputs.n)
        diag_error(
            r->ctx, r->here->stmt->name_span,
            "nothing stands behind this 'Input'; where the output is not the last layer, 'output LABEL' names it");
    for (size_t i = 0; b && i < b->n_items; i++) {
        struct node *n = labelled(r, output, &b->items[i]);
        for (size_t k = 0; n && k < out->v.n; k++)
            if (out->v.at[k] == n)
                diag_error(r->ctx, b->items[i].span, "'%s' is an output already", b->items[i].text);
        if (n && n->n_inputs == 0)
            diag_error(r->ctx, b->items[i].span, "'%s' is an input", b->items[i].text);
        if (n)
            vec_push(ctx_arena(r->ctx), &out->v, n);
    }
}
