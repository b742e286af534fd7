/* fuzz_data.c -- libFuzzer's entry point to the readers of all files that a program reads. The first byte picks the
 * reader, the rest is the file. What is read is used to its last byte; a file that is refused must give a message. */
#include <string.h>

#include "../unit/tiny_model.c"
#include "data/data.h"
#include "ensemble/ensemble.h"
#include "fuzz.h"
#include "images/image.h"
#include "train/checkpoint.h"
#include "train/train.h"

static volatile double sink;

static void look_at(const struct cnn_array *a)
{
    const int64_t n = cnn_array_count(a);
    for (int64_t i = 0; a->data && i < n; i++)
        sink = cnn_array_get(a, i);
}

static int arrays(int (*read)(const char *, struct cnn_array *, struct cnn_error *), const char *path,
                  struct cnn_error *e)
{
    struct cnn_array a;
    const int status = read(path, &a, e);
    if (status == 0)
        look_at(&a);
    cnn_array_free(&a);
    return status;
}

static int tensors(const char *path, struct cnn_error *e)
{
    struct cnn_tensors t;
    const int status = cnn_tensors_read(path, &t, e);
    for (size_t i = 0; i < t.n; i++)
        look_at(&t.at[i].array);
    cnn_tensors_free(&t);
    return status;
}

static int read_npy(const char *path, struct cnn_error *e)
{
    return arrays(cnn_npy_read, path, e);
}

static int read_idx(const char *path, struct cnn_error *e)
{
    return arrays(cnn_idx_read, path, e);
}

static int read_any(const char *path, struct cnn_error *e)
{
    return arrays(cnn_array_read, path, e);
}

static int read_rows(const char *path, struct cnn_error *e)
{
    struct cnn_dataset d = {0};
    struct cnn_normalize z = CNN_NOT_NORMALIZED;
    float x[X_N];
    const int status = cnn_dataset_open(&tiny_model, path, NULL, &z, &d, e);
    for (int64_t i = 0; status == 0 && i < d.rows; i++)
        cnn_gather(&d, NULL, i, 1, x, NULL);
    cnn_dataset_free(&d);
    return status;
}

static int read_csv(const char *path, struct cnn_error *e)
{
    struct cnn_data data = *tiny_model.data;
    struct cnn_model m = tiny_model;
    struct cnn_datasets all;
    data.train = (struct cnn_source){.kind = CNN_CSV, .x = path, .y = "kind"};
    data.validation = data.test = (struct cnn_source){0};
    data.csv = cnn_csv_load;
    m.data = &data;
    const struct cnn_data_options o = {.dir = ".", .parts = CNN_PART_TRAIN};
    const int status = cnn_data_load(&m, &o, &all, e);
    if (status == 0)
        cnn_data_free(&all);
    return status;
}

static int read_picture(const char *path, struct cnn_error *e)
{
    struct cnn_image m = {0};
    const int status = cnn_image_read(path, &m, e);
    for (int64_t i = 0; status == 0 && i < m.width * m.height * m.channels; i++)
        sink = m.pixels[i];
    if (status == 0)
        free(m.pixels);
    return status;
}

static int read_checkpoint(const char *path, struct cnn_error *e)
{
    static float theta[fast_THETA], state[2 * fast_THETA], other[fast_THETA];
    double counted[64];
    struct cnn_position p = {.other = other, .state = counted, .state_size = 0};
    return cnn_checkpoint_read(&tiny_model, theta, state, &p, path, e);
}

static int read_ensemble(const char *path, struct cnn_error *e)
{
    struct cnn_fitted f = {0};
    const int status = cnn_fitted_read(&tiny_model, path, &f, e);
    cnn_fitted_free(&f);
    return status;
}

static int read_log(const char *path, struct cnn_error *e)
{
    struct cnn_history h = {0};
    const int status = cnn_history_read(&h, path, e);
    for (int64_t i = 0; status == 0 && i < h.rows; i++)
        for (int k = 0; k < h.n_keys; k++)
            sink = cnn_history_value(&h, i, k);
    cnn_history_free(&h);
    return status;
}

static const struct reader {
    const char *ending;
    int (*read)(const char *path, struct cnn_error *e);
} readers[] = {
    {".npy", read_npy},
    {".idx", read_idx},
    {".gz", read_any},
    {".npz", tensors},
    {".safetensors", tensors},
    {".npy", read_rows},
    {".npz", read_rows},
    {".csv", read_csv},
    {".png", read_picture},
    {".jpeg", read_picture},
    {".safetensors", read_checkpoint},
    {".safetensors", read_ensemble},
    {".csv", read_log},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cnn_error e = {0};
    if (!size)
        return 0;
    const struct reader *r = &readers[data[0] % (sizeof readers / sizeof *readers)];
    const char *path = fuzz_file(r->ending, data + 1, size - 1);
    if (r->read(path, &e) != 0 && !e.text[0])
        abort(); /* refused without a message */
    unlink(path);
    return 0;
}
