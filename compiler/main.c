/* main.c -- cnnc: options, and the pipeline from a spec to a C file */
#include "passes/passes.h"
#include "show/show.h"
#include "files.h"
#include "command/options.h"
#include "emit/emit.h"
#include "command/product.h"
#include "command/toolchain.h"
#include "training/training.h"
#include "version.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum status { DONE = 0, FAILED = 1, USAGE = 2 };

static enum status show(struct ctx *c, const char *text)
{
    struct product p = {.path = "-", .text = text};
    return products_write(c, &p, 1) ? DONE : FAILED;
}

/* The program will look for it here, packed or not, and in $CNN_DATA_DIR. */
static bool data_file_stands(struct ctx *c, struct cnn_claims *k, const char *file)
{
    const char *const dir = getenv("CNN_DATA_DIR"), *const role = "the data that the spec names";
    const char *const places[] = {file,
                                  dir && *dir && *file != '/' ? arena_printf(ctx_arena(c), "%s/%s", dir, file) : NULL};
    for (int i = 0; i < 2; i++)
        if (places[i] && (!product_reads(c, k, places[i], role) ||
                          !product_reads(c, k, arena_printf(ctx_arena(c), "%s.gz", places[i]), role)))
            return false;
    return true;
}

static bool data_stand(struct ctx *c, struct cnn_claims *k, const struct data_config *d)
{
    const struct data_source *const sources[] = {&d->train, &d->validation, &d->test};
    for (int i = 0; i < 3; i++) {
        if (sources[i]->kind == SOURCE_IMAGES) /* a folder, where others may put what they like */
            continue;
        if (sources[i]->x && !data_file_stands(c, k, sources[i]->x))
            return false;
        const bool two = sources[i]->kind == SOURCE_IDX || sources[i]->kind == SOURCE_NPY; /* else y is a column */
        if (two && sources[i]->y && !data_file_stands(c, k, sources[i]->y))
            return false;
    }
    return true;
}

/* So does what its program has left. */
static bool work_stands(struct ctx *c, struct cnn_claims *k, const struct train_config *t)
{
    return (!t->checkpoint || product_reads(c, k, t->checkpoint, "the spec's checkpoint")) &&
           (!t->log_csv || product_reads(c, k, t->log_csv, "the spec's log"));
}

/* What this compilation has read stands: the input and all that it names, also as data, the weights, and cnnc itself. */
static enum status write_products(struct ctx *c, const struct options *o, const struct net *net, struct product *made,
                                  size_t n)
{
    struct cnn_claims k = {0};
    bool ok = product_reads(c, &k, o->input, "the input") && product_reads(c, &k, "/proc/self/exe", "cnnc itself");
    for (size_t i = 0; i < source_count(c) && ok; i++)
        ok = strcmp(source_name(c, i), o->input) == 0 || product_reads(c, &k, source_name(c, i), source_name(c, i));
    if (ok && o->weights)
        ok = product_reads(c, &k, o->weights, "--weights");
    ok = ok && data_stand(c, &k, net->data) && work_stands(c, &k, net->train) && products_allowed(c, &k, made, n);
    cnn_claims_free(&k);
    return ok && !ctx_errors(c) && products_write(c, made, n) ? DONE : FAILED;
}

/* --emit=net and dot: to standard output unless -o says where. */
static enum status save(struct ctx *c, const struct options *o, const struct net *net, const char *text)
{
    struct product p = {.path = o->output ? o->output : "-", .text = text, .role = "-o"};
    return write_products(c, o, net, &p, 1);
}

static bool ends_with(const char *s, const char *end)
{
    const size_t n = strlen(s), m = strlen(end);
    return n > m && strcmp(s + n - m, end) == 0;
}

static struct spec *parse(struct ctx *c, const struct options *o)
{
    const bool yaml = ends_with(o->input, ".yaml") || ends_with(o->input, ".yml");
    return (yaml ? yaml_parse : net_parse)(c, o->input, o->defines.at, o->defines.n);
}

/* ---- what the plan makes of it: files */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* path with another suffix: sub.d/name.c -> sub.d/name.h */
static const char *with_suffix(struct ctx *c, const char *path, const char *suffix)
{
    const char *name = base_name(path), *dot = strrchr(name, '.');
    const size_t n = dot && dot != name ? (size_t)(dot - path) : strlen(path);
    return arena_printf(ctx_arena(c), "%.*s%s", (int)n, path, suffix);
}

/* <math.h> would find a math.h that lies in a folder of headers. */
static bool hides_a_header(struct ctx *c, const char *path)
{
    const char *name = base_name(path);
    const size_t n = strlen(name);
    return n > 2 && name_is_header(arena_strndup(ctx_arena(c), name, n - 2)) && !product_is_stream(path);
}

/* What stands beside math.c. */
static const char *header_beside(struct ctx *c, const char *path)
{
    const char *header = with_suffix(c, path, ".h");
    if (!hides_a_header(c, header))
        return header;
    const char *other = arena_printf(ctx_arena(c), "%.*s_net.h", (int)(strlen(header) - 2), header);
    diag_remark(c, (struct span){0}, "the header is '%s': '%s' is one of C's or cnnc's own", other, base_name(header));
    return other;
}

/* A header's name stands in the C file, and C knows no escapes there. */
static bool can_be_included(struct ctx *c, const char *path)
{
    for (const char *s = base_name(path); *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("_-+.,=@~ ", *s)) {
            diag_error(c, (struct span){0},
                       "a header cannot be included as '%s'; use letters, digits, '_', '-' and '.'", base_name(path));
            return false;
        }
    return true;
}

static const char *make_word(struct arena *a, const char *path)
{
    char *word = arena_alloc(a, 2 * strlen(path) + 1), *w = word;
    for (; *path; path++) {
        if (strchr(" #\\", *path))
            *w++ = '\\';
        else if (*path == '$')
            *w++ = '$';
        *w++ = *path;
    }
    return word;
}

static const char *dependency_rule(struct ctx *c, const struct options *o, const struct product *made, size_t n)
{
    struct arena *a = ctx_arena(c);
    const char *text = make_word(a, made[0].path);
    for (size_t i = 1; i < n; i++)
        text = arena_printf(a, "%s %s", text, make_word(a, made[i].path));
    text = arena_printf(a, "%s:", text);
    for (size_t i = 0; i < source_count(c); i++)
        text = arena_printf(a, "%s %s", text, make_word(a, source_name(c, i)));
    if (o->weights)
        text = arena_printf(a, "%s %s", text, make_word(a, o->weights));
    return arena_printf(a, "%s\n", text);
}

/* What the banner says: enough to make the same file again, and no user text. */
static const char *banner(struct ctx *c, const struct options *o, const struct target *t)
{
    const char *const emit = o->emit == EMIT_LIB     ? "--emit=lib "
                             : o->emit != EMIT_INFER ? ""
                             : o->weights_file       ? "--emit=infer --weights-file=FILE "
                                                     : "--emit=infer ";
    const char *const unroll = o->unroll < 0    ? " --unroll=full"
                               : o->unroll == 0 ? ""
                                                : arena_printf(ctx_arena(c), " --unroll=%lld", (long long)o->unroll);
    return arena_printf(ctx_arena(c), "%s--target=%s%s", emit, t->name, unroll);
}

/* theta: the constants of inference; NULL for a trainer. */
static const char header_mark[] = "h -- generated by cnnc";

static enum status write_program(struct ctx *c, const struct options *o, struct program *g, const float *theta)
{
    struct product made[4];
    size_t n = 0;
    const char *const suffix = o->emit == EMIT_HEADER ? ".h" : o->emit == EMIT_LIB ? "_lib.c" : ".c";
    const char *path = o->output ? o->output : arena_printf(ctx_arena(c), "%s%s", g->fast->net->name, suffix);
    const bool to_stdout = product_is_stream(path);
    if (o->emit == EMIT_HEADER) {
        if (hides_a_header(c, path))
            diag_error(c, (struct span){0}, "'%s' would stand in for a header of C's or cnnc's own", path);
        made[n++] = (struct product){.path = path, .text = emit_header(c, g), .role = "-o", .mark = header_mark};
    } else {
        const char *header = header_beside(c, path);
        g->header = to_stdout ? NULL : base_name(header);
        const bool itself = !to_stdout && strcmp(header, path) == 0;
        if (itself)
            diag_error(c, (struct span){0}, "the C file cannot be called '%s', which is the header's name", path);
        made[n++] = (struct product){.path = path,
                                     .text = theta ? emit_inference(c, g, theta) : emit_program(c, g),
                                     .role = "-o",
                                     .mark = theta ? "c -- inference, generated by cnnc" : "c -- generated by cnnc"};
        if (!to_stdout && !itself && can_be_included(c, header))
            made[n++] = (struct product){.path = header,
                                         .text = theta ? emit_inference_header(c, g) : emit_header(c, g),
                                         .role = "the header",
                                         .mark = header_mark};
    }
    for (size_t i = 0; i < n && o->output; i++)
        made[i].mark = NULL; /* -o is the user's word */
    if (theta && o->weights_file) {
        made[n] = (struct product){.path = o->weights_file, .role = "--weights-file"};
        made[n].text = weights_image(constants_of(g), theta, &made[n].size);
        n++;
    }
    if (o->dependencies || o->dependency_file) {
        const char *file = o->dependency_file ? o->dependency_file : to_stdout ? "-" : with_suffix(c, path, ".d");
        made[n] = (struct product){
            .path = file, .text = dependency_rule(c, o, made, n), .role = o->dependency_file ? "-MF" : "-MD"};
        n++;
    }
    return write_products(c, o, g->fast->net, made, n);
}

/* A trainer holds parameters in RAM, with a gradient a chunk and the optimizer's state; inference has them in flash. */
static struct footprint footprint_of(const struct program *g, bool infer)
{
    const struct plan *p = g->fast;
    const int64_t training = p->theta + p->trained * (p->chunks + update_slots(p)) + p->prepared + p->scratch;
    return (struct footprint){.parameter_bytes = 4 * p->theta,
                              .arena_bytes = 4 * p->scratch,
                              .live_bytes = 4 * p->live,
                              .prepared_bytes = 4 * p->prepared,
                              .ram_bytes = 4 * (infer ? p->scratch : training),
                              .flash_bytes = 4 * (infer ? plan_constants(constants_of(g)) : p->read)};
}

/* ---- the pipeline */

/* The same network again as plain loops in double precision: what `gradcheck` compares the fast kernels with. */
static struct plan *reference(struct ctx *c, const struct spec *s, const struct plan *fast)
{
    struct net *n = resolve(c, s);
    infer_shapes(n);
    lower(n);
    differentiate(n);
    net_verify(n);
    return plan_make(n, &target_reference, true, &(struct plan_options){.images = fast->chunk});
}

/* ---- the other networks of an ensemble */

struct others {
    size_t n;
    const struct spec **spec;
    struct net **net;
};

static struct others other_networks(struct ctx *c, const struct spec *s, const struct net *n)
{
    const struct bound *uses = n->ensemble->uses;
    struct others o = {.n = uses && !ctx_errors(c) ? uses->n_items : 0};
    o.spec = arena_alloc(ctx_arena(c), (o.n + 1) * sizeof *o.spec);
    o.net = arena_alloc(ctx_arena(c), (o.n + 1) * sizeof *o.net);
    for (size_t i = 0; i < o.n; i++) {
        o.spec[i] = use_spec(c, s, &uses->items[i]);
        o.net[i] = o.spec[i] ? resolve(c, o.spec[i]) : NULL;
        if (o.net[i])
            infer_shapes(o.net[i]);
        if (!ctx_errors(c))
            use_check(n, o.net[i], &uses->items[i]);
    }
    return o;
}

/* Their plans; NULL after an error. --strategy names layers of the program's own network alone. */
static const struct network *plan_others(struct ctx *c, const struct others *o, const struct target *t,
                                         struct plan_options options)
{
    struct network *made = arena_alloc(ctx_arena(c), (o->n + 1) * sizeof *made);
    options.n_forced = 0;
    for (size_t i = 0; i < o->n; i++) {
        struct net *n = o->net[i];
        lower(n);
        hoist(n);
        differentiate(n);
        fuse(n);
        net_verify(n);
        made[i].fast = plan_make(n, t, false, &options);
        if (!made[i].fast || ctx_errors(c))
            return NULL;
        made[i].reference = reference(c, o->spec[i], made[i].fast);
        if (!made[i].reference)
            return NULL;
        made[i].fast->network = made[i].reference->network = (int)i + 1;
    }
    return made;
}

static struct libraries libraries(const struct data_config *d)
{
    return (struct libraries){.csv = data_needs(d) & NEEDS_CSV, .images = data_needs(d) & NEEDS_IMAGES};
}

/* What builds a generated program. What it must be linked with depends on the spec; without one, what all are. */
static enum status show_flags(struct ctx *c, const struct options *o, struct libraries l)
{
    struct arena *a = ctx_arena(c);
    return show(c, arena_printf(a, "%s%s%s\n", o->cflags ? toolchain_cflags(a) : "", o->cflags && o->libs ? " " : "",
                                o->libs ? toolchain_libs(a, l) : ""));
}

/* Inference that exceeds its limits does without transformed weights, which are faster and larger; unless somebody asked for them. */
static struct plan *plan_inference(const struct net *n, const struct target *t, struct plan_options *options,
                                   const struct options *o)
{
    struct plan *p = plan_make(n, t, false, options);
    const struct budget need = p ? budget_of_inference(p) : (struct budget){0, 0}, limit = {o->max_ram, o->max_flash};
    if (!p || budget_fits(&need, &limit) || options->no_winograd || options->n_forced)
        return p;
    options->no_winograd = true;
    return plan_make(n, t, false, options);
}

/* Inference stands or falls with the weights, unless there are none or a stage on the way is shown. */
static bool weights_given(const struct options *o, const struct net *n)
{
    const bool needed = o->emit == EMIT_INFER && o->stage == STAGE_ALL && !o->summary && n->params.n > 0;
    if (needed && !o->weights)
        fprintf(stderr,
                "cnnc: error: --emit=infer wants the weights to embed: --weights=FILE; a trainer writes them, as in "
                "'./%s train --save %s.safetensors'\n",
                n->name, n->name);
    return !needed || o->weights;
}

static enum status compile(struct ctx *c, const struct options *o, const struct target *t)
{
    struct plan_options options = {
        .forced = o->strategies.at, .n_forced = o->strategies.n, .no_winograd = o->no_winograd, .unroll = o->unroll};
    const struct spec *s = parse(c, o);
    if (!s || ctx_errors(c))
        return FAILED;
    if (o->stage == STAGE_SPEC)
        return show(c, spec_print(c, s));
    struct net *n = resolve(c, s);
    if (n)
        infer_shapes(n);
    if (n && o->emit == EMIT_LIB)
        strip_program(n);
    const struct others others = n ? other_networks(c, s, n) : (struct others){0};
    if (n && !ctx_errors(c) && (o->cflags || o->libs))
        return show_flags(c, o, libraries(n->data));
    if (n && (o->emit == EMIT_TRAIN || o->emit == EMIT_HEADER))
        trainer_check(n);
    if (n && !ctx_errors(c) && o->emit != EMIT_INFER)
        objective_note(n);
    if (n && !ctx_errors(c) && (o->emit != EMIT_NET && o->emit != EMIT_DOT))
        name_note(n);
    if (!n || ctx_errors(c) || o->syntax_only)
        return ctx_errors(c) ? FAILED : DONE;
    if (!weights_given(o, n))
        return USAGE;
    if (o->emit == EMIT_NET || o->emit == EMIT_DOT)
        return save(c, o, n, o->emit == EMIT_NET ? spec_print(c, s) : dot_print(n));
    lower(n);
    if (o->stage == STAGE_NET)
        return show(c, net_print(n));
    hoist(n);
    (o->emit == EMIT_INFER ? strip : differentiate)(n);
    fuse(n);
    net_verify(n);
    if (o->stage == STAGE_GRAD)
        return show(c, net_print(n));
    struct plan *p = o->emit == EMIT_INFER ? plan_inference(n, t, &options, o) : plan_make(n, t, false, &options);
    if (!p || ctx_errors(c))
        return FAILED;
    if (!options.n_forced)
        plan_warn_slow(p);
    if (o->stage == STAGE_PLAN || o->stage == STAGE_MEM)
        return show(c, o->stage == STAGE_PLAN ? plan_print(p) : memory_print(p));
    struct program g = {.fast = p,
                        .command = banner(c, o, t),
                        .libraries = toolchain_libraries(ctx_arena(c), libraries(n->data)),
                        .separate = o->weights_file != NULL,
                        .library = o->emit == EMIT_LIB};
    if (o->emit == EMIT_INFER)
        g.batch = plan_batch(p, &options, o->max_flash);
    const struct footprint f = footprint_of(&g, o->emit == EMIT_INFER);
    if (o->summary)
        return show(c, summary_print(n, &f));
    if (!budget_check(p, &(struct budget){f.ram_bytes, f.flash_bytes}, &(struct budget){o->max_ram, o->max_flash}))
        return FAILED;
    if (o->emit == EMIT_INFER) {
        const float *theta = o->weights ? import_weights(p, o->weights) : arena_alloc(ctx_arena(c), sizeof *theta);
        if (!theta || !import_learnt(p, o->weights, &g.learnt))
            return FAILED;
        return write_program(c, o, &g, plan_evaluate(constants_of(&g), theta));
    }
    if (g.library)
        return write_program(c, o, &g, NULL);
    g.reference = reference(c, s, p);
    g.others = plan_others(c, &others, t, options);
    g.n_others = others.n;
    if (!g.reference || !g.others)
        return FAILED;
    if (o->run)
        return (enum status)toolchain_run(ctx_arena(c), n->name, emit_program(c, &g), libraries(n->data), o->run_args,
                                          o->n_run_args);
    return write_program(c, o, &g, NULL);
}

/* ---- the rest of the command line */

static const struct target *find_target(const struct options *o)
{
    const struct target *t = target_find(o->target);
    if (t)
        return t;
    const char *names[32] = {"native"};
    size_t n = 1;
    for (const struct target *k = targets; k->name && n < 32; k++)
        names[n++] = k->name;
    const char *near = closest(o->target, names, n);
    fprintf(stderr, "cnnc: error: no target '%s'; %s%s%s\n", o->target, near ? "did you mean '" : "", near ? near : "",
            near ? "'?" : "'cnnc --target=help' lists them");
    return NULL;
}

static const char *target_list(struct arena *a)
{
    const char *text =
        arena_printf(a, "%-12s the one below that this machine matches: %s\n", "native", target_find("native")->name);
    for (const struct target *t = targets; t->name; t++)
        text = arena_printf(a, "%s%-12s %s\n", text, t->name, t->doc);
    return text;
}

static enum status show_docs(struct ctx *c, const struct options *o)
{
    const char *text = o->docs == DOCS_MARKDOWN ? docs_markdown(c)
                       : o->docs == DOCS_MAN    ? docs_man(c)
                       : o->docs == DOCS_LIST   ? docs_list(c, o->topic)
                       : o->topic               ? docs_print(c, o->topic)
                                                : docs_list(c, "layers");
    return text ? show(c, text) : USAGE;
}

/* What needs no input. */
static enum status inform(struct ctx *c, const struct options *o)
{
    struct arena *a = ctx_arena(c);
    if (o->help) {
        options_help(stdout);
        return fflush(stdout) == 0 ? DONE : FAILED;
    }
    if (o->version)
        return show(c, "cnnc " CNNC_VERSION "\n");
    if (o->docs)
        return show_docs(c, o);
    if (o->cflags || o->libs)
        return show_flags(c, o, (struct libraries){0});
    return show(c, target_list(a));
}

int main(int argc, char **argv)
{
    struct options o = {.arena = arena_new()};
    enum status status = USAGE;
    cnn_catch_bus_error("cnnc");
    signal(SIGXFSZ, SIG_IGN); /* a file that grows too large makes writing fail, and is told */
    if (options_parse(&o, argc, argv)) {
        const struct target *t = o.input ? find_target(&o) : NULL;
        struct ctx *c = ctx_new(&o.diag);
        if (!o.input)
            status = inform(c, &o);
        else if (t)
            status = compile(c, &o, t);
        if (o.input && t)
            diag_finish(c, strcmp(o.input, "-") == 0 ? "<stdin>" : o.input);
        if (status == DONE && ctx_errors(c))
            status = FAILED;
        ctx_free(c);
    }
    arena_free(o.arena);
    return (int)status;
}
