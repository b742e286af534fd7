/* matmul.c -- the product of two activations, matrix by matrix. The gradient of either factor is a product of the
 * gradient and the other factor. */
#include <stddef.h>

#include "ops/matmul.h"

/* Appends a product of the phase BACKWARD, which becomes part of the gradient of t. */
static void append_product(struct net *n, struct op *of, struct tensor *t, struct tensor *const factor[2],
                           struct matmul product)
{
    struct op *o = net_op(n, &op_matmul, of->node);
    o->phase = PHASE_BACKWARD;
    product.op = *o;
    *(struct matmul *)(void *)o = product;
    op_in(n, o, factor[0]);
    op_in(n, o, factor[1]);
    op_out(n, o, grad_tensor(n, t));
    grad_add(n, t, o->out[0], of->node);
}

static void matmul_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    const struct matmul m = *matmul_of(o);
    struct tensor *const a = o->in[0], *const b = o->in[1];
    struct matmul da = {.matrices = m.matrices, .rows = m.rows, .inner = m.columns, .columns = m.inner},
                  db = {.matrices = m.matrices, .rows = m.inner, .inner = m.rows, .columns = m.columns};
    if (grad_wanted(a) && m.transposed_a) { /* [k,r]: b dy^T */
        da.rows = m.inner;
        da.columns = m.rows;
        da.transposed_a = m.transposed_b;
        da.transposed_b = true;
        append_product(n, o, a, (struct tensor *[]){b, dy}, da);
    } else if (grad_wanted(a)) { /* dy b^T */
        da.transposed_b = !m.transposed_b;
        append_product(n, o, a, (struct tensor *[]){dy, b}, da);
    }
    if (grad_wanted(b) && m.transposed_b) { /* [c,k]: dy^T a */
        db.rows = m.columns;
        db.columns = m.inner;
        db.transposed_a = true;
        db.transposed_b = m.transposed_a;
        append_product(n, o, b, (struct tensor *[]){dy, a}, db);
    } else if (grad_wanted(b)) { /* a^T dy */
        db.transposed_a = !m.transposed_a;
        append_product(n, o, b, (struct tensor *[]){a, dy}, db);
    }
}

static int64_t matmul_macs(const struct op *o)
{
    const struct matmul *m = matmul_of(o);
    return m->matrices * m->rows * m->inner * m->columns;
}

static struct result_layout matmul_layout(const struct op *o)
{
    const struct shape s = o->out[0]->shape;
    return (struct result_layout){.channels = shape_channels(s), .pixels = shape_size(s) / shape_channels(s)};
}

static const struct attribute attributes[] = {
    {.name = "matrices", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct matmul, matrices), .show = " "},
    {.name = "rows", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct matmul, rows), .show = " of "},
    {.name = "inner", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct matmul, inner), .show = " x "},
    {.name = "columns", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct matmul, columns), .show = " x "},
    {.name = "transposed_a",
     .type = ATTRIBUTE_FLAG,
     .offset = offsetof(struct matmul, transposed_a),
     .show = " transposed a"},
    {.name = "transposed_b",
     .type = ATTRIBUTE_FLAG,
     .offset = offsetof(struct matmul, transposed_b),
     .show = " transposed b"},
    {0}};

const struct op_kind op_matmul = {.name = "matmul",
                                  .phase = PHASE_FORWARD,
                                  .operands = "a b -> y",
                                  .attributes = attributes,
                                  .size = sizeof(struct matmul),
                                  .gradient = matmul_gradient,
                                  .macs = matmul_macs,
                                  .layout = matmul_layout};
