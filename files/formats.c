/* formats.c -- reads and writes named arrays; the ending of the file's name gives the format. */
#include <string.h>

#include "files.h"

static int write_deflated(const char *path, const struct cnn_tensors *t, struct cnn_error *e)
{
    return cnn_npz_write(path, t, 1, e);
}

static const struct {
    const char *ending;
    int (*read)(const char *path, struct cnn_tensors *out, struct cnn_error *e);
    int (*write)(const char *path, const struct cnn_tensors *t, struct cnn_error *e);
} formats[] = {
    {".npz", cnn_npz_read, write_deflated},
    {".safetensors", cnn_safetensors_read, cnn_safetensors_write},
};
enum { FORMATS = sizeof formats / sizeof *formats };

static int format_of(const char *path, struct cnn_error *e)
{
    for (int i = 0; i < FORMATS; i++)
        if (cnn_has_ending(path, formats[i].ending))
            return i;
    return cnn_fail(e, "%s: the name must end in .npz or .safetensors", path);
}

int cnn_tensors_read(const char *path, struct cnn_tensors *out, struct cnn_error *e)
{
    int f = format_of(path, e);
    memset(out, 0, sizeof *out);
    return f < 0 ? -1 : formats[f].read(path, out, e);
}

int cnn_tensors_write(const char *path, const struct cnn_tensors *t, struct cnn_error *e)
{
    int f = format_of(path, e);
    return f < 0 ? -1 : formats[f].write(path, t, e);
}
