/* images.c -- pictures as a data set: a folder with a folder for each class, or files that are named one by one.
 * All are decoded when the data are loaded, into bytes, in the size of the network's input. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/data.h"
#include "images/image.h"
#include "images/images.h"
#include "input.h"
#include "support/support.h"

typedef long long ll;

/* ---- the files of all classes */

struct file {
    char *path;
    int32_t class;
    int64_t place, of; /* place: its number among the `of` files of its class */
};

struct folder {
    const struct cnn_model *m;
    const char *path;
    /* the data set that defines the classes of this folder; NULL: the folder defines its own */
    const struct cnn_dataset *train;
    struct cnn_paths classes; /* the folders of the classes */
    struct cnn_skipped skipped;
    struct file *files;
    int64_t n, room;
};

static void free_folder(struct folder *f)
{
    for (int64_t i = 0; i < f->n; i++)
        free(f->files[i].path);
    free(f->files);
    cnn_paths_free(&f->classes);
}

/* Takes the path over. */
static int add_file(struct folder *f, char *path, int32_t class, int64_t place, int64_t of, struct cnn_error *e)
{
    if (f->n == f->room) {
        const int64_t room = f->room ? 2 * f->room : 64;
        struct file *grown = realloc(f->files, (size_t)room * sizeof *grown);
        if (!grown) {
            free(path);
            return cnn_fail_memory(e, f->path, (uint64_t)room * sizeof *grown);
        }
        f->files = grown;
        f->room = room;
    }
    f->files[f->n++] = (struct file){path, class, place, of};
    return 0;
}

static int add_files(struct folder *f, const char *path, int32_t class, struct cnn_error *e)
{
    struct cnn_paths pictures = {0};
    int status = cnn_folder_pictures(path, &pictures, &f->skipped, e);
    if (status == 0 && pictures.n == 0)
        status = cnn_fail(e, "%s: holds no pictures: those are .png and .jpeg files", path);
    for (int64_t i = 0; i < pictures.n; i++) {
        char *file = pictures.at[i];
        pictures.at[i] = NULL;
        if (status == 0)
            status = add_file(f, file, class, i, pictures.n, e);
        else
            free(file);
    }
    cnn_paths_free(&pictures);
    return status;
}

/* Sorts the files so that all classes have an equal part in the first rows, and in the last ones. */
static int by_turns(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    const int64_t left = (2 * x->place + 1) * y->of, right = (2 * y->place + 1) * x->of;
    return left != right ? (left > right) - (left < right) : (x->class > y->class) - (x->class < y->class);
}

static int add_class(struct folder *f, const char *name, int64_t number, struct cnn_error *e)
{
    char names[400], *path = cnn_path_in(f->path, name);
    int status;
    if (!path)
        return cnn_fail_memory(e, f->path, strlen(name));
    if (f->train)
        number = cnn_class_number(f->train, name);
    if (number < 0)
        status = cnn_fail(e, "%s: '%s' is not a class of %s: %s", path, name, f->train->y_file,
                          cnn_some_names(f->train->classes, f->train->n_classes, names, sizeof names));
    else
        status = add_files(f, path, (int32_t)number, e);
    free(path);
    return status;
}

/* A picture outside the folders of the classes is a mistake; any other file is skipped. */
static int look_outside(struct folder *f, struct cnn_error *e)
{
    struct cnn_paths names;
    int status = cnn_folder_names(f->path, 0, &names, e);
    for (int64_t i = 0; status == 0 && i < names.n; i++) {
        char *path = cnn_path_in(f->path, names.at[i]);
        if (!path)
            status = cnn_fail_memory(e, f->path, strlen(names.at[i]));
        else if (!cnn_is_folder(path) && cnn_is_picture(path))
            status = cnn_fail(e, "%s: is in no class's folder: a folder of pictures has a folder for each class", path);
        else if (!cnn_is_folder(path))
            cnn_skip(&f->skipped, path);
        free(path);
    }
    cnn_paths_free(&names);
    return status;
}

/* Tells whether the folders are those of training and test data, which are no classes. */
static int are_parts(const struct cnn_paths *folders)
{
    static const char *const parts[] = {"train", "training", "test", "testing", "val", "valid", "validation"};
    int64_t n = 0;
    for (int64_t i = 0; i < folders->n; i++)
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            n += strcasecmp(folders->at[i], parts[k]) == 0;
    return folders->n > 1 && n == folders->n;
}

static int find_files(struct folder *f, struct cnn_error *e)
{
    const int64_t classes = cnn_classes(f->m);
    if (look_outside(f, e) != 0 || cnn_folder_names(f->path, 1, &f->classes, e) != 0)
        return -1;
    if (are_parts(&f->classes))
        return cnn_fail(
            e,
            "%s: its folders '%s' and '%s' are no classes: say 'train images' with the one and 'test images' "
            "with the other",
            f->path, f->classes.at[0], f->classes.at[1]);
    for (int64_t i = 0; i < f->classes.n; i++)
        if (add_class(f, f->classes.at[i], i, e) != 0)
            return -1;
    if (f->train ? f->n == 0 : f->classes.n != classes)
        return cnn_fail(e, "%s: holds %lld folders, one for each class, but the network has %lld classes", f->path,
                        (ll)f->classes.n, (ll)classes);
    qsort(f->files, (size_t)f->n, sizeof *f->files, by_turns);
    cnn_note_skipped(&f->skipped, f->m->name, f->path);
    return 0;
}

/* ---- decoding: with n threads, every thread takes every n-th file; together with other ranks, the next one */

struct decoding {
    const struct cnn_model *m;
    const char *const *paths;
    int64_t n;
    uint8_t *x;
    struct cnn_common *common; /* NULL: no other rank decodes them, too */
    int threads;
    struct failure {
        int64_t file; /* the first file that this thread could not read; n: there is none */
        struct cnn_error error;
    } * failures;
};

static int decode_one(const struct decoding *k, int64_t i, struct cnn_error *e)
{
    const int64_t *in = cnn_input(k->m)->shape;
    struct cnn_image image;
    int status = cnn_image_read(k->paths[i], &image, e);
    if (status == 0 && cnn_image_fit(&image, in[0], in[1], (int)in[2], k->x + i * cnn_input(k->m)->size) != 0)
        status =
            cnn_fail(e, "%s: no memory to resize its %lldx%lld pixels", k->paths[i], (ll)image.width, (ll)image.height);
    free(image.pixels);
    return status;
}

static void decode_some(void *arg, int thread)
{
    struct decoding *k = arg;
    struct failure *f = &k->failures[thread];
    f->file = k->n;
    for (int64_t i = thread; i < k->n && f->file == k->n; i += k->threads)
        if (decode_one(k, i, &f->error) != 0)
            f->file = i;
}

static void decode_common(void *arg, int thread)
{
    struct decoding *k = arg;
    struct failure *f = &k->failures[thread];
    f->file = k->n;
    for (int64_t i; f->file == k->n && (i = cnn_common_next(k->common)) < k->n;) {
        const int status = decode_one(k, i, &f->error);
        cnn_common_done(k->common, status);
        if (status != 0)
            f->file = i;
    }
}

static int decode_all(struct decoding *k, struct cnn_error *e)
{
    const struct failure *first = k->failures;
    struct cnn_pool *pool = cnn_pool_new(k->threads, e);
    if (!pool)
        return -1;
    cnn_pool_run(pool, k->common ? decode_common : decode_some, k);
    cnn_pool_free(pool);
    for (int t = 1; t < k->threads; t++)
        if (k->failures[t].file < first->file)
            first = &k->failures[t];
    if (first->file == k->n)
        return 0;
    *e = first->error;
    return -1;
}

/* Decodes them with the other ranks of this machine. -1: that did not work, and nothing was done. */
static int decode_together(struct decoding *k, size_t bytes, struct cnn_array *x)
{
    struct cnn_common common;
    struct cnn_error ignored; /* whoever decodes alone finds it again */
    if (cnn_common_open(&common, k->paths, k->n, bytes) != 0)
        return -1;
    k->x = common.x;
    k->common = &common;
    if (decode_all(k, &ignored) != 0)
        cnn_common_done(&common, -1);
    k->common = NULL;
    return cnn_common_finish(&common, x);
}

/* Decodes these files to d->x. */
static int decode(const struct cnn_model *m, const char *const *paths, int64_t n, struct cnn_dataset *d,
                  struct cnn_error *e)
{
    const int64_t shape[4] = {n, cnn_input(m)->shape[0], cnn_input(m)->shape[1], cnn_input(m)->shape[2]};
    const int cores = cnn_online_cores();
    uint64_t bytes;
    if (cnn_input(m)->rank != 3 || shape[3] == 2 || shape[3] > 4)
        return cnn_fail(e, "%s: a picture is [height, width, 1 or 3 or 4 channels], but the network's input is not",
                        d->x_file);
    if (n > UINT32_MAX || cnn_shape_bytes(CNN_U8, 4, shape, &bytes) != 0)
        return cnn_fail(e, "%s: too many pictures: %lld", d->x_file, (ll)n);
    struct decoding k = {.m = m, .paths = paths, .n = n, .threads = n < cores ? (int)n : cores};
    k.failures = calloc((size_t)k.threads, sizeof *k.failures);
    d->x = cnn_rows_array(CNN_U8, n, cnn_input(m)->rank, cnn_input(m)->shape, NULL);
    d->rows = n;
    if (k.failures && bytes <= SIZE_MAX / 2 && decode_together(&k, (size_t)bytes, &d->x) == 0) {
        free(k.failures);
        return 0;
    }
    k.x = bytes <= SIZE_MAX ? malloc((size_t)bytes) : NULL;
    int status = k.x && k.failures ? 0
                                   : cnn_fail(e, "%s: %lld pictures, decoded, take %llu bytes: more than there are",
                                              d->x_file, (ll)n, (unsigned long long)bytes);
    if (status == 0)
        status = decode_all(&k, e);
    free(k.failures);
    d->x = cnn_rows_array(CNN_U8, n, cnn_input(m)->rank, cnn_input(m)->shape, k.x); /* the array owns x now */
    return status;
}

/* ---- the data set */

static int set_files(struct folder *f, struct cnn_dataset *d, struct cnn_error *e)
{
    const char **paths = malloc((size_t)f->n * sizeof *paths);
    int32_t *class = malloc((size_t)f->n * sizeof *class);
    if (!paths || !class) {
        free(paths);
        free(class);
        return cnn_fail_memory(e, f->path, (uint64_t)f->n * sizeof *paths);
    }
    for (int64_t i = 0; i < f->n; i++) {
        paths[i] = f->files[i].path;
        class[i] = f->files[i].class;
    }
    int status = cnn_dataset_set_classes(f->m, d, class, f->n, e);
    if (status == 0)
        status = decode(f->m, paths, f->n, d, e);
    free(paths);
    return status;
}

static int begin(const struct cnn_model *m, const char *path, int targets, struct cnn_dataset *d, struct cnn_error *e)
{
    *d = cnn_dataset_of(m);
    d->x_file = strdup(path);
    d->y_file = targets ? strdup(path) : NULL;
    return d->x_file && !targets == !d->y_file ? 0 : cnn_fail_memory(e, path, strlen(path));
}

/* Moves the names of the classes from the folder to the data set. */
static void keep_classes(struct folder *f, struct cnn_dataset *d)
{
    d->classes = f->classes.at;
    d->n_classes = f->classes.n;
    f->classes = (struct cnn_paths){0};
}

static int load(const struct cnn_model *m, const char *path, const struct cnn_dataset *train, struct cnn_dataset *d,
                struct cnn_error *e)
{
    struct folder f = {.m = m, .path = path, .train = train};
    int status = begin(m, path, 1, d, e);
    if (status == 0)
        status = find_files(&f, e);
    if (status == 0)
        status = set_files(&f, d, e);
    if (status == 0 && !train)
        keep_classes(&f, d);
    free_folder(&f);
    if (status != 0)
        cnn_dataset_free(d);
    return status;
}

/* The folder of the training data defines the number of each name. Its pictures are not read for that. */
static int load_beside(const struct cnn_model *m, const char *path, const char *dir, struct cnn_dataset *d,
                       struct cnn_error *e)
{
    struct cnn_dataset train = {.normalize = CNN_NOT_NORMALIZED};
    struct folder f = {.m = m};
    char *from = m->data->train.kind == CNN_IMAGES ? cnn_data_path(dir, m->data->train.x) : NULL;
    int status = 0;
    if (!from || !cnn_is_folder(from)) {
        free(from);
        return load(m, path, NULL, d, e);
    }
    status = begin(m, from, 1, &train, e) != 0 || cnn_folder_names(from, 1, &f.classes, e) != 0 ? -1 : 0;
    if (status == 0) {
        keep_classes(&f, &train);
        status = load(m, path, &train, d, e);
    }
    if (status == 0)
        cnn_classes_move(&train, d);
    cnn_dataset_free(&train);
    free(from);
    return status;
}

static int load_named(const struct cnn_model *m, const char *const *paths, int64_t n, struct cnn_dataset *d,
                      struct cnn_error *e)
{
    int status = begin(m, paths[0], 0, d, e);
    if (status == 0)
        status = decode(m, paths, n, d, e);
    if (status != 0)
        cnn_dataset_free(d);
    return status;
}

/* All pictures of a folder, whose targets are the pictures themselves. */
static int load_unlabelled(const struct cnn_model *m, const char *path, struct cnn_dataset *d, struct cnn_error *e)
{
    struct cnn_paths pictures = {0};
    struct cnn_skipped skipped = {0};
    int status = cnn_folder_pictures(path, &pictures, &skipped, e);
    if (status == 0 && pictures.n == 0)
        status = cnn_fail(e, "%s: holds no pictures: those are .png and .jpeg files", path);
    if (status == 0)
        status = load_named(m, (const char *const *)pictures.at, pictures.n, d, e);
    if (status == 0)
        cnn_note_skipped(&skipped, m->name, path);
    cnn_paths_free(&pictures);
    return status;
}

static int load_folder(const struct cnn_model *m, const struct cnn_source *s, const char *dir,
                       const struct cnn_dataset *train, struct cnn_dataset *d, struct cnn_error *e)
{
    const int own = cnn_target(m)->from == CNN_FROM_INPUT;
    int status;
    if (!own && cnn_classes(m) == 0)
        return cnn_fail(e, "%s: folders of pictures are classes, but the loss '%s' compares numbers", s->x,
                        cnn_target(m)->loss);
    char *path = cnn_data_path(dir, s->x);
    if (!path)
        return cnn_fail_memory(e, s->x, strlen(s->x));
    if (own)
        status = load_unlabelled(m, path, d, e);
    else if (s == &m->data->train)
        status = load(m, path, NULL, d, e);
    else if (train->n_classes > 0)
        status = load(m, path, train, d, e);
    else
        status = load_beside(m, path, dir, d, e);
    free(path);
    return status;
}

const struct cnn_image_loader cnn_images = {load_folder, load_named};
