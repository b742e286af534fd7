/* mixing.c -- layers that mix each row of a batch with another one of the batch, and their targets, while training.
 * What gathers a batch does it, since no kernel sees another row, nor a target: the layers have no ops, and tell what
 * is wanted of it. */
#include "layers/layers.h"

static const struct arg_def mix_up_args[] = {
    REAL("alpha", ARG_POSITIONAL, "0.2", 0.001, 1000,
         .doc = "shares are drawn from the distribution beta(alpha, alpha): less is nearer to 0 and 1, 1 is even"),
    {0}};
static const struct arg_def cut_mix_args[] = {
    FACTOR_ARG("factor", ARG_POSITIONAL, "1", 0, 1,
               "alpha is drawn up to it, or in [least, most], and the area that is not pasted from beta(alpha, alpha)"),
    {0}};

static struct tensor *mixing_lower(struct net *net, struct node *n)
{
    (void)net;
    return n->x;
}

struct limits mixing_alpha(const struct node *n)
{
    if (n->layer->mixes == MIX_CUT)
        return factor_of(n, "factor", false);
    const double alpha = node_arg(n, "alpha")->number;
    return (struct limits){alpha, alpha};
}

const struct layer layer_mix_up = {
    .rec = {.name = "MixUp",
            .doc = "Blends each row with another one of the batch, and their targets, while training.",
            .example = "MixUp 0.2",
            .args = mix_up_args},
    .keras = "MixUp",
    .noisy = true,
    .mixes = MIX_UP,
    .input = "8x8x3",
    .shape = shape_same,
    .lower = mixing_lower,
};

const struct layer layer_cut_mix = {
    .rec = {.name = "CutMix",
            .doc = "Pastes a part of another image of the batch into each, and mixes their targets, while training.",
            .example = "CutMix",
            .args = cut_mix_args},
    .keras = "CutMix",
    .noisy = true,
    .mixes = MIX_CUT,
    .input = "8x8x3",
    .shape = image_shape,
    .lower = mixing_lower,
};
