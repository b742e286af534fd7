/* fuzz_spec.c -- libFuzzer's entry point to the compiler. The first byte picks the front end, the rest is a spec. For
 * every spec, the graph passes must end with messages or with a graph that net_verify() accepts. */
#include "fuzz.h"
#include "passes/passes.h"
#include "show/show.h"
#include "training/training.h"

static void compile(struct ctx *c, const char *path, bool yaml)
{
    struct spec *s = yaml ? yaml_parse(c, path, NULL, 0) : net_parse(c, path, NULL, 0);
    if (!s)
        return;
    (void)spec_print(c, s);
    struct net *n = resolve(c, s);
    if (!n)
        return;
    infer_shapes(n);
    objective_check(n);
    if (ctx_errors(c))
        return;
    lower(n);
    hoist(n);
    differentiate(n);
    fuse(n);
    if (!ctx_errors(c)) {
        net_verify(n);
        (void)net_print(n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    bool yaml = data[0] == 'y';
    const char *path = fuzz_file(yaml ? ".yaml" : ".net", data + 1, size - 1);
    struct diag_options options = {0};
    struct ctx *c = ctx_new(&options);
    compile(c, path, yaml);
    ctx_free(c);
    unlink(path);
    return 0;
}
