/* plan.c -- from ops to kernels: layouts, the cheapest strategy for each op, loops over images. */
#include <string.h>

#include "plan/plan.h"
#include "base/text.h"

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

/* ---- layouts: channels, ld, pixels, size */

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

static void layout_forward(struct plan *p, const struct op *o)
{
    int64_t lanes = p->target->lanes;
    const struct window *w = &o->win;
    const struct layout *x = layout_of(p, o->in[0]);
    switch (o->code) {
    case OP_CONV: set_layout(&p->layouts[o->out[0]->id], w->oc, round_up(w->oc, lanes), w->oh * w->ow); break;
    case OP_DENSE: {
        int64_t units = shape_size(o->out[0]->shape);
        set_layout(&p->layouts[o->out[0]->id], units, round_up(units, lanes), 1);
        break;
    }
    case OP_MAXPOOL:
    case OP_AVGPOOL:
        for (int i = 0; i < o->n_out; i++)
            set_layout(&p->layouts[o->out[i]->id], x->channels, x->ld, w->oh * w->ow);
        break;
    default:
        for (int i = 0; i < o->n_out; i++)
            like(p, o->out[i], o->in[0]);
    }
}

/* A gradient on its way to the one that its tensor owns: a penalty is still to be added. */
static void layout_passing(struct plan *p, const struct op *o, const struct tensor *t)
{
    const struct window *w = &o->win;
    switch (o->code) {
    case OP_CONV_DATA:
    case OP_MAXPOOL_GRAD:
    case OP_AVGPOOL_GRAD:
        set_layout(&p->layouts[t->id], w->ic, round_up(w->ic, p->target->lanes), w->ih * w->iw);
        break;
    case OP_DENSE_DATA: like(p, t, o->in[1]->param->input); break;
    default: like(p, t, o->in[0]);
    }
}

/* A gradient lies as its tensor does, so kernels can walk both with one index. */
static void layout_gradients(struct plan *p)
{
    for (size_t i = 0; i < p->net->tensors.n; i++) {
        const struct tensor *t = p->net->tensors.at[i];
        if (t->grad && t->role == ROLE_ACTIVATION)
            like(p, t->grad, t);
    }
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->phase != PHASE_BACKWARD)
            continue;
        for (int j = 0; j < o->n_out; j++)
            if (o->out[j]->role == ROLE_GRADIENT && !p->layouts[o->out[j]->id].used)
                layout_passing(p, o, o->out[j]);
    }
}

/* Parameters in the layout of the kernels: [vector of outputs][kh][in][kw][lane] and [vector of outputs][in][lane]. */
static int64_t param_size(const struct plan *p, const struct param *q)
{
    const int64_t *d = q->tensor->shape.dim;
    int64_t lanes = p->target->lanes;
    switch (q->kind) {
    case PARAM_CONV:
    case PARAM_DEPTHWISE: return d[0] * d[1] * d[2] * round_up(d[3], lanes);
    case PARAM_DENSE: return d[0] * round_up(d[1], lanes);
    case PARAM_VECTOR: return round_up(d[0], lanes);
    }
    return 0;
}

void param_axes(const struct plan *p, const struct param *q, struct param_axis axis[MAX_RANK])
{
    const int64_t *d = q->tensor->shape.dim;
    int64_t lanes = p->target->lanes;
    struct param_axis all[MAX_RANK] = {{1, 1, 0}}; /* of a vector */
    int rank = q->tensor->shape.rank;
    if (q->kind == PARAM_DENSE) {
        all[0] = (struct param_axis){1, lanes, 0};
        all[1] = (struct param_axis){lanes, d[0] * lanes, 1};
    } else if (q->kind != PARAM_VECTOR) {
        all[0] = (struct param_axis){1, d[2] * d[1] * lanes, 0};
        all[1] = (struct param_axis){1, lanes, 0};
        all[2] = (struct param_axis){1, d[1] * lanes, 0};
        all[3] = (struct param_axis){lanes, d[0] * d[1] * d[2] * lanes, 1};
        if (q->kind == PARAM_DEPTHWISE)
            all[2] = (struct param_axis){0, 0, 0}; /* channel and multiplier count outputs together */
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

/* A kernel of the network itself reads it, in the form that training would give it. */
static bool is_read(const struct net *n, const struct tensor *t)
{
    for (size_t i = 0; i < n->ops.n; i++)
        for (int j = 0; j < n->ops.at[i]->n_in; j++)
            if (n->ops.at[i]->in[j] == t && n->ops.at[i]->phase != PHASE_PREPARE)
                return true;
    return false;
}

/* Inference does not hold what it reads only in another form. */
static void place_params_again(struct plan *p)
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

/* As another plan of the same network has them. */
static void place_params_like(struct plan *p, const struct plan *q)
{
    for (size_t i = 0; i < p->net->params.n; i++) {
        const struct tensor *t = p->net->params.at[i]->tensor;
        p->layouts[t->id] = *layout_of(q, t);
    }
    p->theta = q->theta;
    p->read = q->read;
}

void plan_layout(struct plan *p)
{
    const struct net *n = p->net;
    const struct shape in = n->input->shape;
    set_layout(&p->layouts[n->input->id], shape_channels(in), shape_channels(in), shape_size(in) / shape_channels(in));
    p->layouts[n->input->id].base = BASE_X;
    for (size_t i = 0; i < n->params.n; i++)
        place_param(p, n->params.at[i]);
    p->read = p->theta;
    for (size_t i = 0; i < n->ops.n; i++)
        if (n->ops.at[i]->phase == PHASE_FORWARD)
            layout_forward(p, n->ops.at[i]);
    layout_gradients(p);
    for (size_t i = 0; i < n->tensors.n; i++) {
        const struct tensor *t = n->tensors.at[i];
        struct layout *l = &p->layouts[i];
        if (t->role == ROLE_ACTIVATION || t->role == ROLE_GRADIENT || t->role == ROLE_INDEX)
            l->base = BASE_SCRATCH;
        else if (t->role == ROLE_TARGET)
            l->base = BASE_TARGET;
        else if (t->role == ROLE_PARAM_GRAD)
            *l = *layout_of(p, t->param->tensor), l->base = BASE_GRAD;
    }
}

/* ---- strategies */

/* What the op's strategy must know: no op touches tensors of two kinds beside the dense. */
static enum repr repr_of(const struct plan *p, const struct op *o)
{
    for (int i = 0; i < o->n_in; i++)
        if (layout_of(p, o->in[i])->repr != REPR_DENSE)
            return layout_of(p, o->in[i])->repr;
    return o->n_out > 0 ? layout_of(p, o->out[0])->repr : REPR_DENSE;
}

/* forced is "LAYER:STRATEGY" */
static bool is_of_layer(const char *forced, const struct node *n)
{
    size_t length = strlen(n->name);
    return !strncmp(forced, n->name, length) && forced[length] == ':';
}

const char *plan_forced(const struct plan_options *options, const struct op *o)
{
    for (size_t i = 0; i < options->n_forced; i++)
        for (size_t s = 0; strategies[s] && is_of_layer(options->forced[i], o->node); s++)
            if (strategies[s]->op == o->code && !strcmp(strategies[s]->name, strchr(options->forced[i], ':') + 1))
                return strategies[s]->name;
    return NULL;
}

/* ---- representations: dense or lists, for the gradient behind a pooling */

static bool reads(const struct op *o, const struct tensor *t)
{
    for (int i = 0; i < o->n_in; i++)
        if (o->in[i] == t)
            return true;
    return false;
}

/* As kernels/lists.ct lays them out: counts, places, values for each channel, and again for each window. */
static int64_t lists_size(const struct plan *p, int64_t channels, const struct window *w)
{
    int64_t lanes = p->target->lanes, windows = w->oh * w->ow;
    int64_t by_channel = round_up(channels, 16) + 2 * channels * round_up(windows, lanes);
    int64_t by_window = round_up(windows * w->kh * w->kw, 16) + 2 * windows * (round_up(channels, lanes) + lanes);
    return round_up(by_channel + by_window, 16);
}

static void represent(struct plan *p, const struct op *pool, enum repr repr, enum repr weights)
{
    struct layout *q = &p->layouts[pool->out[0]->id];
    q->repr = repr;
    q->size = repr == REPR_LISTS    ? lists_size(p, q->channels, &pool->win)
              : repr == REPR_POOLED ? layout_of(p, pool->in[0])->size
                                    : q->pixels * q->ld;
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->code == OP_CONV_DATA && o->in[0] == pool->out[0])
            p->layouts[o->in[1]->id].repr = weights;
    }
}

/* It has no kernel: its readers do its work. */
static bool is_nowhere(const struct plan *p, const struct op *o)
{
    return o->code == OP_MAXPOOL_GRAD && layout_of(p, o->out[0])->repr == REPR_POOLED;
}

/* Of the weights that the gradient of the convolution's data is computed with. */
static enum repr weights_repr(const struct plan *p, const struct op *pool)
{
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->code == OP_CONV_DATA && o->in[0] == pool->out[0])
            return layout_of(p, o->in[1])->repr;
    }
    return REPR_DENSE;
}

/* Cycles an image of all kernels that write or read the gradient; negative when one of them cannot. */
static double representation_cost(const struct plan *p, const struct op *pool, const struct plan_options *options)
{
    double sum = 0;
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if ((o != pool && !reads(o, pool->out[0])) || is_nowhere(p, o))
            continue;
        struct kernel k = {.op = o};
        if (o->epilogue_of || plan_cheapest(p, &k, repr_of(p, o), plan_forced(options, o)))
            return -1;
        sum += k.cost;
    }
    return sum;
}

static void choose_representations(struct plan *p, const struct plan_options *options)
{
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->code != OP_MAXPOOL_GRAD || o->n_epilogue || p->target->lanes == 1)
            continue;
        enum repr best = REPR_DENSE, weights = weights_repr(p, o); /* those of a dense gradient */
        double least = representation_cost(p, o, options);
        for (enum repr r = REPR_LISTS; r <= REPR_POOLED; r++) {
            represent(p, o, r, r);
            double cost = representation_cost(p, o, options);
            if (cost >= 0 && (least < 0 || cost < least))
                best = r, least = cost;
        }
        represent(p, o, best, best == REPR_DENSE ? weights : best);
    }
}

/* Some op of that layer could be done by that strategy, whether it applies or not. */
static bool may_obey(const struct plan *p, const char *forced, const struct strategy *s)
{
    for (size_t i = 0; i < p->net->ops.n; i++)
        if (p->net->ops.at[i]->code == s->op && is_of_layer(forced, p->net->ops.at[i]->node))
            return true;
    return false;
}

/* The names of the strategies that the layer's ops have: what could have been meant. */
static size_t strategies_of(const struct plan *p, const char *forced, const char **names, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; strategies[i] && n < most; i++)
        if (may_obey(p, forced, strategies[i]))
            names[n++] = strategies[i]->name;
    return n;
}

/* --strategy=LAYER:NAME that means nothing is an error: the user would believe it was obeyed. */
static void check_forced(struct plan *p, const struct plan_options *options)
{
    struct ctx *c = p->net->ctx;
    for (size_t i = 0; i < options->n_forced; i++) {
        const char *f = options->forced[i], *name = strchr(f, ':') + 1, *names[64];
        bool known = false;
        size_t n = strategies_of(p, f, names, sizeof names / sizeof *names);
        struct text list = {.arena = ctx_arena(c)};
        for (size_t j = 0; j < n; j++) {
            known |= !strcmp(name, names[j]);
            text_add(&list, "%s%s", j ? ", " : "", names[j]);
        }
        if (n == 0)
            diag_error(c, (struct span){0}, "--strategy=%s: no layer with kernels has that name; -d plan lists them",
                       f);
        else if (!known)
            diag_error(c, (struct span){0}, "--strategy=%s: that layer has no such strategy; it has %s", f,
                       text_end(&list));
    }
}

static void refuse_forced(struct plan *p, const struct op *o, const char *forced, const char *refusal)
{
    if (!forced)
        INTERNAL("no strategy for %s of '%s': %s", op_name(o->code), o->node->name, refusal);
    diag_error(p->net->ctx, o->node->stmt->span, "%s of '%s' cannot be done by '%s': %s", op_name(o->code),
               o->node->name, forced, refusal);
}

static void choose_kernels(struct plan *p, enum phase phase, const struct plan_options *options)
{
    for (size_t i = 0; i < p->net->ops.n; i++) {
        const struct op *o = p->net->ops.at[i];
        if (o->phase != phase || o->epilogue_of || o->code == OP_VIEW || is_nowhere(p, o))
            continue;
        struct kernel k = {.op = o};
        const char *forced = p->reference ? NULL : plan_forced(options, o);
        const char *refusal = plan_cheapest(p, &k, repr_of(p, o), forced);
        if (refusal)
            refuse_forced(p, o, forced, refusal);
        else
            vec_push(ctx_arena(p->net->ctx), &p->kernels, k);
    }
}

/* ---- granularity: image by image while the data stay in the nearest cache, or the whole chunk at once */

static bool wants_image_loop(const struct plan *p, const struct kernel *k)
{
    const struct op *o = k->op;
    if (k->whole_chunk)
        return false;
    switch (o->code) {
    case OP_DENSE:
    case OP_DENSE_DATA:
    case OP_DENSE_WEIGHT:
    case OP_LOSS: return false;
    case OP_CONV_WEIGHT:
        if (k->strategy->repr == REPR_LISTS)
            return false; /* its sums stay in registers over all images */
        /* once for all images when the gradient is the larger traffic */
        return layout_of(p, o->in[0])->size + layout_of(p, o->in[1])->size > layout_of(p, o->out[0])->size;
    default: return layout_of(p, o->in[0])->pixels > 1 || (o->n_out > 0 && layout_of(p, op_result(o))->pixels > 1);
    }
}

static void group_kernels(struct plan *p, enum phase phase, size_t first)
{
    struct arena *a = ctx_arena(p->net->ctx);
    size_t n = p->kernels.n - first;
    bool *image = arena_alloc(a, n + 2);
    for (size_t i = 0; i < n; i++)
        image[i] = phase != PHASE_PREPARE && p->chunk > 1 && wants_image_loop(p, &p->kernels.at[first + i]);
    for (size_t i = 0; i < n; i++) /* a loop of its own around one kernel gains nothing */
        if (image[i] && (i == 0 || !image[i - 1]) && !image[i + 1])
            image[i] = false;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || image[i] != image[i - 1]) {
            struct group g = {.phase = phase, .image_loop = image[i], .first = first + i};
            vec_push(a, &p->groups, g);
        }
        struct group *g = &p->groups.at[p->groups.n - 1];
        g->n++;
        p->kernels.at[first + i].group = (int)(g - p->groups.at);
    }
}

/* ---- chunks: what a thread does at a time. Two at least for two cores, and no more gradient buffers than memory
 * bears. */

static bool is_inference(const struct net *n)
{
    for (size_t i = 0; i < n->ops.n; i++)
        if (n->ops.at[i]->phase != PHASE_FORWARD && n->ops.at[i]->phase != PHASE_PREPARE)
            return false;
    return true;
}

enum { CHUNK_IMAGES = 16, MOST_CHUNKS = 4096 }; /* gradients of more chunks would make a long sum of floats */

/* How many images make up for writing a chunk's gradient and reading it again: those bytes come through the caches at about 32 a
 * cycle, and at a third of that once they leave the second; they shall take no more than an eighth of the time. */
static int64_t images_for_gradients(const struct plan *p)
{
    const double bytes = (double)p->theta * sizeof(float), rate = bytes > (double)p->target->l2 ? 11 : 32;
    double moved = 2 * bytes / rate, work = 0;
    for (size_t i = 0; i < p->net->ops.n; i++)
        work += (double)op_macs(p->net->ops.at[i]) / (p->target->lanes * p->target->fma_ports);
    return round_up((int64_t)(8 * moved / (work + 1)) + 1, CHUNK_IMAGES);
}

/* images: of a chunk; 0: one in inference, which knows no batch, and what is best in training. */
static void choose_chunks(struct plan *p, int64_t images)
{
    const int64_t gradient_bytes = 256 << 20, fit = plan_images_that_fit(p);
    if (p->inference) {
        p->chunk = images < 1 ? 1 : images < fit ? images : fit;
        return;
    }
    int64_t batch = p->net->train->batch, half = ceil_div(batch, 2), enough = images_for_gradients(p);
    int64_t most = gradient_bytes / (p->theta * 4 + 1);
    p->chunk = half < enough ? half : enough;
    if (ceil_div(batch, p->chunk) > most)
        p->chunk = most < 2 ? half : ceil_div(batch, most);
    if (ceil_div(batch, p->chunk) > MOST_CHUNKS)
        p->chunk = ceil_div(batch, MOST_CHUNKS);
    if (images)
        p->chunk = images;
    if (p->chunk > fit)
        p->chunk = fit;
    p->chunks = ceil_div(batch, p->chunk);
}

double plan_cycles(const struct plan *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->kernels.n; i++)
        sum += p->kernels.at[i].op->phase == PHASE_FORWARD ? p->kernels.at[i].cost : 0;
    return sum;
}

struct plan *plan_make(struct net *n, const struct target *t, bool reference, const struct plan_options *options)
{
    struct plan *p = arena_alloc(ctx_arena(n->ctx), sizeof *p);
    p->net = n;
    p->target = t;
    p->reference = reference;
    p->no_winograd = options->no_winograd;
    p->inference = is_inference(n);
    p->known = known_plans_new(ctx_arena(n->ctx));
    size_t most = n->tensors.n + n->ops.n; /* an op may get weights of its own */
    p->layouts = arena_alloc(ctx_arena(n->ctx), most * sizeof *p->layouts);
    plan_layout(p);
    if (!plan_can_be_indexed(p))
        return NULL;
    choose_chunks(p, options->images);
    if (!reference)
        p->unroll = options->unroll < 0 ? INT64_MAX : options->unroll;
    if (!reference)
        check_forced(p, options);
    if (!reference && !options->no_winograd)
        plan_winograd(p, options);
    choose_representations(p, options);
    plan_place_prepared(p);
    if (options->beside)
        place_params_like(p, options->beside);
    else if (p->inference)
        place_params_again(p);
    static const enum phase order[] = {PHASE_FORWARD, PHASE_BACKWARD, PHASE_PREPARE};
    for (size_t i = 0; i < sizeof order / sizeof *order - p->inference; i++) {
        size_t first = p->kernels.n;
        choose_kernels(p, order[i], options);
        if (order[i] == PHASE_FORWARD && p->unroll)
            plan_check_unrolled(p, options);
        if (ctx_errors(n->ctx))
            return NULL;
        group_kernels(p, order[i], first);
    }
    plan_parts(p);
    plan_memory(p);
    return plan_can_be_addressed(p) ? p : NULL;
}

/* ---- -d plan */

/* Transformed weights say nothing of the gradient. */
static enum repr gradient_repr(enum repr r)
{
    return r >= REPR_WINOGRAD2 ? REPR_DENSE : r;
}

static const char *why_not(const struct plan *p, const struct kernel *chosen, const struct strategy *s, double *cycles)
{
    struct kernel other = {.op = chosen->op, .strategy = s};
    static const char *const comes[] = {"the gradient comes dense", "the gradient comes in lists",
                                        "the gradient comes pooled"};
    enum repr repr = repr_of(p, chosen->op);
    if (s->repr != repr && chosen->op->phase == PHASE_PREPARE)
        return "its reader wants another form";
    if (gradient_repr(s->repr) != gradient_repr(repr))
        return comes[gradient_repr(repr)];
    const char *why = s->plan(p, &other);
    *cycles = other.cost;
    return why;
}

static void print_kernel(struct text *t, const struct plan *p, const struct kernel *k)
{
    text_add(t, "  %-18s %-16s %-18s %-28s %.0f cycles\n", k->op->node->name, op_name(k->op->code), k->strategy->name,
             k->choice, k->cost);
    for (size_t s = 0; strategies[s]; s++) {
        double cycles = 0;
        if (strategies[s]->op != k->op->code || strategies[s] == k->strategy || (strategies[s]->unrolled && !p->unroll))
            continue;
        const char *why = why_not(p, k, strategies[s], &cycles);
        if (why)
            text_add(t, "      not %s: %s\n", strategies[s]->name, why);
        else
            text_add(t, "      not %s: %.0f cycles\n", strategies[s]->name, cycles);
    }
}

char *plan_print(const struct plan *p)
{
    static const char *const phases[] = {"prepare", "forward", "backward", "update"};
    struct text t = {.arena = ctx_arena(p->net->ctx)};
    text_add(&t, "target %s: %d lanes, %d registers; %lld images a chunk, %lld chunks a batch\n", p->target->name,
             p->target->lanes, p->target->registers, (long long)p->chunk, (long long)p->chunks);
    for (size_t i = 0; i < p->groups.n; i++) {
        const struct group *g = &p->groups.at[i];
        text_add(&t, "%s, %s\n", phases[g->phase],
                 g->phase == PHASE_PREPARE ? "once a step"
                 : g->image_loop           ? "image by image"
                                           : "chunk at once");
        for (size_t j = g->first; j < g->first + g->n; j++)
            print_kernel(&t, p, &p->kernels.at[j]);
    }
    return text_end(&t);
}
