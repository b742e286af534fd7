/* sections.c -- finds a section by its name or by one of its words */
#include "spec/spec.h"

const struct record *const *section_family(void)
{
    return sections;
}

const struct section *section_find(const char *name)
{
    return (const struct section *)(const void *)record_find(sections, name);
}

bool section_is_line(const char *name)
{
    const struct section *s = section_find(name);
    return s && s->line;
}

bool section_is_list(const char *name)
{
    const struct section *s = section_find(name);
    return s && s->list;
}

const char *section_of_word(const char *word)
{
    for (const struct record *const *r = sections; *r; r++) {
        const struct section *s = (const struct section *)(const void *)*r;
        if (!s->line && record_find(s->words, word))
            return (*r)->name;
    }
    return NULL;
}
