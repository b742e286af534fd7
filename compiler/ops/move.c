/* move.c -- elements at other places: permuted, cut out, padded with zeros, reversed, repeated. The gradient goes the
 * other way; where elements repeat, it is their sum. */
#include <stddef.h>

#include "ops/move.h"

static int64_t entry(const struct shape *list, int i, int64_t otherwise)
{
    return list->rank ? list->dim[i] : otherwise;
}

struct move_axis move_axis(const struct move *m, int j)
{
    return (struct move_axis){.axis = (int)entry(&m->axes, j, j),
                              .start = entry(&m->start, j, 0),
                              .step = entry(&m->step, j, 1),
                              .repeat = entry(&m->repeat, j, 1),
                              .size = m->to.dim[j]};
}

int move_reader(const struct move *m, int axis)
{
    for (int j = 0; j < m->to.rank; j++)
        if (move_axis(m, j).axis == axis)
            return j;
    INTERNAL("no axis of a move reads axis %d", axis);
}

/* The entry of a list; the list stays empty while all entries are usual. */
static void set_entry(struct shape *list, int rank, int i, int64_t value, bool usual)
{
    if (!usual)
        list->rank = rank;
    list->dim[i] = value;
}

void move_set(struct op *o, struct shape from, const struct move_axis *axes)
{
    struct move *m = (struct move *)(void *)o;
    m->from = from;
    m->to.rank = from.rank;
    for (int j = 0; j < from.rank; j++) {
        const struct move_axis *a = &axes[j];
        m->to.dim[j] = a->size;
        set_entry(&m->axes, from.rank, j, a->axis, a->axis == j);
        set_entry(&m->start, from.rank, j, a->start, a->start == 0);
        set_entry(&m->step, from.rank, j, a->step, a->step == 1);
        set_entry(&m->repeat, from.rank, j, a->repeat, a->repeat == 1);
    }
}

bool move_keeps_order(const struct op *o)
{
    const struct move *m = move_of(o);
    return !m->axes.rank && !m->start.rank && !m->step.rank && !m->repeat.rank && shape_equal(m->from, m->to);
}

/* Each element is read at most once, so the gradient is a MOVE, too. */
static bool inverts(const struct move *m)
{
    for (int j = 0; j < m->to.rank; j++) {
        const struct move_axis a = move_axis(m, j);
        if (a.repeat != 1 || (a.step != 1 && a.step != -1))
            return false;
    }
    return true;
}

static void set_inverse(struct op *back, const struct move *m)
{
    struct move_axis axes[MAX_RANK];
    for (int i = 0; i < m->from.rank; i++) {
        const int j = move_reader(m, i);
        const struct move_axis a = move_axis(m, j);
        axes[i] = (struct move_axis){
            .axis = j, .start = -a.step * a.start, .step = a.step, .repeat = 1, .size = m->from.dim[i]};
    }
    *(struct move *)(void *)back = (struct move){.op = *back};
    move_set(back, m->to, axes);
}

static void move_gradient(struct net *n, struct op *o, struct tensor *dy)
{
    const struct move *m = move_of(o);
    if (!inverts(m)) {
        grad_data(n, &op_move_grad, o, dy, NULL);
        return;
    }
    struct op *back = grad_data(n, &op_move, o, dy, NULL);
    back->phase = PHASE_BACKWARD;
    set_inverse(back, m);
}

static struct result_layout result_layout(const struct op *o)
{
    const struct shape s = o->out[0]->shape;
    return (struct result_layout){.channels = shape_channels(s), .pixels = shape_size(s) / shape_channels(s)};
}

static bool move_adds_zeros(const struct op *o, struct zeros *zeros)
{
    const struct move *m = move_of(o);
    zeros->rank = m->to.rank;
    for (int i = 0; i < m->to.rank; i++) {
        const struct move_axis a = move_axis(m, i);
        zeros->front[i] = -a.start;
        zeros->back[i] = a.size + a.start - m->from.dim[i];
        if (a.axis != i || a.step != 1 || a.repeat != 1 || zeros->front[i] < 0 || zeros->back[i] < 0)
            return false;
    }
    return shape_equal(m->from, o->in[0]->shape) && shape_equal(m->to, o->out[0]->shape);
}

static const struct attribute attributes[] = {
    {.name = "from", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct move, from), .show = " of "},
    {.name = "to", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct move, to), .show = " as "},
    {.name = "axes", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct move, axes), .show = " axes "},
    {.name = "start", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct move, start), .show = " at "},
    {.name = "step", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct move, step), .show = " step "},
    {.name = "repeat", .type = ATTRIBUTE_SHAPE, .offset = offsetof(struct move, repeat), .show = " repeat "},
    {0}};

static const struct op_kind *const epilogue[] = {&op_act_grad, NULL};

const struct op_kind op_move = {.name = "move",
                                .phase = PHASE_FORWARD,
                                .operands = "x -> y",
                                .attributes = attributes,
                                .size = sizeof(struct move),
                                .gradient = move_gradient,
                                .adds_zeros = move_adds_zeros,
                                .epilogue = epilogue,
                                .layout = result_layout,
                                .keeps_order = move_keeps_order};

const struct op_kind op_move_grad = {.name = "move_grad",
                                     .phase = PHASE_BACKWARD,
                                     .operands = "dy -> dx",
                                     .attributes = attributes,
                                     .size = sizeof(struct move),
                                     .epilogue = epilogue,
                                     .layout = result_layout};
