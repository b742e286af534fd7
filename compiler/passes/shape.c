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

/* The parameters that a layer shares were made for another input, which may have another size. */
static void check_share(struct net *net, struct node *n)
{
    const struct misfit *m = &n->misfit;
    if (n->out.rank < 0 || !m->param)
        return;
    n->out.rank = -1;
    diag_error(net->ctx, n->stmt->name_span, "'%s' was made for %s, but its input here is %s", n->shares->name,
               shape_words(net->ctx, n->shares->in), shape_words(net->ctx, n->in));
    diag_note(net->ctx, n->shares->stmt->span, "%s is %s; for this input it would be %s", m->param->name,
              shape_words(net->ctx, m->param->shape), shape_words(net->ctx, m->wanted));
    shape_origin(net, n);
}

/* A use of a layer has no say in whether the parameters that it shares are trained. */
static void check_frozen(struct net *net, struct node *n)
{
    if (n->out.rank < 0 || !n->asks_other || n->shares->params.n == 0)
        return;
    n->out.rank = -1;
    diag_error(net->ctx, n->stmt->span, "'@%s' shares the parameters of a layer that is %s; write '%s' there",
               n->shares->stmt->label, n->frozen ? "frozen" : "trained", n->frozen ? "trainable=yes" : "frozen");
}

static bool has_failed(const struct node *n)
{
    return n && n->out.rank < 0;
}

static void infer_shape(struct net *net, struct node *n, int64_t *total)
{
    if (n->input)
        n->in = n->input->out;
    name_layer(net, n);
    if (!has_failed(n->shares) && shape_fits_name(net, n))
        n->layer->shape(net, n);
    check_share(net, n);
    check_frozen(net, n);
    freeze(n);
    check_orthogonal(net, n);
    check_activation(net, n);
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
