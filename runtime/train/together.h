/* together.h -- what the files share that train several models: together.c runs the phases, phase_targets.c makes the
 * targets of a phase, follow.c moves models behind others, together_files.c puts all of it into a checkpoint. Private
 * to train/. */
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
    int followed;          /* other models go after it */
    int stale;             /* its parameters were changed from outside */
    struct cnn_copies *to; /* of a phase: what it changes, for each side */
    float *other;          /* NULL, or its weights in the best epoch, or in the last one when the best are restored */
};

struct cnn_trail {               /* a model that follows */
    struct cnn_copies from, *to; /* from the one that it follows; for each network, what that has of it, too */
};

struct cnn_together {
    struct cnn_fit *f;
    int n;
    struct cnn_side *side;
    struct cnn_shared data;     /* all inputs and targets of the data */
    struct cnn_trail *trails;   /* one for each of m->nets->follows */
    const struct cnn_side *bad; /* the phase whose loss is not finite */
};

/* ---- phase_targets.c */

int cnn_has_data_targets(const struct cnn_net *net, const struct cnn_model *m);

/* ---- together.c */

/* What a phase has learnt, for the side with that number; the state of the optimizer, too, if that trains the same
 * model. */
void cnn_together_pass_on(const struct cnn_side *s, int to);
/* Before that: with several ranks, each has the whole state of an optimizer that several phases share. */
void cnn_together_complete(const struct cnn_side *s);

/* ---- follow.c: what networks share, and models that go after the weights of others */

/* The parameters that both have, by name. changed: those alone that a training of `from` changes. */
int cnn_find_copies(const struct cnn_model *from, const struct cnn_model *to, int changed, struct cnn_copies *out,
                    struct cnn_error *e);

/* The values of those parameters, from x to y. */
void cnn_copy_params(const struct cnn_copies *c, const struct cnn_model *from, const float *x,
                     const struct cnn_model *to, float *y);
/* The file that `--init MODEL=FILE` names for this model; NULL: none. */
const char *cnn_init_file(const struct cnn_options *o, const char *model);

int cnn_follow_open(struct cnn_together *t);
void cnn_follow_close(struct cnn_together *t);
void cnn_follow_begin(struct cnn_together *t); /* copies, but of a model that --init is for */
/* In that step of a run of so many; steps are counted from 1. */
double cnn_follow_momentum(const struct cnn_follow *f, int64_t step, int64_t steps);
/* After so many phases of the step with that number. */
void cnn_follow_step(struct cnn_together *t, int behind, int64_t step);

#endif
