/* together.h -- what the files share that train several models: together.c runs the phases, phase_targets.c makes the
 * targets of a phase, together_files.c puts all of it into a checkpoint. Private to train/. */
#ifndef CNN_TOGETHER_H
#define CNN_TOGETHER_H

#include "train/fit.h"

/* A parameter that two networks have. */
struct cnn_copy {
    int from, to; /* its numbers */
};

struct cnn_copies {
    int n;
    struct cnn_copy *at;
};

struct cnn_side { /* one of the networks */
    const struct cnn_net *net;
    const struct cnn_model *m;
    struct cnn_engine *g;
    struct cnn_engine own; /* of a model alone */
    struct cnn_fit *fit;   /* of a phase */
    int64_t update;        /* of those that its model has in a step */
    int answers;           /* it answers for targets in every step */
    int stale;             /* its parameters were changed from outside */
    char **room;           /* of a phase: for each thread, targets of the data */
    struct cnn_copies *to; /* of a phase: what it changes, for each side */
    float *other;          /* NULL, or its weights in the best epoch, or in the last one when the best are restored */
};

struct cnn_together {
    struct cnn_fit *f;
    int n;
    struct cnn_side *side;
    struct cnn_model data; /* a network with the inputs and targets of the data */
    struct cnn_output outputs[CNN_MOST_PORTS];
    struct cnn_target targets[CNN_MOST_PORTS];
    int has_targets;
    const struct cnn_side *bad; /* the phase whose loss is not finite */
};

/* ---- phase_targets.c */

int cnn_has_data_targets(const struct cnn_net *net, const struct cnn_model *m);
void cnn_describe_data(struct cnn_together *t); /* sets data and has_targets */

/* ---- together.c */

/* What a phase has learnt, for the side with that number; the state of the optimizer, too, if that trains the same
 * model. */
void cnn_together_pass_on(const struct cnn_side *s, int to);
/* Before that: with several ranks, each has the whole state of an optimizer that several phases share. */
void cnn_together_complete(const struct cnn_side *s);

#endif
