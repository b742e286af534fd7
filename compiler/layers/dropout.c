/* dropout.c -- while training, x[i] is 0 with probability p, else x[i] / (1 - p); otherwise it is x[i] */
#include "layer.h"

static const struct arg_def args[] = {{.name = "rate",
                                       .type = ARG_REAL,
                                       .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                       .min = 0,
                                       .max = 0.999999,
                                       .doc = "part of the inputs that are dropped"},
                                      {0}};

static int streams(const struct net *net)
{
    int n = 0;
    for (size_t i = 0; i < net->ops.n; i++)
        n += net->ops.at[i]->code == OP_DROPOUT;
    return n;
}

static struct tensor *dropout_lower(struct net *net, struct node *n)
{
    double rate = node_arg(n, "rate")->number;
    if (rate == 0)
        return n->x;
    int stream = streams(net);
    struct op *o = lower_unary(net, OP_DROPOUT, n, n->x, n->out, "kept");
    struct tensor *mask = node_tensor(net, n, "index", n->out);
    mask->role = ROLE_INDEX;
    op_out(o, mask);
    o->rate = rate;
    o->stream = stream;
    return o->out[0];
}

const struct layer layer_dropout = {
    .rec = {.name = "Dropout",
            .doc = "Drops inputs at random while training, against overfitting.",
            .example = "Dropout 0.5",
            .args = args},
    .keras = "Dropout",
    .input = "8x8x3",
    .shape = shape_same,
    .lower = dropout_lower,
};
