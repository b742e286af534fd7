/* resolve_unknown.c -- what to say about a statement that nothing knows. */
#include <string.h>

#include "layers/layers.h"
#include "passes/resolver.h"
#include "training/training.h"

static bool python_word(const char *name)
{
    static const char *const words[] = {"import", "from", "def", "class", "return", "print", "for", "if"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(name, words[i]) == 0)
            return true;
    return false;
}

/* An unknown statement with a body is probably a misspelt section. */
void unknown_statement(struct resolver *r, const struct stmt *s)
{
    r->failed = true;
    if (unsupported(r->ctx, s->name_span, WORD_STATEMENT, s->name))
        return;
    if (section_of_word(s->name))
        diag_error(r->ctx, s->name_span, "'%s' belongs to '%s', as in '%s { %s ... }'", s->name,
                   section_of_word(s->name), section_of_word(s->name), s->name);
    else if (python_word(s->name))
        diag_error(r->ctx, s->name_span, "this looks like Python; a layer is a line such as 'Dense 64 relu'");
    else if (s->has_body)
        record_unknown(r->ctx, s->name_span, "section", s->name, section_family());
    else
        record_unknown(r->ctx, s->name_span, "layer", s->name, layer_records);
}
