/* part.c -- loads the rows that --part names, and the network or ensemble that predicts them, from the file of
 * weights. */
#include <string.h>

#include "beside.h"
#include "commands/commands.h"
#include "data/data.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "report/report.h"
#include "support/support.h"

static const struct part {
    const char *name;
    int bit; /* enum cnn_part */
} parts[] = {{"test", CNN_PART_TEST}, {"validation", CNN_PART_VALIDATION}, {"train", CNN_PART_TRAIN}};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* The part that --part names; without --part, the first of the table. */
static const struct part *find_part(struct cnn_run *r)
{
    if (!r->o.part)
        return &parts[0];
    for (int i = 0; i < PARTS; i++)
        if (strcmp(r->o.part, parts[i].name) == 0)
            return &parts[i];
    cnn_fail(&r->error, "--part: no part '%s'; there are train, validation, test", r->o.part);
    return NULL;
}

static const struct cnn_dataset *rows_of(const struct cnn_datasets *d, int part)
{
    return part == CNN_PART_TEST ? &d->test : part == CNN_PART_TRAIN ? &d->train : &d->validation;
}

/* Reads the rows as training saw them, but without augmentation. */
static int load_part(struct cnn_run *r, const struct part *part, struct cnn_datasets *d)
{
    struct cnn_normalize normalize;
    struct cnn_beside beside;
    struct cnn_data_options o = {.dir = r->o.data_dir, .parts = part->bit, .normalize = &normalize, .peers = r->peers};
    if (cnn_run_beside(r, &beside) != 0)
        return -1;
    o.beside = &beside;
    o.beside_file = cnn_run_weights_path(r);
    int status = cnn_run_normalize(r, &normalize);
    if (status == 0) {
        status = cnn_data_load(r->m, &o, d, &r->error);
        cnn_normalize_free(&normalize);
    }
    cnn_beside_free(&beside);
    if (status != 0)
        return -1;
    if (rows_of(d, part->bit)->rows == 0)
        return cnn_fail(&r->error, "%s: no %s set: the data section has no '%s'; --part names another", r->m->file,
                        part->name, part->name);
    return 0;
}

/* Loads the rows of the wanted part, but no network yet. */
static int look_at_rows(struct cnn_run *r, struct cnn_datasets *d, struct cnn_look *l)
{
    const struct part *part = find_part(r);
    if (!part)
        return CNN_USAGE;
    if (load_part(r, part, d) != 0)
        return CNN_TROUBLE;
    *l = (struct cnn_look){.m = r->m, .d = rows_of(d, part->bit), .part = part->name, .threads = r->o.threads};
    l->names = l->d->classes ? l->d->classes : d->train.classes;
    return CNN_DONE;
}

static int look_with_engine(struct cnn_run *r, struct cnn_engine *g, struct cnn_look *l)
{
    l->g = g;
    if (cnn_engine_open(g, r->m, r->peers, r->o.threads, CNN_PREDICTS, l->d->rows, &r->error) != 0 ||
        cnn_run_weights(r, g->theta) != 0)
        return CNN_TROUBLE;
    cnn_engine_prepare(g);
    return CNN_DONE;
}

int cnn_look_at_part(struct cnn_run *r, struct cnn_datasets *d, struct cnn_engine *g, struct cnn_fitted *f,
                     struct cnn_look *l)
{
    if (r->m->nets && !r->m->nets->compares) {
        cnn_fail(&r->error, "nothing that this model answers is compared with the data; --model chooses another one");
        return CNN_TROUBLE;
    }
    int status = look_at_rows(r, d, l);
    if (status != CNN_DONE)
        return status;
    if (cnn_run_ensemble(r, f) != 0)
        return CNN_TROUBLE;
    if (!f->members)
        return look_with_engine(r, g, l);
    l->ensemble = f;
    return CNN_DONE;
}
