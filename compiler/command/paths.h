/* paths.h -- names of the files that cnnc writes, each made from another */
#ifndef CNNC_PATHS_H
#define CNNC_PATHS_H

#include "base/base.h"

const char *base_name(const char *path);
/* the path with another suffix: sub.d/name.c -> sub.d/name.h */
const char *with_suffix(struct ctx *c, const char *path, const char *suffix);
/* <math.h> would find a math.h in a folder of headers. */
bool hides_a_header(struct ctx *c, const char *path);
/* Files beside math.c. */
const char *header_beside(struct ctx *c, const char *path);
/* The name of a header is in the C file, and C has no escapes there. False after a message. */
bool can_be_included(struct ctx *c, const char *path);
/* As a word of a makefile. */
const char *make_word(struct arena *a, const char *path);

#endif
