/* update_runs.h -- runs of parameters that an update treats alike, without gaps that matter. */
#ifndef CNNC_UPDATE_RUNS_H
#define CNNC_UPDATE_RUNS_H

#include "emit/inner.h"

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

#endif
