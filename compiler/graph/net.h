/* net.h -- rung 2: the network as a typed graph. Nodes are the user's layers; ops are what the machine does.
 *
 * resolve (spec -> nodes), shape (shapes and parameters of nodes), lower (nodes -> FORWARD ops), hoist (max pooling
 * moves in front of bias and monotone activations), grad (BACKWARD, PREPARE and UPDATE ops), fuse (element-wise ops
 * join the epilogue of their producer). */
#ifndef CNNC_NET_H
#define CNNC_NET_H

#include "spec/spec.h"

/* Without the batch dimension: [28,28,1], [128,16], [10]. The last dimension is the channels (NHWC). rank < 0 is
 * poison: an error was reported where it arose, and whoever meets it stays silent. */
enum { MAX_RANK = 4 };
struct shape {
    int rank;
    int64_t dim[MAX_RANK];
};

enum role {
    ROLE_INPUT,      /* the network's input x */
    ROLE_TARGET,     /* what the loss compares with */
    ROLE_ACTIVATION, /* computed by FORWARD, an element a float */
    ROLE_GRADIENT,   /* d loss / d activation */
    ROLE_INDEX,      /* unsigned char an element: argmax of a pooling window, a dropout mask */
    ROLE_PARAM,      /* learned */
    ROLE_PARAM_GRAD, /* d loss / d parameter, one copy a chunk */
    ROLE_PREPARED    /* a parameter re-laid for some kernel, made once a step */
};

struct tensor {
    int id;           /* index in net->tensors */
    const char *name; /* unique C identifier in lower case: conv2d_1, d_conv2d_1, conv2d_1_kernel, ... */
    struct shape shape;
    enum role role;
    struct op *producer;    /* NULL for INPUT, TARGET, PARAM */
    struct tensor *view_of; /* same memory, other shape (Flatten); NULL otherwise */
    struct tensor *grad;    /* where its gradient stands after grad, NULL when none is needed */
    bool needs_grad;        /* a parameter feeds it */
    struct param *param;    /* PARAM, PARAM_GRAD, PREPARED */
};

enum param_kind {
    PARAM_CONV,      /* [kh,kw,in/groups,out]; Conv1D's file shape [k,in,out] is `shape` of the param */
    PARAM_DEPTHWISE, /* [kh,kw,in,multiplier]; the tensor is that of groups, [kh,kw,1,in*multiplier] */
    PARAM_DENSE,     /* [in,out] */
    PARAM_VECTOR     /* [n], n channels */
};

struct param {
    int id;
    const char *name; /* as files call it: "conv2d_1.kernel" */
    enum param_kind kind;
    struct shape shape; /* canonical, as in files */
    struct node *node;
    struct tensor *tensor;     /* those of convolutions always have rank 4 */
    struct tensor *input;      /* PARAM_DENSE: the layer's input (its memory may be padded per pixel) */
    const struct record *init; /* of initializers[], never NULL */
    struct bound *init_args;
    int64_t fan_in, fan_out;
    double l1, l2; /* penalty l1*sum|w| + l2*sum w^2 */
    bool frozen;   /* trainable=no: has a gradient, but is not updated, nor penalized */
};

/* A layer as the user wrote it. */
struct node {
    int id;
    int number;        /* among the layers of its class that have no label; from 0 */
    const char *name;  /* label, or lower-case type with Keras' numbering: conv2d, conv2d_1 */
    const char *ident; /* the same as a C identifier, unique */
    const struct layer *layer;
    const struct stmt *stmt;
    struct bound *args;
    struct node *input; /* NULL for Input */
    bool orphan;        /* the layer in front of it was lost to an error: nothing is known of its input */
    struct shape in, out;
    struct tensor *x, *y; /* set by lower; y is NULL when hoist did away with it */
    struct param *params[4];
    int n_params;
    int64_t macs; /* multiply-adds of one image, forward */
};

enum phase { PHASE_PREPARE, PHASE_FORWARD, PHASE_BACKWARD, PHASE_UPDATE };

/* name, phase, inputs, outputs. x: activation, w: weights, dy: gradient of the output. */
#define OPS(OP)                                                                                                        \
    OP(CONV, "conv", PHASE_FORWARD)                       /* x w -> y */                                               \
    OP(DENSE, "dense", PHASE_FORWARD)                     /* x w -> y */                                               \
    OP(BIAS, "bias", PHASE_FORWARD)                       /* x b -> y */                                               \
    OP(ACT, "act", PHASE_FORWARD)                         /* x -> y */                                                 \
    OP(SOFTMAX, "softmax", PHASE_FORWARD)                 /* x -> y, over the last dimension */                        \
    OP(MAXPOOL, "maxpool", PHASE_FORWARD)                 /* x -> y index */                                           \
    OP(AVGPOOL, "avgpool", PHASE_FORWARD)                 /* x -> y */                                                 \
    OP(VIEW, "view", PHASE_FORWARD)                       /* x -> y, same memory */                                    \
    OP(DROPOUT, "dropout", PHASE_FORWARD)                 /* x -> y index */                                           \
    OP(NOISE, "noise", PHASE_FORWARD)                     /* x -> y [factor]: y = x factor, or y = x + a draw */       \
    OP(PENALTY, "penalty", PHASE_FORWARD)                 /* x ->; adds l1*sum|x| + l2*sum x^2 to the loss */          \
    OP(LOSS, "loss", PHASE_BACKWARD)                      /* y (or logits) target -> dy */                             \
    OP(CONV_DATA, "conv_data", PHASE_BACKWARD)            /* dy wt -> dx */                                            \
    OP(CONV_WEIGHT, "conv_weight", PHASE_BACKWARD)        /* x dy -> dw */                                             \
    OP(DENSE_DATA, "dense_data", PHASE_BACKWARD)          /* dy wt -> dx */                                            \
    OP(DENSE_WEIGHT, "dense_weight", PHASE_BACKWARD)      /* x dy -> dw */                                             \
    OP(BIAS_GRAD, "bias_grad", PHASE_BACKWARD)            /* dy -> db */                                               \
    OP(ACT_GRAD, "act_grad", PHASE_BACKWARD)              /* dy s -> dx; s is y, or x where y does not tell (gelu) */  \
    OP(SOFTMAX_GRAD, "softmax_grad", PHASE_BACKWARD)      /* dy y -> dx */                                             \
    OP(MAXPOOL_GRAD, "maxpool_grad", PHASE_BACKWARD)      /* dy index -> dx */                                         \
    OP(AVGPOOL_GRAD, "avgpool_grad", PHASE_BACKWARD)      /* dy -> dx */                                               \
    OP(DROPOUT_GRAD, "dropout_grad", PHASE_BACKWARD)      /* dy index -> dx */                                         \
    OP(NOISE_GRAD, "noise_grad", PHASE_BACKWARD)          /* dy factor -> dx */                                        \
    OP(PENALTY_GRAD, "penalty_grad", PHASE_BACKWARD)      /* dy x -> dx = dy + l1*sign(x) + 2*l2*x */                  \
    OP(SUM, "sum", PHASE_BACKWARD)                        /* dy1 dy2 -> dx, where a tensor has two users */            \
    OP(CONV_TRANSFORM, "conv_transform", PHASE_PREPARE)   /* w -> wt for CONV, when the plan wants another form */     \
    OP(CONV_TRANSPOSE, "conv_transpose", PHASE_PREPARE)   /* w -> wt for CONV_DATA */                                  \
    OP(DENSE_TRANSPOSE, "dense_transpose", PHASE_PREPARE) /* w -> wt for DENSE_DATA */                                 \
    OP(UPDATE, "update", PHASE_UPDATE)                    /* w dw -> */

#define OP(id, name, phase) OP_##id,
enum opcode { OPS(OP) OP_COUNT };
#undef OP

enum { MAX_EPILOGUE = 4 };

struct window { /* of a convolution or a pooling; a sequence [n,c] is [1,n,c] with a window of height 1 */
    int64_t kh, kw, sh, sw, dh, dw; /* kernel, stride, dilation */
    int64_t pt, pb, pl, pr;         /* padding rows above, below, columns left, right */
    int64_t ih, iw, ic, oh, ow, oc; /* input and output plane */
    int64_t groups;
};

struct op {
    int id;
    enum opcode code;
    enum phase phase;
    struct node *node; /* whence it came: its name, its statement */
    struct tensor *in[3];
    int n_in;
    struct tensor *out[2];
    int n_out;
    /* attributes; each op uses what its line in OPS says */
    struct window win;         /* CONV*, *POOL* */
    const struct record *act;  /* ACT, ACT_GRAD: of activations[] */
    double alpha;              /* ACT, ACT_GRAD: slope of leaky_relu, scale of elu */
    double rate;               /* DROPOUT */
    double factor, shift;      /* DROPOUT: what is kept becomes x * factor + shift */
    double fill;               /* DROPOUT: what is dropped becomes this */
    bool channels;             /* DROPOUT: a draw for each channel of an image, not for each element */
    double deviation;          /* NOISE */
    int stream;                /* DROPOUT, NOISE: number of its random stream */
    double l1, l2;             /* PENALTY */
    const struct record *loss; /* LOSS: of losses[] */
    bool from_logits;          /* LOSS: in[0] is the input of the last softmax or sigmoid, which it includes */
    double delta;              /* LOSS: huber */
    double smoothing;          /* LOSS: label smoothing of the cross-entropies */
    /* fusion: `epilogue` is done by this op's kernel, in order, on its result before it is stored */
    struct op *epilogue[MAX_EPILOGUE];
    int n_epilogue;
    struct op *epilogue_of;
};

/* sections, bound; every pointer into the tables of sections*.c */
struct data_config;
struct train_config;
struct validate_config;
struct ensemble_config;

struct net {
    struct ctx *ctx;
    const char *name; /* a C identifier: `model`, else from the file's name */
    struct renamed {  /* what was asked for when that is another; why NULL: it is that */
        const char *from, *why;
        struct span at;
    } renamed;
    const char *file; /* base name of the spec, for the banner */
    VEC(struct node *) nodes;
    VEC(struct tensor *) tensors;
    VEC(struct op *) ops; /* in order of execution within a phase */
    VEC(struct param *) params;
    struct tensor *input, *output; /* output: what predict gives, after the last activation */
    struct tensor *target;
    struct data_config *data;         /* never NULL; defaults where the spec is silent */
    struct train_config *train;       /* never NULL */
    struct validate_config *validate; /* never NULL */
    struct ensemble_config *ensemble; /* never NULL */
    struct names *names;              /* of nodes and tensors */
    struct names *layer_names;        /* labels, and the names of the layers that have none; NULL before the first */
    uint64_t hash;                    /* net_hash, from lower */
};

/* ---- names.c: identifiers of the generated C */
struct names;
struct names *names_new(struct arena *a);          /* those that generated files call their own are taken */
struct names *names_none(struct arena *a);         /* an empty set, of whatever text */
bool names_add(struct names *s, const char *name); /* false: it was there */
/* `base` in lower case as a C identifier that is neither a keyword nor taken in this set; takes it. */
const char *names_take(struct names *s, const char *base);
struct model_name {
    const char *name; /* an identifier that C, C++, their libraries and the runtime do not know */
    const char *why;  /* it is not the name that was given: that one "is a word of C"; NULL: it is */
};
struct model_name model_name(struct arena *a, const char *name);
bool name_is_word(const char *name); /* [A-Za-z_][A-Za-z0-9_]*, at most 63 bytes */
/* names_known.c: is it known to C, C++ or their libraries, as a keyword, the stem of a header's name, or as what? NULL: it is not. */
bool name_is_keyword(const char *name);
bool name_is_header(const char *name);
const char *name_known_as(const char *name);
const char *snake_case(struct arena *a, const char *s); /* MaxPooling2D -> max_pooling2d, as Keras does it */

/* ---- net.c: making and looking */
struct net *net_new(struct ctx *c, const char *file);
struct tensor *net_tensor(struct net *n, const char *name, struct shape shape, enum role role); /* makes name unique */
struct op *net_op(struct net *n, enum opcode code, struct node *node); /* appended; phase from OPS */
void op_in(struct op *o, struct tensor *t);
void op_out(struct op *o, struct tensor *t); /* sets t->producer */
struct param *net_param(struct net *n, struct node *node, const char *suffix, enum param_kind kind, struct shape shape,
                        const struct bound *init, int64_t fan_in, int64_t fan_out);
struct net *net_copy(const struct net *n); /* the same tensors, and ops of its own: a plan may change those */
const char *op_name(enum opcode code);
int64_t shape_size(struct shape s);     /* product; checked when the shape was made: never overflows */
int64_t shape_channels(struct shape s); /* the last dimension */
bool shape_equal(struct shape a, struct shape b);
char *shape_print(struct ctx *c, struct shape s); /* "[26,26,32]" */
struct tensor *tensor_root(struct tensor *t);     /* follows view_of to the end */
int64_t op_macs(const struct op *o);              /* multiply-adds of one image: CONV*, DENSE*; 0 otherwise */
struct tensor *
op_result(const struct op *o); /* what its kernel stores: out[0] of the last op of its epilogue, else out[0] */
int64_t net_parameters(const struct net *n);
int64_t node_parameters(const struct node *n); /* of one layer */
int64_t net_frozen(const struct net *n);       /* of those with trainable=no */
int64_t net_macs(const struct net *n);         /* multiply-adds of one image, of all phases */
int *net_users(
    const struct net *n); /* by tensor id: how many ops read it; net->output is read once more, by the user */
void net_move_op(struct net *n, struct op *o, struct op *before);
const struct record *const *layer_family(void); /* layers[], seen as records */
/* The argument of that name among the bound ones: INTERNAL() when the record has none. */
const struct bound *record_arg(const struct record *r, const struct bound *args, const char *name);
const struct bound *record_arg_maybe(const struct record *r, const struct bound *args,
                                     const char *name); /* NULL then */
const struct bound *node_arg(const struct node *n, const char *name);

/* ---- print.c, verify.c, summary.c */
char *net_print(const struct net *n); /* for -d net, -d grad */
char *node_print(const struct net *n,
                 const struct node *o); /* "Conv2D 64 3x3 relu same", whatever the user's spelling */
/* "adam beta_1=0.9 beta_2=0.999": every argument that has a value, its default too, without the argument `but`. args NULL: defaults. */
char *record_print(struct ctx *c, const struct record *r, const struct bound *args, const char *but);
void net_verify(const struct net *n); /* INTERNAL() when an invariant is broken */
/* What only the plan knows, for the summary. Negative: not known. */
struct footprint {
    int64_t parameter_bytes, arena_bytes, flash_bytes;
    int64_t live_bytes; /* what the arena cannot be smaller than */
    int64_t prepared_bytes, ram_bytes;
};
char *summary_print(const struct net *n, const struct footprint *f); /* Keras' table; f may be NULL */

/* ---- objective.c: Keras' defaults where the spec names no loss; the loss and metrics must fit the output. Ends
 * infer_shapes. */
void objective_check(struct net *n);
void trainer_check(struct net *n);                      /* is there anything to train? Of a trainer's networks alone */
void objective_note(const struct net *n);               /* says which loss was chosen, and why */
const struct bound *class_weights(const struct net *n); /* of the loss; NULL: none */
void combinations_check(
    struct net *n); /* combinations.c: warns of endings, losses and metrics that do not belong together */

/* ---- outputs.c: what the outputs are. Behind infer_shapes, and when the loss is known. */
enum values { VALUES_NUMBERS, VALUES_PROBABILITIES, VALUES_LOGITS };
struct meaning { /* struct cnn_meaning says it to the runtime */
    enum values values;
    bool votes; /* an answer is the class of the largest output; otherwise each output says yes or no, or is a number */
    int64_t classes; /* a row is of one of so many, which its target tells; 0: of none */
};
struct meaning net_meaning(const struct net *n);
struct node *last_node(const struct net *n);
struct span place_of_loss(const struct net *n); /* where it is given, else of the last layer */
/* The layer that made the values of the output: pooling, Flatten, dropout and noise leave probabilities what they are. */
const struct node *value_maker(const struct net *n);
const struct record *last_activation(const struct net *n);  /* of that layer, NULL: none */
bool ends_in_probabilities(const struct net *n);            /* that is a softmax or a sigmoid */
bool loss_from_logits(const struct net *n);                 /* from_logits=yes was given */
const struct record *node_activation(const struct node *n); /* of activations[], NULL when the layer applies none */

/* ---- hash.c */
/* Of what the network computes and its parameters, from the ops that lower makes: checkpoints of another network are refused. */
uint64_t net_hash(const struct net *n);

/* ---- passes, in order. Each returns early, silently, when the net is already poisoned where it looks. */
struct net *resolve(struct ctx *c, const struct spec *s);
void name_note(const struct net *n); /* says that the model has another name in C than in the spec */
void infer_shapes(struct net *n);
void lower(struct net *n);
void hoist(struct net *n);
void strip(struct net *n);         /* for inference; instead of differentiate */
void strip_program(struct net *n); /* for a library */
void differentiate(struct net *n);
void fuse(struct net *n);

/* ---- tables (made by the build from the files of their folders) */
extern const struct layer *const layers[];       /* NULL-terminated; also a family: layer starts with its record */
extern const struct record *const activations[]; /* each is the `rec` of a struct activation */
extern const struct record *const initializers[];
extern const struct record *const regularizers[];
extern const struct record *const losses[];
extern const struct record *const optimizers[];
extern const struct record *const schedules[];
extern const struct record *const metrics[];        /* each is the `rec` of a struct metric */
extern const struct record *const meta_learners[];  /* sections_ensemble.c */
extern const struct record *const callbacks[];      /* those of train_words[] that act at the end of an epoch */
extern const struct record *const language_words[]; /* words.c */

struct activation {
    struct record rec; /* args: at most one, which becomes op->alpha */
    double alpha;      /* default of op->alpha for the word; the layer of that name may differ */
    bool monotone;     /* f(max(a,b)) == max(f(a),f(b)): may move behind max pooling */
    bool from_output;  /* the derivative can be told from y alone */
    bool zero_at_zero; /* f(0) == 0 */
    bool softmax;      /* not element-wise: lowers to SOFTMAX */
    bool probability;  /* values are from 0 to 1, and meant so */
    const char *range; /* of the values, in words; NULL: they are probabilities, or any numbers */
};
static inline const struct activation *activation_of(const struct record *r)
{
    return (const struct activation *)(const void *)r;
}

/* What a loss takes for a target; data are checked against it when they are opened. All targets are finite, as a float too. */
struct target_rule {
    bool bounded; /* each number is from low to high */
    double low, high;
    bool sum_to_one; /* the numbers of a row do: it is a distribution over classes */
};

struct loss {
    struct record rec;
    bool sparse; /* target is one class number an image, below that of outputs; else it has the output's shape */
    struct target_rule target; /* of a loss that is not sparse */
    const char *logits_of;     /* "softmax"/"sigmoid": computed from the logits when that is the last activation */
};
static inline const struct loss *loss_of(const struct record *r)
{
    return (const struct loss *)(const void *)r;
}
/* It takes a row to be of one class, and the outputs to stand for one each. */
static inline bool loss_votes(const struct loss *l)
{
    return l->sparse || l->target.sum_to_one;
}

struct metric {
    struct record rec;
    bool rises;  /* larger is better */
    bool counts; /* right and wrong answers, so there must be classes */
};
static inline const struct metric *metric_of(const struct record *r)
{
    return (const struct metric *)(const void *)r;
}

/* Words of the language that this version does not know yet: reports "'X' is not supported yet" and returns true. */
enum word_place { WORD_STATEMENT, WORD_DATA, WORD_TRAIN, WORD_OPTION };
bool unsupported(struct ctx *c, struct span at, enum word_place place, const char *name);
bool options_supported(struct ctx *c, const struct stmt *s); /* the same for all options of a statement */

/* ---- sections.c, sections_*.c: data, train, validate and ensemble, bound */
void section_defaults(struct net *n);
const struct record *const *section_words(const char *section); /* the statements that it may hold, or its methods */
void section_bind(struct net *n, const struct stmt *s);         /* s is one of them */
/* idx, csv, ...: each with those arguments of a source that it takes. Made for the reference. */
const struct record *const *source_formats(struct arena *a);
enum source_kind { SOURCE_NONE, SOURCE_IDX, SOURCE_NPY, SOURCE_CSV, SOURCE_NPZ, SOURCE_IMAGES };
struct data_source {
    enum source_kind kind;
    const char *x, *y,
        *weight;        /* files as written; CSV, NPZ: y and weight are columns or arrays of x. weight may be NULL */
    const char *inputs; /* NPZ: the array of the inputs */
    struct span span;
    /* CSV; NULL, 0: not given */
    const struct bound *targets; /* columns, the first of which is y */
    const struct bound *columns, *drop;
    char separator;
    const struct bound *header;
    const struct bound *missing; /* its number: of the words error, drop, mean */
};
/* A column of words: the input has one number for each of its values. */
struct data_category {
    const char *column;
    const struct value *values; /* a list; NULL: they come with the training rows, */
    int64_t n;                  /* and are so many */
    struct span span;
};
/* Which columns of all .csv files are inputs. */
struct data_table {
    const struct bound *columns, *drop; /* NULL: not given */
    struct data_category *categories;
    size_t n_categories;
    bool unseen_is_zero;
    struct span span; /* of `categories` */
};
/* How training images are varied, each by at most so much; all zero: not at all. */
struct augment {
    double shift, rotate, zoom, noise; /* pixels, degrees, factor 1 +- zoom, deviation */
    bool flip_x, flip_y;
    struct span span;
};

struct data_config {
    bool given;
    struct span span; /* of the word `data` */
    struct data_source train, validation, test;
    bool predict_images;            /* `predict` takes pictures, too */
    double scale;                   /* x * scale, then (x - mean) / std */
    const struct bound *mean, *std; /* one number, or one a channel, or the word `auto`; NULL: 0 and 1 */
    double validation_split;        /* fraction of the training rows, the last ones unless shuffled */
    bool split_shuffle, split_stratify;
    int64_t split_seed;
    struct augment augment;
    struct data_table table;
};
/* Libraries that a generated program needs beside those of all, for what its spec reads. */
enum { NEEDS_CSV = 1, NEEDS_IMAGES = 2 };
static inline unsigned data_needs(const struct data_config *d)
{
    const struct data_source *const sources[] = {&d->train, &d->validation, &d->test};
    unsigned needs = d->predict_images ? NEEDS_IMAGES : 0;
    for (int i = 0; i < 3; i++)
        needs |= sources[i]->kind == SOURCE_CSV ? NEEDS_CSV : sources[i]->kind == SOURCE_IMAGES ? NEEDS_IMAGES : 0;
    return needs;
}
/* What a callback watches. */
struct monitor_config {
    const char *word; /* as written: "val_loss" */
    struct span span;
    enum monitor_mode { MONITOR_AUTO, MONITOR_MIN, MONITOR_MAX } mode;
    const char *key; /* of the log, from monitors_check() */
    bool rises;      /* larger is better; likewise */
};
struct early_config {
    bool given, restore_best, has_baseline;
    struct monitor_config monitor;
    int64_t patience, start_from_epoch;
    double min_delta, baseline;
};
struct reduce_config {
    bool given;
    struct monitor_config monitor;
    int64_t patience, cooldown;
    double factor, min_delta, min_lr;
};
struct keep_config { /* when the checkpoint is written */
    bool best;
    struct monitor_config monitor; /* when best */
    int64_t every;                 /* epochs */
};
struct train_config {
    bool given;
    struct span span;      /* of the word `train` */
    const char *why_loss;  /* when it was not given: the reason for the default */
    struct span loss_span; /* of the loss, when it is given */
    const struct record *optimizer;
    struct bound *optimizer_args;
    const struct record *schedule; /* never NULL: constant when lr is a number */
    struct bound *schedule_args;
    struct span schedule_span;                   /* when it is given */
    double lr;                                   /* base rate */
    double clipnorm, clipvalue, global_clipnorm; /* 0: none */
    const struct record *loss;
    struct bound *loss_args;
    struct bound *metrics; /* each ->record in metrics[] */
    size_t n_metrics;
    int64_t epochs, batch, seed;
    struct span given_at[4]; /* epochs, batch, seed, shuffle */
    bool shuffle;
    const char *log_csv;    /* NULL: none */
    const char *checkpoint; /* NULL: none */
    struct early_config early;
    struct reduce_config reduce;
    struct keep_config keep;
};

/* How `crossval` divides the rows. */
struct validate_config {
    bool given, stratified, shuffle;
    struct span span, stratified_span; /* of the method's name, of that word */
    enum validate_kind { VALIDATE_KFOLD, VALIDATE_HOLDOUT, VALIDATE_LEAVE_ONE_OUT } kind;
    int64_t k, repeats, seed;
    double test; /* part of the rows */
};
void validate_check(struct net *n); /* do the network's loss and metrics suit it? */

/* Which networks `ensemble` trains. */
struct ensemble_config {
    bool given, hard;
    struct span span, members_span, combine_span; /* of the kind's name, of the values */
    enum ensemble_kind {
        ENSEMBLE_BAGGING,
        ENSEMBLE_VOTING,
        ENSEMBLE_SNAPSHOT,
        ENSEMBLE_BOOSTING,
        ENSEMBLE_STACKING
    } kind;
    int64_t members;
    const struct bound *weights; /* items: one a member; NULL: all count alike */
    double rate;                 /* of boosting */
    const struct bound *uses;    /* items: files of other networks; NULL: there are none */
    const struct record *meta;   /* of meta_learners[], of stacking; NULL: as the loss suggests */
    struct span meta_span;       /* when it is given */
    double l2;
    int64_t folds; /* of stacking */
};
void ensemble_check(struct net *n); /* likewise */

/* ---- monitors.c: the numbers of an epoch, and who watches them */
const char *metric_key(struct ctx *c, const struct bound *m); /* in the log: "accuracy", "top_k_5" */
bool net_penalized(const struct net *n);                      /* some regularizer adds to the loss */
void monitors_check(struct net *n);                           /* sets key and rises, or reports */

#endif
