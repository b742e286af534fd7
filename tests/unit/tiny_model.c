/* tiny_model.c -- a network described to the runtime by hand, as generated code describes its own: an example that
 * specifies struct cnn_model. The fast core pads 3 outputs to a vector of 8 lanes, the reference core pads
 * nothing. The optimiser is Adam, in two phases so that barriers between phases have a test. Tests include this
 * file.
 */
#include <math.h>
#include <string.h>

#include "cnn.h"

enum { X_N = 4, H_N = 8, Y_N = 3, V = 8, CHUNK = 4, BATCH = 16 };
#define ACTIVITY_L1 1e-4

#define REAL    float
#define NAME(x) fast_##x
#define LD      V
#include "tiny_core.h"
#undef REAL
#undef NAME
#undef LD

#define REAL    double
#define NAME(x) ref_##x
#define LD      Y_N
#include "tiny_core.h"
#undef REAL
#undef NAME
#undef LD

static const struct cnn_param tiny_params[] = {
    {"dense.kernel", 2, {X_N, H_N}, CNN_GLOROT_UNIFORM, 0, 0, X_N, H_N, 0, 1e-3, CNN_WEIGHT, 1},
    {"dense.bias", 1, {H_N}, CNN_ZEROS, 0, 0, X_N, H_N, 0, 0, CNN_WEIGHT, 1},
    {"out.kernel", 2, {H_N, Y_N}, CNN_GLOROT_UNIFORM, 0, 0, H_N, Y_N, 1e-4, 0, CNN_WEIGHT, 1},
    {"out.bias", 1, {Y_N}, CNN_ZEROS, 0, 0, H_N, Y_N, 0, 0, CNN_WEIGHT, 1},
};

static float penalty_slope(size_t i, float w)
{
    if (i < fast_B0)
        return 2 * 1e-3f * w;
    if (i >= fast_W1 && i < fast_B1)
        return 1e-4f * (float)((w > 0) - (w < 0));
    return 0;
}

/* Phase 0 sums the chunks' gradients, in their order, into the first; phase 1 is Adam. */
static void tiny_update(float *theta, float *state, float *const *grads, int n_grads, const struct cnn_update *u)
{
    const size_t block = 16, blocks = (fast_THETA + block - 1) / block;
    const size_t first = blocks * (size_t)u->part / (size_t)u->parts * block;
    const size_t past = blocks * ((size_t)u->part + 1) / (size_t)u->parts * block;
    const size_t end = past < fast_THETA ? past : fast_THETA;
    float *m = state, *v = state + fast_THETA;
    float alpha = (float)(u->lr * sqrt(1 - pow(0.999, (double)u->t)) / (1 - pow(0.9, (double)u->t)));
    for (size_t i = first; i < end; i++) {
        if (u->phase == 0) {
            for (int c = 1; c < n_grads; c++)
                grads[0][i] += grads[c][i];
            continue;
        }
        float g = grads[0][i] + penalty_slope(i, theta[i]);
        m[i] += (g - m[i]) * 0.1f;
        v[i] += (g * g - v[i]) * 0.001f;
        theta[i] -= alpha * m[i] / (sqrtf(v[i]) + 1e-7f);
    }
}

static int any_cpu(void)
{
    return 1;
}

static const struct cnn_layer tiny_layers[] = {
    {"dense", "Dense", 1, {H_N}, X_N *H_N + H_N, X_N *H_N},
    {"dropout", "Dropout", 1, {H_N}, 0, 0},
    {"out", "Dense", 1, {Y_N}, H_N *Y_N + Y_N, H_N *Y_N},
};
static const int64_t tiny_trace[] = {ref_H, ref_D, ref_Z}, tiny_trace_size[] = {H_N, H_N, Y_N};
static const char *const tiny_slots[] = {"m", "v"};
static const struct cnn_metric tiny_metrics[] = {{.kind = CNN_ACCURACY, .name = "accuracy", .threshold = 0.5},
                                                 {.kind = CNN_TOP_K, .name = "top_k", .k = 2}};
static const struct cnn_data tiny_data = {
    .train = {.kind = CNN_NPY, .x = "train-x.npy", .y = "train-y.npy"},
    .test = {.kind = CNN_NPY, .x = "test-x.npy", .y = "test-y.npy"},
    .scale = 1,
    .std = 1,
    .validation_split = 0.1,
};
static const struct cnn_train tiny_train = {
    .optimizer = "adam",
    .loss_says = "sparse_categorical_crossentropy from_logits=no",
    .optimizer_says = "adam beta_1=0.9 beta_2=0.999",
    .schedule = {.kind = CNN_LR_COSINE, .lr = 0.01, .alpha = 0.1, .warmup = 4},
    .metrics = tiny_metrics,
    .n_metrics = 2,
    .epochs = 3,
    .batch = BATCH,
    .seed = 1,
    .shuffle = 1,
};

static const struct cnn_port tiny_input = {"input", CNN_PORT_REAL, 1, {X_N}, X_N};
static const struct cnn_output tiny_output = {{"out", CNN_PORT_REAL, 1, {Y_N}, Y_N}, {CNN_PROBABILITIES, 1, Y_N}};
static const struct cnn_target tiny_target = {
    .port = {"out", CNN_PORT_INT32, 0, {0}, 1},
    .loss = "sparse_categorical_crossentropy",
    .weight = 1,
    .takes = {1, 0, Y_N - 1, 1, 0, 0, 0},
};

static const struct cnn_core_stretch fast_stretch = {.chunk = fast_chunk};
static const struct cnn_reference_stretch ref_stretch = {.chunk = ref_chunk};

const struct cnn_model tiny_model = {
    .abi = CNN_ABI,
    .name = "tiny",
    .file = "tiny.net",
    .target = "plain",
    .cpu = "",
    .cpu_ok = any_cpu,
    .hash = 0x7469796e,
    .inputs = &tiny_input,
    .outputs = &tiny_output,
    .targets = &tiny_target,
    .n_inputs = 1,
    .n_outputs = 1,
    .n_targets = 1,
    .params = tiny_params,
    .n_params = 4,
    .layers = tiny_layers,
    .n_layers = 3,
    .chunk = CHUNK,
    .chunks = BATCH / CHUNK,
    .core = {fast_THETA, fast_THETA, fast_THETA, Y_N *H_N, fast_SCRATCH, fast_place, fast_prepare, fast_predict,
             &fast_stretch, 1, NULL, NULL},
    .reference = {ref_THETA, ref_THETA, ref_THETA, Y_N *H_N, ref_SCRATCH, ref_place, ref_prepare, ref_predict,
                  &ref_stretch, 1, tiny_trace, tiny_trace_size},
    .reference_chunk = CHUNK,
    .slots = 2,
    .slot_names = tiny_slots,
    .update_phases = 2,
    .update = tiny_update,
    .data = &tiny_data,
    .train = &tiny_train,
};
