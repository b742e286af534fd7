/* gradcheck.c -- `gradcheck` compares (a) the gradients of the reference core with central differences of its loss, for
 * a sample of the elements of every parameter, and (b) the gradients of the float kernels with those of the reference,
 * for all elements. Both include penalties; dropout is off. Frozen parameters have no gradient: they are listed but not
 * checked. Where a network has digits that no float holds, such as those of 1 - p behind a softmax that is sure, (b)
 * asks for no more than floats can give. How much that is, the reference tells: it runs in each direction of rounding.
 */
#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "support/support.h"
#include "weights/weights.h"

enum { IMAGES = 8, LEAST = 20, MOST = 200, PERTURB = 3, PICK = 4 };
#define GOOD_ENOUGH      1e-7
#define WORST_DIFFERENCE 1e-5
#define WIDEST_STEP      1e-3
static const double worst_kernel = 1e-4;
static const double float_by_double = 536870912; /* 2^29: how much wider the roundings of a float are */
static const double leeway = 2;                  /* kernels compute in other orders than the reference */
static const double budget = 8e9;                /* multiply-adds of the plain loops; they take about ten seconds */

struct check {
    struct cnn_run *r;
    const struct cnn_model *m;
    struct cnn_dataset data;
    struct cnn_double ref;
    float *theta, *state;
    double *analytic;     /* [reference.theta]: gradients of the reference */
    double loss, largest; /* the loss of the reference; its largest gradient */
    double *rounded;      /* [reference.theta]: what they are in another direction of rounding */
    double noise, *lost;  /* what that changes at most: the loss; [n_params]: gradients of the parameter */
    double *fast;         /* [core.theta]: gradients of the float kernels */
    void *arena;
};

/* ---- the reference's loss and gradients over all rows */

static double penalty(const struct check *k)
{
    double sum = 0;
    for (int p = 0; p < k->m->n_params; p++) {
        const struct cnn_param *param = cnn_param(k->m, p);
        const struct cnn_place at = cnn_place(k->m, k->m->reference.place, p);
        int64_t n = param->l1 != 0 || param->l2 != 0 ? cnn_param_count(param) : 0;
        for (int64_t i = 0; i < n; i++) {
            double w = k->ref.theta[cnn_place_of(param, &at, i)];
            sum += param->l1 * fabs(w) + param->l2 * w * w;
        }
    }
    return sum;
}

/* Returns the loss and adds to grad; grad NULL: only the loss. */
static double run_reference(struct check *k, double *grad)
{
    const struct cnn_reference *core = &k->m->reference;
    struct cnn_sums sums = {0};
    core->prepare(k->ref.theta, k->ref.prepared, 0, 1);
    const int most = k->m->reference_chunk;
    const double share = cnn_dataset_share(k->m, &k->data, NULL, 0, k->data.rows);
    for (int64_t first = 0; first < k->data.rows; first += most) {
        int n = k->data.rows - first < most ? (int)(k->data.rows - first) : most;
        struct cnn_step step = {.row = first, .scale = 1 / (double)k->data.rows, .batch = 1, .share = share};
        cnn_gather_double(&k->data, NULL, first, n, k->ref.x, k->ref.target);
        const struct cnn_reference_chunk chunk = {
            k->ref.x, k->ref.target, grad ? k->ref.grad : NULL, k->ref.y, k->ref.scratch, n, &step, &sums};
        cnn_chunk_alone_double(core, k->ref.theta, k->ref.prepared, &chunk);
        for (size_t i = 0; grad && i < core->trained; i++)
            grad[i] += k->ref.grad[i];
    }
    return sums.loss / (double)k->data.rows + sums.penalty + penalty(k);
}

/* Returns the loss and adds to grad, which penalties are part of. */
static double run_analytic(struct check *k, double *grad)
{
    const double loss = run_reference(k, grad);
    for (int p = 0; p < k->m->n_params; p++) {
        const struct cnn_param *param = cnn_param(k->m, p);
        const struct cnn_place place = cnn_place(k->m, k->m->reference.place, p);
        for (int64_t i = 0; i < cnn_param_count(param); i++) {
            size_t at = cnn_place_of(param, &place, i);
            grad[at] += cnn_penalty_slope(param, k->ref.theta[at]);
        }
    }
    return loss;
}

/* The largest of |gradient|, or of |gradient - rounded|, that is finite. */
static double largest_of(const struct check *k, int p, const double *rounded)
{
    const struct cnn_param *param = cnn_param(k->m, p);
    const struct cnn_place place = cnn_place(k->m, k->m->reference.place, p);
    double most = 0;
    for (int64_t i = 0; i < cnn_param_count(param); i++) {
        size_t at = cnn_place_of(param, &place, i);
        most = fmax(most, fabs(k->analytic[at] - (rounded ? rounded[at] : 0)));
    }
    return most;
}

static double largest(const struct check *k, int p)
{
    return largest_of(k, p, NULL);
}

/* A C library has names for those that the machine can do. */
static const int directions[] = {
#ifdef FE_UPWARD
    FE_UPWARD,
#endif
#ifdef FE_DOWNWARD
    FE_DOWNWARD,
#endif
#ifdef FE_TOWARDZERO
    FE_TOWARDZERO,
#endif
    -1};

static void measure_rounding(struct check *k)
{
    const int usual = fegetround();
    for (const int *d = directions; *d >= 0; d++) {
        memset(k->rounded, 0, k->m->reference.theta * sizeof *k->rounded);
        fesetround(*d);
        const double loss = run_analytic(k, k->rounded);
        fesetround(usual);
        k->noise = fmax(k->noise, fabs(loss - k->loss));
        for (int p = 0; p < k->m->n_params; p++)
            k->lost[p] = fmax(k->lost[p], largest_of(k, p, k->rounded));
    }
}

static void analytic(struct check *k)
{
    k->loss = run_analytic(k, k->analytic);
    for (int p = 0; p < k->m->n_params; p++)
        k->largest = fmax(k->largest, largest(k, p));
    measure_rounding(k);
}

/* ---- one parameter */

/* Gradients are zero by rule, as those of a bias in front of a normalisation. The terms of their sums cancel, and only
 * rounding is left, in the reference a billionth of what floats leave. */
static int is_zero(const struct check *k, double most)
{
    return most <= 1e-10 * k->largest;
}

static double slope(struct check *k, size_t at, double h)
{
    double w = k->ref.theta[at];
    k->ref.theta[at] = w + h;
    double above = run_reference(k, NULL);
    k->ref.theta[at] = w - h;
    double below = run_reference(k, NULL);
    k->ref.theta[at] = w;
    return (above - below) / ((w + h) - (w - h));
}

/* Of four points: the error is of the fourth power of h instead of the second, so that h may be so wide that a small
 * gradient stands out of the loss's rounding. */
static double wide_slope(struct check *k, size_t at, double h)
{
    return (4 * slope(k, at, h) - slope(k, at, 2 * h)) / 3;
}

/* To one side: nearer to a kink than the smallest step, the gradient is that of the side on which the point is. */
static double side_slope(struct check *k, size_t at, double h)
{
    double w = k->ref.theta[at];
    k->ref.theta[at] = w + h;
    double there = run_reference(k, NULL);
    k->ref.theta[at] = w;
    return (there - k->loss) / ((w + h) - w);
}

/* The most promising first; the last ones only where none of those before them is near enough. */
static const struct way {
    double (*slope)(struct check *, size_t, double);
    double step, enough;
} ways[] = {
    {slope, 1e-5, GOOD_ENOUGH},           {slope, 1e-6, GOOD_ENOUGH},
    {slope, 1e-4, GOOD_ENOUGH},           {slope, 1e-7, GOOD_ENOUGH},
    {wide_slope, 1e-4, WORST_DIFFERENCE}, {wide_slope, WIDEST_STEP, WORST_DIFFERENCE},
    {side_slope, 1e-7, WORST_DIFFERENCE}, {side_slope, -1e-7, WORST_DIFFERENCE},
};

/* Takes the best of several step widths: one step may cross a kink of relu, which is not an error of the gradient. */
static double element_error(struct check *k, size_t at, double most)
{
    double a = k->analytic[at], best = INFINITY;
    /* smaller values are noise of the differences; of zeros, even the widest step has nothing else */
    double least = fmax(1e-3 * most, 1e-6 * fmax(1, fabs(k->loss)));
    if (is_zero(k, most))
        least = fmax(least, 4 * k->noise / (WIDEST_STEP * WORST_DIFFERENCE));
    for (size_t i = 0; i < sizeof ways / sizeof *ways && !(best <= ways[i].enough); i++) {
        double n = ways[i].slope(k, at, ways[i].step);
        double scale = fmax(fmax(fabs(a), fabs(n)), least);
        double error = fabs(a - n) / scale;
        best = error < best ? error : best;
    }
    return best;
}

static int64_t samples(const struct check *k)
{
    double macs = 1, n;
    if (k->r->o.samples > 0)
        return k->r->o.samples;
    for (int i = 0; i < k->m->n_layers; i++)
        macs += (double)cnn_layer(k->m, i)->macs;
    n = budget / (macs * 2 * (double)k->data.rows * (double)k->m->n_params);
    return n < LEAST ? LEAST : n > MOST ? MOST : (int64_t)n;
}

/* Picks sample j from n elements: one from each of `count` equal ranges, so that no element is taken twice. */
static int64_t pick(const struct check *k, int p, int64_t j, int64_t count, int64_t n)
{
    uint32_t bits[4];
    int64_t begin = j * n / count, end = (j + 1) * n / count;
    cnn_random4(cnn_run_seed(k->r) + PICK, (uint64_t)j, (uint64_t)p, bits);
    return begin + (int64_t)(bits[0] % (uint64_t)(end - begin));
}

static double difference_error(struct check *k, int p, int64_t *checked)
{
    const struct cnn_param *param = cnn_param(k->m, p);
    const struct cnn_place at = cnn_place(k->m, k->m->reference.place, p);
    int64_t n = cnn_param_count(param), want = samples(k);
    double most = largest(k, p), worst = 0;
    *checked = n < want ? n : want;
    for (int64_t j = 0; j < *checked; j++) {
        int64_t i = pick(k, p, j, *checked, n);
        double error = element_error(k, cnn_place_of(param, &at, i), most);
        worst = error > worst ? error : worst;
    }
    return worst;
}

/* What an error is measured against: the largest gradient of the parameter, but at least a thousandth of the network's
 * largest one, or a hundredth where gradients are zero by rule. */
static double kernel_scale(const struct check *k, double most)
{
    return fmax(most, fmax((is_zero(k, most) ? 1e-2 : 1e-3) * k->largest, 1e-12));
}

static double kernel_error(const struct check *k, int p)
{
    const struct cnn_param *param = cnn_param(k->m, p);
    const struct cnn_place here = cnn_place(k->m, k->m->core.place, p),
                           there = cnn_place(k->m, k->m->reference.place, p);
    double most = largest(k, p), worst = 0;
    for (int64_t i = 0; i < cnn_param_count(param); i++) {
        double error = fabs(k->fast[cnn_place_of(param, &here, i)] - k->analytic[cnn_place_of(param, &there, i)]);
        worst = error <= worst ? worst : isnan(error) ? INFINITY : error;
    }
    return worst > 0 ? worst / kernel_scale(k, most) : 0;
}

/* What the kernels may differ by, in the same measure. */
static double kernel_limit(const struct check *k, int p)
{
    const double known = leeway * float_by_double * k->lost[p] / kernel_scale(k, largest(k, p));
    return isfinite(known) ? fmax(worst_kernel, known) : worst_kernel;
}

/* ---- the command */

/* Changes weights that start as zeros, ones or constants, since these would hide some terms of the gradient. */
static void perturb(struct check *k)
{
    for (int p = 0; p < k->m->n_params; p++) {
        const struct cnn_param *param = cnn_param(k->m, p);
        const struct cnn_place at = cnn_place(k->m, k->m->core.place, p);
        int plain = param->init == CNN_ZEROS || param->init == CNN_ONES || param->init == CNN_CONSTANT;
        for (int64_t i = 0; plain && i < cnn_param_count(param); i++) {
            uint64_t stream = PERTURB + ((uint64_t)p << 8);
            double by = 0.05 * cnn_madeup_normal(cnn_run_seed(k->r), stream, (uint64_t)i);
            k->theta[cnn_place_of(param, &at, i)] += (float)by;
        }
    }
}

static int alloc(struct check *k)
{
    const struct cnn_model *m = k->m;
    struct cnn_arena l = {0};
    size_t theta = cnn_arena_add(&l, m->core.theta, sizeof(float));
    size_t state = cnn_arena_add(&l, cnn_optimizer_size(m), sizeof(float));
    size_t exact = cnn_arena_add(&l, m->reference.theta, sizeof(double));
    size_t rounded = cnn_arena_add(&l, m->reference.theta, sizeof(double));
    size_t lost = cnn_arena_add(&l, (size_t)m->n_params, sizeof(double));
    size_t fast = cnn_arena_add(&l, m->core.theta, sizeof(double));
    char *at = k->arena = cnn_arena_alloc(&l, "gradients", &k->r->error);
    if (!at)
        return -1;
    k->theta = (float *)(void *)(at + theta);
    k->state = (float *)(void *)(at + state);
    k->analytic = (double *)(void *)(at + exact);
    k->rounded = (double *)(void *)(at + rounded);
    k->lost = (double *)(void *)(at + lost);
    k->fast = (double *)(void *)(at + fast);
    return 0;
}

static int load_weights(struct check *k)
{
    cnn_init_theta(k->m, k->theta, k->state, cnn_run_seed(k->r));
    if (k->r->o.weights)
        return cnn_weights_read(k->m, k->theta, k->r->o.weights, &k->r->error);
    perturb(k);
    return 0;
}

/* The reference runs one chunk at a time and cannot sum over several. So when a layer needs statistics of the batch,
 * the batch must fit into one chunk. */
static int64_t most_images(const struct cnn_model *m)
{
    int64_t most = m->train->batch < IMAGES ? m->train->batch : IMAGES;
    return m->reference.n_stretches > 1 && m->reference_chunk < most ? m->reference_chunk : most;
}

static int load_data(struct check *k)
{
    struct cnn_normalize normalize;
    const struct cnn_options *o = &k->r->o;
    const int64_t most = most_images(k->m);
    if (!o->input)
        return cnn_madeup_data(k->m, cnn_run_seed(k->r), most, &k->data, &k->r->error);
    if (cnn_run_normalize(k->r, &normalize) != 0)
        return -1;
    int status = cnn_run_open(k->m, o, &normalize, &k->data, &k->r->error);
    cnn_normalize_free(&normalize);
    if (status != 0)
        return -1;
    if (k->data.rows > most)
        k->data.rows = most;
    return 0;
}

static int prepare(struct check *k)
{
    double loss;
    if (alloc(k) != 0 || load_weights(k) != 0 || load_data(k) != 0)
        return -1;
    if (cnn_double_open(&k->ref, k->m, k->theta, &k->r->error) != 0)
        return -1;
    analytic(k);
    return cnn_batch_gradients(k->m, NULL, k->theta, &k->data, k->fast, &loss, &k->r->error);
}

static void print_head(const struct check *k)
{
    printf("%lld %s, %s, dropout off\n", (long long)k->data.rows, k->r->o.input ? "rows of --input" : "made-up inputs",
           k->r->o.weights ? k->r->o.weights : "initial weights");
    printf("%-28s %10s %8s %12s %14s\n", "parameter", "elements", "checked", "differences", "float kernels");
}

/* Returns the error of the kernels that counts: none where they are as right as floats can be. */
static double compare_kernels(const struct check *k, int p)
{
    const double error = kernel_error(k, p), limit = kernel_limit(k, p);
    printf(" %14.1e", error);
    if (error <= worst_kernel || error > limit) {
        puts("");
        return error;
    }
    printf("  limit %.0e, by rounding\n", limit);
    return 0;
}

static int compare(struct check *k)
{
    double worst_a = 0, worst_b = 0;
    print_head(k);
    for (int p = 0; p < k->m->n_params; p++) {
        int64_t checked;
        struct cnn_name room;
        printf("%-28s %10lld ", cnn_param_name(k->m, p, &room), (long long)cnn_param_count(cnn_param(k->m, p)));
        if (!cnn_param(k->m, p)->trainable) {
            puts("  frozen");
            continue;
        }
        double a = difference_error(k, p, &checked);
        printf("%8lld %12.1e", (long long)checked, a);
        worst_a = fmax(worst_a, a);
        worst_b = fmax(worst_b, compare_kernels(k, p));
        fflush(stdout);
    }
    printf("worst relative error: %.1e against central differences (limit %.0e), %.1e of float kernels (limit %.0e)\n",
           worst_a, WORST_DIFFERENCE, worst_b, worst_kernel);
    if (worst_a > WORST_DIFFERENCE)
        return cnn_fail(&k->r->error, "gradients differ from central differences by %.1e", worst_a);
    if (worst_b > worst_kernel)
        return cnn_fail(&k->r->error, "gradients of the float kernels differ from the reference's by %.1e", worst_b);
    return 0;
}

int cnn_gradcheck_command(struct cnn_run *r)
{
    struct check k = {.r = r, .m = r->m};
    int status = prepare(&k) == 0 ? compare(&k) : -1;
    cnn_double_close(&k.ref);
    cnn_dataset_free(&k.data);
    free(k.arena);
    return status == 0 ? CNN_DONE : CNN_TROUBLE;
}
