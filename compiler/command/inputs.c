/* inputs.c -- protects what a compilation reads: no product overwrites the spec, the data that it names, or files that
 * its program has written */
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/product.h"
#include "training/training.h"

/* The program will search for the file here and in $CNN_DATA_DIR, compressed or not. */
static bool data_file_stands(struct ctx *c, struct cnn_claims *k, const char *file)
{
    const char *const dir = getenv("CNN_DATA_DIR"), *const role = "the data that the spec names";
    const char *const places[] = {file,
                                  dir && *dir && *file != '/' ? arena_printf(ctx_arena(c), "%s/%s", dir, file) : NULL};
    for (int i = 0; i < 2; i++)
        if (places[i] && (!product_reads(c, k, places[i], role) ||
                          !product_reads(c, k, arena_printf(ctx_arena(c), "%s.gz", places[i]), role)))
            return false;
    return true;
}

static bool files_stand(struct ctx *c, struct cnn_claims *k, const struct bound *list)
{
    for (size_t i = 0; list && i < list->n_items; i++)
        if (!data_file_stands(c, k, list->items[i].text))
            return false;
    return true;
}

static bool data_stand(struct ctx *c, struct cnn_claims *k, const struct data_config *d)
{
    const struct data_source *const sources[] = {&d->train, &d->validation, &d->test};
    for (int i = 0; i < 3; i++) {
        if (sources[i]->kind == SOURCE_IMAGES) /* a folder, which may hold any other files */
            continue;
        if (sources[i]->x && !data_file_stands(c, k, sources[i]->x))
            return false;
        const bool two = sources[i]->kind == SOURCE_IDX || sources[i]->kind == SOURCE_NPY; /* else y is a column */
        if (two && !(files_stand(c, k, sources[i]->each_x) && files_stand(c, k, sources[i]->each_y)))
            return false;
    }
    return true;
}

/* Protects the files that the program has written. */
static bool work_stands(struct ctx *c, struct cnn_claims *k, const struct train_config *t)
{
    return (!t->checkpoint || product_reads(c, k, t->checkpoint, "the spec's checkpoint")) &&
           (!t->log_csv || product_reads(c, k, t->log_csv, "the spec's log"));
}

/* Protects what this compilation has read: the input and all files that it names, with the data, the weights, and cnnc
 * itself. */
void write_products(struct compilation *of, struct product *made, size_t n)
{
    struct ctx *c = of->ctx;
    const struct options *o = of->options;
    struct cnn_claims k = {0};
    bool ok = product_reads(c, &k, o->input, "the input") && product_reads(c, &k, "/proc/self/exe", "cnnc itself");
    for (size_t i = 0; i < source_count(c) && ok; i++)
        ok = strcmp(source_name(c, i), o->input) == 0 || product_reads(c, &k, source_name(c, i), source_name(c, i));
    if (ok && o->weights)
        ok = product_reads(c, &k, o->weights, "--weights");
    ok = ok && data_stand(c, &k, of->net->data) && work_stands(c, &k, of->net->train) &&
         products_allowed(c, &k, made, n);
    cnn_claims_free(&k);
    compilation_stop(of, ok && !ctx_errors(c) && products_write(c, made, n) ? DONE : FAILED);
}
