/* once.c -- rows that must be decoded, as those of a table, an archive or a packed file, are decoded once on each
 * machine. Its first rank does that and leaves them in memory, in the form of a .safetensors file, which the other
 * ranks of the machine map. All ranks come here for each source, so that they agree even when a file differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beside.h"
#include "data/dataset.h"
#include "support/shared.h"

enum { KEY = 32 };

struct place {
    char name[CNN_SHARED_NAME]; /* "": there is no room, so each rank decodes */
};

/* ---- the memory */

struct part { /* an array of a data set, and what it is called there */
    struct cnn_array *array;
    char key[KEY];
};

enum { PARTS = 3 };

/* The arrays of the data set of one port. */
static void parts_of(struct cnn_dataset *d, int port, struct part parts[PARTS])
{
    static const char *const names[] = {"x", "y", "weight"};
    struct cnn_array *const arrays[] = {&d->x, &d->y, &d->weight};
    for (int i = 0; i < PARTS; i++) {
        parts[i].array = arrays[i];
        snprintf(parts[i].key, KEY, "%s.%d", names[i], port);
    }
}

/* The names of classes and columns. Those that a file of weights cannot hold cannot be left here. */
static int add_names(const struct cnn_dataset *d, struct cnn_tensors *t, struct cnn_error *e)
{
    struct cnn_beside b = {0};
    cnn_classes_lend(d, &b);
    for (int k = 0; k <= d->n_more; k++)
        for (int64_t i = 0; i < b.classes[k].n; i++)
            if (!cnn_is_utf8(b.classes[k].at[i]))
                return -1;
    cnn_columns_lend(d->columns, &b);
    return cnn_beside_add(&b, 0, t, e);
}

static int add_port(struct cnn_dataset *d, int port, struct cnn_tensors *t, struct cnn_error *e)
{
    struct part parts[PARTS];
    const char *const files[] = {d->x_file, d->y_file, d->weight_file};
    parts_of(d, port, parts);
    for (int i = 0; i < PARTS; i++) {
        const struct cnn_array *a = parts[i].array;
        if (files[i] && cnn_tensors_add_metadata(t, parts[i].key, files[i], e) != 0)
            return -1;
        if (a->data && cnn_tensors_add(t, parts[i].key, cnn_array_view(a->dtype, a->rank, a->shape, a->data), e) != 0)
            return -1;
    }
    return 0;
}

static int write_memory(struct cnn_dataset *d, FILE *f)
{
    struct cnn_error ignored;
    struct cnn_tensors t = {0};
    int status = add_names(d, &t, &ignored);
    for (int i = 0; status == 0 && i <= d->n_more; i++)
        status = add_port(cnn_dataset_port(d, i), i, &t, &ignored);
    if (status == 0)
        status = cnn_safetensors_put(f, &t);
    cnn_tensors_free(&t);
    return status != 0 || fflush(f) != 0 || ferror(f) ? -1 : 0;
}

/* Returns the file, which locks the memory until it is closed; NULL: there is no room. */
static FILE *leave(struct cnn_dataset *d, struct place *place)
{
    const int fd = cnn_shared_make(place->name, 0);
    FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (f && write_memory(d, f) == 0)
        return f;
    if (fd >= 0)
        unlink(place->name);
    if (f)
        fclose(f);
    else if (fd >= 0)
        close(fd);
    place->name[0] = '\0';
    return NULL;
}

/* ---- what the other ranks find */

static int take_port(const struct cnn_tensors *t, struct cnn_dataset *d, int port)
{
    struct part parts[PARTS];
    char **const files[] = {&d->x_file, &d->y_file, &d->weight_file};
    parts_of(d, port, parts);
    for (int i = 0; i < PARTS; i++) {
        const char *file = cnn_tensors_find_metadata(t, parts[i].key);
        const struct cnn_array *a = cnn_tensors_find(t, parts[i].key);
        if (file && !(*files[i] = strdup(file)))
            return -1;
        if (a)
            *parts[i].array = cnn_array_view(a->dtype, a->rank, a->shape, a->data);
    }
    d->rows = d->x.data ? d->x.shape[0] : d->y.data ? d->y.shape[0] : 0;
    return 0;
}

static int take_names(const struct cnn_tensors *t, const char *path, struct cnn_dataset *d, struct cnn_error *e)
{
    struct cnn_beside b;
    if (cnn_beside_find(t, path, &b, e) != 0)
        return -1;
    d->columns = cnn_columns_remembered(&b, d->x_size);
    for (int k = 0; k <= d->n_more; k++) {
        struct cnn_dataset *port = cnn_dataset_port(d, k);
        port->classes = b.classes[k].at;
        port->n_classes = b.classes[k].n;
        b.classes[k] = (struct cnn_names){0};
    }
    const int known = !d->columns == !b.columns.n && (!d->columns || cnn_columns_spell(d->columns) == 0);
    cnn_beside_free(&b);
    return known ? 0 : -1;
}

static int take_all(const struct cnn_model *m, const struct cnn_tensors *t, const char *path, struct cnn_dataset *d,
                    struct cnn_error *e)
{
    if (cnn_dataset_more(m, d, e) != 0 || take_names(t, path, d, e) != 0)
        return -1;
    for (int i = 0; i <= d->n_more; i++)
        if (take_port(t, cnn_dataset_port(d, i), i) != 0)
            return -1;
    return 0;
}

/* Maps it to *d, of which the first array then owns the memory. -1: that did not work, and *d is empty. */
static int find(const struct cnn_model *m, const struct place *place, struct cnn_dataset *d)
{
    struct cnn_error ignored;
    struct cnn_tensors t;
    if (!place->name[0] || cnn_safetensors_read(place->name, &t, &ignored) != 0)
        return -1;
    struct cnn_view v;
    *d = cnn_dataset_of(cnn_port_view(&v, m, 0));
    const int status = take_all(m, &t, place->name, d, &ignored);
    if (status != 0) {
        cnn_dataset_free(d);
    } else {
        d->x.owner = CNN_MAPPED;
        d->x.base = t.map;
        d->x.base_size = t.map_size;
        t.map = NULL;
    }
    cnn_tensors_free(&t);
    return status;
}

/* ---- all ranks */

/* Tells whether the rows of this source come from memory that the first rank of the machine fills; -1: a rank has
 * failed. */
static int begin(struct cnn_peers *p, int decoded, struct cnn_error *e)
{
    int32_t shared = decoded;
    if (cnn_peers_agree(p, 0, e) != 0) /* a rank that has failed before says so here */
        return -1;
    cnn_peers_of_lead(p, &shared, sizeof shared);
    return shared;
}

static int agree(struct cnn_peers *p, int status, struct cnn_dataset *d, struct cnn_error *e)
{
    if (cnn_peers_agree(p, status, e) == 0)
        return 0;
    if (status == 0)
        cnn_dataset_free(d);
    return -1;
}

/* The first rank has its rows from the same memory then, and needs its own arrays no longer. */
static int move_in(const struct cnn_once *o, const struct place *place, struct cnn_dataset *d)
{
    struct cnn_dataset found;
    if (find(o->m, place, &found) != 0)
        return -1;
    if (o->peers->rank == o->peers->lead)
        cnn_dataset_free(d);
    *d = found;
    return 0;
}

static int share(const struct cnn_once *o, struct cnn_dataset *d, struct cnn_error *e)
{
    struct cnn_peers *p = o->peers;
    const int leads = p->rank == p->lead;
    struct place place = {""};
    FILE *file = leads ? leave(d, &place) : NULL;
    int status = 0;
    cnn_peers_of_lead(p, &place, sizeof place);
    if (move_in(o, &place, d) != 0 && !leads)
        status = o->read(o, d, e);
    status = agree(p, status, d, e);
    if (file) {
        unlink(place.name); /* who has mapped it keeps it */
        fclose(file);
    }
    return status;
}

int cnn_dataset_once(const struct cnn_once *o, struct cnn_dataset *d, struct cnn_error *e)
{
    struct cnn_peers *p = o->peers;
    if (!cnn_several(p))
        return o->read(o, d, e);
    const int shared = begin(p, o->decoded, e);
    if (shared < 0)
        return -1;
    const int reads = !shared || p->rank == p->lead;
    if (agree(p, reads ? o->read(o, d, e) : 0, d, e) != 0)
        return -1;
    return shared ? share(o, d, e) : 0;
}
