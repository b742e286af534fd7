/* product.h -- files that cnnc writes: all of them or none */
#ifndef CNNC_PRODUCT_H
#define CNNC_PRODUCT_H

#include "base/base.h"
#include "claims.h"

struct product {
    const char *path, *text; /* path "-": standard output */
    const char *role;        /* "-o", for messages */
    size_t size;             /* of text that may hold zeros; 0: it ends at the first */
    const char *mark;        /* in the first line of a file that it may take the place of; NULL: of any */
};

/* Writes beside each path, then renames; a file that holds the text already keeps its date. False after a message. */
bool products_write(struct ctx *c, const struct product *p, size_t n);
/* Standard output, a device, a pipe: nothing can stand beside it. */
bool product_is_stream(const char *path);
/* What is read: role is "the input", "--weights". False after a message. */
bool product_reads(struct ctx *c, struct cnn_claims *k, const char *path, const char *role);
/* Refuses to write over what is read, over folders, and twice over one file. False after a message for each. */
bool products_allowed(struct ctx *c, struct cnn_claims *k, const struct product *p, size_t n);

#endif
