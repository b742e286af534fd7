/* import.c -- weights from a file, for --emit=infer: complete, with the right shapes, moved to the layout of the
 * kernels */
#include "closest.h"
#include "emit/emit.h"
#include "training/training.h"

#include <math.h>
#include <string.h>

#include "beside.h"
#include "files.h"

struct weights {
    const struct plan *plan;
    const char *path;
    const struct cnn_tensors *tensors;
    float *theta;
};

#define complain(w, ...) diag_error((w)->plan->net->ctx, (struct span){0}, __VA_ARGS__)

static const char *shape_of(const struct weights *w, const struct cnn_array *a)
{
    char text[256];
    cnn_shape_text(a->rank, a->shape, text, sizeof text);
    return arena_printf(ctx_arena(w->plan->net->ctx), "%s", text);
}

static const char *shape_wanted(const struct weights *w, const struct param *q)
{
    const struct cnn_array like = cnn_array_view(CNN_F32, q->shape.rank, q->shape.dim, NULL);
    return shape_of(w, &like);
}

/* NULL after a message. */
static const struct cnn_array *find(const struct weights *w, const struct param *q)
{
    const struct cnn_array *a = cnn_tensors_find(w->tensors, q->name);
    const size_t bytes = (size_t)q->shape.rank * sizeof *q->shape.dim;
    if (!a)
        complain(w, "%s: tensor '%s' %s is missing", w->path, q->name, shape_wanted(w, q));
    else if (a->rank != q->shape.rank || memcmp(a->shape, q->shape.dim, bytes) != 0)
        complain(w, "%s: tensor '%s' has the shape %s, but the network wants %s", w->path, q->name, shape_of(w, a),
                 shape_wanted(w, q));
    else if (a->dtype != CNN_F32 && a->dtype != CNN_F64)
        complain(w, "%s: tensor '%s' is %s, but the network wants float32", w->path, q->name, cnn_dtype_name(a->dtype));
    else
        return a;
    return NULL;
}

static int64_t element_of(const struct param *q, const struct param_axis *axis, int64_t i)
{
    int64_t at = 0;
    for (int k = q->shape.rank - 1; k >= 0; k--) {
        const struct param_axis *a = &axis[k];
        int64_t length = q->shape.dim[k];
        while (k > 0 && axis[k - 1].block == 0)
            length *= q->shape.dim[--k];
        at += i % length / a->block * a->outer + i % length % a->block * a->inner;
        i /= length;
    }
    return at;
}

/* C has no literal for infinity or NaN. */
static void place(const struct weights *w, const struct param *q, const struct cnn_array *a)
{
    struct param_axis axis[MAX_RANK];
    param_axes(w->plan, q, axis);
    for (int64_t i = 0, n = cnn_array_count(a); i < n; i++) {
        const int64_t at = layout_of(w->plan, q->tensor)->offset + element_of(q, axis, i);
        w->theta[at] = (float)cnn_array_get(a, i);
        if (!isfinite(w->theta[at])) {
            complain(w, "%s: tensor '%s' holds values that are not finite", w->path, q->name);
            return;
        }
    }
}

/* ---- what inference makes of several parameters */

/* Element i of a parameter; NULL: there is no such parameter. */
static float *element(const struct weights *w, int param, int64_t i)
{
    struct param_axis axis[MAX_RANK];
    if (param < 0)
        return NULL;
    const struct param *q = w->plan->net->params.at[param];
    param_axes(w->plan, q, axis);
    return w->theta + layout_of(w->plan, q->tensor)->offset + element_of(q, axis, i);
}

static double value(const struct weights *w, int param, int64_t i, double otherwise)
{
    const float *at = element(w, param, i);
    return at ? (double)*at : otherwise;
}

static double factor_of(const struct weights *w, const struct fold *f, int64_t c)
{
    return value(w, f->gamma, c, 1) / sqrt(value(w, f->variance, c, 0) + f->epsilon);
}

static void fold_channel(const struct weights *w, const struct fold *f, int64_t c, int64_t channels)
{
    const double factor = factor_of(w, f, c), mean = value(w, f->mean, c, 0), beta = value(w, f->beta, c, 0);
    if (f->kernel >= 0) {
        *element(w, f->into, c) = (float)((value(w, f->bias, c, 0) - mean) * factor + beta);
        return;
    }
    *element(w, f->into, c) = (float)mean;
    *element(w, f->into, channels + c) = (float)factor;
    *element(w, f->into, 2 * channels + c) = (float)beta;
}

static void fold(const struct weights *w, const struct fold *f)
{
    const struct net *net = w->plan->net;
    const int64_t channels = shape_size(net->params.at[f->mean]->shape);
    for (int64_t c = 0; c < channels; c++) {
        if (!isfinite(factor_of(w, f, c))) {
            complain(w, "%s: tensor '%s' holds a variance that has no root", w->path,
                     net->params.at[f->variance]->name);
            return;
        }
        fold_channel(w, f, c, channels);
    }
    for (int64_t i = 0; f->kernel >= 0 && i < shape_size(net->params.at[f->kernel]->shape); i++) {
        float *at = element(w, f->kernel, i);
        *at = (float)((double)*at * factor_of(w, f, i % channels));
    }
}

/* A file of several models has the parameters of all, each with the name of its model in front. */
static bool is_of_other_model(const struct net *n, const char *name)
{
    for (size_t i = 1; i < n->parts.n; i++) {
        const size_t length = strlen(n->parts.at[i].model);
        if (strcmp(n->parts.at[i].model, n->parts.at[0].model) != 0 &&
            strncmp(name, n->parts.at[i].model, length) == 0 && name[length] == '.')
            return true;
    }
    return false;
}

/* Inference ignores the training state of a checkpoint. Any other unknown name means that the file belongs to another
 * network. */
static void check_others(const struct weights *w)
{
    const struct net *net = w->plan->net;
    const char **names = arena_alloc(ctx_arena(net->ctx), (net->params.n + 1) * sizeof *names);
    for (size_t i = 0; i < net->params.n; i++)
        names[i] = net->params.at[i]->name;
    for (size_t i = 0; i < w->tensors->n; i++) {
        const char *name = w->tensors->at[i].name;
        size_t k = 0;
        while (k < net->params.n && strcmp(names[k], name) != 0)
            k++;
        if (k < net->params.n || cnn_tensor_is_state(name) || is_of_other_model(net, name))
            continue;
        const char *near = cnn_closest(name, names, net->params.n);
        complain(w, "%s: tensor '%s' does not belong to the network%s%s%s", w->path, name,
                 near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
}

enum { FEW = 4 };

/* Follows the errors: which network the file's weights are of, and which network needs weights. */
static void compare(const struct weights *w)
{
    const struct net *net = w->plan->net;
    struct arena *a = ctx_arena(net->ctx);
    const char *model = cnn_tensors_find_metadata(w->tensors, "model"), *theirs = "", *ours = "";
    size_t n = 0;
    for (size_t i = 0; i < w->tensors->n && n <= FEW; i++)
        if (!cnn_tensor_is_state(w->tensors->at[i].name))
            theirs = n++ < FEW ? arena_printf(a, "%s%s%s %s", theirs, n > 1 ? ", " : "", w->tensors->at[i].name,
                                              shape_of(w, &w->tensors->at[i].array))
                               : arena_printf(a, "%s, ...", theirs);
    for (size_t i = 0; i < net->params.n && i <= FEW; i++)
        ours = i < FEW ? arena_printf(a, "%s%s%s %s", ours, i ? ", " : "", net->params.at[i]->name,
                                      shape_wanted(w, net->params.at[i]))
                       : arena_printf(a, "%s, ...", ours);
    diag_note(net->ctx, (struct span){0}, "%s holds the weights of %s%s%s: %s", w->path,
              model ? "the model '" : "a network", model ? model : "", model ? "'" : "", theirs);
    diag_note(net->ctx, (struct span){0}, "this is the model '%s': %s", net->name, ours);
}

const float *import_weights(const struct plan *p, const struct named_arrays *from)
{
    const struct net *net = p->net;
    struct weights w = {p, from->file, from->arrays,
                        arena_alloc(ctx_arena(net->ctx), (size_t)(p->theta + 1) * sizeof(float))};
    if (cnn_holds_ensemble(w.tensors)) {
        complain(&w, "%s: holds an ensemble; a program's 'export --member N' takes out the weights of one", w.path);
        return NULL;
    }
    for (size_t i = 0; i < net->params.n; i++) {
        const struct param *q = net->params.at[i];
        const struct cnn_array *a = q->derived ? NULL : find(&w, q);
        if (a)
            place(&w, q, a);
    }
    for (size_t i = 0; i < net->folds.n && !ctx_errors(net->ctx); i++)
        fold(&w, &net->folds.at[i]);
    check_others(&w);
    if (ctx_errors(net->ctx))
        compare(&w);
    return ctx_errors(net->ctx) ? NULL : w.theta;
}

/* ---- beside the weights */

static double number_at(const struct bound *b, int64_t channel, double silent)
{
    if (!b)
        return silent;
    return b->items[b->n_items > 1 ? channel : 0].number;
}

static bool is_list(const struct bound *b)
{
    return b && b->n_items > 1;
}

static bool is_fitted(const struct data_config *d)
{
    return (d->mean && d->mean->text) || (d->std && d->std->text);
}

static double *numbers(struct arena *a, int64_t n)
{
    return arena_alloc(a, (size_t)n * sizeof(double));
}

/* Takes the values that the spec gives. */
static void set_given(const struct net *n, struct learnt *out)
{
    const struct data_config *d = n->data;
    const struct shape *s = &n->input->shape;
    const int64_t channels = is_list(d->mean) || is_list(d->std) ? s->dim[s->rank - 1] : 1;
    double *mean = numbers(ctx_arena(n->ctx), channels), *std = numbers(ctx_arena(n->ctx), channels);
    for (int64_t c = 0; c < channels; c++) {
        mean[c] = number_at(d->mean, c, 0);
        std[c] = number_at(d->std, c, 1);
    }
    out->scale = d->scale;
    out->channels = channels;
    out->mean = mean;
    out->std = std;
}

/* Takes the values that training fitted. */
static bool set_fitted(const struct weights *w, const struct cnn_beside *b, struct learnt *out)
{
    const struct net *n = w->plan->net;
    const struct shape *s = &n->input->shape;
    const size_t bytes = (size_t)b->channels * sizeof(double);
    if (b->channels != 1 && b->channels != s->dim[s->rank - 1]) {
        complain(w, "%s: normalises %lld channels, but the network's input has %lld", w->path, (long long)b->channels,
                 (long long)s->dim[s->rank - 1]);
        return false;
    }
    double *mean = numbers(ctx_arena(n->ctx), b->channels), *std = numbers(ctx_arena(n->ctx), b->channels);
    memcpy(mean, b->mean, bytes);
    memcpy(std, b->std, bytes);
    out->scale = b->scale;
    out->channels = b->channels;
    out->mean = mean;
    out->std = std;
    return true;
}

static bool differ(double a, double b)
{
    return fabs(a - b) > 1e-6 * (fabs(a) + fabs(b));
}

/* The spec's numbers apply. A warning tells when the weights were trained with others. */
static void compare_normalize(const struct weights *w, const struct cnn_beside *b, const struct learnt *given)
{
    const struct net *n = w->plan->net;
    for (int64_t c = 0; c < b->channels || c < given->channels; c++) {
        const int64_t i = b->channels > 1 ? c : 0, j = given->channels > 1 ? c : 0;
        if (i >= b->channels || j >= given->channels)
            return;
        if (!differ(b->scale / b->std[i], given->scale / given->std[j]) &&
            !differ(b->mean[i] / b->std[i], given->mean[j] / given->std[j]))
            continue;
        diag_warning(
            n->ctx, (struct span){0}, "normalize",
            "%s: was trained with 'normalize scale=%g mean=%g std=%g' (channel %lld), but the spec says scale=%g "
            "mean=%g std=%g; mean=auto std=auto takes what the weights remember",
            w->path, b->scale, b->mean[i], b->std[i], (long long)c, given->scale, given->mean[j], given->std[j]);
        return;
    }
}

/* Drops a normalisation that changes nothing. Refuses one that float32 cannot compute. */
static bool check_normalize(const struct weights *w, struct learnt *out)
{
    bool something = out->scale != 1;
    for (int64_t c = 0; c < out->channels; c++) {
        something = something || out->mean[c] != 0 || out->std[c] != 1;
        if (!isfinite((float)(out->mean[c] / out->scale)) || !isfinite((float)(out->scale / out->std[c]))) {
            complain(w, "'normalize' of channel %lld, (x * %g - %g) / %g, cannot be computed in float32", (long long)c,
                     out->scale, out->mean[c], out->std[c]);
            return false;
        }
    }
    if (!something)
        out->channels = 0;
    return true;
}

static bool set_normalize(const struct weights *w, const struct cnn_beside *b, struct learnt *out)
{
    const struct data_config *d = w->plan->net->data;
    const bool known = b->channels > 0;
    if (is_fitted(d) && !known) {
        complain(w,
                 "%s: does not know the mean and std that 'auto' of 'normalize' found in training; take the file that "
                 "training saved, or give numbers instead of 'auto'",
                 w->path ? w->path : "no weights");
        return false;
    }
    if (known && (is_fitted(d) || !d->given)) {
        if (!set_fitted(w, b, out))
            return false;
    } else {
        set_given(w->plan->net, out);
        if (known)
            compare_normalize(w, b, out);
    }
    return check_normalize(w, out);
}

enum { LONGEST_NAME = 4095 }; /* ISO C guarantees this length of a string literal */

static bool set_classes(const struct weights *w, const struct cnn_names *names, struct learnt *out)
{
    const struct net *n = w->plan->net;
    const int64_t outputs = shape_size(n->output->shape);
    const char **classes;
    if (names->n == 0 || names->n != (outputs == 1 ? 2 : outputs))
        return true;
    classes = arena_alloc(ctx_arena(n->ctx), (size_t)names->n * sizeof *classes);
    for (int64_t i = 0; i < names->n; i++) {
        if (strlen(names->at[i]) > LONGEST_NAME) {
            complain(w, "%s: the name of class %lld has %zu bytes, but a string of C has at most %d", w->path,
                     (long long)i, strlen(names->at[i]), LONGEST_NAME);
            return false;
        }
        classes[i] = arena_printf(ctx_arena(n->ctx), "%s", names->at[i]);
    }
    out->classes = classes;
    out->n_classes = names->n;
    return true;
}

bool import_learnt(const struct plan *p, const char *path, struct learnt *out)
{
    const struct weights w = {.plan = p, .path = path};
    struct cnn_beside b = {0};
    struct cnn_error e;
    *out = (struct learnt){.scale = 1};
    if (path && cnn_beside_read(path, &b, &e) != 0) {
        complain(&w, "%s", e.text);
        return false;
    }
    const bool known = set_normalize(&w, &b, out) && set_classes(&w, b.classes, out);
    cnn_beside_free(&b);
    return known;
}
