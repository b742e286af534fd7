/* claims.h -- the files that a program will read and write, claimed before it does either. A file that is written must
 * not also be read, or written for another purpose. Two names of the same file, such as links, count as
 * one file. */
#ifndef CNN_CLAIMS_H
#define CNN_CLAIMS_H

#include "files.h"

enum cnn_use {
    CNN_NO_FILE,     /* there is no file to claim */
    CNN_READS,       /* a file, or everything in a folder */
    CNN_BEGINS_WITH, /* a file that is read to its end before anything is written */
    CNN_WRITES,
    CNN_REPLACES, /* written whole to a temporary file first, so it may replace a CNN_BEGINS_WITH file */
    CNN_FILLS     /* a folder that gets pictures */
};

struct cnn_claims { /* {0} is an empty list */
    struct cnn_claim *at;
    size_t n, cap;
};

/* role: what the program uses the file for, such as "--log"; it must outlive the claims. -1: the file clashes with one
 * that was claimed before. Devices and pipes never clash with anything. */
int cnn_claim(struct cnn_claims *c, enum cnn_use use, const char *path, const char *role, struct cnn_error *e);
void cnn_claims_free(struct cnn_claims *c);

/* The path where a file of this name is or would be made, after all symbolic links, even if the last one points to
 * nothing. The caller frees it; NULL: errno says why. */
char *cnn_final_path(const char *path);

#endif
