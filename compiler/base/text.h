/* text.h -- rung 0: a text that grows in an arena. */
#ifndef CNNC_TEXT_H
#define CNNC_TEXT_H

#include "base/base.h"

struct text {
    struct arena *arena;
    VEC(char) bytes;
};

void text_add(struct text *t, const char *fmt, ...) PRINTF(2, 3);
char *text_end(struct text *t); /* the whole text, with a NUL at its end */

#endif
