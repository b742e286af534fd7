/* writer.h -- writing C: text in, laid-out C out. The writer alone decides white space: templates give the text without
 * indentation. Nothing here knows a network, a plan or a kernel. */
#ifndef CNNC_WRITER_H
#define CNNC_WRITER_H

#include "base/base.h"
#include "base/ctx.h"

struct out;
struct out *out_new(struct arena *a, bool doubles); /* doubles: literals of type double, for the reference */
const char *out_finish(struct out *o);              /* the text so far */
bool out_doubles(const struct out *o);
struct arena *out_arena(const struct out *o);

/* Text is laid out line by line: indentation follows the braces. */
void out_text(struct out *o, const char *s);
void out_printf(struct out *o, const char *fmt, ...) PRINTF(2, 3);
/* "oy * 2 + kh - 1" from two variables, their factors and a constant; `* 1` and `+ 0` are left out. */
const char *out_affine(struct out *o, const char *a, int64_t times_a, const char *b, int64_t times_b, int64_t plus);
const char *out_format(struct out *o, const char *fmt, ...) PRINTF(2, 3); /* text in the writer's arena, not written */
void out_raw(struct out *o, const char *s);                               /* whole lines, unchanged */
void out_int(struct out *o, int64_t v);
void out_size(struct out *o, size_t v);
const char *out_literal(struct out *o, double v); /* what out_real() writes */
void out_real(struct out *o, double v); /* a float literal that reads back exactly: 0x1.8p+1 never, 3.0f, 1e-07f */
const char *out_double(struct out *o, double v); /* a number for a member of type double, with all digits */
/* A C string literal; every byte that is not plain printable text is octal. NULL: "NULL". */
const char *out_quoted(struct out *o, const char *s);

/* @{expr} in a template */
#define out_value(o, e)                                                                                                \
    _Generic((e),                                                                                                      \
        bool: out_int, int: out_int, long: out_int, long long: out_int, unsigned: out_int, size_t: out_size,           \
        float: out_real, double: out_real, char *: out_text, const char *: out_text)((o), (e))

const char *upper_case(struct ctx *c, const char *s);
const char *comment_text(struct ctx *c, const char *s); /* the text, safe inside a comment */

#endif
