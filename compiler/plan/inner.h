/* inner.h -- what the files of this room share among themselves, in the order of make_plan.c. */
#ifndef CNNC_PLAN_INNER_H
#define CNNC_PLAN_INNER_H

#include "plan/plan.h"

/* ---- layout.c */

void plan_layout(struct plan *p);      /* channels, ld, pixels, size of every tensor; offsets of parameters */
void plan_place_ports(struct plan *p); /* after plan_chunks(): offsets of inputs in elements, of targets in bytes */
void plan_place_params_read(struct plan *p); /* inference: those that only PREPARE ops read go last */
void plan_place_params_like(struct plan *p, const struct plan *q); /* at the places of another plan */
bool plan_is_view(const struct op *o); /* its output is where its input is, so it has no kernel */

/* ---- merge.c: after plan_layout() */

void plan_merge(struct plan *p, const struct plan_options *options); /* sums join kernels that make a summand */

/* ---- sizes.c: generated code indexes with int, so no array may have more elements than an int can count. Both checks
 * report the first layer that breaks the limit and return false. The first checks one image and the parameters, after
 * plan_layout(); the second checks all arenas, after plan_memory(). */

bool plan_shares_fit(const struct plan *p); /* false after a report */
bool plan_can_be_indexed(const struct plan *p);
bool plan_can_be_addressed(const struct plan *p);
int64_t plan_elements_an_image(const struct plan *p); /* of all tensors, alive at once or not */
int64_t plan_images_that_fit(const struct plan *p);   /* the most images that a chunk may have; at least 1 */

/* ---- forced.c: --strategy=LAYER:NAME */

const char *plan_forced(const struct plan_options *options, const struct op *o); /* the strategy's name; NULL: none */
void plan_check_forced(struct plan *p, const struct plan_options *options);      /* reports those that match nothing */
/* Reports that an op has no kernel because the forced strategy does not apply. INTERNAL() when none was forced. */
void plan_refuse_forced(struct plan *p, const struct op *o, const char *forced, const char *refusal);

/* ---- strategy.c */

/* Finds the cheapest strategy for k->op with the operands in that representation, and fills *k. Returns NULL, or why
 * there is none. */
const char *plan_cheapest(const struct plan *p, struct kernel *k, enum repr repr, const char *forced);
/* Whether the strategy is for windows with as many axes as the op's. */
static inline bool plan_takes_axes(const struct strategy *s, const struct op *o)
{
    return (o->win.z.k > 0) == s->volumes;
}
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
void plan_parts(struct plan *p);                        /* divides prepare() among threads */

/* ---- representation.c: of gradients behind a pooling */

void plan_representations(struct plan *p, const struct plan_options *options);
enum repr plan_repr(const struct plan *p, const struct op *o); /* what the op's strategy must know */
bool plan_omits(const struct plan *p, const struct op *o);     /* no kernel: its readers do its work */

/* ---- recompute.c: lets ops of the backward pass read activations that are computed again; after the representations
 * are chosen */

void plan_recompute(struct plan *p, const struct recomputed *how);
/* The same without being asked, where it saves time: for the kinds with `remade`, in networks with barriers. */
void plan_remake(struct plan *p);

/* ---- groups.c */

void plan_groups(struct plan *p, enum phase phase, size_t first); /* of the kernels from `first` on */
void plan_prefetch(struct plan *p);                               /* what image loops fetch; after plan_memory() */
/* Images of a chunk, and chunks of a batch. images: what the user asked for; 0: one image in inference, which has no
 * batch, and the best number in training. */
void plan_chunks(struct plan *p, int64_t images);
/* Images of a chunk when many chunks are worth trying; 0: they are not. */
int64_t plan_small_chunk(const struct plan *p);

/* ---- layout.c, too */

/* The barrier whose sums the kernel reads; NULL: none. */
const struct op *plan_barrier_of(const struct kernel *k);
/* The tensor that has those sums for each image; the barrier and the sum over a chunk's images stand behind it. */
struct tensor *plan_image_sums(const struct op *barrier);

/* ---- price.c */

double plan_image_cycles(const struct plan *p); /* forward and backward */
double plan_step_cycles(const struct plan *p);
/* Of a team; kernels[i] is the i-th that is no sum over images. */
struct sharing {
    int64_t threads;
    int64_t images;          /* that a thread does in a leg of images */
    int64_t summed;          /* whose sums each thread adds behind a barrier */
    int64_t chunk, of_chunk; /* images of a chunk, and threads that share its pieces */
};
struct sharing plan_step_sharing(const struct plan *p, int64_t threads); /* of a step of training */
void plan_choose_shares(const struct plan *p, const struct kernel *const *kernels, size_t n, const struct sharing *s,
                        enum share *shares);
/* Of the gradients of images, to add one. */
double plan_adding_cycles(const struct plan *p, const struct tensor *parts);
/* Whether it takes less to write a gradient for each image, and to add these, than to cut the kernel into slices. */
bool plan_parts_pay(const struct plan *p, const struct kernel *k);
/* Cycles of a kernel, with the barrier that it wants. */
double plan_shared_cycles(const struct plan *p, const struct kernel *k, enum share share, const struct sharing *s);

/* ---- team.c */

enum { PLAN_MOST_THREADS = 128, PLAN_PRICED_THREADS = 16 };
void plan_team(struct plan *p); /* after plan_memory() */
/* Appends a kernel to the order of a team. One that is cut into pieces, or that each thread does, has a leg for itself;
 * apart: in another loop over images than the kernel before. */
void plan_add_to_team(struct plan *t, const struct kernel *k, bool image_loop, enum share share, bool apart);
/* An empty order of the same kernels. */
struct plan *plan_new_team(const struct plan *p, enum plan_purpose purpose);
extern const double plan_least_cycles; /* of a step that several threads are for */

/* ---- crew.c */

void plan_crew(struct plan *p); /* after plan_memory() */

/* ---- ready.c */

void plan_ready(struct plan *p); /* the marks; after the groups */

/* ---- memory.c */

void plan_memory(struct plan *p); /* offsets in scratch from liveness */

#endif
