/* claims.h -- what a program is about to read and to write, told before it does either: nothing that is written may be anything that is
 * read or also written. Files are known by what they are, not by what they are called: links count. */
#ifndef CNN_CLAIMS_H
#define CNN_CLAIMS_H

#include "files.h"

enum cnn_use {
    CNN_NO_FILE,     /* not to be claimed */
    CNN_READS,       /* a file, or all that a folder holds */
    CNN_BEGINS_WITH, /* a file that is read to its end before anything is written */
    CNN_WRITES,
    CNN_REPLACES, /* written whole, in a file of its own first: it may take the place of what the program begins with */
    CNN_FILLS     /* a folder, with pictures */
};

struct cnn_claims { /* {0} is empty */
    struct cnn_claim *at;
    size_t n, cap;
};

/* role: what it is to the program, "--log"; it must outlive the claims. -1: it is the same file as one that was claimed before. What is
 * no file, such as a device or a pipe, is never the same as anything. */
int cnn_claim(struct cnn_claims *c, enum cnn_use use, const char *path, const char *role, struct cnn_error *e);
void cnn_claims_free(struct cnn_claims *c);

/* Where a file of this name is or would be made: at the end of symbolic links, also of one that leads nowhere. malloc'd; NULL: errno
 * says why. */
char *cnn_final_path(const char *path);

#endif
