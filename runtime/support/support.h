/* support.h -- what every room of the runtime may use: the options of a command, threads, processes, signals,
 * random numbers, memory, numbers as text. Nothing here knows of data, weights or training. The files here include
 * no other room than include/. */
#ifndef CNN_SUPPORT_H
#define CNN_SUPPORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cnn.h"
#include "files.h"

struct cnn_peers;

enum cnn_exit { CNN_DONE = 0, CNN_TROUBLE = 1, CNN_USAGE = 2, CNN_INTERRUPTED = 130 };

/* ---- what the user asked a command to do (commands/main.c reads it from the command line) */

struct cnn_options {   /* zero or NULL: the option was not given, and the spec decides */
    const char *model; /* of several */
    const char *data_dir, *weights, *init, *save, *resume, *log, *input, *target, *output, *part;
    const char *inputs[CNN_MOST_PORTS], *targets[CNN_MOST_PORTS]; /* all of --input and --target */
    int n_inputs, n_targets;
    int64_t epochs, limit, threads, seed;
    double lr;
    int seed_given, quiet, no_shuffle;
    const char *csv, *json, *plot; /* of bench */
    int64_t steps, samples;
    double seconds;
    const char *simulate;    /* its first word; the others are in `more` */
    int64_t jobs;            /* of crossval and ensemble */
    const char *const *more; /* words that follow: of predict, further inputs; of --simulate */
    int64_t n_more;
    const char *plots; /* the folder for pictures */
    int png, verbose, pin;
    int64_t member; /* of export; 0: not given */
    int force;      /* accept what is otherwise refused because it belongs to another run or another network */
};

struct cnn_run {
    const struct cnn_model *m;
    const struct cnn_goal *goals; /* m is the network of a phase: one for each target; NULL: it is none */
    struct cnn_options o;
    struct cnn_peers *peers; /* the ranks that share the work; NULL: there are no others */
    struct cnn_error error;  /* the message of the function that returned -1 */
};
uint64_t cnn_run_seed(const struct cnn_run *r); /* --seed, else that of the spec */

/* ---- threads.c: `threads` workers, the caller is number 0 */

enum { CNN_MOST_THREADS = 256 };
struct cnn_pool;
struct cnn_pool *cnn_pool_new(int threads, struct cnn_error *e);
/* Does the work of all threads on the caller's, one thread's after the other's. No work may wait at a barrier. */
struct cnn_pool *cnn_pool_alone(int threads, struct cnn_error *e);
void cnn_pool_free(struct cnn_pool *p); /* p may be NULL */
void cnn_pool_run(struct cnn_pool *p, void (*work)(void *arg, int thread),
                  void *arg);              /* returns when all threads have finished */
void cnn_pool_barrier(struct cnn_pool *p); /* called within work(), by every thread */
/* The same, each worker on one core; the first core is left to the caller. */
struct cnn_pool *cnn_pool_pinned(int threads, struct cnn_error *e);

/* ---- quota.c */

/* The cores' worth of time that control groups leave a process, infinity where they set no limit: the least of its own
 * groups and all above them. groups: a file as /proc/self/cgroup; root: where the trees of groups are mounted. */
double cnn_quota(const char *groups, const char *root);

/* ---- cores.c */

/* A whole number from 1 to `most` in the environment; -1: there is none; 0: it is something else. */
int64_t cnn_environment_number(const char *name, int64_t most);
enum { CNN_MOST_BUCKET_BYTES = 1 << 30 }; /* of $CNN_BUCKET, for engine/buckets.c */
int cnn_online_cores(void);               /* that this process may use */
int cnn_default_cores(void);              /* $CNN_THREADS, else these; 0: it is no number of threads */
/* So many threads that wait for one another, but no more than cores: they would only take turns. With
 * $CNN_OVERSUBSCRIBE, for tests: all of them nevertheless. */
int cnn_threads_with_cores(int threads);
void cnn_pin(int thread); /* puts the calling thread on the core of the thread with this number */

/* ---- jobs.c: tasks, each in a process of its own, so that no task sees what another did */

struct cnn_jobs {
    int64_t tasks, jobs; /* jobs: the most processes that run at once */
    size_t size;         /* bytes of a result */
    void *results;       /* one for each task */
    void *arg;
    void (*run)(void *arg, int64_t task, void *result); /* called in the process of the task */
    /* Called in the parent process, in the order of the tasks, not in the order in which they end. When it returns
     * nonzero, the other tasks are ended. */
    int (*done)(void *arg, int64_t task, const void *result);
    struct cnn_peers
        *peers; /* the ranks that share the tasks, `jobs` of them each at once; NULL: there are no others */
};

/* Returns an enum cnn_exit. CNN_INTERRUPTED: a signal asked to stop, and the running tasks were told to end. */
int cnn_jobs_run(struct cnn_jobs *j, struct cnn_error *e);

/* ---- signals.c: SIGINT, SIGTERM and SIGHUP end the program with CNN_INTERRUPTED, at once */

void cnn_signals_catch(const char *program); /* the name for the message */
/* while on, the first signal is only a request, and the second one ends the program */
void cnn_signals_wait(int on);
int cnn_signals_caught(void); /* nonzero: there was such a request */
/* called in a forked process: it then dies without a message, and with its parent */
void cnn_signals_child(pid_t parent);

/* ---- random.c: random numbers. Every user of cnn_random4 has its own range of the high counter word. */

#define CNN_STREAM_PERMUTATION (UINT64_C(1) << 60)
#define CNN_STREAM_INIT        (UINT64_C(2) << 60)
#define CNN_STREAM_AUGMENT     (UINT64_C(3) << 60)
#define CNN_STREAM_BOOTSTRAP   (UINT64_C(4) << 60)
#define CNN_STREAM_MIX         (UINT64_C(5) << 60)

/* The epoch of the permutation that splits training from validation; no training gets that far. */
#define CNN_EPOCH_SPLIT UINT32_MAX
/* The epochs of the permutations of cross-validation begin here, one for each repeat. */
#define CNN_EPOCH_FOLDS (UINT64_C(1) << 32)

/* The random generator itself. */
void cnn_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* The method of Box and Muller makes two normal numbers from two uniform ones. */
void cnn_normal_pair(const uint32_t r[2], double z[2]);

/* Writes 0 .. n-1 in an order that depends only on (seed, epoch) (Fisher-Yates over Philox). */
void cnn_permutation(uint64_t seed, uint64_t epoch, int64_t *out, int64_t n);
/* Writes n of the rows 0 .. n-1, drawn with replacement: the bag with this number. The rows depend only on (seed,
 * bag, n); n < 2^32. */
void cnn_bootstrap(uint64_t seed, uint64_t bag, int64_t *out, int64_t n);
/* The same with a probability for each row, given as cumulative sums: cumulative[i] - cumulative[i - 1] is in
 * proportion to the probability of row i. */
void cnn_draw_weighted(uint64_t seed, uint64_t bag, const double *cumulative, int64_t *out, int64_t n);

/* ---- arena.c */

/* The size of an arena before it is allocated. Each addition is rounded up to whole cache lines, and overflow is
 * remembered. */
struct cnn_arena {
    size_t size;
    int overflow;
};
size_t cnn_arena_add(struct cnn_arena *l, size_t count, size_t element);                 /* returns the offset */
void *cnn_arena_alloc(const struct cnn_arena *l, const char *what, struct cnn_error *e); /* zeroed, 64-byte aligned */
/* The same, which the caller zeroes: padding must be zero. */
void *cnn_arena_room(const struct cnn_arena *l, const char *what, struct cnn_error *e);

/* ---- pages.c: arrays of which a process uses a part; what it never writes is zero and takes no memory */

float *cnn_pages_new(size_t count, const char *what, struct cnn_error *e);
void cnn_pages_free(float *pages, size_t count); /* pages may be NULL */
/* The numbers from `begin` to `end` may be forgotten: whole pages of them become zero. */
void cnn_pages_drop(float *pages, size_t begin, size_t end);

/* ---- numbers.c */

double cnn_seconds(void);      /* the time on the monotonic clock */
double cnn_work_seconds(void); /* the time that the calling thread has had a core */
int cnn_on_terminal(void);     /* does standard output go to a terminal that can draw? */
int cnn_terminal_width(void);  /* of standard output; 80 when it is no terminal */
/* The name of a number that is not finite, for messages: nan, inf or -inf. */
const char *cnn_not_finite(double v);
int cnn_digits(int64_t n);                                        /* the number of characters of n in decimal */
const char *cnn_value_text(double value, char *out, size_t size); /* as Keras writes numbers */

#endif
