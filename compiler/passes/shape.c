/* shape.c -- pass: every node gets the shape of its output and declares its parameters. All sizes are checked here, in
 * 64 bits, so that no later pass can overflow. Generated code indexes with int; plan/sizes.c checks again, because
 * padding to vectors may make a tensor too large. */
#include "passes/inner.h"
#include "passes/passes.h"
#include "layers/layers.h"

static bool parameters_fit(struct net *net, const struct node *n, int64_t *total)
{
    for (size_t i = 0; i < n->params.n; i++) {
        int64_t size = shape_size_within(n->params.at[i]->shape, MOST_ELEMENTS - *total);
        if (size < 0) {
            diag_error(net->ctx, n->stmt->span, "the network would have 2^31 parameters or more: %s is %s",
                       n->params.at[i]->name, shape_words(net->ctx, n->params.at[i]->shape));
            return false;
        }
        *total += size;
    }
    return true;
}

static bool inputs_known(const struct node *n)
{
    for (int i = 0; i < n->n_inputs; i++)
        if (n->inputs[i]->out.rank < 0)
            return false;
    return true;
}

/* Parameters that are not trained are neither penalized nor constrained, as in Keras. */
static void freeze(struct node *n)
{
    for (size_t i = 0; n->frozen && i < n->params.n; i++) {
        struct param *p = n->params.at[i];
        p->frozen = true;
        p->l1 = p->l2 = p->orthogonal.factor = 0;
        p->constraint.given = false;
    }
}

/* The parameters that a layer shares were made for another input. They fit an input of the same shape. */
static bool share_fits(struct net *net, const struct node *n)
{
    if (!n->shares || (n->shares->in.rank >= 0 && shape_equal(n->in, n->shares->in)))
        return true;
    diag_error(net->ctx, n->stmt->name_span, "'%s' was made for %s, but its input here is %s", n->shares->name,
               shape_words(net->ctx, n->shares->in), shape_words(net->ctx, n->in));
    shape_origin(net, n);
    return false;
}

static void infer_shape(struct net *net, struct node *n, int64_t *total)
{
    if (n->input)
        n->in = n->input->out;
    name_layer(net, n);
    if (share_fits(net, n) && shape_fits_name(net, n))
        n->layer->shape(net, n);
    freeze(n);
    check_orthogonal(net, n);
    if (n->out.rank >= 0 && !parameters_fit(net, n, total))
        n->out.rank = -1;
}

void infer_shapes(struct net *net)
{
    int64_t total = 0;
    for (size_t i = 0; i < net->nodes.n; i++) {
        struct node *n = net->nodes.at[i];
        bool inserted;
        diag_within(net->ctx, n->stmt->within);
        if (n->orphan || !inputs_known(n) || !fit_residual(net, n, &inserted))
            continue;
        infer_shape(net, inserted ? net->nodes.at[i] : n, &total);
    }
    diag_within(net->ctx, NULL);
}
