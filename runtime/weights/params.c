/* params.c -- moves parameters between files (canonical, in Keras' layout) and theta (in the layout of the
 * kernels). */
#include "beside.h"
#include "data/data.h"
#include "input.h"
#include "weights/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 512 };

int64_t cnn_param_count(const struct cnn_param *p)
{
    int64_t n = 1;
    for (int i = 0; i < p->rank; i++)
        n *= p->shape[i];
    return n;
}

static size_t axis_at(const struct cnn_axis *a, int64_t i)
{
    return (size_t)(i / a->block * a->outer + i % a->block * a->inner);
}

size_t cnn_place_of(const struct cnn_param *p, const struct cnn_place *at, int64_t i)
{
    size_t offset = at->offset;
    for (int k = p->rank - 1; k >= 0; k--) {
        const struct cnn_axis *axis = &at->axis[k];
        int64_t length = p->shape[k];
        while (k > 0 && at->axis[k - 1].block == 0)
            length *= p->shape[--k];
        offset += axis_at(axis, i % length);
        i /= length;
    }
    return offset;
}

void cnn_param_get(const struct cnn_param *p, const struct cnn_place *at, const float *theta, float *canonical)
{
    for (int64_t i = 0, n = cnn_param_count(p); i < n; i++)
        canonical[i] = theta[cnn_place_of(p, at, i)];
}

void cnn_theta_to_reference(const struct cnn_model *m, const float *theta, double *reference)
{
    memset(reference, 0, m->reference.theta * sizeof *reference);
    for (int k = 0; k < m->n_params; k++) {
        const struct cnn_param *p = cnn_param(m, k);
        const struct cnn_place to = cnn_place(m, m->reference.place, k), from = cnn_place(m, m->core.place, k);
        for (int64_t i = 0, n = cnn_param_count(p); i < n; i++)
            reference[cnn_place_of(p, &to, i)] = (double)theta[cnn_place_of(p, &from, i)];
    }
}

/* Padding is zero and adds nothing, so this goes through memory in order. It keeps eight sums, so that eight
 * additions, as many as one vector holds, are independent. */
static void sum_magnitudes(const float *w, size_t n, double *l1, double *l2)
{
    double a[8] = {0}, s[8] = {0};
    for (size_t i = 0; i < n; i++) {
        double v = (double)w[i];
        a[i % 8] += fabs(v);
        s[i % 8] += v * v;
    }
    *l1 = ((a[0] + a[1]) + (a[2] + a[3])) + ((a[4] + a[5]) + (a[6] + a[7]));
    *l2 = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

double cnn_penalty(const struct cnn_model *m, const float *theta)
{
    double total = 0, l1, l2;
    for (int k = 0; k < m->n_params; k++) {
        const struct cnn_param *p = cnn_param(m, k);
        if (p->l1 == 0 && p->l2 == 0)
            continue;
        const struct cnn_place at = cnn_place(m, m->core.place, k);
        sum_magnitudes(theta + at.offset, at.size, &l1, &l2);
        total += p->l1 * l1 + p->l2 * l2;
    }
    return total;
}

/* ---- to and from named arrays */

static int full_name(char *out, const char *prefix, const struct cnn_model *m, int k, const char *path,
                     struct cnn_error *e)
{
    struct cnn_name room;
    const char *name = cnn_param_name(m, k, &room);
    int n = snprintf(out, NAME_SIZE, "%s%s", prefix, name);
    return n < NAME_SIZE ? 0 : cnn_fail(e, "%s: the name '%s%s' is too long", path, prefix, name);
}

int cnn_param_export(const struct cnn_model *m, int k, const float *theta, const char *prefix, struct cnn_tensors *out,
                     struct cnn_error *e)
{
    const struct cnn_param *p = cnn_param(m, k);
    const struct cnn_place at = cnn_place(m, m->core.place, k);
    char name[NAME_SIZE];
    size_t bytes = (size_t)cnn_param_count(p) * sizeof(float);
    if (full_name(name, prefix, m, k, "export", e) != 0)
        return -1;
    float *data = malloc(bytes ? bytes : 1);
    if (!data)
        return cnn_fail_memory(e, name, bytes);
    cnn_param_get(p, &at, theta, data);
    struct cnn_array a = cnn_array_view(CNN_F32, p->rank, p->shape, data);
    a.base = data;
    a.base_size = bytes;
    a.owner = CNN_HEAP;
    return cnn_tensors_add(out, name, a, e);
}

int cnn_params_export(const struct cnn_model *m, const float *theta, const char *prefix, struct cnn_tensors *out,
                      struct cnn_error *e)
{
    for (int k = 0; k < m->n_params; k++)
        if (cnn_param_export(m, k, theta, prefix, out, e) != 0)
            return -1;
    return 0;
}

int cnn_state_export(const struct cnn_model *m, const float *state, const char *prefix, struct cnn_tensors *out,
                     struct cnn_error *e)
{
    for (int k = 0; k < m->n_params; k++)
        if (cnn_param(m, k)->trainable && cnn_param_export(m, k, state, prefix, out, e) != 0)
            return -1;
    return 0;
}

static int check_one(const struct cnn_model *m, int k, const struct cnn_tensors *in, const char *prefix,
                     const char *path, struct cnn_error *e)
{
    const struct cnn_param *p = cnn_param(m, k);
    char name[NAME_SIZE], found[256], wanted[256];
    if (full_name(name, prefix, m, k, path, e) != 0)
        return -1;
    const struct cnn_array *a = cnn_tensors_find(in, name);
    if (!a)
        return cnn_fail(e, "%s: tensor '%s' %s is missing", path, name,
                        cnn_shape_text(p->rank, p->shape, wanted, sizeof wanted));
    if (a->rank != p->rank || memcmp(a->shape, p->shape, (size_t)p->rank * sizeof *p->shape) != 0)
        return cnn_fail(e, "%s: tensor '%s' has the shape %s, but the network wants %s", path, name,
                        cnn_shape_text(a->rank, a->shape, found, sizeof found),
                        cnn_shape_text(p->rank, p->shape, wanted, sizeof wanted));
    if (a->dtype != CNN_F32 && a->dtype != CNN_F64)
        return cnn_fail(e, "%s: tensor '%s' is %s, but the network wants float32", path, name,
                        cnn_dtype_name(a->dtype));
    return 0;
}

int cnn_params_check(const struct cnn_model *m, const struct cnn_tensors *in, const char *prefix, const char *path,
                     struct cnn_error *e)
{
    for (int k = 0; k < m->n_params; k++)
        if (check_one(m, k, in, prefix, path, e) != 0)
            return -1;
    return 0;
}

/* Returns how many values are not finite. */
static int64_t import_one(const struct cnn_model *m, int k, const struct cnn_array *a, float *theta)
{
    const struct cnn_param *p = cnn_param(m, k);
    const struct cnn_place at = cnn_place(m, m->core.place, k);
    int64_t bad = 0;
    for (int64_t i = 0, n = cnn_param_count(p); i < n; i++) {
        float v = (float)cnn_array_get(a, i);
        bad += !isfinite(v);
        theta[cnn_place_of(p, &at, i)] = v;
    }
    return bad;
}

/* Imports parameter k, for which check_one() has succeeded. */
static void import_checked(const struct cnn_model *m, int k, const struct cnn_tensors *in, const char *prefix,
                           const char *path, float *theta)
{
    char name[NAME_SIZE];
    struct cnn_error none;
    full_name(name, prefix, m, k, path, &none);
    int64_t bad = import_one(m, k, cnn_tensors_find(in, name), theta);
    if (bad > 0)
        cnn_warn(m->name, "%s: tensor '%s' has %lld values that are not finite", path, name, (long long)bad);
}

int cnn_params_import(const struct cnn_model *m, const struct cnn_tensors *in, const char *prefix, const char *path,
                      float *theta, struct cnn_error *e)
{
    if (cnn_params_check(m, in, prefix, path, e) != 0)
        return -1;
    for (int k = 0; k < m->n_params; k++)
        import_checked(m, k, in, prefix, path, theta);
    return 0;
}

int cnn_param_import(const struct cnn_model *m, int k, const struct cnn_tensors *in, const char *path, float *theta,
                     struct cnn_error *e)
{
    if (check_one(m, k, in, "", path, e) != 0)
        return -1;
    import_checked(m, k, in, "", path, theta);
    return 0;
}

int cnn_state_import(const struct cnn_model *m, const struct cnn_tensors *in, const char *prefix, const char *path,
                     float *state, struct cnn_error *e)
{
    for (int k = 0; k < m->n_params; k++)
        if (cnn_param(m, k)->trainable && check_one(m, k, in, prefix, path, e) != 0)
            return -1;
    for (int k = 0; k < m->n_params; k++)
        if (cnn_param(m, k)->trainable)
            import_checked(m, k, in, prefix, path, state);
    return 0;
}

const float *cnn_averages(const struct cnn_model *m, const float *state)
{
    for (int s = 0; s < m->slots; s++)
        if (strcmp(m->slot_names[s], "average") == 0)
            return state + (size_t)s * m->core.trained;
    return NULL;
}

size_t cnn_kept_at(const struct cnn_model *m)
{
    return (size_t)m->slots * m->core.trained;
}

int cnn_kept_export(const struct cnn_model *m, const float *state, const char *name, struct cnn_tensors *out,
                    struct cnn_error *e)
{
    const int64_t n = (int64_t)m->kept;
    return n ? cnn_tensors_add(out, name, cnn_array_view(CNN_F32, 1, &n, state + cnn_kept_at(m)), e) : 0;
}

int cnn_kept_import(const struct cnn_model *m, const struct cnn_tensors *in, const char *name, const char *path,
                    float *state, struct cnn_error *e)
{
    const struct cnn_array *a = m->kept ? cnn_tensors_find(in, name) : NULL;
    if (m->kept == 0)
        return 0;
    if (!a || a->dtype != CNN_F32 || cnn_array_count(a) != (int64_t)m->kept)
        return cnn_fail(e, "%s: the array '%s' of %zu numbers is missing", path, name, m->kept);
    memcpy(state + cnn_kept_at(m), a->data, m->kept * sizeof *state);
    return 0;
}

static int lies_alike(const struct cnn_place *a, const struct cnn_place *b, int rank)
{
    return a->size == b->size && memcmp(a->axis, b->axis, (size_t)rank * sizeof *a->axis) == 0;
}

struct cnn_map cnn_param_map(const struct cnn_model *from, int k, const struct cnn_model *to, int other)
{
    struct cnn_map m = {.p = cnn_param(from, k), .q = cnn_param(to, other)};
    m.from = cnn_place(from, from->core.place, k);
    m.to = cnn_place(to, to->core.place, other);
    m.alike = lies_alike(&m.from, &m.to, m.p->rank);
    m.n = m.alike ? m.from.size : (size_t)cnn_param_count(m.p);
    return m;
}

void cnn_param_move(const struct cnn_map *m, const float *x, float *y, size_t first, size_t end, float rate)
{
    if (m->alike) {
        x += m->from.offset;
        y += m->to.offset;
    }
    if (m->alike && rate == 1 && end > first)
        memcpy(y + first, x + first, (end - first) * sizeof *y);
    else if (m->alike)
        for (size_t i = first; i < end; i++)
            y[i] += rate * (x[i] - y[i]);
    for (size_t i = first; !m->alike && i < end; i++) {
        const float aim = x[cnn_place_of(m->p, &m->from, (int64_t)i)];
        float *at = &y[cnn_place_of(m->q, &m->to, (int64_t)i)];
        *at = rate == 1 ? aim : *at + rate * (aim - *at);
    }
}

void cnn_param_copy(const struct cnn_model *from, int k, const float *theta, const struct cnn_model *to, int other,
                    float *copy)
{
    const struct cnn_map m = cnn_param_map(from, k, to, other);
    cnn_param_move(&m, theta, copy, 0, m.n, 1);
}

int cnn_find_param(const struct cnn_model *m, const char *name)
{
    struct cnn_name room;
    int k = m->n_params - 1;
    while (k >= 0 && strcmp(cnn_param_name(m, k, &room), name) != 0)
        k--;
    return k;
}

/* A library has one of several models, and knows the others by name. */
static int is_of_absent(const struct cnn_nets *nets, int i, const char *name)
{
    const char *model = nets->at[i].model;
    const size_t length = strlen(model);
    return i > 0 && strcmp(model, nets->at[0].model) != 0 && strncmp(name, model, length) == 0 && name[length] == '.';
}

int cnn_is_param(const struct cnn_model *m, const char *name)
{
    int found = cnn_find_param(m, name) >= 0;
    for (int i = 0; m->nets && i < m->nets->n && !found; i++)
        found =
            m->nets->at[i].network ? cnn_find_param(m->nets->at[i].network, name) >= 0 : is_of_absent(m->nets, i, name);
    return found;
}

int cnn_params_no_others(const struct cnn_model *m, const struct cnn_tensors *in, const char *path, struct cnn_error *e)
{
    for (size_t i = 0; i < in->n; i++) {
        const char *name = in->at[i].name;
        if (!cnn_tensor_is_state(name) && !cnn_is_param(m, name))
            return cnn_fail(e, "%s: tensor '%s' does not belong to the network", path, name);
    }
    return 0;
}

/* ---- weight files */

int cnn_weights_read(const struct cnn_model *m, float *theta, const char *path, struct cnn_error *e)
{
    struct cnn_tensors t;
    if (cnn_tensors_read(path, &t, e) != 0)
        return -1;
    int status = cnn_holds_ensemble(&t)
                     ? cnn_fail(e, "%s: holds an ensemble; 'export --member N' takes out the weights of one", path)
                     : cnn_params_no_others(m, &t, path, e);
    if (status == 0)
        status = cnn_params_import(m, &t, "", path, theta, e);
    cnn_tensors_free(&t);
    return status;
}

int cnn_weights_write_tensors(const struct cnn_model *m, struct cnn_tensors *t, const struct cnn_beside *beside,
                              const char *path, struct cnn_error *e)
{
    struct cnn_beside b = beside ? *beside : (struct cnn_beside){0}; /* t borrows from it */
    const int npz = cnn_has_ending(path, ".npz");
    if (npz && !cnn_normalize_is_fitted(m))
        b.channels = 0;
    if (cnn_tensors_add_metadata(t, "model", m->name, e) != 0 || cnn_beside_add(&b, npz, t, e) != 0)
        return -1;
    return cnn_tensors_write(path, t, e);
}

int cnn_weights_write(const struct cnn_model *m, const float *theta, const struct cnn_beside *beside, const char *path,
                      struct cnn_error *e)
{
    struct cnn_tensors t = {0};
    int status = cnn_params_export(m, theta, "", &t, e);
    if (status == 0)
        status = cnn_weights_write_tensors(m, &t, beside, path, e);
    cnn_tensors_free(&t);
    return status;
}

int cnn_load_weights(const struct cnn_model *m, float *theta, const char *path)
{
    struct cnn_error e;
    int status = cnn_weights_read(m, theta, path, &e);
    if (status != 0)
        cnn_complain(m->name, &e);
    return status;
}

int cnn_save_weights(const struct cnn_model *m, const float *theta, const char *path)
{
    struct cnn_error e;
    int status = cnn_weights_write(m, theta, NULL, path, &e);
    if (status != 0)
        cnn_complain(m->name, &e);
    return status;
}
