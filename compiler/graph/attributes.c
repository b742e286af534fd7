/* attributes.c -- the attributes of an op, from the table of its kind. */
#include <string.h>

#include "graph/net.h"

const struct attribute *op_attribute(const struct op_kind *kind, const char *name)
{
    for (const struct attribute *t = kind->attributes; t && t->name; t++)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

size_t op_size(const struct op_kind *kind)
{
    return kind->size ? kind->size : sizeof(struct op);
}

static size_t size_of(enum attribute_type type)
{
    static const size_t sizes[] = {
        [ATTRIBUTE_WINDOW] = sizeof(struct window), [ATTRIBUTE_RECORD] = sizeof(const struct record *),
        [ATTRIBUTE_REAL] = sizeof(double),          [ATTRIBUTE_FLAG] = sizeof(bool),
        [ATTRIBUTE_WHOLE] = sizeof(int64_t),        [ATTRIBUTE_SHAPE] = sizeof(struct shape),
        [ATTRIBUTE_TEXT] = sizeof(const char *),
    };
    return sizes[type];
}

void op_inherit(struct op *o, const struct op *from)
{
    for (const struct attribute *t = o->kind->attributes; t && t->name; t++) {
        const struct attribute *theirs = op_attribute(from->kind, t->name);
        if (theirs && theirs->type == t->type)
            memcpy((char *)o + t->offset, attribute_of(from, theirs), size_of(t->type));
    }
}
