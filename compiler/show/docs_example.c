/* docs_example.c -- the example of a record as a whole spec, and its twin in YAML. */
#include "show/docs.h"

#include <string.h>

#include "spec/front.h"
#include "layers/layers.h"
#include "base/text.h"

/* Puts `what` in the place of a mark at column `indent`; its other lines are indented by as much. */
static void put_lines(struct text *t, const char *what, int indent)
{
    for (; *what; what++)
        if (*what == '\n')
            text_add(t, "\n%*s", indent, "");
        else
            text_add(t, "%c", *what);
}

/* The frame with example and setting in their places. A line that has only an empty setting is left out. */
static char *framed(struct arena *a, const char *frame, const char *example, const char *setting)
{
    struct text t = {.arena = a};
    for (int column = 0; *frame; frame++, column++) {
        const size_t blank = strspn(frame, " ");
        if (column == 0 && frame[blank] == '$' && !*setting) {
            frame = strchr(frame, '\n');
            column = -1;
        } else if (*frame == '@' || *frame == '$') {
            put_lines(&t, *frame == '@' ? example : setting, column);
        } else {
            text_add(&t, "%c", *frame);
            column = *frame == '\n' ? -1 : column;
        }
    }
    return text_end(&t);
}

const char *docs_example(struct arena *a, const struct kind *k, const struct record *r)
{
    const char *statement = r->example ? r->example : arena_printf(a, "%s%s", k->lead ? k->lead : "", r->name);
    if (!k->frame)
        return statement;
    if (k->records == layer_records && ((const struct layer *)(const void *)r)->input)
        statement = arena_printf(a, "Input %s\n%s", ((const struct layer *)(const void *)r)->input, statement);
    return framed(a, k->frame, statement, r->setting ? r->setting : k->setting ? k->setting : "");
}

const char *docs_twin(struct ctx *c, const char *spec)
{
    const struct stmt_list *raw = read_text(c, "<example>", spec);
    if (!raw)
        INTERNAL("an example that is no spec: %s", spec);
    return yaml_print(c, raw);
}
