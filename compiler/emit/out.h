/* out.h -- rung 4: writing C. One writer owns white space: templates say what, not how far in. */
#ifndef CNNC_OUT_H
#define CNNC_OUT_H

#include "emit/import.h"
#include "plan/plan.h"
#include "base/repeats.h"

struct out;
struct out *out_new(struct arena *a, bool doubles); /* doubles: literals of type double, for the reference */
const char *out_finish(struct out *o);              /* the text so far */

/* Text is laid out line by line: indentation follows the braces. */
void out_text(struct out *o, const char *s);
void out_printf(struct out *o, const char *fmt, ...) PRINTF(2, 3);
/* "oy * 2 + kh - 1" of two variables, their factors and what is added: without `* 1` and `+ 0`. */
const char *out_affine(struct out *o, const char *a, int64_t times_a, const char *b, int64_t times_b, int64_t plus);
const char *out_format(struct out *o, const char *fmt, ...) PRINTF(2, 3); /* text in the writer's arena, not written */
void out_raw(struct out *o, const char *s);                               /* whole lines, as they are */
void out_int(struct out *o, int64_t v);
void out_size(struct out *o, size_t v);
void out_real(struct out *o, double v); /* a float literal that reads back exactly: 0x1.8p+1 never, 3.0f, 1e-07f */
void out_string(struct out *o, const char *s); /* a C string literal; every byte that could surprise is octal */

/* @{expr} in a template */
#define out_value(o, e)                                                                                                \
    _Generic((e),                                                                                                      \
        int: out_int, long: out_int, long long: out_int, unsigned: out_int, size_t: out_size, double: out_real,         \
        char *: out_text, const char *: out_text)((o), (e))

/* ---- the generated file. kernels/program.ct is its text from top to bottom, model.ct the tables that describe the
 * network to the runtime, face.ct the header and the functions it declares. */
struct program {
    struct plan *fast;
    struct plan *reference; /* NULL: without */
    const char *header;     /* name to include, NULL: its declarations stand in the C file */
    const char *command;    /* options that make this file again, for the banner */
    const char *libraries;  /* what it is linked with, likewise; NULL: with nothing */
    struct plan *batch;     /* inference of several images at once; NULL: of one after the other, as `fast` does it */
    bool library;           /* no main(), and nothing that only it needs */
    bool separate;          /* inference whose weights are in a file of their own */
    struct learnt learnt;   /* likewise, beside the weights */
    /* the other networks of an ensemble: their plans are numbered from 1 */
    const struct network {
        struct plan *fast, *reference;
    } * others;
    size_t n_others;
};
/* The plan that has all constants of inference. */
static inline struct plan *constants_of(const struct program *g)
{
    return g->batch ? g->batch : g->fast;
}
const char *emit_program(struct ctx *c, const struct program *g);
const char *emit_header(struct ctx *c, const struct program *g);

void emit_declarations(struct out *o, const struct program *g); /* face.ct: what the header holds between its guards */
void emit_face(struct out *o, const struct program *g);
void emit_learnt_declarations(struct out *o,
                              const struct program *g); /* normalize.ct: for inference, when there is something */
void emit_learnt(struct out *o, const struct program *g);
/* What the library face of a trainer has of normalisation: members of its struct, a function, arguments of the runtime's. */
void emit_face_members(struct out *o, const struct net *n);
void emit_face_normalize_declaration(struct out *o, const struct net *n);
void emit_face_normalize(struct out *o, const struct net *n);
void emit_face_forget(struct out *o, const struct net *n);
const char *face_numbers(const struct net *n);
void emit_model(struct out *o, const struct program *g);
void emit_data(struct out *o, const struct data_config *d); /* kernels/data.ct: its data section */
void emit_list(struct out *o, const char *name,
               const struct bound *b); /* static const double name[], when b is several numbers */
/* The rows of a table that repeat, as a table of struct cnn_repeat, when there are any. */
void emit_repeat_list(struct out *o, const char *prefix, const char *of, const struct repeats *r);
struct repeats repeated_kernels(const struct plan *p);                               /* of what CNN_LAP numbers */
void emit_bench(struct out *o, const struct plan *p, const struct repeats *repeats); /* bench.ct: their table */

void emit_strict(struct out *o);                         /* takes back what compiler options allow with floats */
void emit_restrict(struct out *o);                       /* program.ct: the one word that C++ spells otherwise */
void emit_target(struct out *o, const struct target *t); /* the instruction set, before the kernels */
void emit_target_end(struct out *o, const struct target *t);
void emit_sizes(struct out *o, const struct net *n); /* face.ct: of one input and one output */
void emit_header_frame(struct out *o, const struct program *g, const char *kind,
                       void (*declarations)(struct out *, const struct program *));

/* kernels/infer.ct: --emit=infer. theta: the weights in the plan's layout. */
const char *emit_inference(struct ctx *c, const struct program *g, const float *theta);
const char *emit_inference_header(struct ctx *c, const struct program *g);

/* ---- emit_offsets.c: a core, and the names of places in its memory */

/* Under whose name each tensor's place is written: its own, or that of an equal layer's, and a distance. */
struct listing {
    const struct plan *plan;
    const struct tensor **names; /* by tensor id; NULL: it has no place of its own */
};

/* A core is the network in one precision. Its functions and constants start with a prefix. */
struct core {
    struct plan *plan;
    const char *lower, *upper; /* "" and ""; "ref_" and "REF_" */
    const char *parameters;    /* the prefix of offsets of parameters: `upper`, or another core's whose layout it has */
    const struct core *before; /* whose kernels are in the file already, and those of what is before it; NULL: none */
    bool constants;            /* theta[] stands in the file: nobody is given it */
    struct listing places;     /* of scratch[] */
    struct listing parameter_places; /* of theta[] and prepared[], maybe those of another core whose layout it has */
};
struct core core_of(struct plan *p, const struct core *before);
const char *network_prefix(const struct plan *p);           /* of names: "", "other_1_", "other_2_", ... */
void emit_output_copy(struct out *o, const struct core *c); /* program.ct: y[n][...] = the output without its padding */
void emit_constant_offsets(struct out *o,
                           const struct core *c);               /* enums of offsets: of parameters in all their forms */
void emit_scratch_offsets(struct out *o, const struct core *c); /* of activations */
void emit_kernels(struct out *o, const struct core *c);         /* names them, shares equal ones */
/* emit_calls.c: the calls of a phase; in BACKWARD those of the loss, or all else; in PREPARE those of one part. laps: a C
 * expression behind which each call is timed for `bench`; NULL: untimed. Too many for one function are dealt to functions of
 * their own, which must have been written before. */
enum calls { CALLS_FORWARD, CALLS_LOSS, CALLS_BACKWARD, CALLS_PREPARE };
void emit_call_functions(struct out *o, const struct core *c, enum calls which, const char *laps);
void emit_calls(struct out *o, const struct core *c, enum calls which, const char *laps);
bool phase_needs(const struct plan *p, enum phase phase, bool step);   /* some kernel takes `step` (else: `sums`) */
const char *offset_name(const struct core *c, const struct tensor *t); /* P_CONV2D_KERNEL, A_CONV2D, T_... */
const char *upper_case(struct ctx *c, const char *s);
const char *comment_text(struct ctx *c, const char *s); /* fit to stand in a comment */

/* ---- kernels. emit.c writes a kernel's head; its strategy's `emit` writes the body. The parameters are, in this order:
 *
 *   the op's inputs         const real *restrict, named as in operand_names() (x, w, b, dy, wt, s, ...);
 *                           an index is unsigned char; one of REPR_POOLED is two: dy of the pooling, index
 *   what its epilogue reads     BIAS: b; ACT_GRAD: s
 *   the op's outputs        y, dx, dw, db, wt; index (also of a MAXPOOL in the epilogue); factor
 *   int n                   images: those of inputs and outputs are layout->size elements apart
 *   int first               CONV_WEIGHT, DENSE_WEIGHT, BIAS_GRAD: 1 when the output is overwritten, 0 when added to
 *   real *restrict work                     kernels with k->work
 *   const struct cnn_step *restrict step    DROPOUT, NOISE, LOSS
 *   int64_t row                             DROPOUT, NOISE: number of the first image within the batch
 *   uint64_t stream                         DROPOUT, NOISE: number of the layer among those that draw
 *   struct cnn_sums *restrict sums          LOSS, PENALTY
 *
 * PREPARE kernels have no n. `real` is p->target->real. A body must not mention the layer: kernels of equal text are
 * shared. */
struct operand_names {
    const char *in[3], *out[2];
    bool first, step, sums, draws;
};
const struct operand_names *operand_names(enum opcode code);

/* A layout's distance of element `e` (a C expression, in Keras' order) from the start of its image. */
const char *element_at(struct out *o, const struct layout *q, const char *e);

/* kernels/epilogue.ct: the op of that kind in the kernel's epilogue, NULL when there is none. */
const struct op *in_epilogue(const struct kernel *k, enum opcode code);

/* kernels/epilogue.ct: what a kernel does with its result before it stores it. Prints statements that apply the op's epilogue
 * from number `first` on to the vector (or, _plain, the scalar) `name`, which goes to element `at` of the result and
 * belongs to channel `channel`; both are C expressions. A MAXPOOL there is the strategy's own business: it starts
 * after it. */
void emit_epilogue(struct out *o, const struct plan *p, const struct kernel *k, int first, const char *name,
                   const char *at, const char *channel);
void emit_epilogue_plain(struct out *o, const struct plan *p, const struct kernel *k, int first, const char *name,
                         const char *at, const char *channel);

/* kernels/act.ct: `name = f(name);` and `dy = dy * f'(s);` on vector or scalar variables. */
void emit_act(struct out *o, const struct plan *p, const struct op *act, const char *name);
void emit_act_plain(struct out *o, const struct plan *p, const struct op *act, const char *name);
void emit_act_grad(struct out *o, const struct plan *p, const struct op *grad, const char *dy, const char *s);
void emit_act_grad_plain(struct out *o, const struct plan *p, const struct op *grad, const char *dy, const char *s);

/* kernels/pool.ct: statements that leave the maximum of n vector variables in the vf variable `max` and, unless `index`
 * is NULL, the number of the first that has it in the vx variable `index`; the caller has declared both. */
void emit_max_window(struct out *o, const struct plan *p, const char *const *names, int n, const char *max,
                     const char *index);

/* kernels/update.ct: the functions that model->update calls, one call a run of parameters of equal treatment. */
void emit_update(struct out *o, const struct plan *p);
const char *update_name(const struct plan *p);              /* of the function that is model->update */
int update_phases(const struct plan *p);                    /* 2 when norms of gradients are clipped */
const char *const *update_slot_names(const struct plan *p); /* of the optimiser's state arrays, NULL-terminated */
int update_slots(const struct plan *p);                     /* their number */
double update_state_init(const struct plan *p);

#endif
