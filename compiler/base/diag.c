/* diag.c -- messages: counted, collected, printed with the source line and a caret */
#include "base/ctx.h"
#include "base/diag_print.h"

#include <stdio.h>
#include <string.h>

enum { MAX_SHOWN = 20 };

struct ctx *ctx_new(const struct diag_options *options)
{
    struct arena *arena = arena_new();
    struct ctx *c = arena_alloc(arena, sizeof *c);
    c->arena = arena;
    c->next = 1; /* offset 0 is no place */
    if (options)
        c->options = *options;
    return c;
}

void ctx_free(struct ctx *c)
{
    arena_free(c->arena);
}

struct arena *ctx_arena(struct ctx *c)
{
    return c->arena;
}

int ctx_errors(const struct ctx *c)
{
    return c->errors;
}

/* A mistake in a block is reported once, even if the block is used three times. */
static bool said_before(const struct ctx *c, const struct message *m)
{
    for (size_t i = 0; i < c->messages.n; i++) {
        const struct message *o = c->messages.at[i];
        if (o->at.begin == m->at.begin && o->at.end == m->at.end && strcmp(o->text, m->text) == 0)
            return true;
    }
    return false;
}

static void show(const struct ctx *c, const struct message *m)
{
    if (c->options.format == DIAG_TEXT)
        message_print(c, m, stderr);
}

static void show_uses(struct ctx *c)
{
    for (const struct use *u = c->within; u; u = u->outer)
        if (u->what)
            diag_note(c, u->at, "in %s, used here", u->what);
}

void diag_within(struct ctx *c, const struct use *use)
{
    c->within = use;
}

static void report(struct ctx *c, const struct message *m)
{
    c->quiet = said_before(c, m);
    if (c->quiet)
        return;
    if (m->severity == SEVERITY_ERROR)
        c->errors++;
    c->quiet = c->errors > MAX_SHOWN;
    if (c->quiet)
        return;
    struct message *copy = arena_alloc(c->arena, sizeof *copy);
    *copy = *m;
    vec_push(c->arena, &c->messages, copy);
    show(c, copy);
    if (m->severity != SEVERITY_NOTE)
        show_uses(c);
}

static bool disabled(const struct ctx *c, const char *category)
{
    for (int i = 0; i < c->options.n_disabled; i++)
        if (strcmp(c->options.disabled[i], category) == 0)
            return true;
    return c->options.no_warnings;
}

#define FORMATTED(text)                                                                                                \
    va_list ap;                                                                                                        \
    va_start(ap, fmt);                                                                                                 \
    const char *text = arena_vprintf(c->arena, fmt, ap);                                                               \
    va_end(ap)

void diag_error(struct ctx *c, struct span at, const char *fmt, ...)
{
    FORMATTED(text);
    report(c, &(struct message){.severity = SEVERITY_ERROR, .at = at, .text = text});
}

void diag_error_fix(struct ctx *c, struct span at, const char *fix, const char *fmt, ...)
{
    FORMATTED(text);
    report(c, &(struct message){.severity = SEVERITY_ERROR, .at = at, .text = text, .fix = fix});
}

void diag_warning(struct ctx *c, struct span at, const char *category, const char *fmt, ...)
{
    c->quiet = disabled(c, category);
    if (c->quiet)
        return;
    FORMATTED(text);
    const enum severity severity = c->options.werror ? SEVERITY_ERROR : SEVERITY_WARNING;
    report(c, &(struct message){.severity = severity, .at = at, .text = text, .category = category});
}

void diag_remark(struct ctx *c, struct span at, const char *fmt, ...)
{
    c->quiet = c->options.no_warnings;
    if (c->quiet)
        return;
    FORMATTED(text);
    report(c, &(struct message){.severity = SEVERITY_NOTE, .at = at, .text = text});
}

void diag_note(struct ctx *c, struct span at, const char *fmt, ...)
{
    if (c->quiet)
        return;
    FORMATTED(text);
    struct message *note = arena_alloc(c->arena, sizeof *note);
    *note = (struct message){.severity = SEVERITY_NOTE, .at = at, .text = text};
    if (c->messages.n) {
        struct message *owner = c->messages.at[c->messages.n - 1];
        vec_push(c->arena, &owner->notes, note);
    } else {
        vec_push(c->arena, &c->messages, note);
    }
    show(c, note);
}

void diag_finish(struct ctx *c, const char *file)
{
    if (c->options.format == DIAG_JSON) {
        messages_print_json(c, stderr);
        return;
    }
    if (!c->errors)
        return;
    fprintf(stderr, "cnnc: ");
    print_sane(file, strlen(file), stderr);
    fprintf(stderr, ": %d error%s", c->errors, c->errors == 1 ? "" : "s");
    if (c->errors > MAX_SHOWN)
        fprintf(stderr, ", the first %d shown", MAX_SHOWN);
    fprintf(stderr, "; nothing written\n");
}
