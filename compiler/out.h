/* out.h -- rung 4: writing C. One writer owns white space: templates say what, not how far in. */
#ifndef CNNC_OUT_H
#define CNNC_OUT_H

#include "plan.h"

struct out;
struct out *out_new(struct arena *a, bool doubles); /* doubles: literals of type double, for the reference */
const char *out_finish(struct out *o); /* the text so far */

/* Text is laid out line by line: indentation follows the braces. */
void out_text(struct out *o, const char *s);
void out_printf(struct out *o, const char *fmt, ...) PRINTF(2, 3);
void out_int(struct out *o, int64_t v);
void out_real(struct out *o, double v);            /* a float literal that reads back exactly: 0x1.8p+1 never, 3.0f, 1e-07f */
void out_string(struct out *o, const char *s);     /* a C string literal; every byte that could surprise is octal */

/* @{expr} in a template */
#define out_value(o, e)                                                                                                \
    _Generic((e),                                                                                                      \
        int: out_int, long: out_int, long long: out_int, unsigned: out_int, size_t: out_int, double: out_real,         \
        char *: out_text, const char *: out_text)((o), (e))

/* ---- emit.c: the generated file, top to bottom */
struct program {
    const struct plan *fast;
    const struct plan *reference; /* NULL in --emit=infer */
    const char *header;           /* name to include, NULL: declarations stand in the C file */
    const char *command;          /* for the banner */
};
const char *emit_program(struct ctx *c, const struct program *g);
const char *emit_header(struct ctx *c, const struct program *g);

/* ---- kernels/epilogue.ct: what a producing kernel does with a vector before it stores it.
 * Prints statements that apply the op's folds from number `first` on to the variable `name`, whose elements go to `at` (an
 * expression for the element's distance from the kernel's result pointer) and belong to channel `channel` (an expression). */
void emit_folds(struct out *o, const struct plan *p, const struct kernel *k, int first, const char *name, const char *at,
                const char *channel);
/* the same for one scalar, in plain kernels */
void emit_folds_plain(struct out *o, const struct plan *p, const struct kernel *k, int first, const char *name,
                      const char *at, const char *channel);


#endif
