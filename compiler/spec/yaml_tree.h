/* yaml_tree.h -- rung 1, inside: a YAML document as scalars, sequences and mappings with places in the file */
#ifndef CNNC_YAML_TREE_H
#define CNNC_YAML_TREE_H

#include "spec/front.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml {
    enum yaml_kind kind;
    struct span span;
    bool plain;           /* SCALAR: written without quotes */
    const char *text;     /* SCALAR */
    uint32_t text_offset; /* SCALAR: the offset of `text` in the file; 0 if folding or escapes changed the text */
    struct yaml **keys;   /* MAPPING: scalars */
    struct yaml **items;  /* SEQUENCE, MAPPING: the values */
    size_t n;
};

/* The one document of a file, or NULL after an error. No aliases, no tags, no key twice, at most MAX_NESTING deep. */
struct yaml *yaml_read(struct ctx *c, const char *path);

#endif
