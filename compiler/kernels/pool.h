/* pool.h -- how a pooling's kernels walk its windows. */
#ifndef CNNC_POOL_H
#define CNNC_POOL_H

#include "kernels/kernels.h"

/* Windows of at most this many positions are written out, larger ones are loops. */
enum { POOL_UNROLL = 9 };

bool pool_padded(const struct window *w);   /* windows have bounds of their own */
bool pool_unrolled(const struct window *w); /* written out: small, and every position inside */

/* NULL, or why memory is not the window's planes. */
const char *pool_refusal(const struct plan *p, const struct window *w, const struct tensor *x, const struct tensor *y);
const char *maxpool_refusal(const struct plan *p, const struct window *w, const struct tensor *x,
                            const struct tensor *y);

/* `for` lines that are left open: images, outputs; positions of a window that lie inside, after the window's bounds. */
void emit_pool_outputs(struct out *o, const struct plan *p, const struct kernel *k);
void emit_pool_corner(struct out *o, const struct window *w);
void emit_pool_bounds(struct out *o, const struct window *w);
void emit_pool_positions(struct out *o, const struct window *w);
const char *pool_count(const struct window *w); /* C expression of a window's positions inside; NULL: kh * kw */

#endif
