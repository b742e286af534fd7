/* params.h -- parameters between files (canonical, Keras' layout) and theta (the kernels' layout). */
#ifndef CNN_PARAMS_H
#define CNN_PARAMS_H

#include "beside.h"
#include "cnn.h"
#include "files.h"
#include "weights/rows.h"

int64_t cnn_param_count(const struct cnn_param *p); /* canonical elements, without padding */
/* Where canonical element i (C order) stands in theta. */
size_t cnn_place_of(const struct cnn_param *p, const struct cnn_place *at, int64_t i);

/* One parameter out of theta (or a gradient, or a slot of state). */
void cnn_param_get(const struct cnn_param *p, const struct cnn_place *at, const float *theta, float *canonical);
/* theta of the fast core as theta of the reference core; its padding becomes zero. */
void cnn_theta_to_reference(const struct cnn_model *m, const float *theta, double *reference);

/* Adds one canonical float32 array a parameter, named prefix + name: "" for weights, "optimizer.m." for a slot of
 * state, any array of core.theta floats goes. */
int cnn_params_export(const struct cnn_model *m, const float *theta, const char *prefix, struct cnn_tensors *out,
                      struct cnn_error *e);
/* The reverse. Every parameter must be there with its shape, float32 or float64; otherwise theta is not touched. `path`
 * is for messages. check alone promises that import will succeed. */
int cnn_params_check(const struct cnn_model *m, const struct cnn_tensors *in, const char *prefix, const char *path,
                     struct cnn_error *e);
int cnn_params_import(const struct cnn_model *m, const struct cnn_tensors *in, const char *prefix, const char *path,
                      float *theta, struct cnn_error *e);
/* A tensor that is neither a parameter nor state beside them (cnn_tensor_is_state) is an error. */
int cnn_params_no_others(const struct cnn_model *m, const struct cnn_tensors *in, const char *path,
                         struct cnn_error *e);

/* cnn_load_weights and cnn_save_weights with the message in *e. beside: what goes with them, or NULL. In an .npz that is only what
 * the spec does not say. */
int cnn_weights_read(const struct cnn_model *m, float *theta, const char *path, struct cnn_error *e);
int cnn_weights_write(const struct cnn_model *m, const float *theta, const struct cnn_beside *beside, const char *path,
                      struct cnn_error *e);

#endif
