/* fuzz_emit.c -- libFuzzer's entry point to the whole compiler. The first byte picks the front end; the second picks
 * the target, and a trainer or inference; the rest is a spec. Every spec must give messages or C. Larger networks are
 * skipped, because slow inputs are not what this looks for. */
#include <string.h>

#include "emit/emit.h"
#include "fuzz.h"
#include "passes/passes.h"
#include "training/training.h"

enum { MOST_NODES = 12, MOST_ELEMENTS = 20000 };

static bool is_small(const struct net *n)
{
    int64_t all = 0;
    for (size_t i = 0; i < n->tensors.n; i++) {
        const int64_t k = shape_size(n->tensors.at[i]->shape);
        all += k < MOST_ELEMENTS ? k : MOST_ELEMENTS;
    }
    return n->nodes.n <= MOST_NODES && all < MOST_ELEMENTS;
}

static struct net *graph(struct ctx *c, const struct spec *s, bool infer, bool hoisted)
{
    struct net *n = resolve(c, s);
    if (!n)
        return NULL;
    infer_shapes(n);
    objective_check(n);
    if (ctx_errors(c) || !is_small(n))
        return NULL;
    lower(n);
    if (hoisted)
        hoist(n);
    (infer ? strip : differentiate)(n);
    if (hoisted)
        fuse(n);
    if (ctx_errors(c))
        return NULL;
    net_verify(n);
    return n;
}

static void write_trainer(struct ctx *c, const struct spec *s, struct plan *p)
{
    struct net *plain = graph(c, s, false, false);
    if (!plain)
        return;
    struct plan *reference = plan_make(plain, &target_reference, true, &(struct plan_options){.images = p->chunk});
    if (!reference)
        return;
    struct program g = {.fast = p, .reference = reference, .header = "a.h", .command = "", .libraries = ""};
    (void)emit_program(c, &g);
    (void)emit_header(c, &g);
}

static void write_inference(struct ctx *c, struct plan *p)
{
    struct program g = {.fast = p, .header = "a.h", .command = ""};
    const float *theta = plan_evaluate(p, arena_alloc(ctx_arena(c), ((size_t)p->theta + 1) * sizeof(float)));
    (void)emit_inference(c, &g, theta);
    (void)emit_inference_header(c, &g);
}

static void compile(struct ctx *c, const char *path, bool yaml, const struct target *t, bool infer)
{
    const struct spec *s = yaml ? yaml_parse(c, path, NULL, 0) : net_parse(c, path, NULL, 0);
    struct net *n = s && !ctx_errors(c) ? graph(c, s, infer, true) : NULL;
    struct plan *p = n ? plan_make(n, t, false, &(struct plan_options){0}) : NULL;
    if (!p || ctx_errors(c))
        return;
    if (infer)
        write_inference(c, p);
    else if (!n->ensemble->uses && !n->parts.n) /* other networks of a program are the command's to make */
        write_trainer(c, s, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t known = 0;
    if (size < 2)
        return 0;
    while (targets[known].name)
        known++;
    const bool yaml = data[0] == 'y';
    const char *path = fuzz_file(yaml ? ".yaml" : ".net", data + 2, size - 2);
    struct diag_options options = {0};
    struct ctx *c = ctx_new(&options);
    compile(c, path, yaml, &targets[data[1] / 2 % known], data[1] & 1);
    ctx_free(c);
    unlink(path);
    return 0;
}
