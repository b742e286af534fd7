/* shape_cure.c -- advice for a layer that does not take the shape of its input */
#include <math.h>
#include <string.h>

#include "layers/layers.h"

/* The layer that made the shape; layers that keep a shape do not count. */
static const struct node *shaper(const struct node *n)
{
    while (n->input && shape_equal(n->in, n->out))
        n = n->input;
    return n;
}

/* 784 is probably 28x28x1, and 3072 is probably 32x32x3; for other numbers, the note shows the example. */
static const char *image_of(struct net *net, int64_t size)
{
    static const int64_t channels[] = {1, 3};
    for (int i = 0; i < 2; i++) {
        const int64_t side = (int64_t)sqrt((double)size / (double)channels[i]);
        if (side > 1 && side * side * channels[i] == size)
            return arena_printf(ctx_arena(net->ctx), "%lldx%lldx%lld", (long long)side, (long long)side,
                                (long long)channels[i]);
    }
    return "28x28x1";
}

static void flat_input(struct net *net, const struct node *from, const char *layer)
{
    if (!from->input)
        diag_note(net->ctx, from->stmt->span, "an image is 'Input %s': height x width x channels",
                  image_of(net, shape_size(from->out)));
    else if (strcmp(from->layer->rec.name, "Flatten") == 0)
        diag_note(net->ctx, from->stmt->name_span, "'Flatten' belongs behind '%s'", layer);
    else
        diag_note(net->ctx, from->stmt->name_span, "'%s' wants an image or a sequence: put it in front of '%s'", layer,
                  from->stmt->name);
}

/* The name of the layer with another digit before its D, "Conv1DTranspose" of Conv2DTranspose; NULL: there is none. */
static const char *of_rank(struct net *net, const struct node *n, char digit)
{
    char *name = arena_strndup(ctx_arena(net->ctx), n->layer->rec.name, strlen(n->layer->rec.name));
    char *at = strpbrk(name, "123");
    if (!at || at[1] != 'D' || *at == digit)
        return NULL;
    *at = digit;
    return record_find(layer_records, name) ? name : NULL;
}

void shape_cure(struct net *net, const struct node *n)
{
    static const char *const inputs[] = {"sequences", "images", "volumes"};
    const struct node *from = n->input ? shaper(n->input) : NULL;
    if (!from)
        return;
    const int axes = n->in.rank - 1;
    const char *const other = axes >= 1 && axes <= 3 ? of_rank(net, n, (char)('0' + axes)) : NULL;
    if (axes == 0)
        flat_input(net, from, n->stmt->name);
    else if (axes == 1 && !strstr(n->layer->rec.name, "1D") && !from->input)
        diag_note(net->ctx, from->stmt->span, "an image has channels, too: 'Input %lldx%lldx1'",
                  (long long)n->in.dim[0], (long long)n->in.dim[1]);
    else if (other)
        diag_note(net->ctx, n->stmt->name_span, "for %s there is '%s'", inputs[axes - 1], other);
}

/* ---- the output of a network without a Flatten */

void shape_unflattened(struct net *net)
{
    for (size_t i = 0; i < net->nodes.n; i++) {
        const struct node *n = net->nodes.at[i];
        if (n->in.rank != 3 || strcmp(n->layer->rec.name, "Dense") != 0)
            continue;
        diag_warning(net->ctx, n->stmt->name_span, "outputs",
                     "'Dense' sees each pixel of %s by itself, so each has a class of its own; for one class an image, "
                     "put 'Flatten' before it",
                     shape_print(net->ctx, n->in));
        return;
    }
}

/* ---- 3x32x32 */

static bool about_equal(int64_t a, int64_t b)
{
    return a <= 2 * b && b <= 2 * a;
}

void shape_channels_first(struct net *net, const struct node *n, struct shape s)
{
    if (s.rank != 3 || (s.dim[0] != 1 && s.dim[0] != 3) || s.dim[1] < 8 || s.dim[2] < 8 ||
        !about_equal(s.dim[1], s.dim[2]))
        return;
    diag_warning(net->ctx, n->stmt->span, "channels",
                 "channels come last: this is an image of %lldx%lld pixels with %lld channels; did you mean '%s "
                 "%lldx%lldx%lld'?",
                 (long long)s.dim[0], (long long)s.dim[1], (long long)s.dim[2], n->stmt->name, (long long)s.dim[1],
                 (long long)s.dim[2], (long long)s.dim[0]);
}
