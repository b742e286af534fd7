/* product.h -- files that cnnc writes: either all or none */
#ifndef CNNC_PRODUCT_H
#define CNNC_PRODUCT_H

#include "base/base.h"
#include "claims.h"

struct product {
    const char *path, *text; /* path "-": standard output */
    const char *role;        /* "-o", for messages */
    size_t size;             /* the size of a text that may hold zeros; 0: the text ends at the first zero */
    const char *mark;        /* it may replace a file that has this in its first line; NULL: it may replace any file */
};

/* Writes a file beside each path, then renames it; a file that already has the text keeps its date. False after a
 * message. */
bool products_write(struct ctx *c, const struct product *p, size_t n);
/* True for standard output, a device or a pipe, which cannot have a file beside them. */
bool product_is_stream(const char *path);
/* Adds a file that is read: role is "the input", "--weights". False after a message. */
bool product_reads(struct ctx *c, struct cnn_claims *k, const char *path, const char *role);
/* Refuses to overwrite what is read, to overwrite folders, and to write one file twice. False after a message for
 * each. */
bool products_allowed(struct ctx *c, struct cnn_claims *k, const struct product *p, size_t n);

#endif
