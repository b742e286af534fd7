/* base.h -- rung 0: memory, source text, messages, equal steps in names. Every other room uses this one. Nothing here
 * knows what a spec or a network is. */
#ifndef CNNC_BASE_H
#define CNNC_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __GNUC__
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define PRINTF(f, a)
#endif

/* ---- arena.c: the memory of one compilation. All of it is freed at once. When memory runs out, the process ends with
 * status 1. */

struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *a);
void *arena_alloc(struct arena *a, size_t bytes); /* zeroed, aligned for any type, never NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);

/* A growing array in an arena: VEC(int) v = {0}; vec_push(a, &v, 3); v.at[0]; v.n. */
#define VEC(T)                                                                                                         \
    struct {                                                                                                           \
        T *at;                                                                                                         \
        size_t n, cap;                                                                                                 \
    }
#define vec_push(a, v, ...)                                                                                            \
    ((v)->n == (v)->cap ? (void)((v)->at = vec_grow((a), (v)->at, sizeof *(v)->at, &(v)->cap)) : (void)0,              \
     (void)((v)->at[(v)->n++] = (__VA_ARGS__)))
void *vec_grow(struct arena *a, const void *at, size_t item, size_t *cap);

/* ---- source.c: all files of a compilation share one range of offsets, so a place is two numbers (as in clang's
 * SourceManager). */

struct span {
    uint32_t begin, end; /* [begin, end); 0,0 means "no place": offset 0 belongs to no file */
};

struct place {
    const char *file; /* as the user named it */
    int line, column; /* both count from 1; a column is a byte */
    const char *text; /* the line; no NUL ends it */
    size_t length;    /* without its line end */
};

struct ctx; /* one compilation: its arena, its sources, its diagnostics */

/* Reads a file ("-" is standard input). Returns its text, which ends with a NUL, and the offset of its first byte.
 * Reports at `at` (or without a place) and returns NULL when the file cannot be read, holds a NUL byte, or is larger
 * than 1 MiB. */
const char *source_load(struct ctx *c, const char *path, struct span at, uint32_t *base, size_t *size);
const char *source_add(struct ctx *c, const char *name, const char *text, size_t size, uint32_t *base);
struct place source_place(const struct ctx *c, uint32_t offset);
/* The files that have been read so far, in order; -MD lists them. */
size_t source_count(const struct ctx *c);
const char *source_name(const struct ctx *c, size_t i);

/* ---- diag.c: messages, worded as clang and bison word theirs: lower case, no full stop. */

enum diag_format { DIAG_TEXT, DIAG_JSON };

struct diag_options {
    enum diag_format format;
    bool color, werror, no_warnings;
    const char *disabled[16]; /* warning categories turned off by -Wno-NAME */
    int n_disabled;
};

struct ctx *ctx_new(const struct diag_options *options);
void ctx_free(struct ctx *c);
struct arena *ctx_arena(struct ctx *c);
int ctx_errors(const struct ctx *c); /* errors so far, with the warnings that -Werror makes errors */

void diag_error(struct ctx *c, struct span at, const char *fmt, ...) PRINTF(3, 4);
void diag_error_fix(struct ctx *c, struct span at, const char *fix, const char *fmt, ...)
    PRINTF(4, 5); /* fix may be NULL */
/* `category` is one of warning_kinds[] (warnings.c). */
void diag_warning(struct ctx *c, struct span at, const char *category, const char *fmt, ...) PRINTF(4, 5);
/* A note that belongs to no other message; -w hides it. */
void diag_remark(struct ctx *c, struct span at, const char *fmt, ...) PRINTF(3, 4);
void diag_note(struct ctx *c, struct span at, const char *fmt, ...) PRINTF(3, 4); /* belongs to the message before it */
/* A place where something that stands elsewhere is used, as a block is. */
struct use {
    const struct use *outer; /* the use around it; NULL: none */
    struct span at;
    const char *what; /* "block 'res'"; NULL: errors do not show this use */
};
/* Errors and warnings from now on show that they belong to this use; NULL: to none. */
void diag_within(struct ctx *c, const struct use *use);
/* "cnnc: mnist.net: 3 errors; nothing written" on stderr; in JSON mode, this closes the array. */
void diag_finish(struct ctx *c, const char *file);

_Noreturn void out_of_memory(void);
/* Reports a bug in cnnc itself with its place, and exits with status 70. */
#define INTERNAL(...) internal_error(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void internal_error(const char *file, int line, const char *fmt, ...) PRINTF(3, 4);

#endif
