/* counts.c -- metrics that need more than a sum over the rows: precision, recall and F1 count per class, AUC keeps
 * histograms of the scores, R^2 means and squares. Each has a part of an array of doubles, the state. Rows are added
 * in lanes. Which rows are in a lane does not depend on the number of threads, and lanes are merged in their order,
 * so the bits do not depend on it either.
 */
#include <math.h>
#include <string.h>

#include "data/data.h"
#include "engine/engine.h"

struct rows { /* n answers of `last` numbers each */
    const struct cnn_meaning *is;
    const float *y, *dense; /* dense NULL: targets are class numbers, in label */
    const int32_t *label;
    int64_t n, last;
    const struct cnn_target_rule *rule;
    const struct cnn_metric *metric;
};

static int64_t true_class(const struct rows *r, int64_t i)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): rows that are not dense have labels */
    return r->dense ? cnn_argmax(r->dense + i * r->last, r->last) : r->label[i];
}

/* Whether answer i has a label that counts for nothing. */
static int is_ignored(const struct rows *r, int64_t i)
{
    return (r->rule->ignores && !r->dense && (double)r->label[i] == r->rule->ignored) ||
           (r->metric->ignored && true_class(r, i) == r->metric->ignored - 1);
}

/* Tells whether class c is the true class of row i or, when outputs do not vote, whether the target of output c is
 * yes. */
static int is_positive(const struct rows *r, int64_t i, int64_t c)
{
    return r->is->votes ? true_class(r, i) == c : r->dense[i * r->last + c] > 0.5f;
}

/* ---- what is counted: the state has hits, false alarms, misses and, where outputs do not vote, right noes of each
 *      class */

enum { HIT, FALSE_ALARM, MISS, RIGHT_NO, COUNTS };

static void add_vote(const struct rows *r, double *s)
{
    for (int64_t i = 0; i < r->n; i++) {
        if (is_ignored(r, i))
            continue;
        int64_t said = cnn_likeliest(r->y + i * r->last, r->last), is = true_class(r, i);
        s[is * COUNTS + (said == is ? HIT : MISS)]++;
        if (said != is && said >= 0)
            s[said * COUNTS + FALSE_ALARM]++;
    }
}

static int is_behind(const float *y, int64_t c, int64_t other)
{
    return y[c] < y[other] || (y[c] == y[other] && c > other);
}

/* The last of the k largest of n numbers; of equal ones the first comes first. */
static int64_t last_of_top(const float *y, int64_t n, int k)
{
    int64_t last = -1;
    for (int64_t j = 0; j < k && j < n; j++) {
        int64_t next = -1;
        for (int64_t c = 0; c < n; c++)
            if ((last < 0 || is_behind(y, c, last)) && (next < 0 || y[c] > y[next]))
                next = c;
        last = next;
    }
    return last;
}

static void add_top(const struct cnn_metric *k, const struct rows *r, double *s)
{
    const double limit = cnn_yes_above(r->is, k->threshold);
    for (int64_t i = 0; i < r->n; i++) {
        const float *y = r->y + i * r->last;
        const int64_t last = cnn_likeliest(y, r->last) < 0 ? -1 : last_of_top(y, r->last, k->k);
        for (int64_t c = 0; c < r->last && !is_ignored(r, i); c++) {
            const int is = is_positive(r, i, c), said = last < 0 ? !is : !is_behind(y, c, last) && (double)y[c] > limit;
            s[c * COUNTS + (said && is ? HIT : said ? FALSE_ALARM : is ? MISS : RIGHT_NO)]++;
        }
    }
}

static void add_counts(const struct cnn_metric *k, const struct rows *r, double *s)
{
    const double limit = cnn_yes_above(r->is, k->threshold);
    if (k->k || r->is->votes) {
        k->k ? add_top(k, r, s) : add_vote(r, s);
        return;
    }
    for (int64_t i = 0; i < r->n; i++)
        for (int64_t c = 0; c < r->last; c++) {
            const float y = r->y[i * r->last + c];
            int is = is_positive(r, i, c), said = isnan(y) ? !is : (double)y > limit;
            s[c * COUNTS + (said && is ? HIT : said ? FALSE_ALARM : is ? MISS : RIGHT_NO)]++;
        }
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

static double score(const struct cnn_metric *k, const double *s)
{
    const double hits = s[HIT], square = k->beta * k->beta;
    switch (k->kind) {
    case CNN_PRECISION: return ratio(hits, hits + s[FALSE_ALARM]);
    case CNN_RECALL: return ratio(hits, hits + s[MISS]);
    case CNN_FBETA: return ratio((1 + square) * hits, (1 + square) * hits + s[FALSE_ALARM] + square * s[MISS]);
    default: return ratio(2 * hits, 2 * hits + s[FALSE_ALARM] + s[MISS]);
    }
}

/* Where outputs vote, each answer has one true class, and all other classes are no. */
static double right_noes(const struct cnn_meaning *is, int64_t classes, const double *s, int64_t c)
{
    double answers = 0;
    if (!is->votes)
        return s[c * COUNTS + RIGHT_NO];
    for (int64_t i = 0; i < classes; i++)
        answers += s[i * COUNTS + HIT] + s[i * COUNTS + MISS];
    return answers - s[c * COUNTS + HIT] - s[c * COUNTS + FALSE_ALARM] - s[c * COUNTS + MISS];
}

static double count_value(const struct cnn_metric *k, const struct cnn_meaning *is, int64_t classes, const double *s)
{
    double sum = 0;
    for (int64_t c = 0; c < classes; c++)
        sum += k->kind == CNN_TRUE_POSITIVES    ? s[c * COUNTS + HIT]
               : k->kind == CNN_FALSE_POSITIVES ? s[c * COUNTS + FALSE_ALARM]
               : k->kind == CNN_FALSE_NEGATIVES ? s[c * COUNTS + MISS]
                                                : right_noes(is, classes, s, c);
    return sum;
}

/* Intersection over union: the mean over the classes that occur, in answers or in targets. */
static double iou_value(const struct cnn_metric *k, int64_t classes, const double *s)
{
    double sum = 0, present = 0;
    for (int64_t c = 0; c < classes; c++) {
        const double *of = s + c * COUNTS, together = of[HIT] + of[FALSE_ALARM] + of[MISS];
        if (together > 0 && (!k->of_classes || (c < 64 && k->of_classes >> c & 1))) {
            sum += of[HIT] / together;
            present++;
        }
    }
    return ratio(sum, present);
}

/* Of yes and no, over all outputs: class 1 is yes. */
static double binary_iou_value(const struct cnn_metric *k, const struct cnn_meaning *is, int64_t classes,
                               const double *s)
{
    double both[2 * COUNTS] = {0}, *no = both, *yes = both + COUNTS;
    for (int64_t c = 0; c < classes; c++) {
        yes[HIT] += s[c * COUNTS + HIT];
        yes[FALSE_ALARM] += s[c * COUNTS + FALSE_ALARM];
        yes[MISS] += s[c * COUNTS + MISS];
        no[HIT] += right_noes(is, classes, s, c);
    }
    no[MISS] = yes[FALSE_ALARM];
    no[FALSE_ALARM] = yes[MISS];
    return iou_value(k, 2, both);
}

static double average_value(const struct cnn_metric *k, int64_t classes, const double *s)
{
    double all[COUNTS] = {0}, sum = 0, weights = 0;
    if (k->only)
        return score(k, s + (k->only - 1) * COUNTS);
    for (int64_t c = 0; c < classes; c++, s += COUNTS) {
        double weight = k->average == CNN_WEIGHTED ? s[HIT] + s[MISS] : 1;
        for (int i = 0; i < COUNTS; i++)
            all[i] += s[i];
        sum += weight * score(k, s);
        weights += weight;
    }
    return k->average == CNN_MICRO ? score(k, all) : ratio(sum, weights);
}

static double counts_value(const struct cnn_metric *k, const struct cnn_meaning *is, int64_t classes, const double *s)
{
    switch (k->kind) {
    case CNN_IOU:
    case CNN_MEAN_IOU: return iou_value(k, classes, s);
    case CNN_BINARY_IOU: return binary_iou_value(k, is, classes, s);
    case CNN_TRUE_POSITIVES:
    case CNN_FALSE_POSITIVES:
    case CNN_TRUE_NEGATIVES:
    case CNN_FALSE_NEGATIVES: return count_value(k, is, classes, s);
    default: return average_value(k, classes, s);
    }
}

/* ---- auc: the state has, for each class, how many positive and negative rows have a score between two of the
 *      thresholds 0, 1/(n-1), ... 1 */

static int64_t buckets(const struct cnn_metric *k)
{
    return k->thresholds - 1;
}

static int64_t bucket(const struct cnn_metric *k, double score)
{
    double b = ceil(score * (double)buckets(k)) - 1;
    return !(b > 0) ? 0 : b >= (double)buckets(k) ? buckets(k) - 1 : (int64_t)b;
}

static void add_scores(const struct cnn_metric *k, const struct rows *r, double *s)
{
    for (int64_t i = 0; i < r->n; i++) {
        const float *y = r->y + i * r->last;
        if (is_ignored(r, i))
            continue;
        const double log_sum = cnn_log_sum(r->is, y, r->last);
        for (int64_t c = 0; c < r->last; c++) {
            const double score = cnn_probability(r->is, y[c], log_sum);
            s[(c * buckets(k) + bucket(k, score)) * 2 + is_positive(r, i, c)]++;
        }
    }
}

static double height(const struct cnn_metric *k, double a, double b)
{
    return k->summation == CNN_MINORING ? fmin(a, b) : k->summation == CNN_MAJORING ? fmax(a, b) : (a + b) / 2;
}

/* How much a threshold adds to the area under precision over recall, times the positives: from[] and to[] are the
 * negatives and positives above the one before and above this one. Interpolated, false alarms between the two come at
 * an even rate, as by Davis and Goadrich. */
static double under_precision(const struct cnn_metric *k, const double from[2], const double to[2])
{
    const double hits = to[1] - from[1], first = from[0] + from[1], all = to[0] + to[1];
    if (k->summation != CNN_INTERPOLATION)
        return hits * height(k, ratio(from[1], first), ratio(to[1], all));
    const double slope = ratio(hits, all - first), rest = from[1] - slope * first;
    return slope * (hits + (first > 0 ? rest * log(all / first) : 0));
}

/* The area under the curve; -1 when there are no positive rows, or no negative ones where false alarms count. */
static double area(const struct cnn_metric *k, const double *s, int64_t classes, double *positives)
{
    const int64_t n = buckets(k), stride = 2 * n;
    double p[2] = {0, 0}, sum = 0; /* negatives and positives above the threshold */
    for (int64_t b = n; b-- > 0;) {
        const double before[2] = {p[0], p[1]};
        for (int64_t c = 0; c < classes; c++)
            for (int i = 0; i < 2; i++)
                p[i] += s[c * stride + 2 * b + i];
        sum += k->curve == CNN_PR ? under_precision(k, before, p) : (p[0] - before[0]) * height(k, p[1], before[1]);
    }
    *positives = p[1];
    const double whole = k->curve == CNN_PR ? p[1] : p[0] * p[1];
    return whole > 0 ? sum / whole : -1;
}

/* The result is NAN, undefined, when all rows are positive or all are negative. */
static double auc_value(const struct cnn_metric *k, int64_t classes, const double *s)
{
    double sum = 0, weights = 0, positives;
    if (k->average == CNN_MICRO) {
        const double a = area(k, s, classes, &positives);
        return a < 0 ? (double)NAN : a;
    }
    for (int64_t c = 0; c < classes; c++) {
        double a = area(k, s + c * 2 * buckets(k), 1, &positives);
        double weight = a < 0 ? 0 : k->average == CNN_WEIGHTED ? positives : 1;
        sum += weight * a;
        weights += weight;
    }
    return weights > 0 ? sum / weights : (double)NAN;
}

/* ---- the largest of one number where another one reaches a limit, over the thresholds; classes count alike, or one
 *      counts alone */

/* The numbers of a threshold, from hits, false alarms, misses and right noes. */
static double wanted(const struct cnn_metric *k, const double *s)
{
    switch (k->kind) {
    case CNN_SENSITIVITY_AT_SPECIFICITY:
    case CNN_RECALL_AT_PRECISION: return ratio(s[HIT], s[HIT] + s[MISS]);
    case CNN_SPECIFICITY_AT_SENSITIVITY: return ratio(s[RIGHT_NO], s[RIGHT_NO] + s[FALSE_ALARM]);
    default: return ratio(s[HIT], s[HIT] + s[FALSE_ALARM]);
    }
}

static double given(const struct cnn_metric *k, const double *s)
{
    switch (k->kind) {
    case CNN_SENSITIVITY_AT_SPECIFICITY: return ratio(s[RIGHT_NO], s[RIGHT_NO] + s[FALSE_ALARM]);
    case CNN_RECALL_AT_PRECISION: return ratio(s[HIT], s[HIT] + s[FALSE_ALARM]);
    default: return ratio(s[HIT], s[HIT] + s[MISS]);
    }
}

static void count_bucket(const struct cnn_metric *k, int64_t classes, const double *s, int64_t b, double *negatives,
                         double *positives)
{
    for (int64_t c = 0; c < classes; c++) {
        const double *at = s + (c * buckets(k) + b) * 2;
        if (k->only && c != k->only - 1)
            continue;
        *negatives += at[0];
        *positives += at[1];
    }
}

static double at_value(const struct cnn_metric *k, int64_t classes, const double *s)
{
    double at[COUNTS] = {0}, best = 0;
    for (int64_t b = 0; b < buckets(k); b++)
        count_bucket(k, classes, s, b, &at[RIGHT_NO], &at[MISS]);
    for (int64_t b = buckets(k); b >= 0; b--) { /* at the threshold below bucket b everything from it on says yes */
        double no = 0, yes = 0;
        if (b < buckets(k))
            count_bucket(k, classes, s, b, &no, &yes);
        at[RIGHT_NO] -= no;
        at[FALSE_ALARM] += no;
        at[MISS] -= yes;
        at[HIT] += yes;
        if (given(k, at) >= k->least)
            best = fmax(best, wanted(k, at));
    }
    return best;
}

/* ---- r2: the state has the number of rows, then for each output the mean of the targets, the sum of their
 *      squares about the mean, and the sum of the squared errors */

enum { MEAN, SQUARES, ERRORS, MOMENTS };

static void add_moments(const struct rows *r, double *s)
{
    for (int64_t i = 0; i < r->n; i++) {
        double *m = s + 1;
        s[0]++;
        for (int64_t c = 0; c < r->last; c++, m += MOMENTS) {
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): targets of r2 are dense */
            double t = (double)r->dense[i * r->last + c], e = t - (double)r->y[i * r->last + c], d = t - m[MEAN];
            m[MEAN] += d / s[0];
            m[SQUARES] += d * (t - m[MEAN]);
            m[ERRORS] += e * e;
        }
    }
}

static void merge_moments(int64_t outputs, double *into, const double *from)
{
    double n = into[0] + from[0], *a = into + 1;
    const double *b = from + 1;
    for (int64_t c = 0; n > 0 && c < outputs; c++, a += MOMENTS, b += MOMENTS) {
        double d = b[MEAN] - a[MEAN];
        a[MEAN] += d * from[0] / n;
        a[SQUARES] += b[SQUARES] + d * d * into[0] * from[0] / n;
        a[ERRORS] += b[ERRORS];
    }
    into[0] = n;
}

static double r2_of(double squares, double errors)
{
    return squares > 0 ? 1 - errors / squares : errors > 0 ? 0 : 1;
}

/* The mean over the outputs, or with CNN_WEIGHTED that by the variance of their targets. */
static double r2_mean(const struct cnn_metric *k, int64_t outputs, const double *s)
{
    double sum = 0, squares = 0, errors = 0;
    for (const double *m = s + 1, *end = m + outputs * MOMENTS; m < end; m += MOMENTS) {
        sum += r2_of(m[SQUARES], m[ERRORS]);
        squares += m[SQUARES];
        errors += m[ERRORS];
    }
    return k->average == CNN_WEIGHTED ? r2_of(squares, errors) : sum / (double)outputs;
}

static double r2_value(const struct cnn_metric *k, int64_t outputs, const double *s)
{
    const double r2 = s[0] > 0 ? r2_mean(k, outputs, s) : 0, left = s[0] - k->regressors - 1;
    return k->regressors && left > 0 ? 1 - (1 - r2) * (s[0] - 1) / left : r2;
}

/* ---- all of them */

int cnn_metric_is_sum(const struct cnn_metric *k)
{
    return k->kind <= CNN_CONCORDANCE_CORRELATION;
}

/* Whether its state is that of a curve. */
static int is_curve(const struct cnn_metric *k)
{
    return k->kind == CNN_AUC || (k->kind >= CNN_SENSITIVITY_AT_SPECIFICITY && k->kind <= CNN_RECALL_AT_PRECISION);
}

static int64_t last_axis(const struct cnn_model *m)
{
    return cnn_output(m)->shape[cnn_output(m)->rank - 1];
}

static size_t size_of(const struct cnn_model *m, const struct cnn_metric *k)
{
    if (cnn_metric_is_sum(k))
        return 0;
    if (k->kind == CNN_R2)
        return 1 + MOMENTS * (size_t)cnn_output(m)->size;
    return (size_t)last_axis(m) * (is_curve(k) ? 2 * (size_t)buckets(k) : COUNTS);
}

static size_t size_states(const struct cnn_model *m)
{
    size_t n = 0;
    for (int j = 0; j < m->train->n_metrics; j++)
        n += size_of(m, &m->train->metrics[j]);
    return n;
}

static struct rows rows_of(const struct cnn_model *m, const struct cnn_metric *k, const float *y, const void *target,
                           int64_t n)
{
    struct rows r = {.is = cnn_meaning(m),
                     .y = y,
                     .last = k->kind == CNN_R2 ? cnn_output(m)->size : last_axis(m),
                     .rule = &cnn_target(m)->takes,
                     .metric = k};
    r.n = n * cnn_output(m)->size / r.last;
    if (cnn_is_sparse(m))
        r.label = target;
    else
        r.dense = target;
    return r;
}

static void add_states(const struct cnn_model *m, const float *y, const void *target, int n, double *state)
{
    for (int j = 0; j < m->train->n_metrics; j++) {
        const struct cnn_metric *k = &m->train->metrics[j];
        struct rows r = rows_of(m, k, y, target, n);
        if (k->kind == CNN_R2)
            add_moments(&r, state);
        else if (is_curve(k))
            add_scores(k, &r, state);
        else if (!cnn_metric_is_sum(k))
            add_counts(k, &r, state);
        state += size_of(m, k);
    }
}

static void merge_states(const struct cnn_model *m, double *into, const double *from)
{
    for (int j = 0; j < m->train->n_metrics; j++) {
        const struct cnn_metric *k = &m->train->metrics[j];
        size_t n = size_of(m, k);
        if (k->kind == CNN_R2)
            merge_moments(cnn_output(m)->size, into, from);
        for (size_t i = 0; k->kind != CNN_R2 && i < n; i++)
            into[i] += from[i];
        into += n;
        from += n;
    }
}

static void values_states(const struct cnn_model *m, const double *state, double *metric)
{
    for (int j = 0; j < m->train->n_metrics; j++) {
        const struct cnn_metric *k = &m->train->metrics[j];
        if (k->kind == CNN_R2)
            metric[j] = r2_value(k, cnn_output(m)->size, state);
        else if (k->kind == CNN_AUC)
            metric[j] = auc_value(k, last_axis(m), state);
        else if (is_curve(k))
            metric[j] = at_value(k, last_axis(m), state);
        else if (!cnn_metric_is_sum(k))
            metric[j] = counts_value(k, cnn_meaning(m), last_axis(m), state);
        state += size_of(m, k);
    }
}

/* ---- of all outputs, one behind the other */

size_t cnn_state_size(const struct cnn_model *m)
{
    size_t n = 0;
    for (int i = 0; i < m->n_outputs; i++) {
        struct cnn_view v;
        n += size_states(cnn_port_view(&v, m, i));
    }
    return n;
}

void cnn_state_add(const struct cnn_model *m, const float *y, const void *target, int n, double *state)
{
    for (int i = 0; i < m->n_outputs; i++) {
        struct cnn_view v;
        const size_t real = sizeof(float);
        const char *from = (const char *)y + (i ? cnn_output_place(m, i, m->chunk, real) : 0),
                   *wanted = (const char *)target + (i ? cnn_target_place(m, i, m->chunk, real) : 0);
        const struct cnn_model *one = cnn_port_view(&v, m, i);
        add_states(one, (const float *)(const void *)from, wanted, n, state);
        state += size_states(one);
    }
}

void cnn_state_merge(const struct cnn_model *m, double *into, const double *from)
{
    for (int i = 0; i < m->n_outputs; i++) {
        struct cnn_view v;
        const struct cnn_model *one = cnn_port_view(&v, m, i);
        merge_states(one, into, from);
        into += size_states(one);
        from += size_states(one);
    }
}

void cnn_state_values(const struct cnn_model *m, const double *state, double *metric)
{
    for (int i = 0; i < m->n_outputs; i++) {
        struct cnn_view v = {.first_metric = 0};
        const struct cnn_model *one = cnn_port_view(&v, m, i);
        values_states(one, state, metric + v.first_metric);
        state += size_states(one);
    }
}
