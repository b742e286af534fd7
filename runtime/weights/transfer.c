/* transfer.c -- `--init`: takes the parameters that a file of another network shares with this network, by name
 * and shape. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "support/support.h"
#include "weights/weights.h"

/* Lists of what does not fit, for messages; each list is written to a stream. */
enum { MISSING, FOREIGN, OTHER_SHAPE, LISTS };

static const char *const headings[LISTS] = {
    [MISSING] = "in the network, but not in the file",
    [FOREIGN] = "in the file, but not in the network",
    [OTHER_SHAPE] = "of another shape",
};

struct transfer {
    const struct cnn_model *m;
    const char *model; /* stands before the names of parameters, which the file may have without it; NULL: none */
    const struct cnn_tensors *in;
    const char *path;
    FILE *list[LISTS];
    char *text[LISTS];
    size_t size[LISTS];
    int taken;
};

static int open_lists(struct transfer *t, struct cnn_error *e)
{
    for (int i = 0; i < LISTS; i++) {
        t->list[i] = open_memstream(&t->text[i], &t->size[i]);
        if (!t->list[i])
            return cnn_fail_memory(e, t->path, 1);
    }
    return 0;
}

/* Turns the lists into text; -1: no memory. */
static int finish_lists(struct transfer *t)
{
    int status = 0;
    for (int i = 0; i < LISTS; i++) {
        if (t->list[i] && fclose(t->list[i]) != 0)
            status = -1;
        t->list[i] = NULL;
    }
    return status;
}

static void add_name(struct transfer *t, int list, const char *name, int rank, const int64_t *shape)
{
    char text[256];
    fprintf(t->list[list], "%s%s %s", ftell(t->list[list]) > 0 ? ", " : "", name,
            cnn_shape_text(rank, shape, text, sizeof text));
}

static int same_shape(const struct cnn_param *p, const struct cnn_array *a)
{
    return a->rank == p->rank && memcmp(a->shape, p->shape, (size_t)p->rank * sizeof *p->shape) == 0;
}

/* The name that the file may have instead; NULL: none. */
static const char *short_name(const struct transfer *t, const char *name)
{
    const size_t n = t->model ? strlen(t->model) : 0;
    return n && strncmp(name, t->model, n) == 0 && name[n] == '.' ? name + n + 1 : NULL;
}

/* A copy of the file's tensors under the names that the network has. */
static int import_as(struct transfer *t, int k, const char *name, const struct cnn_array *a, float *theta,
                     struct cnn_error *e)
{
    struct cnn_tensors one = {0};
    int status = cnn_tensors_add(&one, name, cnn_array_view(a->dtype, a->rank, a->shape, a->data), e);
    if (status == 0)
        status = cnn_param_import(t->m, k, &one, t->path, theta, e);
    cnn_tensors_free(&one);
    return status;
}

static int take_one(struct transfer *t, int k, float *theta, struct cnn_error *e)
{
    const struct cnn_param *p = cnn_param(t->m, k);
    struct cnn_name room;
    char wanted[256];
    const char *name = cnn_param_name(t->m, k, &room);
    const struct cnn_array *a = cnn_tensors_find(t->in, name);
    if (!a && short_name(t, name))
        a = cnn_tensors_find(t->in, short_name(t, name));
    if (!a) {
        add_name(t, MISSING, name, p->rank, p->shape);
    } else if (!same_shape(p, a)) {
        add_name(t, OTHER_SHAPE, name, a->rank, a->shape);
        fprintf(t->list[OTHER_SHAPE], " where the network has %s",
                cnn_shape_text(p->rank, p->shape, wanted, sizeof wanted));
    } else {
        t->taken++;
        return import_as(t, k, name, a, theta, e);
    }
    return 0;
}

static int is_known(const struct transfer *t, const char *name)
{
    struct cnn_name room;
    int found = cnn_is_param(t->m, name);
    for (int k = 0; t->model && k < t->m->n_params && !found; k++) {
        const char *own = short_name(t, cnn_param_name(t->m, k, &room));
        found = own && strcmp(own, name) == 0;
    }
    return found;
}

static void list_foreign(struct transfer *t)
{
    for (size_t i = 0; i < t->in->n; i++) {
        const char *name = t->in->at[i].name;
        const struct cnn_array *a = &t->in->at[i].array;
        if (!cnn_tensor_is_state(name) && !is_known(t, name))
            add_name(t, FOREIGN, name, a->rank, a->shape);
    }
}

static int take(struct transfer *t, float *theta, struct cnn_error *e)
{
    if (cnn_holds_ensemble(t->in))
        return cnn_fail(e, "%s: holds an ensemble; 'export --member N' takes out the weights of one", t->path);
    if (open_lists(t, e) != 0)
        return -1;
    for (int k = 0; k < t->m->n_params; k++)
        if (take_one(t, k, theta, e) != 0)
            return -1;
    list_foreign(t);
    if (finish_lists(t) != 0)
        return cnn_fail_memory(e, t->path, 1);
    if (t->taken == 0)
        return cnn_fail(e, "%s: has no parameter of the network: none has the name and the shape of one", t->path);
    cnn_note(t->m->name, "%s: %d of the network's %d parameters are taken", t->path, t->taken, t->m->n_params);
    for (int i = 0; i < LISTS; i++)
        if (t->size[i] > 0)
            cnn_note(t->m->name, "%s: %s: %s", t->path, headings[i], t->text[i]);
    return 0;
}

int cnn_weights_transfer(const struct cnn_model *m, float *theta, const char *path, struct cnn_error *e)
{
    return cnn_weights_transfer_model(m, NULL, theta, path, e);
}

int cnn_weights_transfer_model(const struct cnn_model *m, const char *model, float *theta, const char *path,
                               struct cnn_error *e)
{
    struct cnn_tensors in;
    if (cnn_tensors_read(path, &in, e) != 0)
        return -1;
    struct transfer t = {.m = m, .model = model, .in = &in, .path = path};
    const int status = take(&t, theta, e);
    finish_lists(&t);
    for (int i = 0; i < LISTS; i++)
        free(t.text[i]);
    cnn_tensors_free(&in);
    return status;
}
