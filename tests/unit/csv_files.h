/* csv_files.h -- a training source in csv, written by each test, and the network that reads it. Include after
 * cmocka.h. */
#ifndef CSV_FILES_H
#define CSV_FILES_H

#include "data/data.h"
#include "ports.h"
#include "scratch.h"

static struct cnn_error error;

static struct cnn_data spec = {.train = {.kind = CNN_CSV, .x = "train.csv", .y = "kind"},
                               .test = {.kind = CNN_CSV, .x = "test.csv", .y = "kind"},
                               .scale = 1,
                               .std = 1,
                               .csv = cnn_csv_load};
static struct cnn_train training;

/* Two inputs; a class of three. */
static inline struct cnn_model model(void)
{
    struct cnn_model m = {.name = "net", .file = "net.net", .data = &spec, .train = &training};
    struct ports *p = make_ports(&m, 2, 3, CNN_PORT_INT32);
    p->target.loss = "sparse_categorical_crossentropy";
    p->output.meaning = (struct cnn_meaning){CNN_PROBABILITIES, 1, 3};
    return m;
}

static inline struct cnn_model with_loss(const char *loss, int64_t outputs)
{
    struct cnn_model m = model();
    struct ports *p = ports_of(&m);
    p->target = (struct cnn_target){.loss = loss};
    p->output.meaning = (struct cnn_meaning){0};
    if (strstr(loss, "crossentropy"))
        p->output.meaning = (struct cnn_meaning){CNN_PROBABILITIES, outputs > 1, outputs > 1 ? outputs : 2};
    set_outputs(&m, outputs);
    return m;
}

static inline void write_text(const char *name, const char *text)
{
    scratch_write(name, text, strlen(text));
}

static inline int load_parts(const struct cnn_model *m, int parts, struct cnn_datasets *out)
{
    const struct cnn_data_options o = {.dir = scratch_folder, .parts = parts};
    return cnn_data_load(m, &o, out, &error);
}

static inline struct cnn_datasets loaded(const struct cnn_model *m, const char *text)
{
    struct cnn_datasets all;
    write_text("train.csv", text);
    if (load_parts(m, CNN_PART_TRAIN, &all) != 0)
        fail_msg("%s in:\n%s", error.text, text);
    return all;
}

static inline void refused(const struct cnn_model *m, const char *text, const char *message)
{
    struct cnn_datasets all;
    char whole[1200];
    write_text("train.csv", text);
    if (load_parts(m, CNN_PART_TRAIN, &all) == 0)
        fail_msg("not refused:\n%s", text);
    snprintf(whole, sizeof whole, "%s%s", scratch("train.csv"), message);
    assert_string_equal(error.text, whole);
    assert_null(all.train.x.data);
}

static inline void has_row(const struct cnn_dataset *d, int64_t i, double a, double b, double y)
{
    assert_true(cnn_array_get(&d->x, 2 * i) == a);
    assert_true(cnn_array_get(&d->x, 2 * i + 1) == b);
    assert_true(cnn_array_get(&d->y, i) == y);
}

static const char plain[] = "width,kind,height\n1,b,-2.5\n3e2,a,.5\n4,c,+6\n0,b,0\n";

#endif
