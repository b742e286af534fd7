/* kernels.h -- ways to do an op: a strategy says whether it applies, what it costs, and writes the body of one
 * function. What stands around the body is emit's; which strategy is taken is the plan's, so nobody calls what is
 * here but kernels: the build collects strategies in a table. A kernel names no other kernel; what several share is
 * declared below and in the headers beside.
 *
 *   the op's inputs         const real *restrict, called as its kind says in `operands` (x, w, b, dy, wt, s, ...);
 *                           not one in whose memory the output is; an index is unsigned char; one of REPR_POOLED is
 *                           two: dy of the pooling, index
 *   what its epilogue reads     BIAS: b; ACT_GRAD: s; a sum, its other summand: plus
 *   the op's outputs        y, dx, dw, db, wt; index (also of a MAXPOOL in the epilogue); factor
 *   int n                   images: those of inputs and outputs are layout->size elements apart
 *   int first               CONV_WEIGHT, DENSE_WEIGHT, BIAS_GRAD: 1 when the output is overwritten, 0 when added to
 *   int begin, int end                      kernels with plan_slices() > 1: the slices of its outputs that it does
 *   real *restrict work                     kernels with k->work
 *   struct vf_prefetch *soon                kernels with k->prefetches
 *   const struct cnn_step *restrict step    kinds with `step`
 *   int64_t row                             kinds that draw: number of the first image within the batch
 *   int stream                              kinds that draw: number of the op among those that do
 *   struct cnn_sums *restrict sums          kinds with `sums`: losses, penalties
 *
 * PREPARE kernels have operands and slices alone. `real` is p->number->name. A body must not mention the layer: kernels
 * of equal text are shared. */
#ifndef CNNC_KERNELS_H
#define CNNC_KERNELS_H

#include "plan/plan.h"
#include "writer/writer.h"

/* ---- elements.ct */

static inline const struct layout *input_layout(const struct plan *p, const struct kernel *k, int i)
{
    return layout_of(p, k->op->in[i]);
}

static inline const struct layout *result_layout(const struct plan *p, const struct kernel *k)
{
    return layout_of(p, op_result(k->op));
}

/* Terms of one chain of floats, at most, where a gradient of a weight sums over the places of a plane, and over those
 * of a chunk's images, where planes are small. The sums of chains are one more chain, so its error is below LONG_CHUNK
 * + n / LONG_SUM roundings of the sum of its terms' sizes. */
enum { LONG_SUM = 4096, LONG_CHUNK = 4 * LONG_SUM };

/* Opens `for (var = 0; var < count; var++, step)`, where `piece` is not 0 within a loop over pieces of so many rounds,
 * at whose end, behind the inner brace, the caller puts the sums aside. count and step are C expressions. */
void emit_pieces(struct out *o, const char *var, const char *count, int64_t piece, const char *step);
/* How many rounds of `terms` terms a piece has when `all` of them come: 0 where they are one. */
int64_t rounds_a_piece(int64_t all, int64_t terms);

/* Of a loop up to `end` in steps of `step`, each of which is a slice: where the kernel's function begins and ends. */
const char *first_of_slices(struct out *o, const struct plan *p, const struct kernel *k, int64_t step);
const char *end_of_slices(struct out *o, const struct plan *p, const struct kernel *k, int64_t step, int64_t end);
/* The same where the loop has `whole` steps and, with `rest`, one smaller step stands behind it: that is a slice, too,
 * which the second opens a block for. */
const char *end_of_whole_slices(struct out *o, const struct plan *p, const struct kernel *k, int64_t step,
                                int64_t whole, bool rest);
void emit_last_slice(struct out *o, const struct plan *p, const struct kernel *k, int64_t whole);

/* bands.ct: of a kernel that does rows of its result, or other parts of it, one after the other. A slice is a band of
 * them; first_row() and end_row() are C expressions of where the function's part lies among so many. */
void make_row_slices(struct kernel *k, int64_t rows);
const char *first_row(struct out *o, const struct plan *p, const struct kernel *k, const char *rows);
const char *end_row(struct out *o, const struct plan *p, const struct kernel *k, const char *rows);

/* bands.ct: of a kernel whose loop over the elements of n images has `steps` steps an image, each of so many elements.
 * Slices are parts of that loop; flat_start() and flat_end() are C expressions of where the function's part lies. */
void make_flat_slices(struct kernel *k, int64_t steps);
void emit_flat_loop(struct out *o, const struct plan *p, const struct kernel *k); /* over the vectors of the result */
const char *flat_start(struct out *o, const struct plan *p, const struct kernel *k, int64_t steps, int64_t step);
const char *flat_end(struct out *o, const struct plan *p, const struct kernel *k, int64_t steps, int64_t step);

/* bands.ct: divides the kernel's slices among bands of its rows where they are few. In the block that is opened, begin
 * and end are the slices of the bands band .. past - 1, and row_of_band() is a C expression of the first of `rows` rows
 * that belongs to `band`, "band" or "past". */
void make_bands(struct kernel *k, int64_t rows);
void open_bands(struct out *o, const struct plan *p, const struct kernel *k);
void close_bands(struct out *o, const struct plan *p, const struct kernel *k);
const char *row_of_band(struct out *o, const struct plan *p, const struct kernel *k, const char *band,
                        const char *rows);

/* A layout's distance of element `e` (a C expression, in Keras' order) from the start of its image. */
const char *element_at(struct out *o, const struct layout *q, const char *e);

bool same_layout(const struct layout *a, const struct layout *b);

/* NULL when every run of channels is a whole number of vectors, else why the plain kernel must do. */
const char *vector_refusal(const struct plan *p, const struct layout *q);
/* The same where runs do not matter, only the number of elements. */
const char *flat_refusal(const struct plan *p, const struct layout *q);

/* Lanes of the last vector of a run that belong to channels; 0 when all do. */
int64_t part_lanes(const struct plan *p, const struct layout *q);

/* Statements that zero the places behind the last channel of the run at `run` (a C expression of a pointer); nothing
 * when there are none. */
void emit_zero_padding(struct out *o, const struct layout *q, const char *run);

/* ---- what other files give */

/* transpose.ct: C expression of how many of `all` places are left from `at` on, at most a vector. */
const char *lanes_left(const struct plan *p, int64_t all, const char *at);

/* act.ct: cycles a vector of the activation or its gradient, roughly. */
double act_cost(const struct op *act);
double epilogue_cost(const struct op *o, int first);

/* epilogue.ct: the op of that kind in the kernel's epilogue, NULL when there is none. */
const struct op *in_epilogue(const struct kernel *k, const struct op_kind *kind);

/* epilogue.ct: the operand of an op in an epilogue that has an element for each of the result; NULL: it has none. */
const char *element_operand(const struct op *f);
/* Those of the whole epilogue as parameters of a helper, and as arguments: each with the C text `place` behind. */
void emit_element_parameters(struct out *o, const struct kernel *k);
void emit_element_arguments(struct out *o, const struct kernel *k, const char *place);

/* Whether a kernel's own buffers must be scratch (kernel->work). The stack is small, and inference image by image must
 * count all its memory. */
enum { STACK_FLOATS = 8192 };
static inline bool off_stack(const struct plan *p, int64_t floats)
{
    return p->chunk == 1 || floats > STACK_FLOATS;
}

/* draw.ct: declares the key of the op's stream of draws. */
void emit_draw_key(struct out *o);

/* prefetch.ct: fetches some of what is read soon, if the kernel does so. */
void emit_prefetch(struct out *o, const struct kernel *k);

/* epilogue.ct: ", s += 64, index += 64", what the step of a loop over images does with the pointers of the kernel's
 * epilogue. */
const char *epilogue_advance(struct out *o, const struct plan *p, const struct kernel *k);

/* epilogue.ct: what a kernel does with its result before it stores it. Prints statements that apply the op's epilogue
 * from number `first` on to the vector (or, _plain, the scalar) `name`, which goes to element `at` of the result and
 * belongs to channel `channel`; both are C expressions. A MAXPOOL there is the strategy's own business: it starts
 * after it. */
void emit_epilogue(struct out *o, const struct plan *p, const struct kernel *k, int first, const char *name,
                   const char *at, const char *channel);
void emit_epilogue_plain(struct out *o, const struct plan *p, const struct kernel *k, int first, const char *name,
                         const char *at, const char *channel);

/* act.ct: `name = f(name);` and `dy = dy * f'(s);` on vector or scalar variables. */
void emit_act(struct out *o, const struct op *act, const char *name);
void emit_act_plain(struct out *o, const struct op *act, const char *name);
void emit_act_grad(struct out *o, const struct op *grad, const char *dy, const char *s);
void emit_act_grad_plain(struct out *o, const struct op *grad, const char *dy, const char *s);

/* pool.ct: statements that leave the maximum of n vector variables in the vf variable `max` and, unless `index`
 * is NULL, the number of the first that has it in the vx variable `index`; the caller has declared both. */
void emit_max_window(struct out *o, const struct plan *p, const char *const *names, int n, const char *max,
                     const char *index);

#endif
