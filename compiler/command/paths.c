/* paths.c -- names of the files that cnnc writes */
#include <ctype.h>
#include <string.h>

#include "command/paths.h"
#include "command/product.h"
#include "graph/net.h"

const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *with_suffix(struct ctx *c, const char *path, const char *suffix)
{
    const char *name = base_name(path), *dot = strrchr(name, '.');
    const size_t n = dot && dot != name ? (size_t)(dot - path) : strlen(path);
    return arena_printf(ctx_arena(c), "%.*s%s", (int)n, path, suffix);
}

bool hides_a_header(struct ctx *c, const char *path)
{
    const char *name = base_name(path);
    const size_t n = strlen(name);
    return n > 2 && name_is_header(arena_strndup(ctx_arena(c), name, n - 2)) && !product_is_stream(path);
}

const char *header_beside(struct ctx *c, const char *path)
{
    const char *header = with_suffix(c, path, ".h");
    if (!hides_a_header(c, header))
        return header;
    const char *other = arena_printf(ctx_arena(c), "%.*s_net.h", (int)(strlen(header) - 2), header);
    diag_remark(c, (struct span){0}, "the header is '%s': '%s' is one of C's or cnnc's own", other, base_name(header));
    return other;
}

bool can_be_included(struct ctx *c, const char *path)
{
    for (const char *s = base_name(path); *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("_-+.,=@~ ", *s)) {
            diag_error(c, (struct span){0},
                       "a header cannot be included as '%s'; use letters, digits, '_', '-' and '.'", base_name(path));
            return false;
        }
    return true;
}

const char *make_word(struct arena *a, const char *path)
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
