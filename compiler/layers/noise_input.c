/* noise_input.c -- what an input of a model reads that is trained on noise: normal numbers, drawn anew in each step. It
 * is no word of the language: `on=noise` in the section `step` makes it. It reads an input of the data, which tells how
 * many rows there are. When nothing trains, as in `gradcheck`, it is a fixed pattern. */
#include "layers/layers.h"
#include "ops/warp.h"

static struct tensor *noise_lower(struct net *net, struct node *n)
{
    struct tensor *t = lower_normal(net, n, n->out);
    ((struct draw_op *)(void *)t->producer)->uneven = true;
    return t;
}

/* The shape is that of the model's input. */
static void noise_shape(struct net *net, struct node *n)
{
    struct node input = *n;
    input.input = NULL;
    input.layer = &layer_input;
    layer_input.shape(net, &input);
    n->out = input.out;
}

const struct layer noise_input = {
    .rec = {.name = "noise"}, .keras = "Noise", .shape = noise_shape, .lower = noise_lower};
