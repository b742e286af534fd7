/* paths.c -- the names that files of weights may have, and whether a file can be written. */
#include <string.h>

#include "data/data.h"
#include "weights/weights.h"

int cnn_is_npz(const char *path)
{
    return cnn_has_ending(path, ".npz");
}

int cnn_has_writable_name(const char *path, struct cnn_error *e)
{
    if (cnn_has_ending(path, ".safetensors") || cnn_has_ending(path, ".npz"))
        return 0;
    return cnn_fail(e, "%s: the name of a file of weights ends in .safetensors or .npz", path);
}

int cnn_has_npy_name(const char *path, struct cnn_error *e)
{
    return cnn_has_ending(path, ".npy") ? 0 : cnn_fail(e, "%s: the name of a file of predictions ends in .npy", path);
}

/* Called before training, so that an hour of work is not lost when saving it fails. */
int cnn_file_can_be_written(const char *path, struct cnn_error *e)
{
    struct cnn_atomic a = {0};
    if (cnn_atomic_open(&a, path, e) != 0)
        return -1;
    cnn_atomic_abort(&a);
    return 0;
}
