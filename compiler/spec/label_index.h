/* label_index.h -- finds what has a label without looking at all that has one */
#ifndef CNNC_LABEL_INDEX_H
#define CNNC_LABEL_INDEX_H

#include "base/base.h"

struct label_entry {
    size_t number;                    /* what the user of the index counts */
    const struct label_entry *before; /* the entry with the same label that was added before it; NULL: none */
};

struct label_slot;

struct label_index {
    struct arena *arena;
    struct label_slot **table;
    size_t size, n; /* of the table; labels */
};

void label_add(struct label_index *x, const char *label, size_t number);
/* The entry with the label that was added last; NULL: none. */
const struct label_entry *label_find(const struct label_index *x, const char *label);

#endif
