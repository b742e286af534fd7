/* training.h -- rung 3: what a spec says beside its layers (data, train, validate, ensemble), bound to structs, with Keras' defaults,
 * and whether it fits the network whose shapes are known. Reports to the user; appends no op and looks at no plan.
 * The statements stand in tables (sections_*.c), which the reference prints. */
#ifndef CNNC_TRAINING_H
#define CNNC_TRAINING_H

#include "catalog/catalog.h"
#include "graph/net.h"

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

extern const struct record *const meta_learners[]; /* sections_ensemble.c */
extern const struct record *const callbacks[];     /* those of train_words[] that act at the end of an epoch */

/* ---- objective.c: Keras' defaults where the spec names no loss; the loss and metrics must fit the output. The
 * pass behind infer_shapes. */
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
struct span place_of_loss(const struct net *n); /* where it is given, else of the last layer */
/* The layer that made the values of the output: pooling, Flatten, dropout and noise leave probabilities what they are. */
const struct node *value_maker(const struct net *n);
const struct record *last_activation(const struct net *n);  /* of that layer, NULL: none */
bool ends_in_probabilities(const struct net *n);            /* that is a softmax or a sigmoid */
bool loss_from_logits(const struct net *n);                 /* from_logits=yes was given */
const struct record *node_activation(const struct node *n); /* of activations[], NULL when the layer applies none */

/* ---- uses.c: the other networks of an ensemble */
/* The layers of the file that `use` names, with the sections `data` and `train` of s; NULL after an error. */
const struct spec *use_spec(struct ctx *c, const struct spec *s, const struct bound *use);
/* Reports where input or output of the network that `use` names are not those of n. */
void use_check(const struct net *n, const struct net *other, const struct bound *use);

#endif
