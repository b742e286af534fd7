/* mixing.c -- rows of a batch that are mixed with others of it, and their targets. What happens to a row depends only
 * on the seed, the epoch, and the places of the row and its batch in the order of the epoch, so it is the same in
 * whichever thread or rank gathers the row. */
#include <math.h>
#include <string.h>

#include "images/images.h"
#include "support/support.h"

/* Random numbers of one place in one epoch, one after the other. */
struct draws {
    uint64_t seed, place, high, k;
};

static void draw(struct draws *d, uint32_t out[4])
{
    cnn_random4(d->seed, d->place << 32 | d->k++, d->high, out);
}

/* between 0 and 1, and neither */
static double uniform(struct draws *d)
{
    uint32_t r[4];
    draw(d, r);
    return ((double)r[0] + 0.5) * 0x1p-32;
}

/* The logarithm of a draw of the gamma distribution (Marsaglia and Tsang, "A simple method for generating gamma
 * variables", 2000). Logarithms do not vanish where alpha is small. */
static double log_gamma(struct draws *d, double alpha)
{
    const double less = alpha < 1 ? log(uniform(d)) / alpha : 0;
    const double m = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / sqrt(9 * m);
    for (;;) {
        uint32_t r[4];
        double z[2];
        draw(d, r);
        cnn_normal_pair(r, z);
        const double t = 1 + c * z[0], v = t * t * t, u = ((double)r[2] + 0.5) * 0x1p-32;
        if (t > 0 && log(u) < 0.5 * z[0] * z[0] + m * (1 - v + log(v)))
            return log(m * v) + less;
    }
}

static double beta(struct draws *d, double alpha)
{
    const double a = log_gamma(d, alpha), b = log_gamma(d, alpha);
    return 1 / (1 + exp(b - a));
}

/* A part of an axis of that length. */
static void cut(struct draws *d, double part, double length, double *from, double *to)
{
    *from = uniform(d) * (length - part * length);
    *to = fmin(*from + part * length, length);
}

/* As in Keras, the edges of the rectangle lie anywhere between pixels, and its area is what targets get. */
static void draw_cut(const struct cnn_model *m, struct draws *d, double share, struct cnn_mixed *out)
{
    const double height = (double)cnn_input(m)->shape[0], width = (double)cnn_input(m)->shape[1];
    const double part = sqrt(1 - share);
    cut(d, part, width, &out->left, &out->right);
    cut(d, part, height, &out->top, &out->bottom);
    out->share = 1 - (out->right - out->left) * (out->bottom - out->top) / (width * height);
}

/* The batch is turned: each row meets the one that stands so many rows behind it. So each is met once, and none by
 * itself. */
int cnn_mix_draw(const struct cnn_model *m, const struct cnn_places *p, int64_t place, struct cnn_mixed *out)
{
    const struct cnn_mixing *how = &m->train->mixing;
    const uint64_t high = CNN_STREAM_MIX | p->epoch;
    struct draws batch = {p->seed, (uint64_t)p->first, high, 0}, own = {p->seed, (uint64_t)place, high, 2};
    if (p->n < 2)
        return 0;
    const int64_t turn = 1 + (int64_t)(uniform(&batch) * (double)(p->n - 1));
    const double alpha = how->low + (how->high - how->low) * uniform(&batch);
    out->partner = p->first + (place - p->first + turn) % p->n;
    /* Keras adds the millionth, so that alpha is not 0 */
    out->share = beta(&own, how->how == CNN_MIX_CUT ? alpha + 1e-6 : alpha);
    if (how->how == CNN_MIX_CUT)
        draw_cut(m, &own, out->share, out);
    return 1;
}

static void blend(float share, float *restrict x, const float *restrict other, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = share * x[i] + (1 - share) * other[i];
}

/* The pixels from the first edge on, up to the second one. */
static void paste(const struct cnn_mixed *how, float *x, const float *other, int64_t width, int64_t channels)
{
    const int64_t left = (int64_t)ceil(how->left), right = (int64_t)ceil(how->right);
    for (int64_t i = (int64_t)ceil(how->top); i < (int64_t)ceil(how->bottom); i++) {
        const int64_t at = (i * width + left) * channels;
        memcpy(x + at, other + at, (size_t)((right - left) * channels) * sizeof *x);
    }
}

/* A port whose numbers lie at the pixels of the image. */
static int is_plane(const struct cnn_model *m, const struct cnn_port *port)
{
    const struct cnn_port *in = cnn_input(m);
    return port->rank == 3 && port->shape[0] == in->shape[0] && port->shape[1] == in->shape[1];
}

void cnn_mix(const struct cnn_model *m, const struct cnn_port *port, const struct cnn_mixed *how, float *x,
             const float *other)
{
    if (m->train->mixing.how == CNN_MIX_CUT && is_plane(m, port))
        paste(how, x, other, port->shape[1], port->shape[2]);
    else
        blend((float)how->share, x, other, port->size);
}
