/* cnn_nets.h -- the spec's models: several networks in one program. A part of cnn.h.
 *
 * A phase of a step trains one model in a network that may hold others, whose parameters it does not change. Networks
 * share parameters by name: what a phase changes is copied to the other networks. */
#ifndef CNN_NETS_H
#define CNN_NETS_H

#include "cnn_schedule.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cnn_model;

enum cnn_target_source { CNN_TARGET_OF_DATA, CNN_TARGET_NUMBER, CNN_TARGET_ANSWER, CNN_TARGET_INPUT };
struct cnn_goal { /* where the targets of an output come from */
    enum cnn_target_source from;
    double number;    /* NUMBER: of every element */
    int part;         /* ANSWER: the number of the part whose output for the same rows they are; INPUT: of that input */
    const int *reads; /* ANSWER: the input of the phase that each input of the part reads */
};
struct cnn_net {
    const struct cnn_model *network; /* NULL: the program's own, or one that a library has not */
    const char *model;               /* the one that answers, or is trained */
    const char *name;                /* of a phase: stands before its numbers in the log; NULL: the model alone */
    const struct cnn_goal *goals;    /* one for each target; NULL: of a model alone whose targets are all of the data */
    const char *output;              /* of a model alone: the label of an output that was chosen; NULL: none */
    int compares;                    /* of a model alone: the data have targets for what it answers */
    int tested_by;                   /* of one that is not: the number of the phase that tests it; 0: none does */
    const int *inputs;               /* which input of the data each of its own is; NULL: it does not read the data */
    const int *targets;              /* which target of the data each output is compared with; -1: with none */
};
struct cnn_aim { /* a target of the data: what takes it tells what it must be */
    int net, output;
    const char *name;
};
struct cnn_follow { /* a model that goes after the weights of another one: w = momentum w + (1 - momentum) of */
    int part, of;   /* the numbers of both, alone */
    int behind;     /* phases of the step that come first */
    struct cnn_schedule momentum; /* over the steps of the run; 0: it copies them */
    int64_t every;                /* steps */
};
struct cnn_nets {
    const struct cnn_net *at; /* the first is the program's own network, a model alone */
    int n;
    int compares; /* that of the first */
    const struct cnn_follow *follows;
    int n_follows;
    const struct cnn_aim *targets; /* of the data; the inputs are those of every phase */
    int n_targets;
    int which; /* the network that a command is about; the program's own has 0 */
};

/* The library of several models: all of them, and the steps of a training like the trainer's, on so many threads (0: as
 * many as it would take). steps: how many there will be, for schedules that last the run; 0: they stand still. NULL, or
 * -1, with a message on stderr. */
struct cnn_models;
struct cnn_models *cnn_models_open(const struct cnn_model *m, uint64_t seed, int64_t steps, int threads);
void cnn_models_close(struct cnn_models *all); /* it may be NULL */
int cnn_models_step(struct cnn_models *all, const void *const *inputs, const void *const *targets, int n,
                    double *losses);
void cnn_models_predict(struct cnn_models *all, int part, const void *const *inputs, void *const *outputs, int n);
int cnn_models_load(struct cnn_models *all, const char *path);
int cnn_models_save(struct cnn_models *all, const char *path);

#ifdef __cplusplus
}
#endif
#endif
