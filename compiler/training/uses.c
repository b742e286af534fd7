/* uses.c -- `use "b.net"`: a file as a network of an ensemble. Only its layers are used; data and training come from
 * the file that uses it. Everything else in it is ignored, so the file may also be a program of its own. */
#include "training/training.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool is_section(const char *name)
{
    for (const struct record *const *r = section_family(); *r; r++)
        if (strcmp((*r)->name, name) == 0)
            return true;
    return false;
}

static bool is_layer(const struct stmt *s)
{
    return !is_section(s->name) && strcmp(s->name, "model") != 0;
}

/* Names of files are relative to the folder of the file that has them. */
static const char *beside(struct ctx *c, const struct bound *use)
{
    const char *from = source_place(c, use->span.begin).file, *slash = strrchr(from, '/');
    if (*use->text == '/' || !slash)
        return use->text;
    return arena_printf(ctx_arena(c), "%.*s%s", (int)(slash - from + 1), from, use->text);
}

static const struct spec *parse(struct ctx *c, const char *path, const struct bound *use)
{
    if (access(path, R_OK) != 0) {
        const char *why = strerror(errno);
        diag_error(c, use->span, "cannot read '%s': %c%s", path, tolower((unsigned char)*why), why + 1);
        return NULL;
    }
    const int before = ctx_errors(c);
    const struct spec *s = spec_read(c, path, NULL, 0);
    if (ctx_errors(c) != before)
        diag_note(c, use->span, "it is used here");
    return s && ctx_errors(c) == before ? s : NULL;
}

static void take(struct spec *to, const struct spec *from, bool (*wanted)(const struct stmt *))
{
    for (size_t i = 0; i < from->n_stmts; i++)
        if (wanted(from->stmts[i]))
            to->stmts[to->n_stmts++] = from->stmts[i];
}

static bool is_own(const struct stmt *s)
{
    return !is_section(s->name); /* the layers and the name */
}

static bool is_common(const struct stmt *s)
{
    return strcmp(s->name, "data") == 0 || strcmp(s->name, "train") == 0;
}

const struct spec *use_spec(struct ctx *c, const struct spec *s, const struct bound *use)
{
    const char *path = beside(c, use);
    const struct spec *own = parse(c, path, use);
    struct spec *all = arena_alloc(ctx_arena(c), sizeof *all);
    size_t n = 0;
    if (!own)
        return NULL;
    for (size_t i = 0; i < own->n_stmts; i++)
        n += is_layer(own->stmts[i]);
    if (n == 0) {
        diag_error(c, use->span, "'%s' has no layers", path);
        return NULL;
    }
    all->file = path;
    all->stmts = arena_alloc(ctx_arena(c), (own->n_stmts + s->n_stmts) * sizeof(struct stmt *));
    take(all, own, is_own);
    take(all, s, is_common);
    return all;
}

static void check_shape(const struct net *n, const struct node *mine, const struct node *others, const char *what,
                        const struct bound *use)
{
    if (shape_equal(mine->out, others->out))
        return;
    diag_error(n->ctx, use->span, "the %s of '%s' is %s, but that of '%s' is %s", what, use->text,
               shape_print(n->ctx, others->out), n->name, shape_print(n->ctx, mine->out));
    diag_note(n->ctx, others->stmt->name_span, "it is made here");
    diag_note(n->ctx, mine->stmt->name_span, "and here");
}

void use_check(const struct net *n, const struct net *other, const struct bound *use)
{
    check_shape(n, n->nodes.at[0], other->nodes.at[0], "input", use);
    check_shape(n, n->nodes.at[n->nodes.n - 1], other->nodes.at[other->nodes.n - 1], "output", use);
}
