/* emit.h -- from a plan to the text of the generated files: heads, calls and places of kernels, the model's tables, the
 * faces; and weights in the layout of the kernels. Nothing is decided here that costs time or memory, and no kernel's
 * body is written: the plan and its strategies do both. What the files of this room share stands in inner.h. */
#ifndef CNNC_EMIT_H
#define CNNC_EMIT_H

#include "plan/plan.h"

/* What inference knows beside the weights: the normalisation x = (raw * scale - mean) / std of each channel, which is
 * the last axis of the input; and the names of the classes. */
struct learnt {
    double scale;
    int64_t
        channels; /* channels with their own mean and std; 1: all values have the same; 0: inputs are not normalised */
    const double *mean, *std;
    const char *const *classes; /* NULL: classes have numbers, no names */
    int64_t n_classes;
};

/* What a generated file holds. */
struct program {
    struct plan *fast;
    struct plan *reference; /* NULL: without */
    const char *header;     /* name to include, NULL: its declarations stand in the C file */
    const char *command;    /* options that make this file again, for the banner */
    const char *libraries;  /* what it is linked with, likewise; NULL: with nothing */
    struct plan *batch;     /* inference of several images at once; NULL: one image after the other with `fast` */
    bool library;           /* no main(), and nothing that only it needs */
    bool learner;           /* a step of training that needs no libcnn */
    bool separate;          /* inference whose weights are in a file of their own */
    struct learnt learnt;   /* likewise, beside the weights */
    /* the other networks, of an ensemble, of `samples`, or of several models: their plans are numbered from 1 */
    const struct network {
        struct plan *fast, *reference;
    } * others;
    size_t n_others, n_used; /* the first n_used are those of the ensemble, the others what `samples` shows */
};
/* The plan of the network with that number; 0 is the program's own, behind which the others come. */
static inline struct plan *plan_of_network(const struct program *g, size_t number)
{
    return number ? g->others[number - 1].fast : g->fast;
}
/* The plan that has all constants of inference. */
static inline struct plan *constants_of(const struct program *g)
{
    return g->batch ? g->batch : g->fast;
}
const char *emit_program(struct ctx *c, const struct program *g);
const char *emit_header(struct ctx *c, const struct program *g);

/* --emit=infer. theta: the weights in the plan's layout. */
const char *emit_inference(struct ctx *c, const struct program *g, const float *theta);
const char *emit_inference_header(struct ctx *c, const struct program *g);

/* learn.ct: --emit=learn. theta: the weights to begin with, likewise. */
const char *emit_learner(struct ctx *c, const struct program *g, const float *theta);
const char *emit_learner_header(struct ctx *c, const struct program *g);

/* ---- import.c: weights from a file */

/* The parameters of the plan's network, from arrays of their names: p->theta floats in the plan's layout, padding
 * zero. NULL after a message. */
const float *import_weights(const struct plan *p, const struct named_arrays *from);
/* Reads what that file (NULL: there is none) and the spec give beside the weights. Returns false after a message when
 * something needed is missing. */
bool import_learnt(const struct plan *p, const char *path, struct learnt *out);

/* ---- weights_file.c: parameters as a file of their own, in the layout of the kernels */

const char *weights_image(const struct plan *p, const float *theta, size_t *size);

/* ---- update.ct */

int update_slots(const struct plan *p); /* the number of the optimiser's state arrays */

#endif
