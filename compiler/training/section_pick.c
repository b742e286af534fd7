/* section_pick.c -- a statement whose first word is from a family, and whose other words are the arguments of that
 * word */
#include "training/sections.h"

const struct record *section_pick(struct net *n, const struct stmt *s, const char *what,
                                  const struct record *const *family, struct stmt *own)
{
    const struct value *v = s->n_args && !s->args[0].key ? &s->args[0].value : NULL;
    if (!v || (v->kind != VALUE_WORD && v->kind != VALUE_CALL)) {
        diag_error(n->ctx, v ? v->span : s->name_span, "'%s' wants a name first, such as '%s %s'", s->name, s->name,
                   family[0]->name);
        return NULL;
    }
    const struct record *rec = record_find(family, v->text);
    if (!rec) {
        record_unknown(n->ctx, v->span, what, v->text, family);
        return NULL;
    }
    *own = (struct stmt){.span = s->span, .name_span = v->span, .name = v->text};
    own->args = arena_alloc(ctx_arena(n->ctx), (v->n_items + s->n_args) * sizeof *own->args);
    for (size_t i = 0; i < v->n_items; i++)
        own->args[own->n_args++] = v->items[i];
    for (size_t i = 1; i < s->n_args; i++)
        own->args[own->n_args++] = s->args[i];
    return rec;
}
