/* parser_error.c -- mistakes in the text language: one message a line, since later ones would only follow from the
 * first */
#include "spec/parser.h"

bool parser_silent(struct parser *p)
{
    const bool silent = p->erred || p->fatal;
    p->failed = p->erred = true;
    return silent;
}

void parser_error(struct parser *p, struct span at, const char *message)
{
    if (!parser_silent(p))
        diag_error(p->ctx, at, "%s", message);
}

void parser_error_fix(struct parser *p, struct span at, const char *fix, const char *message)
{
    if (!parser_silent(p))
        diag_error_fix(p->ctx, at, fix, "%s", message);
}
