/* update_rule.h -- what the parts of an update share, which no other part of the file that is written uses. */
#ifndef CNNC_UPDATE_RULE_H
#define CNNC_UPDATE_RULE_H

#include "catalog/catalog.h"
#include "emit/inner.h"
#include "expr/expr.h"

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

/* The number of an option; 0: it is not given, or there is none. */
double update_option(const struct plan *p, const char *name);
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
/* What a rule computes once, in double. */
void emit_once_of_rule(struct out *o, const struct plan *p, const struct optimizer_rule *r);
/* Which penalties there are. */
bool update_any_l1(const struct plan *p);
bool update_any_l2(const struct plan *p);
/* The head of a loop over elements from `begin` to `end`. */
void emit_update_loop(struct out *o, const struct plan *p);
/* g of all chunks, with the gradient of the penalty. */
void emit_update_gradient(struct out *o, const struct plan *p);
void emit_clipvalue(struct out *o, const struct plan *p);
/* The array of state variable i. The arrays lie one behind the other. */
const char *update_state(const struct plan *p, int i);
/* Each constant of a step: ", float rate" as a parameter, ", (float)rate" as an argument. */
void emit_update_constants(struct out *o, const struct plan *p, const struct optimizer_rule *r, const char *before);
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
