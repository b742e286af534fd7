/* products.c -- products of two activations. */
#include "layers/layers.h"
#include "ops/matmul.h"

struct tensor *lower_matmul(struct net *net, struct node *n, struct tensor *a, struct tensor *b,
                            const struct product *form, struct shape out, const char *suffix)
{
    struct op *o = net_op(net, &op_matmul, n);
    struct matmul *m = (struct matmul *)(void *)o;
    m->matrices = form->matrices;
    m->rows = form->rows;
    m->inner = form->inner;
    m->columns = form->columns;
    m->transposed_a = form->transposed_a;
    m->transposed_b = form->transposed_b;
    op_in(net, o, a);
    op_in(net, o, b);
    op_out(net, o, node_tensor(net, n, suffix, out));
    return o->out[0];
}
