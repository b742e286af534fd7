/* makenpz.c -- packs arrays into an .npz: makenpz OUT.npz stored|deflated NAME=FILE..., each file .npy or IDX. */
#include <stdio.h>
#include <string.h>

#include "files.h"

static int add(struct cnn_tensors *t, const char *arg, struct cnn_error *e)
{
    char name[256];
    const char *path = strchr(arg, '=');
    struct cnn_array a;
    if (!path)
        return cnn_fail(e, "%s: NAME=FILE expected", arg);
    snprintf(name, sizeof name, "%.*s", (int)(path - arg), arg);
    return cnn_array_read(path + 1, &a, e) != 0 ? -1 : cnn_tensors_add(t, name, a, e);
}

int main(int argc, char **argv)
{
    struct cnn_tensors t = {0};
    struct cnn_error e;
    int status = argc < 4 ? cnn_fail(&e, "too few arguments") : 0;
    for (int i = 3; i < argc && status == 0; i++)
        status = add(&t, argv[i], &e);
    if (status == 0)
        status = cnn_npz_write(argv[1], &t, strcmp(argv[2], "deflated") == 0, &e);
    if (status != 0)
        cnn_complain("makenpz", &e);
    cnn_tensors_free(&t);
    return status == 0 ? 0 : 1;
}
