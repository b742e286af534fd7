/* arrays.c -- reads weights that come with a spec, or in a file of their own */
#include "files.h"
#include "spec/spec.h"

bool arrays_read(struct ctx *c, const char *path, struct named_arrays *out)
{
    struct cnn_tensors *t = arena_alloc(ctx_arena(c), sizeof *t);
    struct cnn_error e;
    if (cnn_tensors_read(path, t, &e) != 0) {
        diag_error(c, (struct span){0}, "%s", e.text);
        return false;
    }
    arrays_free(out);
    *out = (struct named_arrays){path, t};
    return true;
}

void arrays_free(struct named_arrays *a)
{
    if (a->file)
        cnn_tensors_free(a->arrays);
    *a = (struct named_arrays){0};
}
