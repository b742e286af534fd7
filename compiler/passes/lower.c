/* lower.c -- pass: the layers of the user become FORWARD ops. */
#include "catalog/catalog.h"
#include "passes/passes.h"
#include "training/training.h"
#include "layers/layers.h"

static struct tensor *target_of(struct net *net)
{
    const bool sparse = loss_of(net->train->loss)->sparse; /* the number of a class for each answer */
    struct shape s = net->output->shape;
    if (sparse)
        s.dim[s.rank - 1] = 1;
    struct tensor *t = net_tensor(net, "labels", s, ROLE_TARGET);
    t->dtype = sparse ? DTYPE_I32 : DTYPE_F32;
    return t;
}

/* Outputs, and a target for each. */
static void lower_ports(struct net *net)
{
    for (size_t i = 0; i < net->inputs.n; i++)
        net->inputs.at[i].tensor = net->inputs.at[i].node->y;
    net->input = net->inputs.at[0].tensor;
    for (size_t i = 0; i < net->outputs.n; i++)
        net->outputs.at[i].tensor = net->outputs.at[i].node->y;
    for (size_t i = 0; i < net->outputs.n; i++) {
        net_aim(net, i);
        const struct port p = {.node = net->outputs.at[i].node, .tensor = target_of(net)};
        vec_push(ctx_arena(net->ctx), &net->targets, p);
    }
    net_aim(net, 0);
}

static void count_macs(struct net *net)
{
    for (size_t i = 0; i < net->ops.n; i++)
        net->ops.at[i]->node->macs += op_macs(net->ops.at[i]);
}

void lower(struct net *net)
{
    if (ctx_errors(net->ctx) > 0)
        return;
    for (size_t i = 0; i < net->nodes.n; i++) {
        struct node *n = net->nodes.at[i];
        n->x = n->input ? n->input->y : NULL;
        lower_orthogonal(net, n);
        n->y = n->layer->lower(net, n);
        if (n->y != n->x)
            n->y->name = n->ident; /* this name is reserved: the output of a layer has the name of the layer */
    }
    lower_ports(net);
    net->hash = net_hash(net);
    count_macs(net);
}
