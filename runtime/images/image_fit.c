/* image_fit.c -- fits a picture to the input of the network: first its channels, then its size. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "images/image.h"

/* ---- channels */

static uint8_t grey_of(const uint8_t *p, int channels)
{
    return channels < 3 ? p[0] : (uint8_t)((299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000);
}

static void convert_pixel(const uint8_t *p, int from, int to, uint8_t *out)
{
    if (to == 1) {
        out[0] = grey_of(p, from);
        return;
    }
    for (int c = 0; c < 3; c++)
        out[c] = from < 3 ? p[0] : p[c];
    if (to == 4)
        out[3] = from % 2 == 0 ? p[from - 1] : 255;
}

/* ---- size */

/* The n pixels, from `first` on, that make one pixel of the result; their weights begin at `at`. */
struct span {
    int64_t first, n, at;
};

struct axis {
    int64_t size; /* of the result */
    struct span *spans;
    float *weights;
};

static void axis_free(struct axis *a)
{
    free(a->spans);
    free(a->weights);
}

/* Weights fall from the middle of the result's pixel to zero at the distance `reach`, which is one pixel or, where
 * the axis shrinks, one step. */
static void make_span(struct axis *a, int64_t i, int64_t from, int64_t at)
{
    const double step = (double)from / (double)a->size, reach = step > 1 ? step : 1, middle = ((double)i + .5) * step;
    const double first = fmax(floor(middle - reach + .5), 0), end = fmin(floor(middle + reach + .5), (double)from);
    double sum = 0;
    struct span *s = &a->spans[i];
    *s = (struct span){(int64_t)first, (int64_t)(end - first), at};
    for (int64_t k = 0; k < s->n; k++) {
        const double w = fmax(0, 1 - fabs((first + (double)k + .5 - middle) / reach));
        a->weights[at + k] = (float)w;
        sum += w;
    }
    for (int64_t k = 0; k < s->n; k++)
        a->weights[at + k] = (float)((double)a->weights[at + k] / sum);
}

static int axis_make(struct axis *a, int64_t from, int64_t size)
{
    const int64_t most = from / size * 2 + 4; /* the most pixels of a span */
    *a = (struct axis){.size = size, .spans = calloc((size_t)size, sizeof *a->spans)};
    a->weights = calloc((size_t)(size * most), sizeof *a->weights);
    for (int64_t i = 0; a->spans && a->weights && i < size; i++)
        make_span(a, i, from, i * most);
    return a->spans && a->weights ? 0 : -1;
}

/* out[i][inner] = sum of weights * in[..][inner] along an axis whose elements are `inner` floats long. */
static void apply(const struct axis *a, const float *in, int64_t inner, float *out)
{
    for (int64_t i = 0; i < a->size; i++, out += inner) {
        const struct span *s = &a->spans[i];
        memset(out, 0, (size_t)inner * sizeof *out);
        for (int64_t k = 0; k < s->n; k++)
            for (int64_t c = 0; c < inner; c++)
                out[c] += a->weights[s->at + k] * in[(s->first + k) * inner + c];
    }
}

static void resize(const struct cnn_image *in, const struct axis *across, const struct axis *down, int channels,
                   float *row, float *rows, uint8_t *out)
{
    const int64_t inner = across->size * channels;
    uint8_t pixel[4] = {0};
    for (int64_t y = 0; y < in->height; y++) {
        for (int64_t x = 0; x < in->width; x++) {
            convert_pixel(in->pixels + (y * in->width + x) * in->channels, in->channels, channels, pixel);
            for (int c = 0; c < channels; c++)
                row[x * channels + c] = pixel[c];
        }
        apply(across, row, channels, rows + y * inner);
    }
    float *result = rows + in->height * inner;
    apply(down, rows, inner, result);
    for (int64_t i = 0; i < down->size * inner; i++)
        out[i] = (uint8_t)(result[i] + .5f); /* in the range of a byte, since it is a weighted mean of bytes */
}

int cnn_image_fit(const struct cnn_image *in, int64_t height, int64_t width, int channels, uint8_t *out)
{
    struct axis across = {0}, down = {0};
    const int64_t inner = width * channels;
    const size_t row = (size_t)(in->width * channels), rows = (size_t)((in->height + height) * inner);
    float *work = malloc((row + rows) * sizeof *work);
    int status =
        work && axis_make(&across, in->width, width) == 0 && axis_make(&down, in->height, height) == 0 ? 0 : -1;
    if (status == 0)
        resize(in, &across, &down, channels, work, work + row, out);
    free(work);
    axis_free(&across);
    axis_free(&down);
    return status;
}
