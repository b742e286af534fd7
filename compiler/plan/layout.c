/* layout.c -- channels, runs and sizes of every tensor, and the places of parameters. */
#include "plan/inner.h"

int64_t ceil_div(int64_t n, int64_t d)
{
    return (n + d - 1) / d;
}

int64_t round_up(int64_t n, int64_t to)
{
    return ceil_div(n, to) * to;
}

const struct layout *layout_of(const struct plan *p, const struct tensor *t)
{
    return &p->layouts[t->id];
}

bool layout_padded(const struct layout *q)
{
    return q->ld != q->channels && q->pixels > 1;
}

/* ---- activations and gradients */

static void set_layout(struct layout *q, int64_t channels, int64_t ld, int64_t pixels)
{
    q->channels = channels;
    q->ld = ld;
    q->pixels = pixels;
    q->size = pixels * ld;
    q->used = true;
}

static void like(struct plan *p, const struct tensor *t, const struct tensor *model)
{
    const struct layout *m = layout_of(p, model);
    set_layout(&p->layouts[t->id], m->channels, m->ld, m->pixels);
}

/* The outputs of an op, as its kind says. */
static void layout_result(struct plan *p, const struct op *o, const struct tensor *t)
{
    const struct result_layout r = o->kind->layout ? o->kind->layout(o) : (struct result_layout){.like = o->in[0]};
    struct layout m = {.channels = r.channels, .ld = round_up(r.channels, p->target->lanes)};
    if (r.like)
        m = *layout_of(p, r.like);
    if (o->kind->pads)
        m.ld = round_up(m.ld, p->target->lanes);
    set_layout(&p->layouts[t->id], m.channels, m.ld, r.pixels ? r.pixels : m.pixels);
}

/* A tensor that no op makes any more still tells how its gradients lie. */
static void layout_gone(struct plan *p, const struct tensor *t)
{
    const int64_t channels = shape_channels(t->shape);
    if (!layout_of(p, t)->used)
        set_layout(&p->layouts[t->id], channels, round_up(channels, p->target->lanes), shape_size(t->shape) / channels);
}

/* A gradient has the layout of its tensor, so kernels can walk both with one index. */
static void layout_gradients(struct plan *p)
{
    for (size_t i = 0; i < p->net->tensors.n; i++)
        if (p->net->tensors.at[i]->grad_of && p->net->tensors.at[i]->grad_of->role == ROLE_ACTIVATION)
            layout_gone(p, p->net->tensors.at[i]->grad_of);
    for (size_t i = 0; i < p->net->tensors.n; i++) {
        const struct tensor *t = p->net->tensors.at[i];
        if (t->grad && t->role == ROLE_ACTIVATION)
            like(p, t->grad, t);
        if (t->grad_of && t->grad_of->role == ROLE_ACTIVATION)
            like(p, t, t->grad_of);
    }
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->phase != PHASE_BACKWARD)
            continue;
        for (int j = 0; j < o->n_out; j++)
            if ((o->out[j]->role == ROLE_GRADIENT || o->out[j]->role == ROLE_STATISTIC) &&
                !p->layouts[o->out[j]->id].used)
                layout_result(p, o, o->out[j]);
    }
}

/* ---- parameters */

/* The distance of two runs of the last axis of an array. */
static int64_t array_run(const struct plan *p, const struct param *q)
{
    return round_up(shape_channels(q->tensor->shape), p->target->lanes);
}

/* The kernel of a convolution over volumes is kd kernels over planes, one behind the other. */
static bool is_of_volumes(const struct param *q)
{
    return q->kind == PARAM_CONV && q->tensor->shape.rank == MAX_RANK;
}

/* Parameters in the layout of the kernels: [vector of outputs][kh][in][kw][lane], for volumes once for each kd, and
 * [vector of outputs][in][lane]. */
static int64_t param_size(const struct plan *p, const struct param *q)
{
    const bool volumes = is_of_volumes(q);
    const int64_t *d = q->tensor->shape.dim + volumes;
    int64_t lanes = p->target->lanes;
    switch (q->kind) {
    case PARAM_CONV:
    case PARAM_DEPTHWISE: return (volumes ? d[-1] : 1) * d[0] * d[1] * d[2] * round_up(d[3], lanes);
    case PARAM_DENSE: return d[0] * round_up(d[1], lanes);
    case PARAM_VECTOR: return round_up(d[0], lanes);
    case PARAM_ARRAY: return shape_size(q->tensor->shape) / shape_channels(q->tensor->shape) * array_run(p, q);
    }
    return 0;
}

/* The axes of an array: runs of the last one. */
static void array_axes(const struct plan *p, const struct param *q, struct param_axis axis[MAX_RANK])
{
    int64_t step = array_run(p, q);
    axis[q->shape.rank - 1] = (struct param_axis){1, 1, 0};
    for (int i = q->shape.rank - 2; i >= 0; i--) {
        axis[i] = (struct param_axis){1, step, 0};
        step *= q->shape.dim[i];
    }
}

/* The axes of a matrix whose inputs or outputs have several; a block of 0 says that an axis counts with the next. */
static void joined_axes(const struct param *q, struct param_axis in, struct param_axis out,
                        struct param_axis axis[MAX_RANK])
{
    const int rank = q->shape.rank, first = q->outputs_first ? q->outputs : q->inputs;
    for (int i = 0; i < rank; i++)
        axis[i] = (struct param_axis){0, 0, 0};
    if (first < rank)
        axis[rank - 1] = q->outputs_first ? in : out;
    if (first > 0)
        axis[first - 1] = q->outputs_first ? out : in;
}

void param_axes(const struct plan *p, const struct param *q, struct param_axis axis[MAX_RANK])
{
    const bool volumes = is_of_volumes(q);
    const int64_t *d = q->tensor->shape.dim + volumes;
    int64_t lanes = p->target->lanes;
    struct param_axis all[MAX_RANK] = {{1, 1, 0}}, *plane = all + volumes; /* of a vector */
    int rank = q->tensor->shape.rank;
    if (q->kind == PARAM_ARRAY) {
        array_axes(p, q, axis);
        return;
    }
    if (q->kind == PARAM_DENSE) {
        all[0] = (struct param_axis){1, lanes, 0};
        all[1] = (struct param_axis){lanes, d[0] * lanes, 1};
    } else if (q->kind != PARAM_VECTOR) {
        all[0] = (struct param_axis){1, d[0] * d[1] * d[2] * round_up(d[3], lanes), 0};
        plane[0] = (struct param_axis){1, d[2] * d[1] * lanes, 0};
        plane[1] = (struct param_axis){1, lanes, 0};
        plane[2] = (struct param_axis){1, d[1] * lanes, 0};
        plane[3] = (struct param_axis){lanes, d[0] * d[1] * d[2] * lanes, 1};
        if (q->kind == PARAM_DEPTHWISE)
            plane[2] = (struct param_axis){0, 0, 0}; /* channel and multiplier count outputs together */
    }
    if (q->inputs + q->outputs > 0) {
        joined_axes(q, all[rank - 2], all[rank - 1], axis);
        return;
    }
    for (int i = 0; i < q->shape.rank; i++) /* files may leave out leading axes of 1 */
        axis[i] = all[rank - q->shape.rank + i];
}

static void place_param(struct plan *p, const struct param *q)
{
    struct layout *l = &p->layouts[q->tensor->id];
    l->base = BASE_THETA;
    l->offset = p->theta;
    l->size = param_size(p, q);
    l->used = true;
    p->theta += round_up(l->size, 16);
}

/* Behind a vector of the power method is room for as many doubles. */
static void place_trained(struct plan *p, const struct param *q)
{
    place_param(p, q);
    if (q->divides)
        p->theta += round_up(2 * round_up(shape_size(q->shape), 16), 16);
}

enum care { TRAINED, RUNNING, FROZEN };

static enum care care_of(const struct param *q)
{
    return !q->frozen ? TRAINED : q->running ? RUNNING : FROZEN;
}

/* Trained parameters come first, so that optimiser state only needs room for these, and running statistics second, so
 * that gradients only need room for both. */
static void place_params(struct plan *p)
{
    const struct net *n = p->net;
    int64_t *const ends[] = {[TRAINED] = &p->trained, [RUNNING] = &p->moved, [FROZEN] = &p->read};
    for (enum care c = TRAINED; c <= FROZEN; c++) {
        for (size_t i = 0; i < n->params.n; i++)
            if (care_of(n->params.at[i]) == c)
                place_trained(p, n->params.at[i]);
        *ends[c] = p->theta;
    }
}

/* Whether a kernel other than PREPARE reads the parameter in the form that training gives it. */
static bool is_read(const struct net *n, const struct tensor *t)
{
    for (size_t i = 0; i < n->ops.n; i++)
        for (int j = 0; j < n->ops.at[i]->n_in; j++)
            if (n->ops.at[i]->in[j] == t && n->ops.at[i]->phase != PHASE_PREPARE)
                return true;
    return false;
}

/* Inference does not hold a parameter that it reads only in another form. */
void plan_place_params_read(struct plan *p)
{
    const struct net *n = p->net;
    p->theta = 0;
    for (int behind = 0; behind < 2; behind++) {
        for (size_t i = 0; i < n->params.n; i++)
            if (is_read(n, n->params.at[i]->tensor) != behind)
                place_param(p, n->params.at[i]);
        if (!behind)
            p->read = p->theta;
    }
}

void plan_place_params_like(struct plan *p, const struct plan *q)
{
    for (size_t i = 0; i < p->net->params.n; i++) {
        const struct tensor *t = p->net->params.at[i]->tensor;
        p->layouts[t->id] = *layout_of(q, t);
    }
    p->theta = q->theta;
    p->read = q->read;
}

/* ---- views */

static bool lie_alike(const struct layout *a, const struct layout *b)
{
    if (!layout_padded(a) && !layout_padded(b))
        return a->size == b->size;
    return a->channels == b->channels && a->ld == b->ld;
}

/* An op that only gives another shape to its input does nothing where that is so in memory, too. */
static void see_as_view(const struct plan *p, const struct op *o)
{
    if (o->kind->keeps_order && o->kind->keeps_order(o) && o->n_epilogue == 0 &&
        lie_alike(layout_of(p, o->in[0]), layout_of(p, o->out[0])))
        o->out[0]->view_of = o->in[0];
}

bool plan_is_view(const struct op *o)
{
    return o->n_out > 0 && o->n_in > 0 && o->out[0]->view_of == o->in[0];
}

void plan_layout(struct plan *p)
{
    const struct net *n = p->net;
    for (size_t i = 0; i < n->inputs.n; i++) {
        const struct tensor *x = n->inputs.at[i].tensor;
        struct layout *q = &p->layouts[x->id];
        const int64_t channels = shape_channels(x->shape);
        set_layout(q, channels, channels, shape_size(x->shape) / channels);
        q->base = BASE_X;
    }
    place_params(p);
    for (size_t i = 0; i < n->ops.n; i++)
        if (n->ops.at[i]->phase == PHASE_FORWARD)
            for (int j = 0; j < n->ops.at[i]->n_out; j++)
                layout_result(p, n->ops.at[i], n->ops.at[i]->out[j]);
    layout_gradients(p);
    for (size_t i = 0; i < n->ops.n; i++)
        see_as_view(p, n->ops.at[i]);
    for (size_t i = 0; i < n->tensors.n; i++) {
        const struct tensor *t = n->tensors.at[i];
        struct layout *l = &p->layouts[i];
        if (t->role == ROLE_ACTIVATION || t->role == ROLE_GRADIENT || t->role == ROLE_STATISTIC)
            l->base = BASE_SCRATCH;
        else if (t->role == ROLE_TARGET)
            l->base = BASE_TARGET;
        else if (t->role == ROLE_PARAM_GRAD)
            *l = *layout_of(p, t->param->tensor), l->base = BASE_GRAD;
    }
}

/* A shared kernel of a Dense has its rows in the order in which the first input stands in memory. */
bool plan_shares_fit(const struct plan *p)
{
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        const struct param *q = o->n_in > 1 && o->phase == PHASE_FORWARD ? o->in[1]->param : NULL;
        if (!q || !q->shared || !q->input)
            continue;
        const struct layout *own = layout_of(p, o->in[0]), *first = layout_of(p, q->input);
        if (own->pixels == first->pixels && own->ld == first->ld)
            continue;
        diag_error(
            p->net->ctx, o->node->stmt->name_span,
            "the input of this use of '%s' stands otherwise in memory than that of the first: put the same layers "
            "in front of both",
            q->node->name);
        return false;
    }
    return true;
}

/* ---- ports */

int64_t plan_port_bytes(const struct plan *p, const struct tensor *t)
{
    const int64_t bytes = dtype_is_real(t->dtype) ? p->number->bytes : dtype_bytes(t->dtype);
    return round_up(shape_size(t->shape) * p->chunk * bytes, 64);
}

int64_t plan_output_offset(const struct plan *p, size_t output)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < output; i++)
        bytes += plan_port_bytes(p, p->net->outputs.at[i].tensor);
    return bytes / p->number->bytes;
}

/* As cnn.h says of ports: the next one begins behind the room for a whole chunk. */
void plan_place_ports(struct plan *p)
{
    int64_t x = 0, target = 0;
    for (size_t i = 0; i < p->net->inputs.n; i++) {
        const struct tensor *t = p->net->inputs.at[i].tensor;
        p->layouts[t->id].offset = x / p->number->bytes;
        x += plan_port_bytes(p, t);
    }
    for (size_t i = 0; i < p->net->targets.n; i++) {
        const struct tensor *t = p->net->targets.at[i].tensor;
        p->layouts[t->id].offset = target;
        target += plan_port_bytes(p, t);
    }
}

/* ---- sums over the batch */

const struct op *plan_barrier_of(const struct kernel *k)
{
    for (int i = 0; i < k->op->n_in; i++) {
        const struct op *producer = k->op->in[i]->producer;
        if (producer && producer->kind->barrier)
            return producer;
    }
    return NULL;
}

struct tensor *plan_image_sums(const struct op *barrier)
{
    return barrier->in[0]->producer->in[0];
}
