/* inner.h -- what the files of this room share among themselves, in the order of make_plan.c. */
#ifndef CNNC_PLAN_INNER_H
#define CNNC_PLAN_INNER_H

#include "plan/plan.h"

/* ---- layout.c */

void plan_layout(struct plan *p); /* channels, ld, pixels, size of every tensor; offsets of parameters */
void plan_place_params_read(
    struct plan *p); /* of inference: those that only PREPARE ops read stand behind the others */
void plan_place_params_like(struct plan *p, const struct plan *q); /* as another plan of the same network has them */

/* ---- sizes.c: generated code indexes with int, so no array may have more elements than that counts. Both checks report the layer
 * where it breaks and return false: of one image and the parameters, behind plan_layout(); of all arenas, behind plan_memory(). */

bool plan_can_be_indexed(const struct plan *p);
bool plan_can_be_addressed(const struct plan *p);
int64_t plan_images_that_fit(const struct plan *p); /* that a chunk may have, at least one */

/* ---- forced.c: --strategy=LAYER:NAME */

const char *plan_forced(const struct plan_options *options, const struct op *o); /* the strategy's name; NULL: none */
void plan_check_forced(struct plan *p, const struct plan_options *options);      /* reports what means nothing */
/* Reports why an op has no kernel: the forced strategy does not apply. INTERNAL() when none was forced. */
void plan_refuse_forced(struct plan *p, const struct op *o, const char *forced, const char *refusal);

/* ---- strategy.c */

/* The cheapest strategy that applies when the op's operands are in that representation, into *k, of which the op is read; NULL, or
 * why there is none. */
const char *plan_cheapest(const struct plan *p, struct kernel *k, enum repr repr, const char *forced);
struct memo_table *memo_table_new(struct arena *a);

/* ---- unroll.c: straight-line code */

/* Statements of a whole network: so many scalar ones take gcc -O3 some eight seconds. */
enum { UNROLL_MOST = 20000 };
bool plan_unrolls(const struct plan *p, const struct op *o, const struct plan_options *options);
void plan_check_unrolled(const struct plan *p, const struct plan_options *options); /* after the kernels are chosen */

/* ---- prepared.c: copies of weights in another form, made once a step */

void plan_winograd(struct plan *p,
                   const struct plan_options *options); /* which convolutions run on transformed weights */
void plan_place_prepared(struct plan *p);               /* after the representations are chosen */
void plan_parts(struct plan *p);                        /* deals prepare() out to threads */

/* ---- representation.c: of gradients behind a pooling */

void plan_representations(struct plan *p, const struct plan_options *options);
enum repr plan_repr(const struct plan *p, const struct op *o); /* what the op's strategy must know */
bool plan_omits(const struct plan *p, const struct op *o);     /* it has no kernel: its readers do its work */

/* ---- groups.c */

void plan_groups(struct plan *p, enum phase phase, size_t first); /* of the kernels from `first` on */
/* Images of a chunk, and chunks of a batch. images: what was asked for; 0: one in inference, which knows no batch, and what is best
 * in training. */
void plan_chunks(struct plan *p, int64_t images);

/* ---- memory.c */

void plan_memory(struct plan *p); /* offsets in scratch from liveness */

#endif
