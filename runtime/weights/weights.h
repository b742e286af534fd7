/* weights.h -- parameters: first values, files that hold them, and their places. Files have them as Keras does
 * (canonical); theta has them as the kernels want them. Nothing here knows what a run is or how to train:
 * checkpoints belong to train/. */
#ifndef CNN_WEIGHTS_H
#define CNN_WEIGHTS_H

#include "beside.h"
#include "cnn.h"
#include "files.h"

/* ---- rows.c: the elements of tables whose rows repeat (struct cnn_repeat) */

struct cnn_name {
    char text[128];
};

/* The row of the table that describes parameter k, layer i, or kernel i of `bench`. The name and the layer number
 * in the row are those of the first element that it stands for; the functions below count on from there. */
const struct cnn_param *cnn_param(const struct cnn_model *m, int k);
const struct cnn_layer *cnn_layer(const struct cnn_model *m, int i);
const struct cnn_dealt *cnn_team_dealt(const struct cnn_team *team, int i); /* kernel i of those that are dealt */
const struct cnn_kernel *cnn_kernel(const struct cnn_model *m, int i);

/* The values that count on. A name that is in no table is written to *room. place: the table of a core of m. */
const char *cnn_param_name(const struct cnn_model *m, int k, struct cnn_name *room);
const char *cnn_layer_name(const struct cnn_model *m, int i, struct cnn_name *room);
int cnn_kernel_layer(const struct cnn_model *m, int i);
struct cnn_place cnn_place(const struct cnn_model *m, const struct cnn_place *place, int k);
/* offset of a layer's output in the reference core, or -1 */
int64_t cnn_trace(const struct cnn_model *m, int i);
int64_t cnn_trace_size(const struct cnn_model *m, int i); /* elements of that output for one image */

/* ---- params.c: parameters between files and theta */

int64_t cnn_param_count(const struct cnn_param *p); /* the number of canonical elements, without padding */
/* The index in theta of canonical element i (C order). */
size_t cnn_place_of(const struct cnn_param *p, const struct cnn_place *at, int64_t i);

/* Copies one parameter out of theta (or out of a gradient, or a slot of state). */
void cnn_param_get(const struct cnn_param *p, const struct cnn_place *at, const float *theta, float *canonical);
/* Converts theta of the fast core to theta of the reference core, with padding set to zero. */
void cnn_theta_to_reference(const struct cnn_model *m, const float *theta, double *reference);

/* Adds one canonical float32 array for each parameter, named prefix + name; the prefix is "" for weights. Any
 * array of core.theta floats can be given as theta. */
int cnn_params_export(const struct cnn_model *m, const float *theta, const char *prefix, struct cnn_tensors *out,
                      struct cnn_error *e);
/* The reverse. Every parameter must be there with its shape, float32 or float64; otherwise theta is not touched.
 * `path` is for messages. When cnn_params_check succeeds, import will succeed too. */
int cnn_params_check(const struct cnn_model *m, const struct cnn_tensors *in, const char *prefix, const char *path,
                     struct cnn_error *e);
int cnn_params_import(const struct cnn_model *m, const struct cnn_tensors *in, const char *prefix, const char *path,
                      float *theta, struct cnn_error *e);
/* The same for parameter k only. */
int cnn_param_import(const struct cnn_model *m, int k, const struct cnn_tensors *in, const char *path, float *theta,
                     struct cnn_error *e);
int cnn_param_export(const struct cnn_model *m, int k, const float *theta, const char *prefix, struct cnn_tensors *out,
                     struct cnn_error *e);
/* Where a parameter lies in two networks. */
struct cnn_map {
    const struct cnn_param *p, *q;
    struct cnn_place from, to;
    int alike;
    size_t n; /* elements; where they lie alike, with padding */
};
struct cnn_map cnn_param_map(const struct cnn_model *from, int k, const struct cnn_model *to, int other);
/* y += rate * (x - y), from element `first` to `end` of the map's; rate 1 copies. Elements do not depend on others, so
 * threads may share them. */
void cnn_param_move(const struct cnn_map *m, const float *x, float *y, size_t first, size_t end, float rate);
/* Copies a parameter to the one with the number `other` of another network, which has its shape. */
void cnn_param_copy(const struct cnn_model *from, int k, const float *theta, const struct cnn_model *to, int other,
                    float *copy);
int cnn_find_param(const struct cnn_model *m, const char *name); /* its number; -1: there is none */
/* Likewise, also of the other networks of a program with several models. */
int cnn_is_param(const struct cnn_model *m, const char *name);
/* The same for a slot of the optimiser's state, which is core.trained floats; a prefix is "optimizer.momentum.",
 * for example. Frozen parameters have no state, and state that a file holds for them is ignored. */
int cnn_state_export(const struct cnn_model *m, const float *state, const char *prefix, struct cnn_tensors *out,
                     struct cnn_error *e);
int cnn_state_import(const struct cnn_model *m, const struct cnn_tensors *in, const char *prefix, const char *path,
                     float *state, struct cnn_error *e);
/* The slot that holds running means of the parameters; NULL: there is none. */
const float *cnn_averages(const struct cnn_model *m, const float *state);
size_t
cnn_kept_at(const struct cnn_model *m); /* where the state has it that is of whole parameters: behind the slots */
/* What the optimiser keeps of whole parameters, in an array of that name; nothing where it keeps
 * nothing. */
int cnn_kept_export(const struct cnn_model *m, const float *state, const char *name, struct cnn_tensors *out,
                    struct cnn_error *e);
int cnn_kept_import(const struct cnn_model *m, const struct cnn_tensors *in, const char *name, const char *path,
                    float *state, struct cnn_error *e);
/* A tensor that is neither a parameter nor state beside them (cnn_tensor_is_state) is an error. */
int cnn_params_no_others(const struct cnn_model *m, const struct cnn_tensors *in, const char *path,
                         struct cnn_error *e);

/* cnn_load_weights and cnn_save_weights with the message in *e. beside: what is stored with the weights, or NULL.
 * In an .npz only what the spec does not say is stored. */
int cnn_weights_read(const struct cnn_model *m, float *theta, const char *path, struct cnn_error *e);
int cnn_weights_write(const struct cnn_model *m, const float *theta, const struct cnn_beside *beside, const char *path,
                      struct cnn_error *e);

/* The same of parameters that the tensors have already. */
int cnn_weights_write_tensors(const struct cnn_model *m, struct cnn_tensors *t, const struct cnn_beside *beside,
                              const char *path, struct cnn_error *e);

/* ---- transfer.c: weights of another network */

/* Takes the parameters whose names and shapes the file has; what does not fit is listed on stderr. It is an error
 * when none fits. */
int cnn_weights_transfer(const struct cnn_model *m, float *theta, const char *path, struct cnn_error *e);

/* The same for a model of several, from a file that has its parameters with or without its name in front. */
int cnn_weights_transfer_model(const struct cnn_model *m, const char *model, float *theta, const char *path,
                               struct cnn_error *e);

/* ---- network.c: which network a file belongs to, by its hash */

int cnn_network_add(uint64_t hash, struct cnn_tensors *t, struct cnn_error *e);
/* A file of an old version, whose hash is of the words of the spec, passes with a warning, because the arrays are
 * checked anyway. what: the kind of file for messages, "a checkpoint". */
int cnn_network_check(const struct cnn_model *m, uint64_t hash, const struct cnn_tensors *t, const char *path,
                      const char *what, struct cnn_error *e);

/* ---- paths.c: names of files of weights */

int cnn_has_writable_name(const char *path, struct cnn_error *e); /* -1: neither .safetensors nor .npz */
int cnn_is_npz(const char *path);
int cnn_has_npy_name(const char *path, struct cnn_error *e);
int cnn_file_can_be_written(const char *path, struct cnn_error *e);

#endif
