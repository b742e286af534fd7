/* cnn.h -- the interface between a generated program and its runtime, libcnn. It is the only public header of the
 * runtime.
 *
 * A generated file defines functions for its network and describes them in one constant struct cnn_model; main()
 * hands that struct to cnn_main(). The runtime never allocates per step, never guesses a size, and knows the network
 * by this description alone.
 *
 * Words: a *step* is one update of the parameters from one *batch*; a batch is cut into *chunks* of `chunk` images
 * (the last may be shorter). A chunk is the unit of threads: each has its own gradient, and gradients are summed by a
 * binary tree over the numbers of the chunks (cnn_reduce), so the bits do not depend on which thread computed which
 * chunk. *theta* is the parameters in the layout that the kernels want; files hold them in Keras' layout, and struct
 * cnn_place maps one to the other.
 */
#ifndef CNN_H
#define CNN_H

#include <stddef.h>
#include <stdint.h>

#include "cnn_constraints.h"
#include "cnn_core.h"
#include "cnn_nets.h"
#include "cnn_rows.h"
#include "cnn_spectral.h"
#include "cnn_step.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CNN_ABI = 10 };

/* ---- tables about layers. Equal layers have equal rows, except for a number in the name and an offset, which
 *      grow by the same step from one layer to the next. Of `times` repetitions of `rows` elements a table holds only
 *      the first two, one after the other; the others follow from them. "goes on" in a comment below means that a
 *      field is such a name, number or offset. */

struct cnn_repeat {
    /* elements first .. first + rows * times - 1. A list of repeats is in ascending order and ends with times 0 */
    int first, rows, times;
};

/* ---- parameters */

enum cnn_init_kind {
    CNN_ZEROS,
    CNN_ONES,
    CNN_CONSTANT,         /* every element is a */
    CNN_GLOROT_UNIFORM,   /* uniform, within +-sqrt(6 / (fan_in + fan_out)) */
    CNN_GLOROT_NORMAL,    /* truncated normal, with sigma = sqrt(2 / (fan_in + fan_out)) / .87962566 */
    CNN_HE_UNIFORM,       /* uniform, within +-sqrt(6 / fan_in) */
    CNN_HE_NORMAL,        /* truncated normal, with sigma = sqrt(2 / fan_in) / .87962566 */
    CNN_LECUN_UNIFORM,    /* uniform, within +-sqrt(3 / fan_in) */
    CNN_LECUN_NORMAL,     /* truncated normal, with sigma = sqrt(1 / fan_in) / .87962566 */
    CNN_RANDOM_UNIFORM,   /* uniform in [a, b) */
    CNN_RANDOM_NORMAL,    /* normal, with mean a and sigma b */
    CNN_TRUNCATED_NORMAL, /* the same, drawn again beyond two sigmas */
    CNN_IDENTITY,         /* a where input and output are the same number, in the middle of a window; else 0 */
    /* orthogonal with gain a; the matrix is [product of all dimensions except the last, last dimension] */
    CNN_ORTHOGONAL
};

enum cnn_param_kind {
    CNN_WEIGHT,
    CNN_RUNNING /* a statistic of the data that training maintains, such as a moving mean: never trainable */
};

struct cnn_param {
    const char *name; /* "conv2d_1.kernel"; goes on */
    int rank;
    int64_t shape[CNN_RANK]; /* the canonical shape, as in files */
    enum cnn_init_kind init;
    double a, b; /* the arguments of init */
    int64_t fan_in, fan_out;
    double l1, l2; /* penalty l1 * sum|w| + l2 * sum w^2, added to the loss once a step */
    enum cnn_param_kind kind;
    int trainable; /* 0: frozen. It has no gradient, no optimiser state, and no update changes it */
};

struct cnn_place { /* where one parameter stands in theta (and in gradients and optimiser state) */
    /* in elements; size includes padding, which is always zero. The offset goes on */
    size_t offset, size;
    struct cnn_axis axis[CNN_RANK]; /* one for each dimension of cnn_param.shape */
};

/* ---- what `summary` and messages need */

struct cnn_layer {
    const char *name, *type; /* "conv2d_1", "Conv2D"; the name goes on */
    int rank;
    int64_t shape[CNN_RANK]; /* of the layer's output */
    int64_t parameters, macs;
};

/* ---- what `bench` needs */

enum cnn_phase { CNN_FORWARD, CNN_BACKWARD, CNN_PREPARE };

struct cnn_kernel {            /* a call of a kernel in a stretch or prepare() */
    int layer;                 /* the layer's number; goes on */
    const char *op, *strategy; /* as `cnnc -d plan` names them */
    enum cnn_phase phase;
    int64_t macs;  /* nominal multiply-adds of one image */
    double cycles; /* what the plan expects for one image; with PREPARE for one step */
};

struct cnn_bench { /* all zero when compiled with -DCNN_NO_BENCH */
    const struct cnn_kernel *kernels;
    int n_kernels;
    const struct cnn_repeat *repeats; /* of kernels; NULL: none */
    void (*prepare)(const float *theta, float *prepared, int part, int parts,
                    struct cnn_laps *laps); /* core.prepare that also measures laps */
    float (*peak)(int64_t rounds);          /* runs chains of multiply-adds */
    double round_flops;                     /* of one round of the chains */
    double cycle_flops;                     /* of one cycle at the peak, as the target's row says */
};

/* ---- the spec's data and train sections */

enum cnn_source_kind { CNN_NO_SOURCE, CNN_IDX, CNN_NPY, CNN_CSV, CNN_NPZ, CNN_IMAGES };
enum cnn_missing {
    CNN_MISSING_ERROR,
    CNN_MISSING_DROP,
    CNN_MISSING_MEAN
}; /* MEAN: the mean of the column in the training source is filled in */
struct cnn_source {
    enum cnn_source_kind kind;
    /* Files, which are looked for in --data-dir, with or without .gz. CSV: y is a column of the file x. NPZ: y is
     * an array in the file x. IMAGES: x is a folder that has a folder for each class. */
    const char *x, *y;
    const char *weight; /* like y, but for the weight of each row; NULL: all rows count alike */
    const char *inputs; /* NPZ: the name of the array of the inputs */
    /* Of a network with several inputs or outputs. IDX, NPY: the files of each input, of each target (NULL: it has
     * none), where x and y are the first ones. NPZ: the arrays; NULL: they are called as the ports are. */
    const char *const *each_x, *const *each_y;
    int n_each_x, n_each_y; /* how long these lists are */
    /* CSV */
    const char *const
        *targets; /* the columns of the targets when there are several, y first; NULL: y is the only one */
    int n_targets;
    char separator; /* the character between fields; 0: it is found in the first line */
    int headless;   /* 1: there is no line of names, and columns are called 1, 2, ... */
    enum cnn_missing missing;
};

/* A column of words. The input has one number for each word: 1 for the word of the row, 0 for the others. */
struct cnn_category {
    const char *column;
    const char *const *values; /* NULL: those of the training data, in the order of their bytes */
    int64_t n;
};

/* Which columns of .csv files are inputs. */
struct cnn_table {
    /* the inputs in this order; NULL: all columns except targets, weights and those of `drop` */
    const char *const *columns;
    int64_t n_columns;
    const char *const *drop;
    int64_t n_drop;
    const struct cnn_category *categories;
    int64_t n_categories;
    int unseen_is_zero; /* 1: a word that is no value of its category gives zeros only; 0: it is an error */
};

struct cnn_dataset;
struct cnn_error;
struct cnn_model;
/* Reads a source of one kind. train: the training data if they are loaded, else empty. */
typedef int cnn_source_loader(const struct cnn_model *m, const struct cnn_source *s, const char *dir,
                              const struct cnn_dataset *train, struct cnn_dataset *out, struct cnn_error *e);
cnn_source_loader cnn_csv_load; /* a program that mentions it needs libcsv */

struct cnn_image_loader {
    cnn_source_loader *folder;
    /* Reads inputs without targets: pictures from n files. */
    int (*files)(const struct cnn_model *m, const char *const *paths, int64_t n, struct cnn_dataset *out,
                 struct cnn_error *e);
};
extern const struct cnn_image_loader cnn_images; /* a program that mentions it needs libpng and libjpeg */

struct cnn_data {
    struct cnn_source train, validation, test;
    double scale, mean, std; /* x * scale, then (x - mean) / std */
    /* used instead: one number for each channel, the last axis of the input; NULL: not given */
    const double *means, *stds;
    int mean_auto, std_auto; /* computed from the training part, after scale */
    double validation_split; /* the part of the rows that validates: the last ones unless shuffled */
    int split_shuffle, split_stratify;
    uint64_t split_seed;
    struct cnn_augment augment;
    struct cnn_table table;
    cnn_source_loader *csv; /* cnn_csv_load when a source is CSV, else NULL */
    const struct cnn_image_loader
        *images; /* &cnn_images when a source is IMAGES or predict takes pictures, else NULL */
};

enum cnn_metric_kind {
    CNN_ACCURACY,
    CNN_TOP_K,
    CNN_MSE,
    CNN_MAE,
    CNN_RMSE,
    CNN_MAPE,
    CNN_MSLE,
    CNN_LOG_COSH,
    CNN_POISSON,
    CNN_HINGE,
    CNN_SQUARED_HINGE,
    CNN_CATEGORICAL_HINGE,
    CNN_BINARY_CROSSENTROPY,
    CNN_CATEGORICAL_CROSSENTROPY,
    CNN_KL_DIVERGENCE,
    CNN_COSINE_SIMILARITY,
    CNN_PEARSON_CORRELATION,
    CNN_CONCORDANCE_CORRELATION, /* the kinds up to here are means over the rows */
    CNN_PRECISION,
    CNN_RECALL,
    CNN_F1,
    CNN_AUC,
    CNN_FBETA,
    CNN_IOU,
    CNN_MEAN_IOU,
    CNN_BINARY_IOU,
    CNN_TRUE_POSITIVES,
    CNN_FALSE_POSITIVES,
    CNN_TRUE_NEGATIVES,
    CNN_FALSE_NEGATIVES,
    CNN_SENSITIVITY_AT_SPECIFICITY,
    CNN_SPECIFICITY_AT_SENSITIVITY,
    CNN_PRECISION_AT_RECALL,
    CNN_RECALL_AT_PRECISION,
    CNN_R2
};
enum cnn_average { CNN_MACRO, CNN_MICRO, CNN_WEIGHTED };
enum cnn_curve { CNN_ROC, CNN_PR };
enum cnn_summation { CNN_INTERPOLATION, CNN_MINORING, CNN_MAJORING };
struct cnn_metric {
    enum cnn_metric_kind kind;
    const char *name; /* key in the log and the progress line: "accuracy" */
    int output;       /* the number of its output; the metrics of an output follow one another */
    int k;            /* TOP_K; of what counts answers: the k largest outputs of one say yes; 0: the likeliest does */
    enum cnn_average average;
    double threshold;     /* of accuracy and what counts answers: a probability above it says yes */
    int thresholds;       /* AUC, *_AT_*: their number */
    double beta, least;   /* FBETA: how much more recall counts than precision; *_AT_*: what the other must reach */
    uint64_t of_classes;  /* IOU, BINARY_IOU: a bit for each class that counts; 0: all */
    enum cnn_curve curve; /* AUC */
    enum cnn_summation summation; /* AUC: the height of the curve between two thresholds */
    int only, ignored; /* 1 + a class: the one that counts alone, the one whose answers do not count; 0: none */
    int regressors;    /* R2: how many numbers the outputs were found by; 0: it is not adjusted */
};

/* ---- callbacks: each looks at one number of the log at the end of an epoch */

struct cnn_monitor {
    const char *key; /* key in the log, such as "val_loss"; NULL: there is no such callback */
    int rises;       /* 1: a larger number is better */
};

struct cnn_early_stopping {
    struct cnn_monitor monitor;
    int64_t patience, start_from_epoch; /* epochs */
    double min_delta, baseline;
    int has_baseline, restore_best; /* restore_best: the run ends with the weights of the best epoch */
};

struct cnn_reduce_lr {
    struct cnn_monitor monitor;
    int64_t patience, cooldown; /* epochs */
    double factor, min_delta, min_lr;
};

/* ---- ports: what goes into a network and comes out of it
 *
 * A port has `size` elements for each image, and its rows follow one another without gaps: [n][size]. Where one
 * pointer stands for the inputs (outputs, targets) of a chunk, it points to the rows of the first port. The rows
 * of the next port begin after the room that a whole chunk of the port before takes, at a multiple of 64 bytes. So
 * a network with one port of a kind takes a plain array, and kernels reach any port at a distance that is known
 * when the C is emitted. The runtime's readers fill one port of each kind, and cnn_main() refuses a network with
 * more. */

enum cnn_port_dtype {
    CNN_PORT_REAL, /* float; double in the reference */
    CNN_PORT_INT32 /* numbers of classes */
};

struct cnn_port {
    const char *name; /* of the layer: "input", "dense_1" */
    enum cnn_port_dtype dtype;
    int rank;
    /* of one image; rank 0: a single number. Targets that are class numbers have the shape of the output without its
     * last axis: one for each answer */
    int64_t shape[CNN_RANK];
    int64_t size; /* elements, the product */
};

struct cnn_target_rule { /* which targets the loss takes; all must be finite */
    int bounded;         /* each number is from low to high */
    double low, high;
    int whole;      /* targets are class numbers */
    int sum_to_one; /* the numbers of an answer sum to 1: it is a distribution over classes */
    int ignores;    /* `ignored` is taken, too: a label that counts for nothing */
    double ignored;
};

/* What the outputs mean. Everything that reads outputs asks this: metrics, answers, thresholds, ensembles, plots. */
enum cnn_values {
    CNN_NUMBERS,
    CNN_PROBABILITIES,
    CNN_LOGITS /* inputs of a softmax when they vote, else of a sigmoid for each */
};
struct cnn_meaning {
    enum cnn_values values;
    int votes; /* 1: an answer is the class of the largest output; 0: each output says yes or no, or is a number */
    int64_t classes; /* a row belongs to one of so many classes, and its target tells which; 0: it has no class */
};

struct cnn_output {
    struct cnn_port port;
    struct cnn_meaning meaning;
};

enum cnn_target_from {
    CNN_FROM_FILE,
    CNN_FROM_INPUT,  /* the targets of a row are an input of it, normalised; augmented, but without its noise */
    CNN_FROM_NOTHING /* the loss looks at the output alone; targets are zeros */
};

struct cnn_target {
    struct cnn_port port;
    int output;                   /* number of the output that the loss compares the target with */
    const char *loss;             /* its name, for messages; NULL: the output has none */
    double weight;                /* factor of this loss in the sum of all losses */
    struct cnn_target_rule takes; /* what the loss takes */
    enum cnn_target_from from;    /* of data that the spec or a command names */
    int input;                    /* FROM_INPUT: the number of that input */
};

struct cnn_train {
    const char *optimizer;                  /* its name, for messages */
    const char *loss_says, *optimizer_says; /* with all arguments except lr and class_weight */
    struct cnn_schedule schedule;
    const struct cnn_metric *metrics;
    int n_metrics;
    int64_t epochs, batch;
    uint64_t seed;
    int shuffle;
    const char *log_csv;    /* NULL: none */
    const char *checkpoint; /* NULL: none; written after every epoch */
    int penalized;          /* 1: some regularizer adds to the loss */
    struct cnn_early_stopping early_stopping;
    struct cnn_reduce_lr reduce_lr;
    /* with a key: the checkpoint is written only when this number is better than ever before */
    struct cnn_monitor checkpoint_best;
    int64_t checkpoint_every; /* epochs between two checkpoints; 0 is 1 */
    /* NULL, or for each class the factor of the losses of its rows in training */
    const double *class_weight;
    int class_weight_balanced;                /* the factor is rows / (classes * rows of the class) */
    int64_t accumulation;                     /* an update takes the mean gradient of so many batches; 0 is 1 */
    const struct cnn_constraint *constraints; /* what the parameters keep to behind each update */
    int n_constraints;
    const struct cnn_spectral *spectra; /* what is done to kernels in front of each step */
    int n_spectra;
    struct cnn_mixing mixing;
};

/* ---- the spec's validate section: how crossval divides the rows of the training source */

enum cnn_validate_kind { CNN_KFOLD, CNN_HOLDOUT, CNN_LEAVE_ONE_OUT };
struct cnn_validate {
    enum cnn_validate_kind kind;
    int64_t k, repeats; /* k: of KFOLD */
    double test;        /* HOLDOUT: the part of the rows that tests */
    int stratified;     /* 1: every class is divided in the same proportion */
    int shuffle;        /* 0: the order of the rows is kept */
    uint64_t seed;      /* of the shuffle */
};

/* ---- the spec's ensemble section: networks that answer together */

enum cnn_ensemble_kind { CNN_BAGGING, CNN_VOTING, CNN_SNAPSHOT, CNN_BOOSTING, CNN_STACKING };
enum cnn_combine {
    CNN_SOFT, /* the mean of the members' outputs */
    /* for each class the part of the members that answer it; with a single output the part of the members that say
     * yes, with an output above 0.5 */
    CNN_HARD,
    CNN_MEDIAN, /* the median of the members' outputs, each of which is one number */
    CNN_STACKED /* what a meta-learner makes of the members' outputs */
};
enum cnn_meta_kind { CNN_LOGISTIC, CNN_RIDGE };
struct cnn_ensemble {
    enum cnn_ensemble_kind kind;
    int64_t members;
    enum cnn_combine combine;
    const double *weights;   /* factors of the members' answers; NULL: all count alike */
    double rate;             /* BOOSTING: how much of what its rule says is applied */
    enum cnn_meta_kind meta; /* STACKING: the kind of its meta-learner */
    double l2;               /* STACKING: the penalty of the meta-learner */
    int64_t folds;           /* STACKING: the folds that give the answers from which the meta-learner learns */
    /* Networks other than the program's own, which has number 0. Member i has network i % (1 + n_others). */
    const struct cnn_model *const *others;
    int n_others;
};

/* ---- the spec's samples: sheets of pictures that show, while the network learns, what comes out */

struct cnn_samples {
    const char *file; /* .png; {epoch} in it stands for the number of the epoch */
    int64_t every;    /* epochs between two sheets */
    int64_t count;    /* pictures */
    int output;       /* the number of the output that is shown */
    int fed;          /* 1: its input is noise; 0: rows of the data, which are shown above what they give */
    /* the part of the network that makes the pictures, whose parameters are those of the same names; NULL: all of it */
    const struct cnn_model *network;
    double noise;     /* deviation of the noise, which is added to rows */
    double low, high; /* black and white; equal: the least and the most that is shown */
    uint64_t seed;    /* of the noise, which is the same in all epochs */
};

struct cnn_model {
    int abi;                 /* CNN_ABI */
    const char *name, *file; /* of the model; of the spec */
    const char *target;      /* "x86-64-v4" */
    /* features that the machine must have, as __builtin_cpu_supports names them: "avx512f avx512bw"; "": none */
    const char *cpu;
    int (*cpu_ok)(void); /* 0 when this machine lacks one of them */
    uint64_t hash;       /* of the layers; a checkpoint of another network is refused */

    const struct cnn_port *inputs;
    const struct cnn_output *outputs;
    const struct cnn_target *targets;
    int n_inputs, n_outputs, n_targets;

    const struct cnn_param *params;
    int n_params;
    const struct cnn_repeat *param_repeats; /* NULL: none */
    const struct cnn_layer *layers;
    int n_layers;
    int64_t step_macs;                      /* multiply-adds of one image, forward and backward */
    const struct cnn_repeat *layer_repeats; /* NULL: none; these are also the repeats of reference.trace */

    int chunk;   /* images of a chunk */
    int chunks;  /* chunks of a whole batch; each has a gradient buffer */
    int threads; /* the most that a step of training keeps busy; more would have no work, or not enough of it */
    struct cnn_core core;
    struct cnn_team team;
    struct cnn_crew crew;
    struct cnn_reference reference; /* without stretches when compiled with -DCNN_NO_REFERENCE */
    int reference_chunk;            /* the most images that its stretches and predict() take */

    /* state: `slots` arrays of core.trained floats, one after the other; named in checkpoints
     * "optimizer.<slot>.<param>" */
    int slots;
    const char *const *slot_names;
    /* Floats behind the slots, which every rank has, all of them 0 at first: `kept` lasts from step to step, the rest
     * is room to work in. Not 0: all threads share one copy of parameters and state. */
    size_t behind, kept;
    /* A slot that is called "average" holds running means of the parameters, which take their place at the end. */
    float state_init; /* first value of the state where the parameter has an element (Adagrad's accumulator) */
    /* phases of an update, with barriers between them; all but the last write only to grads[0] and, where there is
     * something behind the slots, to the part's state and to that */
    int update_phases;
    /* Sums the chunks' gradients as cnn_reduce() does (n_grads is 1 when that is done already), adds the penalties'
     * gradients, clips, decays, updates. Of b blocks of 16 elements, the last of which may be shorter, part p of n
     * parts is the blocks b * p / n .. b * (p + 1) / n - 1; ranks, and threads that fetch, depend on it. The last phase
     * changes theta and state there alone, and part 0 of block 0 the running statistics. */
    void (*update)(float *theta, float *state, float *const *grads, int n_grads, const struct cnn_update *u);
    struct cnn_of_batch of_batch; /* losses of the whole batch, in evaluation */
    const struct cnn_data *data;
    const struct cnn_train *train;
    const struct cnn_validate *validate; /* NULL: none */
    const struct cnn_ensemble *ensemble; /* NULL: none */
    const struct cnn_samples *samples;
    int n_samples;
    const struct cnn_nets *nets; /* of the program's own network: all of them; NULL: it is the only one */
    struct cnn_bench bench;
};

/* The floats of the optimiser's state, and of what stands behind its slots. */
static inline size_t cnn_optimizer_size(const struct cnn_model *m)
{
    return (size_t)m->slots * m->core.trained + m->behind;
}

/* The first port of each kind. A network that cnn_main() accepts has no other. */
static inline const struct cnn_port *cnn_input(const struct cnn_model *m)
{
    return &m->inputs[0];
}

static inline const struct cnn_port *cnn_output(const struct cnn_model *m)
{
    return &m->outputs[0].port;
}

static inline const struct cnn_meaning *cnn_meaning(const struct cnn_model *m)
{
    return &m->outputs[0].meaning;
}

static inline const struct cnn_target *cnn_target(const struct cnn_model *m)
{
    return &m->targets[0];
}

/* Tells whether targets are class numbers, one for each answer. */
static inline int cnn_is_sparse(const struct cnn_model *m)
{
    return m->targets[0].port.dtype == CNN_PORT_INT32;
}

/* The answers of an image: the outputs along the last axis are one. */
static inline int64_t cnn_answers(const struct cnn_model *m)
{
    return m->outputs[0].port.size / m->outputs[0].port.shape[m->outputs[0].port.rank - 1];
}

/* The elements of the target of an image. */
static inline int64_t cnn_target_size(const struct cnn_model *m)
{
    return cnn_is_sparse(m) ? cnn_answers(m) : m->outputs[0].port.size;
}

/* Runs the command line of a generated program; returns its exit status. */
int cnn_main(int argc, char **argv, const struct cnn_model *model);

/* ---- for the library face of a generated program. Errors: 0 is success, -1 failure with a message on stderr. */
void cnn_init_theta(const struct cnn_model *m, float *theta, float *state, uint64_t seed);
int cnn_load_weights(const struct cnn_model *m, float *theta, const char *path); /* .safetensors or .npz */
int cnn_save_weights(const struct cnn_model *m, const float *theta, const char *path);
/* The same, with the mean and std of each channel. Both are NULL unless the spec's `normalize` leaves them to be
 * fitted. std 0: not known. */
int cnn_load_learnt(const struct cnn_model *m, float *theta, double *mean, double *std, const char *path);
int cnn_save_learnt(const struct cnn_model *m, const float *theta, const double *mean, const double *std,
                    const char *path);
/* Normalises n inputs with this mean and std or, where these are NULL, as the spec says. -1: they are not known. */
int cnn_normalize_rows(const struct cnn_model *m, const double *mean, const double *std, const float *raw, float *x,
                       int n);
/* The same for input number `port` of several, as the spec says. */
int cnn_normalize_port(const struct cnn_model *m, int port, const float *raw, float *x, int n);
/* Checks that a step can be made from n images with these targets. */
int cnn_check_batch(const struct cnn_model *m, const void *target, int n);
/* The same for the targets of several outputs, in their order. NULL where a target is the first input, or nothing. */
int cnn_check_ports(const struct cnn_model *m, const void *const *inputs, const void *const *targets, int n);
/* cnn_step.share of a batch of n images with these labels. */
double cnn_share(const struct cnn_model *m, const int32_t *target, int n);
double cnn_penalty(const struct cnn_model *m, const float *theta); /* the sum of all kernel and bias regularizers */
/* Part `part` of `parts` of what n constraints do to theta, or n divisions of kernels; any split: the same bits. */
void cnn_constrain(const struct cnn_constraint *all, int n, float *theta, int part, int parts);
void cnn_normalize_spectra(const struct cnn_spectral *all, int n, float *theta, int part, int parts);
double cnn_learning_rate(const struct cnn_schedule *s, int64_t step, int64_t total_steps); /* step from 0 */

/* For begin <= i < end, sum[i] becomes the sum of chunks[0 .. n)[i]. A binary tree, which depends on n alone,
 * gives the order: one half is the largest power of two of chunks that is less than n, the other half is the rest,
 * and so on. So the chunks j * 2^k .. (j + 1) * 2^k - 1, or as many of them as there are, may be summed first, by
 * any thread, and then stand for one chunk. sum may be chunks[0]. 1 <= n. */
void cnn_reduce(float *sum, float *const *chunks, int n, size_t begin, size_t end);
/* The same of doubles. */
void cnn_reduce_doubles(double *sum, double *const *chunks, int n, size_t begin, size_t end);

/* Uniform bits from a counter (Philox4x32-10), for the dropout masks of generated code. The order of calls does
 * not change them. */
void cnn_random4(uint64_t key, uint64_t counter_lo, uint64_t counter_hi, uint32_t out[4]);
/* Draws from a standard normal distribution, for the noise of generated code. They are made from the words of 16
 * calls of cnn_random4(), counter_hi .. counter_hi + 15: first those from word 0 of each call, then those from
 * words 1, 2, 3. */
void cnn_normals(uint64_t key, uint64_t counter_lo, uint64_t counter_hi, double out[CNN_NORMALS]);

#ifdef __cplusplus
}
#endif
#endif
