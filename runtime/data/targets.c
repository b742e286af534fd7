/* targets.c -- checks that the loss takes the targets. The rule of the loss is data (struct cnn_target_rule). It
 * is applied to rows of files when they are opened, and to the batches of the library face. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "data/dataset.h"
#include "support/support.h"

/* tolerance of the sum of a row that is a distribution, because files hold rounded numbers */
static const double sum_tolerance = 1e-3;

enum wrong { FITS, NO_NUMBER, TOO_LARGE, NO_CLASS, OUTSIDE, SUM };

struct finding { /* what is wrong and where; output -1: the whole row */
    enum wrong wrong;
    int64_t row, output;
    double value;
};

struct extent { /* of targets: rows of `size` numbers, of which each `answer` are one distribution */
    int64_t rows, size, answer;
};

static enum wrong judge(const struct cnn_target_rule *rule, double v)
{
    if (rule->ignores && v == rule->ignored)
        return FITS;
    if (!isfinite(v))
        return NO_NUMBER;
    if (rule->whole && (v < rule->low || v > rule->high || v != floor(v)))
        return NO_CLASS;
    if (rule->bounded && (v < rule->low || v > rule->high))
        return OUTSIDE;
    return fabs(v) > (double)FLT_MAX ? TOO_LARGE : FITS;
}

/* Goes row after row, so that a mapped file is read once, from its beginning. */
static struct finding look(const struct cnn_target_rule *rule, const struct cnn_array *a, const struct extent *x)
{
    struct finding f = {FITS, 0, 0, 0};
    for (f.row = 0; f.row < x->rows; f.row++) {
        double sum = 0;
        for (f.output = 0; f.output < x->size; f.output++) {
            f.value = cnn_array_get(a, f.row * x->size + f.output);
            f.wrong = judge(rule, f.value);
            if (f.wrong != FITS)
                return f;
            sum = f.output % x->answer ? sum + f.value : f.value;
            if (rule->sum_to_one && (f.output + 1) % x->answer == 0 && !(fabs(sum - 1) <= sum_tolerance))
                return (struct finding){SUM, f.row, x->answer == x->size ? -1 : f.output + 1 - x->answer, sum};
        }
    }
    return f;
}

static struct extent extent_of(const struct cnn_model *m, int64_t rows)
{
    return (struct extent){rows, cnn_target_size(m), cnn_output(m)->size / cnn_answers(m)};
}

/* ---- advice about wrong targets */

static const char *cure_outside(const struct cnn_target_rule *rule, double v)
{
    if (rule->sum_to_one)
        return v < 0 ? "a row is a distribution over the classes, without negative numbers"
                     : "a row is a distribution over the classes: divide it by its sum";
    if (v < 0 && rule->low == 0)
        return "where -1 and 1 mean no and yes, take (t + 1) / 2";
    if (v == 255)
        return "divide by 255";
    return v == floor(v) && v < 255
               ? "divide by the largest, or, where these are numbers of classes, use sparse_categorical_crossentropy"
               : "divide by the largest that there can be";
}

static int report(const struct cnn_model *m, const struct cnn_target_rule *rule, const struct finding *f,
                  const char *where, struct cnn_error *e)
{
    char at[64] = "";
    if (f->output >= 0 && (!rule->whole || cnn_target_size(m) > 1))
        snprintf(at, sizeof at, ", %s %" PRId64, rule->whole ? "answer" : "output", f->output);
    switch (f->wrong) {
    case FITS: return 0;
    case NO_NUMBER:
        return cnn_fail(e, "%s: row %" PRId64 "%s: the target is %s", where, f->row, at, cnn_not_finite(f->value));
    case TOO_LARGE:
        return cnn_fail(e, "%s: row %" PRId64 "%s: target %g is beyond the largest float, %g: scale the targets", where,
                        f->row, at, f->value, (double)FLT_MAX);
    case NO_CLASS:
        return cnn_fail(
            e, "%s: row %" PRId64 "%s: label %.17g is not a class of the network: 0 to %.0f; labels start at 0", where,
            f->row, at, f->value, rule->high);
    case OUTSIDE:
        if (rule->high >= (double)FLT_MAX)
            return cnn_fail(e, "%s: row %" PRId64 "%s: target %.9g, but %s takes no numbers below %g", where, f->row,
                            at, f->value, cnn_target(m)->loss, rule->low);
        return cnn_fail(e, "%s: row %" PRId64 "%s: target %.9g, but %s takes numbers from %g to %g; %s", where, f->row,
                        at, f->value, cnn_target(m)->loss, rule->low, rule->high, cure_outside(rule, f->value));
    case SUM:
        return cnn_fail(e,
                        "%s: row %" PRId64 "%s: the targets sum to %.9g, but %s takes distributions over the classes, "
                        "which sum to 1; %s",
                        where, f->row, at, f->value, cnn_target(m)->loss,
                        f->value > 0 ? "divide each row by its sum, or, where a row may be of several classes, end in "
                                       "sigmoid and use binary_crossentropy"
                                     : "a row is of one class at least");
    }
    return -1;
}

int cnn_dataset_check_targets(const struct cnn_model *m, const struct cnn_dataset *d, struct cnn_error *e)
{
    const struct cnn_target_rule *rule = &cnn_target(m)->takes;
    const int whole = d->y.dtype != CNN_F32 && d->y.dtype != CNN_F64;
    if (!d->y.data || (whole && !rule->bounded && !rule->sum_to_one))
        return 0; /* whole numbers are finite */
    const struct extent x = extent_of(m, d->y.shape[0]);
    const struct finding f = look(rule, &d->y, &x);
    return report(m, rule, &f, d->y_file, e);
}

int cnn_dataset_check_labels(const struct cnn_model *m, const struct cnn_dataset *d, struct cnn_error *e)
{
    const struct cnn_target_rule rule = {.whole = 1, .high = (double)(cnn_classes(m) - 1)};
    const struct extent x = {d->y.shape[0], 1, 1};
    struct finding f = look(&rule, &d->y, &x);
    f.output = -1;
    return report(m, &rule, &f, d->y_file, e);
}

/* That port's input alone. */
static struct cnn_dataset input_alone(const struct cnn_dataset *d, int port)
{
    struct cnn_dataset one = *d;
    one.n_more = 0;
    if (port)
        cnn_dataset_take_input(&one, &d->more[port - 1]);
    return one;
}

/* The rows first .. first + n of an input, which are targets. x: room for them. */
static int check_own_rows(const struct cnn_model *m, const struct cnn_dataset *input, int64_t first, int64_t n,
                          float *x, struct cnn_error *e)
{
    cnn_gather(input, NULL, first, n, x, NULL);
    const struct extent extent = extent_of(m, n);
    const int64_t count = n * extent.size;
    const struct cnn_array a = cnn_array_view(CNN_F32, 1, &count, x);
    struct finding f = look(&cnn_target(m)->takes, &a, &extent);
    f.row = f.wrong == FITS ? 0 : cnn_dataset_row(input, first + f.row);
    return report(m, &cnn_target(m)->takes, &f, input->x_file, e);
}

/* The targets of one output, which are that input. */
static int check_own(const struct cnn_model *m, const struct cnn_dataset *input, struct cnn_error *e)
{
    enum { BLOCK = 64 };
    const struct cnn_target_rule *rule = &cnn_target(m)->takes;
    if (!rule->bounded && !rule->sum_to_one)
        return 0;
    int status = 0;
    float *x = malloc((size_t)(BLOCK * input->x_size) * sizeof *x);
    if (!x)
        return cnn_fail_memory(e, input->x_file, (uint64_t)(BLOCK * input->x_size) * sizeof *x);
    for (int64_t i = 0; status == 0 && i < input->rows; i += BLOCK)
        status = check_own_rows(m, input, i, input->rows - i < BLOCK ? input->rows - i : BLOCK, x, e);
    free(x);
    return status;
}

int cnn_dataset_check_own(const struct cnn_model *m, const struct cnn_dataset *d, struct cnn_error *e)
{
    int status = 0;
    for (int k = 0; k < m->n_targets && k <= d->n_more && d->rows > 0 && status == 0; k++) {
        const struct cnn_dataset *port = k ? &d->more[k - 1] : d;
        if (port->from != CNN_FROM_INPUT || port->skips_y)
            continue;
        struct cnn_view v;
        const struct cnn_dataset input = input_alone(d, port->own);
        status = check_own(cnn_port_view(&v, m, k), &input, e);
    }
    return status;
}

static int check_count(const struct cnn_model *m, int n, struct cnn_error *e)
{
    if (n < 1 || n > m->train->batch)
        return cnn_fail(e, "%d images, but a step takes 1 to %" PRId64, n, m->train->batch);
    return 0;
}

static int check_rows(const struct cnn_model *m, const void *target, int n, const char *where, struct cnn_error *e)
{
    const int sparse = cnn_is_sparse(m);
    const struct extent x = extent_of(m, n);
    const int64_t count = n * x.size;
    const struct cnn_array a = cnn_array_view(sparse ? CNN_I32 : CNN_F32, 1, &count, target);
    const struct finding f = look(&cnn_target(m)->takes, &a, &x);
    return report(m, &cnn_target(m)->takes, &f, where, e);
}

static int complain(const struct cnn_model *m, int status, const struct cnn_error *e)
{
    if (status != 0)
        fprintf(stderr, "%s: %s\n", m->name, e->text);
    return status;
}

int cnn_check_batch(const struct cnn_model *m, const void *target, int n)
{
    struct cnn_error e;
    const int status = check_count(m, n, &e);
    return complain(m, status ? status : check_rows(m, target, n, "targets", &e), &e);
}

/* The target of one output. given: that of the caller, or NULL. */
static int check_port(const struct cnn_model *m, const void *given, const void *input, int n, struct cnn_error *e)
{
    const struct cnn_target *t = cnn_target(m);
    const void *rows = !given && t->from == CNN_FROM_INPUT ? input : given;
    if (t->from == CNN_FROM_NOTHING)
        return 0;
    if (!rows)
        return cnn_fail(e, "the target of '%s' is missing", t->port.name);
    return check_rows(m, rows, n, t->port.name, e);
}

int cnn_check_ports(const struct cnn_model *m, const void *const *inputs, const void *const *targets, int n)
{
    struct cnn_error e;
    int status = check_count(m, n, &e);
    for (int k = 0; k < m->n_targets && status == 0; k++) {
        struct cnn_view v;
        status = check_port(cnn_port_view(&v, m, k), targets[k], inputs[m->targets[k].input], n, &e);
    }
    return complain(m, status, &e);
}
