/* slice.c -- part of an axis, as Python's x[start:stop:step] */
#include "layers/layers.h"
#include "ops/move.h"

#define INDEX_ARG(NAME, FLAGS, DOC)                                                                                    \
    {                                                                                                                  \
        .name = NAME, .type = ARG_INT, .flags = FLAGS, .min = -LARGEST_COUNT, .max = LARGEST_COUNT, .doc = DOC         \
    }

static const struct arg_def args[] = {
    INDEX_ARG("start", ARG_POSITIONAL,
              "the first that is kept, counted from 0, or from -1 backwards; unset: from the end"
              " where steps begin"),
    INDEX_ARG("stop", ARG_POSITIONAL, "the one behind the last that is kept; unset: to the other end"),
    {.name = "step",
     .type = ARG_INT,
     .def = "1",
     .min = -LARGEST_COUNT,
     .max = LARGEST_COUNT,
     .doc = "2 keeps every other one, -1 turns the order round"},
    {.name = "axis",
     .type = ARG_INT,
     .def = "-1",
     .min = -MAX_RANK,
     .max = MAX_RANK,
     .doc = "the axis that is cut: 1 is the first one behind the batch, -1 the last one"},
    {0}};

/* The index that an argument means on an axis of `size`, within [low, high]; false after a report. */
static bool index_of(struct net *net, const struct node *n, const char *name, int64_t size, int64_t absent,
                     int64_t high, int64_t *index)
{
    const struct bound *b = node_arg(n, name);
    *index = !b->set ? absent : b->number < 0 ? (int64_t)b->number + size : (int64_t)b->number;
    if (!b->set || (*index >= 0 && *index <= high))
        return true;
    diag_error(net->ctx, b->span, "'%s' has no index %lld there: the axis has %lld", n->stmt->name,
               (long long)b->number, (long long)size);
    shape_origin(net, n);
    return false;
}

/* What the axis of the output reads of that of the input; false after a report. */
static bool slice_of(struct net *net, const struct node *n, int axis, struct move_axis *slice)
{
    const int64_t size = n->in.dim[axis], step = (int64_t)node_arg(n, "step")->number;
    int64_t start, stop;
    if (step == 0) {
        diag_error(net->ctx, node_arg(n, "step")->span, "a step of 0 goes nowhere");
        return false;
    }
    if (!index_of(net, n, "start", size, step > 0 ? 0 : size - 1, size - 1, &start) ||
        !index_of(net, n, "stop", size, step > 0 ? size : -1, size, &stop))
        return false;
    const int64_t way = step > 0 ? stop - start : start - stop, stride = step > 0 ? step : -step;
    if (way <= 0) {
        diag_error(net->ctx, n->stmt->span, "'%s' keeps nothing from %lld to %lld", n->stmt->name, (long long)start,
                   (long long)stop);
        return false;
    }
    *slice =
        (struct move_axis){.axis = axis, .start = start, .step = step, .repeat = 1, .size = (way - 1) / stride + 1};
    return true;
}

static void slice_shape(struct net *net, struct node *n)
{
    struct shape out = n->in;
    struct move_axis slice;
    const int axis = axis_given(net, n);
    if (axis < 0 || !slice_of(net, n, axis, &slice))
        return;
    out.dim[axis] = slice.size;
    shape_set(net, n, out);
}

static struct tensor *slice_lower(struct net *net, struct node *n)
{
    struct move_axis axes[MAX_RANK];
    const int axis = axis_given(net, n);
    for (int i = 0; i < n->in.rank; i++)
        axes[i] = (struct move_axis){.axis = i, .step = 1, .repeat = 1, .size = n->in.dim[i]};
    return slice_of(net, n, axis, &axes[axis]) ? lower_move(net, n, n->x, n->in, axes, n->out, "slice") : n->x;
}

const struct layer layer_slice = {
    .rec = {.name = "Slice",
            .doc =
                "Part of an axis, as Python's x[..., start:stop:step]: some of the channels, every other row, or all "
                "in the other order.",
            .example = "Slice 0 4",
            .args = args},
    .keras = "Slice",
    .input = "8",
    .shape = slice_shape,
    .lower = slice_lower,
};
