/* inner.h -- what the parts of a generated file share. program.ct is its text from top to bottom, model.ct the tables
 * that describe the network to the runtime, face.ct the header and the functions it declares. */
#ifndef CNNC_EMIT_INNER_H
#define CNNC_EMIT_INNER_H

#include "base/repeats.h"
#include "catalog/catalog.h"
#include "emit/emit.h"
#include "expr/expr.h"
#include "writer/writer.h"

void emit_declarations(struct out *o, const struct program *g); /* face.ct: what the header holds between its guards */
void emit_face(struct out *o, const struct program *g);
void emit_learnt_declarations(struct out *o,
                              const struct program *g); /* normalize.ct: for inference, when there is something */
void emit_learnt(struct out *o, const struct program *g);
/* The parts of a trainer's library face for normalisation: members of its struct, a function, arguments of the
 * runtime's functions. */
void emit_face_members(struct out *o, const struct net *n);
void emit_face_normalize_declaration(struct out *o, const struct net *n);
void emit_face_normalize(struct out *o, const struct net *n);
void emit_face_forget(struct out *o, const struct net *n);
const char *face_numbers(const struct net *n);
void emit_model(struct out *o, const struct program *g);
void emit_data(struct out *o, const struct net *n, const char *name); /* data.ct: its data section */

/* ---- data.ct: a spec with several models */

bool is_without_data(const struct net *n); /* a model alone, whose inputs are not those of the data */
/* The network that has the data section; NULL: none reads the data. */
const struct net *net_with_data(const struct program *g);
const struct net *net_without_data(const struct program *g); /* NULL: all networks read the data */
uint64_t parts_hash(const struct program *g);                /* of all networks */
void emit_parts(struct out *o, const struct program *g);
const char *target_name(const struct program *g, size_t number); /* of several models: of a target of the data */
/* In a learner, which has one of the models: names alone, as files have the parameters of all. */
void emit_model_names(struct out *o, const struct net *n);

void emit_list(struct out *o, const char *name,
               const struct bound *b); /* emits static const double name[] when b has several numbers */
/* The rows of a table that repeat, as a table of struct cnn_repeat, when there are any. */
void emit_repeat_list(struct out *o, const char *prefix, const char *of, const struct repeats *r);
struct repeats repeated_kernels(const struct plan *p);                               /* of what CNN_LAP numbers */
void emit_bench(struct out *o, const struct plan *p, const struct repeats *repeats); /* bench.ct: their table */

void emit_strict(struct out *o);                         /* undoes compiler options that relax float arithmetic */
void emit_restrict(struct out *o);                       /* program.ct: the one word that C++ spells otherwise */
void emit_target(struct out *o, const struct target *t); /* the instruction set, before the kernels */
void emit_target_end(struct out *o, const struct target *t);
void emit_sizes(struct out *o, const struct net *n); /* face.ct: of one input and one output */
/* ports.ct: the same for several, each with its name, type and shape; and what each output is compared with. */
void emit_port_sizes(struct out *o, const struct program *g);
void emit_target_sizes(struct out *o, const struct program *g);
void emit_header_frame(struct out *o, const struct program *g, const char *kind,
                       void (*declarations)(struct out *, const struct program *));

/* ---- offsets.ct: a core, and the names of places in its memory */

/* The name for each tensor's place: the tensor's own name, or the name of an equal layer's tensor and a distance. */
struct listing {
    const struct plan *plan;
    const struct tensor **names; /* by tensor id; NULL: it has no place of its own */
};

/* Kernels of forward and backward between two barriers. */
struct stretch {
    size_t first, end;
    const char *name;             /* of the function: "chunk", or "chunk_2" */
    int64_t sums, partial, total; /* at the barrier in front of it, as in struct group */
};

/* A core is the network in one precision. Its functions and constants start with a prefix. */
struct core {
    struct plan *plan;
    const char *lower, *upper; /* "" and ""; "ref_" and "REF_" */
    const char *parameters;    /* the prefix of offsets of parameters: `upper`, or another core's whose layout it has */
    struct functions *functions;     /* those of the file */
    const struct stretch *stretch;   /* whose calls are written; NULL: all */
    int leg;                         /* of a team: the leg whose calls are written */
    bool images, pieces;             /* they are for some images of a chunk, and maybe for pieces of these */
    bool alone;                      /* not run by libcnn: no call is timed, and there is no table of stretches */
    bool constants;                  /* theta[] stands in the file and is no argument */
    struct listing places;           /* of scratch[] */
    struct listing parameter_places; /* of theta[] and prepared[], maybe those of another core whose layout it has */
};
/* `before`: a core whose kernels are in the same file already; NULL: there is none. */
struct core core_of(struct plan *p, const struct core *before);
struct functions *functions_new(struct arena *a); /* none yet */
/* A C expression of what times the calls of forward and backward; NULL: nothing does. */
static inline const char *core_laps(const struct core *c)
{
    return c->plan->purpose == FOR_REFERENCE || c->alone ? NULL : "step->laps";
}
const char *network_prefix(const struct plan *p);           /* of names: "", "other_1_", "other_2_", ... */
void emit_output_copy(struct out *o, const struct core *c); /* outputs.ct: y[n][...] = the output without its padding */
void emit_constant_offsets(struct out *o,
                           const struct core *c);               /* enums of offsets: of parameters in all their forms */
void emit_scratch_offsets(struct out *o, const struct core *c); /* of activations */
void emit_kernels(struct out *o, const struct core *c);         /* names them, shares equal ones */
/* stretches.ct: the functions that do a chunk, and the table of them */
size_t stretches_count(const struct plan *p);
void emit_stretches(struct out *o, const struct core *c);
/* team.ct: what threads do when there are more of them than chunks; nothing where the plan has no team */
void emit_team(struct out *o, const struct core *c);
const char *team_table(const struct plan *p); /* a value of struct cnn_team */
/* what threads do that predict few images together; nothing where the plan has no crew */
void emit_crew(struct out *o, const struct core *c);
const char *crew_table(const struct plan *p); /* a value of struct cnn_crew */
/* program.ct: forward, output, predict, the stretch of a chunk, prepare. */
void emit_core(struct out *o, const struct core *c);
/* infer.ct: static const float name[n], behind the attribute. */
void emit_floats(struct out *o, const char *attribute, const char *name, const float *values, int64_t n);
/* calls.ct: the calls of a phase; in BACKWARD those of the loss, or all else; in PREPARE those of one part. laps: a C
 * expression behind which each call is timed for `bench`; NULL: untimed. When there are too many for one function, they
 * are divided among several, which must be written before. */
enum calls { CALLS_FORWARD, CALLS_LOSS, CALLS_BACKWARD, CALLS_PREPARE, CALLS_TEAM };
void emit_call_functions(struct out *o, const struct core *c, enum calls which, const char *laps);
void emit_calls(struct out *o, const struct core *c, enum calls which, const char *laps);
bool phase_needs(const struct plan *p, enum phase phase, bool step);   /* some kernel takes `step` (else: `sums`) */
const char *offset_name(const struct core *c, const struct tensor *t); /* P_CONV2D_KERNEL, A_CONV2D, T_... */

/* ---- functions.ct: kernels as functions. kernels/kernels.h tells their parameters. */

/* update.ct: the functions that model->update calls, one call a run of parameters of equal treatment. */
void emit_update(struct out *o, const struct plan *p);
const char *update_name(const struct plan *p); /* of the function that is model->update */
int update_phases(const struct plan *p);       /* several when norms of gradients or whole parameters are looked at */
/* Floats behind the optimizer's state arrays: all of them, and those that last from step to step. */
int64_t update_behind(const struct plan *p);
int64_t update_kept(const struct plan *p);
void emit_whole_header(struct out *o, const struct plan *p, bool text); /* what its functions need; nothing elsewhere */
const char *const *update_slot_names(const struct plan *p); /* of the optimiser's state arrays, NULL-terminated */
double update_state_init(const struct plan *p);
int64_t update_batches(const struct plan *p); /* whose mean gradient an update takes */

/* train.ct: the table of what parameters keep to, and the call that acts on all of m->theta; nothing where no
 * parameter has a constraint. */
int constraints_count(const struct net *n);
void emit_constraints(struct out *o, const struct plan *p, const char *prefix);
void emit_constrain(struct out *o, const struct net *n);
/* The same for kernels that are divided by their largest singular value, in front of a step. */
int spectra_count(const struct net *n);
void emit_spectra(struct out *o, const struct plan *p, const char *prefix);
void emit_normalize_spectra(struct out *o, const struct net *n);

/* ---- weights_file.c: a file of weights has a head of WEIGHTS_HEAD 32-bit words, then the floats, all little-endian */

enum {
    WEIGHTS_HEAD = 16,
    WEIGHTS_CHECKED = 8,
    WEIGHTS_SUM = 8
};                                     /* words: all, those that are fixed, where the sum stands */
#define WEIGHTS_SUM_START  2166136261u /* FNV-1a, a word at a time */
#define WEIGHTS_SUM_FACTOR 16777619u
/* The words with which every weights file of the plan begins. */
void weights_head(const struct plan *p, uint32_t head[WEIGHTS_CHECKED]);

/* ---- train.ct */
/* A number that changes over the steps of a run. */
struct timed {
    const struct record *schedule;
    const struct bound *args;
};
void emit_schedule_lists(struct out *o, const struct timed *s, const char *own); /* what its value refers to */
void emit_schedule(struct out *o, struct ctx *ctx, const struct timed *s, const char *own); /* `{ ... }` */
/* The constant <prefix>train, and the tables that it points to. */
void emit_train(struct out *o, const struct program *g, const struct plan *p, const char *prefix);
/* ---- ports.ct */
void emit_ports(struct out *o, struct net *n, const char *prefix);

/* Whether a library or a learner has steps of training. Of several models it has one, which makes steps of its own
 * where the data have targets for it; those of all models are the trainer's. */
bool has_steps(const struct net *n);

/* Functions that take an array for each port, in libraries and learners of networks with several. There `in`, `wanted`
 * and `out` are what the caller gives, and m->ports has room for a chunk; where a step has several stretches, for each
 * chunk. */
int64_t port_inputs(const struct plan *p);                  /* floats of a chunk's inputs */
int64_t port_outputs(const struct plan *p);                 /* and of its outputs */
int64_t port_rooms(const struct plan *p);                   /* all floats of m->ports */
void emit_port_movers(struct out *o, const struct plan *p); /* the functions that copy rows */
void emit_port_gather(struct out *o, const struct plan *p); /* chunk number `chunks`, which begins with row i */
void emit_port_predict(struct out *o, const struct plan *p, const char *scratch); /* the body of the function */
/* Where a chunk has its rows: expressions of i, its first row, or, in a step of several stretches, of its number c. */
struct chunk_rows {
    const char *x, *target;
};
struct chunk_rows chunk_rows(struct out *o, const struct plan *p);

/* ---- the parameters of a kernel's function and the arguments of its calls: functions.ct, calls.ct, loops.ct */

struct operand {
    const struct tensor *tensor;
    const char *name;
    bool output;
};

struct operand_list {
    struct operand at[20];
    int n;
};

/* In the order that kernels/kernels.h promises: inputs, what its epilogue reads, outputs. */
struct operand_list operands_of(const struct plan *p, const struct op *o);

/* A call, divided so that two calls can be compared: each argument is a text around a number. The first two are not
 * arguments of the C function: the number of the part of prepare() that the call belongs to, and the number of its lap.
 * */
struct argument {
    const char *before, *number, *after; /* number NULL: `before` is the whole argument */
    int64_t value;                       /* the value of `number`, which may be a name */
};

enum { CALL_PART, CALL_LAP, CALL_FIRST, CALL_ARGUMENTS = ROW_NUMBERS };

struct call {
    const char *function;
    struct argument at[CALL_ARGUMENTS];
    int n;
};

struct call_list {
    VEC(struct call) calls;
    VEC(struct row) rows; /* one for each call, for comparisons */
};

/* loops.ct: the calls, as loops where they repeat. laps: as in emit_calls(). */
void calls_add(struct call_list *l, struct arena *a, const struct call *k);
/* The number of calls from `first` on that become one loop; 1 when there is none. *written: the calls of one
 * repetition. */
size_t repeated_calls(const struct call_list *l, size_t first, size_t *written);
void emit_repeats(struct out *o, struct arena *a, const struct call_list *l, const char *laps);

/* ---- update_runs.ct: runs of parameters that an update treats alike, without gaps that matter */

struct run {
    int64_t begin, end;      /* in theta */
    double l1, l2, momentum; /* momentum: of running statistics */
    int64_t step;            /* the run repeats `times` times, each time `step` elements further */
    size_t times;
};

struct runs {
    VEC(struct run) list;
};

/* A run each parameter that is trained: clipping looks at norms one by one. */
struct runs runs_of_one(const struct plan *p);
/* As few runs as there can be of those parameters. */
struct runs runs_of_those(const struct plan *p, bool (*has)(const struct plan *, const struct param *));
/* As few runs as there can be of equal penalties. */
struct runs runs_of_equals(const struct plan *p);
/* Running statistics of equal momentum. */
struct runs runs_of_running(const struct plan *p);
bool runs_are_one(const struct runs *all);

/* How the C says where a run is: by numbers where there is one, else by row r of a table. */
struct run_text {
    const char *begin, *end, *size;
    const char *number; /* by which threads deal runs among themselves */
};
struct run_text run_text(const struct plan *p, const struct runs *all);
/* "begin, end" of a run, cut to the part from `first` to `last`. */
const char *run_cut(const struct plan *p, const struct runs *all);

/* The table `run`, a row a run; nothing where there is one. l1, l2: whether these penalties are arguments of the
 * function that is called for each run. */
void emit_run_table(struct out *o, const struct runs *all, bool l1, bool l2);
/* The head of the loops of which a call is the body. */
void emit_each_run(struct out *o, const struct runs *all);

/* ---- update_rule.ct */

/* The rule whose options are set. */
const struct optimizer_rule *update_rule(const struct plan *p);
bool update_decays(const struct plan *p);
bool update_clips_norms(const struct plan *p);
/* The states of the rule come first, then the running mean of the weight, then the gradients of earlier batches. */
int update_rule_states(const struct plan *p);
bool update_averages(const struct plan *p);
int64_t update_accumulation(const struct plan *p);
bool update_accumulates(const struct plan *p);
bool update_vectors(const struct plan *p);
/* "vf", or "float" where the target has no vectors. */
const char *update_type(const struct plan *p);
/* C expressions and statements for element i of an array, or for the vector that begins there. */
const char *update_load(const struct plan *p, const char *array);
const char *update_store(const struct plan *p, const char *array, const char *value);
/* Statements of a rule. */
void emit_rule_of_update(struct out *o, const struct plan *p, const struct optimizer_rule *r);
/* Which penalties there are. */
bool update_any_l1(const struct plan *p);
bool update_any_l2(const struct plan *p);
/* The head of a loop over elements from `begin` to `end`. */
void emit_update_loop(struct out *o, const struct plan *p);
/* The function, if there is one, that adds the chunks' gradients for it. */
void emit_gradient_sum_helper(struct out *o, const struct plan *p);
/* g of all chunks, with the gradient of the penalty. */
void emit_update_gradient(struct out *o, const struct plan *p);
void emit_clipvalue(struct out *o, const struct plan *p);
/* The array of state variable i. The arrays lie one behind the other. */
const char *update_state(const struct plan *p, int i);
/* The constants of a step that statements of the rule read: ", float rate" as parameters, ", (float)rate" as arguments.
 */
void emit_rule_constants(struct out *o, const struct optimizer_rule *r, const char *text, const char *before);
/* Those that do not depend on the rule; steps: of what changes parameters. */
void emit_common_constants(struct out *o, const struct plan *p, bool steps, const char *before);
/* The state that holds the sum of the gradients of earlier batches. */
const char *update_accumulator(const struct plan *p);
/* ema * average + (1 - ema) * w; ema is 0 in the first update. */
void emit_update_average(struct out *o, const struct plan *p);
/* Whether the statements read the constant. */
bool rule_reads(const struct expr_statements *step, const char *name);

void emit_once(struct out *o, const struct plan *p, const struct optimizer_rule *r);
/* grads[0] = the gradient of all chunks, with penalties, and with the batches before where it is kept for later. */
void emit_sum_function(struct out *o, const struct plan *p);
void emit_penalties(struct out *o, const struct plan *p, const struct runs *all);
/* The phase that calls it. */
void emit_sums(struct out *o, const struct plan *p);
void emit_square_functions(struct out *o, const struct plan *p);

/* ---- update_whole.ct: rules that look at whole parameters */
void emit_whole_update(struct out *o, const struct plan *p);
void emit_whole_functions(struct out *o, const struct plan *p);
int whole_phases(const struct plan *p);

#endif
