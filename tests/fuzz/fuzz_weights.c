/* fuzz_weights.c -- libFuzzer's entry point to --weights: the first byte picks the format, the rest is the file. */
#include <string.h>

#include "emit/emit.h"
#include "fuzz.h"
#include "passes/passes.h"
#include "training/training.h"

static const char text[] = "Input 2x2x3\nConv2D 5 2x2\nBatchNorm\nFlatten\nDense 9\n",
                  plain[] = "Input 2x2x3\nConv2D 5 2x2\nFlatten\nDense 9\n";

static struct plan *plan_of(struct ctx *c, const char *net)
{
    char name[64];
    snprintf(name, sizeof name, "/tmp/cnnc-fuzz-%ld-spec.net", (long)getpid());
    FILE *f = fopen(name, "wb");
    if (!f || fputs(net, f) < 0 || fclose(f))
        abort();
    const struct spec *s = net_parse(c, name, NULL, 0);
    unlink(name);
    struct net *n = s && !ctx_errors(c) ? resolve(c, s) : NULL;
    if (!n)
        return NULL;
    infer_shapes(n);
    objective_check(n);
    if (ctx_errors(c))
        return NULL;
    lower(n);
    hoist(n);
    strip(n);
    fuse(n);
    return plan_make(n, target_find("generic"), false, &(struct plan_options){0});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct diag_options options = {0};
    struct ctx *c = ctx_new(&options);
    struct plan *p = plan_of(c, data[0] & 2 ? text : plain);
    const char *path = fuzz_file(data[0] & 1 ? ".npz" : ".safetensors", data + 1, size - 1);
    struct named_arrays weights = {0};
    if (p && arrays_read(c, path, &weights) && import_weights(p, &weights) && ctx_errors(c))
        abort(); /* there were weights and yet a message */
    arrays_free(&weights);
    ctx_free(c);
    unlink(path);
    return 0;
}
