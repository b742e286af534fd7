/* diag_print.h -- how a message looks, for people and for programs */
#ifndef CNNC_DIAG_PRINT_H
#define CNNC_DIAG_PRINT_H

#include "base/ctx.h"

#include <stdio.h>

void message_print(const struct ctx *c, const struct message *m, FILE *f);
void messages_print_json(const struct ctx *c, FILE *f);
/* User text on a terminal: control bytes and broken UTF-8 are shown as \xHH. */
void print_sane(const char *s, size_t n, FILE *f);

#endif
