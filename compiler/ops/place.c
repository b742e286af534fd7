/* place.c -- x in its place along an axis of y, in the memory of the rest of y: several of them, one behind the other,
 * join tensors. The first one has no base: its y holds nothing but x. */
#include <stddef.h>

#include "ops/move.h"

/* Only the elements of x are read from dy; the rest of it is for the ops before. */
static void place_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    const struct placed *place = placed_of(o);
    if (o->n_in > 1 && grad_wanted(o->in[1]))
        grad_add(n, o->in[1], dy, o->node);
    if (!grad_wanted(o->in[0]))
        return;
    const struct shape s = o->in[0]->shape;
    struct move_axis axes[MAX_RANK];
    for (int i = 0; i < s.rank; i++)
        axes[i] = (struct move_axis){
            .axis = i, .start = i == place->axis ? place->at : 0, .step = 1, .repeat = 1, .size = s.dim[i]};
    struct op *back = grad_data(n, &op_move, o, dy, NULL);
    back->phase = PHASE_BACKWARD;
    move_set(back, o->out[0]->shape, axes);
}

static struct result_layout place_layout(const struct op *o)
{
    const struct shape s = o->out[0]->shape;
    return (struct result_layout){.channels = shape_channels(s), .pixels = shape_size(s) / shape_channels(s)};
}

static const struct attribute attributes[] = {
    {.name = "axis", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct placed, axis), .show = " axis "},
    {.name = "at", .type = ATTRIBUTE_WHOLE, .offset = offsetof(struct placed, at), .show = " at "},
    {0}};

const struct op_kind op_place = {.name = "place",
                                 .phase = PHASE_FORWARD,
                                 .operands = "x base -> y",
                                 .attributes = attributes,
                                 .size = sizeof(struct placed),
                                 .gradient = place_gradient,
                                 .layout = place_layout};
