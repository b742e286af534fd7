/* run.c -- runs the passes of a compilation, one after another, and prints what -d asks for */
#include <string.h>

#include "closest.h"
#include "command/command.h"
#include "command/product.h"
#include "command/toolchain.h"
#include "show/show.h"
#include "version.h"

void show_text(struct compilation *c, const char *text)
{
    struct product p = {.path = "-", .text = text};
    c->stopped = true;
    c->status = products_write(c->ctx, &p, 1) ? DONE : FAILED;
}

/* ---- -d */

static bool is_stage(const struct pass *p, const char *name)
{
    return p->print && (strcmp(p->name, name) == 0 || (p->also && strcmp(p->also, name) == 0));
}

/* What -d would print before this pass; NULL: nothing, or -d does not ask for this pass. */
static const char *print_before(const struct compilation *c, const struct pass *p)
{
    return c->stage && strcmp(p->name, c->stage) == 0 && p->change ? p->print(c) : NULL;
}

static void print_after(struct compilation *c, const struct pass *p, const char *before)
{
    const char *text = p->print(c);
    const bool same = before && strcmp(before, text) == 0;
    show_text(c, arena_printf(ctx_arena(c->ctx), "%s%s%s%s", same ? "# " : "", same ? p->name : "",
                              same ? " changed nothing\n" : "", text));
}

static enum purpose purpose_of(const struct options *o)
{
    return o->emit == EMIT_INFER ? INFERENCE : o->emit == EMIT_LIB || o->emit == EMIT_LEARN ? LIBRARY : TRAINER;
}

bool stage_stands(const struct options *o, const struct pass *passes)
{
    const char *names[64];
    int n = 0;
    if (!o->stage || strcmp(o->stage, "help") == 0)
        return true;
    for (const struct pass *p = passes; p->name; p++) {
        if (!p->print)
            continue;
        names[n++] = p->name;
        if (p->also)
            names[n++] = p->also;
        if (!is_stage(p, o->stage) || p->purposes & purpose_of(o))
            continue;
        fprintf(stderr, "cnnc: error: -d %s: this pass runs for --emit=%s alone\n", o->stage,
                p->purposes & LIBRARY ? p->purposes & TRAINER ? "train, lib or learn" : "lib or learn" : "infer");
        return false;
    }
    return option_choice("-d", o->stage, names, n) >= 0;
}

static const char *stage_list(struct arena *a, const struct pass *passes)
{
    const char *text = "";
    for (const struct pass *p = passes; p->name; p++)
        if (p->print)
            text = arena_printf(a, "%s%-14s %s%s%s\n", text, p->name, p->leaves, p->also ? "; also called " : "",
                                p->also ? p->also : "");
    return text;
}

/* ---- running */

static void run(struct compilation *c, const struct pass *p)
{
    const char *before = print_before(c, p);
    if (p->run)
        p->run(c);
    if (p->change)
        p->change(c->net);
    if (p->change && !ctx_errors(c->ctx))
        net_verify(c->net);
    /* a plan is shown even if -Werror made its warnings errors */
    if (c->stage && is_stage(p, c->stage) && !c->stopped && (c->plan || !ctx_errors(c->ctx)))
        print_after(c, p, before);
}

void passes_run(struct compilation *c, const char *last)
{
    bool more = true;
    for (; more && c->next->name && !c->stopped; c->next++) {
        const struct pass *p = c->next;
        more = !last || strcmp(p->name, last) != 0;
        if (!(p->purposes & (unsigned)c->purpose))
            continue;
        if (ctx_errors(c->ctx) && !p->despite_errors) {
            c->stopped = true;
            c->status = FAILED;
            return;
        }
        run(c, p);
    }
}

/* ---- the command line */

static const struct target *find_target(const struct options *o)
{
    const struct target *t = target_find(o->target);
    if (t)
        return t;
    const char *names[32] = {"native"};
    size_t n = 1;
    for (const struct target *k = targets; k->name && n < 32; k++)
        names[n++] = k->name;
    const char *near = cnn_closest(o->target, names, n);
    fprintf(stderr, "cnnc: error: no target '%s'; %s%s%s\n", o->target, near ? "did you mean '" : "", near ? near : "",
            near ? "'?" : "'cnnc --target=help' lists them");
    return NULL;
}

enum status compile(const struct options *o, const struct pass *passes)
{
    const struct target *t = find_target(o);
    if (!t)
        return USAGE;
    struct ctx *ctx = ctx_new(&o->diag);
    struct compilation c = {.ctx = ctx,
                            .options = o,
                            .target = t,
                            .first = passes,
                            .next = passes,
                            .stage = o->stage,
                            .purpose = purpose_of(o),
                            .planning = {.forced = o->strategies.at,
                                         .n_forced = o->strategies.n,
                                         .no_winograd = o->no_winograd,
                                         .unroll = o->unroll}};
    passes_run(&c, NULL);
    diag_finish(ctx, strcmp(o->input, "-") == 0 ? "<stdin>" : o->input);
    if (c.status == DONE && ctx_errors(ctx))
        c.status = FAILED;
    ctx_free(ctx);
    return c.status;
}

/* ---- options that need no input */

static const char *target_list(struct arena *a)
{
    const char *text =
        arena_printf(a, "%-12s the one below that this machine matches: %s\n", "native", target_find("native")->name);
    for (const struct target *t = targets; t->name; t++)
        text = arena_printf(a, "%s%-12s %s\n", text, t->name, t->doc);
    return text;
}

static const char *docs(struct ctx *c, const struct options *o)
{
    return o->docs == DOCS_MARKDOWN ? docs_markdown(c)
           : o->docs == DOCS_MAN    ? docs_man(c)
           : o->docs == DOCS_LIST   ? docs_list(c, o->topic)
           : o->topic               ? docs_print(c, o->topic)
                                    : docs_list(c, "layers");
}

static const char *answer(struct ctx *c, const struct options *o, const struct pass *passes)
{
    struct arena *a = ctx_arena(c);
    return o->version             ? "cnnc " CNNC_VERSION "\n"
           : o->docs              ? docs(c, o)
           : o->stage             ? stage_list(a, passes)
           : o->cflags || o->libs ? toolchain_flags(a, o->cflags, o->libs, (struct libraries){.mpi = o->mpi})
                                  : target_list(a);
}

enum status inform(const struct options *o, const struct pass *passes)
{
    if (o->help) {
        options_help(stdout);
        return fflush(stdout) == 0 ? DONE : FAILED;
    }
    struct compilation c = {.ctx = ctx_new(&o->diag), .status = USAGE};
    const char *text = answer(c.ctx, o, passes);
    if (text)
        show_text(&c, text);
    if (c.status == DONE && ctx_errors(c.ctx))
        c.status = FAILED;
    ctx_free(c.ctx);
    return c.status;
}
