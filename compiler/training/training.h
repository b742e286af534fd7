/* training.h -- rung 3: what a spec has beside its layers (data, train, validate, ensemble), bound to structs, with the
 * defaults of Keras, and checks that it fits the network once shapes are known. This room reports to the user; it
 * appends no op and knows no plan. The statements are in tables (sections_*.c), which the reference prints. */
#ifndef CNNC_TRAINING_H
#define CNNC_TRAINING_H

#include "catalog/catalog.h"
#include "graph/net.h"

/* For words of the language that this version does not know yet: reports "'X' is not supported yet" and returns
 * true. */
enum word_place { WORD_STATEMENT, WORD_DATA, WORD_TRAIN, WORD_STEP };
bool unsupported(struct ctx *c, struct span at, enum word_place place, const char *name);

/* ---- sections.c, sections_*.c: data, train, validate and ensemble, bound */
void section_defaults(struct net *n);
/* the statements that the section may hold, or its methods */
const struct record *const *section_words(const char *section);
void section_bind(struct net *n, const struct stmt *s); /* s is one of them */
/* idx, csv, ...: each with the arguments of a source that it takes. The reference prints them. */
const struct record *const *source_formats(struct arena *a);
enum source_kind { SOURCE_NONE, SOURCE_IDX, SOURCE_NPY, SOURCE_CSV, SOURCE_NPZ, SOURCE_IMAGES };
struct data_source {
    enum source_kind kind;
    /* files as written; for CSV and NPZ, y and weight are columns or arrays of x. weight may be NULL */
    const char *x, *y, *weight;
    const char *inputs; /* NPZ: the array of the inputs */
    /* IDX, NPY: the files of the inputs and of the targets; NPZ: the arrays. NULL: not given */
    const struct bound *each_x, *each_y;
    const struct bound *own_target; /* target=input: a row's target is its input; NULL: it is not */
    struct span span;
    /* CSV; NULL, 0: not given */
    const struct bound *targets; /* columns, of all outputs; y is the first of them */
    const struct bound *columns, *drop;
    char separator;
    const struct bound *header;
    const struct bound *missing; /* the number tells which of the words error, drop, mean */
};
/* A column of words; the input has one number for each value of the column. */
struct data_category {
    const char *column;
    const struct value *values; /* a list; NULL: they come from the training rows, */
    int64_t n;                  /* and this is their count */
    struct span span;
};
/* The columns that are inputs, in all .csv files. */
struct data_table {
    const struct bound *columns, *drop; /* NULL: not given */
    struct data_category *categories;
    size_t n_categories;
    bool unseen_is_zero;
    struct span span; /* of `categories` */
};
/* How training images are varied; each number is the largest change. All zero: no variation. */
struct augment {
    double shift, rotate, zoom, noise; /* in pixels; in degrees; by a factor of 1 +- zoom; standard deviation */
    bool flip_x, flip_y;
    struct span span;
};

struct data_config {
    bool given;
    struct span span; /* of the word `data` */
    struct data_source train, validation, test;
    bool predict_images;            /* `predict` takes pictures, too */
    double scale;                   /* x * scale, then (x - mean) / std */
    const struct bound *mean, *std; /* one number, or one for each channel, or the word `auto`; NULL: 0 and 1 */
    double validation_split;        /* fraction of the training rows, the last ones unless shuffled */
    bool split_shuffle, split_stratify;
    int64_t split_seed;
    struct augment augment;
    struct data_table table;
};
/* Libraries that a generated program needs beside the common ones, for the files that its spec reads. */
enum { NEEDS_CSV = 1, NEEDS_IMAGES = 2 };
static inline unsigned data_needs(const struct data_config *d)
{
    const struct data_source *const sources[] = {&d->train, &d->validation, &d->test};
    unsigned needs = d->predict_images ? NEEDS_IMAGES : 0;
    for (int i = 0; i < 3; i++)
        needs |= sources[i]->kind == SOURCE_CSV ? NEEDS_CSV : sources[i]->kind == SOURCE_IMAGES ? NEEDS_IMAGES : 0;
    return needs;
}
/* The number that a callback watches. */
struct monitor_config {
    const char *word; /* as written: "val_loss" */
    struct span span;
    enum monitor_mode { MONITOR_AUTO, MONITOR_MIN, MONITOR_MAX } mode;
    const char *key; /* the key in the log, set by monitors_check() */
    bool rises;      /* larger is better; set there, too */
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
struct keep_config { /* tells when the checkpoint is written */
    bool best;
    struct monitor_config monitor; /* when best */
    int64_t every;                 /* epochs */
};
/* Where the targets of an output come from. */
enum target_from {
    TARGET_FROM_FILE,
    TARGET_FROM_INPUT,  /* target=input: they are an input, normalised */
    TARGET_FROM_NOTHING /* the loss is a formula of the output alone */
};
/* What is made small at one output. */
struct goal {
    const struct record *loss;
    struct bound *args;
    struct span span;       /* of its name; 0, 0: it was not given */
    const char *why;        /* the reason for the default, if it was not given */
    const struct bound *on; /* the label of the output, as given; NULL: every output without a loss of its own */
    double weight;          /* factor of the loss in the sum of all */
    enum target_from from;  /* targets_match() sets it, */
    size_t input;           /* and which input, of FROM_INPUT */
};
enum { MOST_METRICS = 30, MOST_PORTS = 16 }; /* as many as a program counts; inputs or outputs that it has */
/* What one `metrics` counts. */
struct metrics_line {
    const struct bound *metrics; /* items */
    const struct bound *on;      /* the label of the output; NULL: every output */
};
/* A sheet of pictures that is drawn while the network learns. */
struct samples_config {
    const char *file;
    struct span span;              /* of the word `samples` */
    const struct bound *of, *from; /* labels as given; NULL: not given */
    const struct bound *low, *high;
    int64_t every, count, seed;
    double noise;
    /* samples_check() sets the rest */
    const struct node *shown, *fed; /* fed: noise takes its place; NULL: the rows of the data go in */
    size_t output;                  /* the number of the output that is shown; outputs.n: it is none */
    bool apart;                     /* a network of its own shows it: samples_spec() */
    double black, white;            /* equal: the least and the most that is shown */
};
struct train_config {
    bool given;
    struct span span;      /* of the word `train` */
    const char *why_loss;  /* the reason for the default, if the loss was not given */
    struct span loss_span; /* place of the loss, if it is given */
    const struct record *optimizer;
    struct bound *optimizer_args;
    const struct record *schedule; /* never NULL; constant if lr is a number */
    struct bound *schedule_args;
    struct span schedule_span;                   /* when it is given */
    double lr;                                   /* base rate */
    double clipnorm, clipvalue, global_clipnorm; /* 0: none */
    const struct record *loss; /* this one, its arguments and loss_span are those of the goal that net_aim() chose */
    struct bound *loss_args;
    VEC(struct goal) given_losses, asked_losses; /* as the spec gives them; asked: of a phase, by the section `train` */
    struct goal *goals;                          /* one for each output; objective_check() makes them */
    struct bound *metrics;                       /* the record of each is in metrics[] */
    size_t n_metrics;
    size_t *metric_output;                                 /* for each, the number of its output */
    VEC(struct metrics_line) given_metrics, asked_metrics; /* asked: of a phase, by the section `train` */
    int64_t epochs, batch, seed;
    struct span given_at[4]; /* epochs, batch, seed, shuffle */
    bool shuffle;
    const char *log_csv;    /* NULL: none */
    const char *checkpoint; /* NULL: none */
    struct early_config early;
    struct reduce_config reduce;
    struct keep_config keep;
    VEC(struct samples_config) samples;
};

/* How `crossval` divides the rows. */
struct validate_config {
    bool given, stratified, shuffle;
    struct span span, stratified_span; /* places of the name of the method and of the word `stratified` */
    enum validate_kind { VALIDATE_KFOLD, VALIDATE_HOLDOUT, VALIDATE_LEAVE_ONE_OUT } kind;
    int64_t k, repeats, seed;
    double test; /* the fraction of rows for testing */
};
void validate_check(struct net *n); /* checks that it suits the loss and metrics of the network */

/* Which networks `ensemble` trains. */
struct ensemble_config {
    bool given, hard;
    struct span span, members_span, combine_span; /* places of the name of the kind and of the values */
    enum ensemble_kind {
        ENSEMBLE_BAGGING,
        ENSEMBLE_VOTING,
        ENSEMBLE_SNAPSHOT,
        ENSEMBLE_BOOSTING,
        ENSEMBLE_STACKING
    } kind;
    int64_t members;
    const struct bound *weights; /* items: one for each member; NULL: all members have the same weight */
    double rate;                 /* for boosting */
    const struct bound *uses;    /* items: files of other networks; NULL: none */
    const struct record *meta;   /* for stacking: one of meta_learners[]; NULL: the loss decides */
    struct span meta_span;       /* when it is given */
    double l2;
    int64_t folds; /* of stacking */
};
void ensemble_check(struct net *n); /* checks that it suits the network */

/* ---- sections_step.c: the phases of a step that trains several models */
enum { MOST_PHASES = 16 };
/* One `train` of the step. What stands behind on=, through= and target= is resolved with the models, in
 * passes/compose.c. */
struct phase_config {
    const char *model;
    struct span span;                          /* of its name */
    const struct value *on, *through, *target; /* NULL: not given */
    const struct bound *losses, *metrics;      /* items; NULL: not given */
    const struct bound *weights;               /* items: of the losses; NULL: not given */
    const struct bound *optimizer;             /* NULL: that of the section `train` */
};
/* sections_follow.c: one `follow` of the step. */
struct follow_config {
    const char *model, *of;        /* the one that follows, and the one that it follows */
    struct span span, of_span;     /* of their names */
    const struct record *momentum; /* of schedules[]; NULL: none, it copies */
    struct bound *momentum_args;
    int64_t every; /* steps */
    size_t behind; /* phases that stand before it */
};
/* An output of a phase that is compared with a target of the data. */
struct taker {
    size_t part, output; /* part 0, which is no phase: there is none */
    const char *name;    /* as the data section has it; NULL: that has no names */
};
struct step_config {
    bool given;
    struct span span; /* of the word `step` */
    VEC(struct phase_config) phases;
    VEC(struct follow_config) follows;
    VEC(struct taker) targets; /* of the data: the first phase that takes each of them */
};
const struct follow_config *follow_of(const struct net *n, const char *model); /* NULL: it follows none */
size_t part_of_model(const struct net *n, const char *model);                  /* the model alone */
/* Whether the weights fit; nets[i] is the network of part i. */
void follows_check(struct net *n, struct net *const *nets);
/* The section `train` as this phase has it, for a network whose outputs and fills are known. */
void phase_apply(struct net *n, const struct phase_config *p);
struct data_config *data_none(struct ctx *c); /* for a network that does not read the data */
/* The name of a phase for the reader and in the log: its model's, with a number where several phases train it. */
const char *phase_name(const struct net *n, size_t part);
void answers_check(struct net *n); /* of the model that answers: what tests it */
void parts_check(struct net *n);   /* what several models do not go with */

/* ---- phases.c */
/* Whether the networks of several models fit one another: nets[i] is that of part i. */
void phases_check(struct net *const *nets);
/* data_targets.c: numbers the targets of the data in all networks, and reports those that the data do not have. */
void data_targets_match(struct net *const *nets);
#define NO_TARGET SIZE_MAX
/* Of lists: what a phase calls the target, the name of the column or array, or of the file without folder and ending.
 * NULL: there is none of this number. */
const char *data_target_name(struct ctx *c, const struct data_config *d, size_t number);
/* Of the inputs that it lists; NULL: it has no more of them. */
const char *data_input_name(struct ctx *c, const struct data_config *d, size_t number);
size_t data_target_named(struct ctx *c, const struct data_config *d, const char *name); /* NO_TARGET: there is none */
/* Files or arrays of targets that the data section lists for this network; for a phase, those of all phases. */
size_t targets_listed(const struct net *n);
/* How many columns of a table the chosen output wants, where others want some, too: one if it tells classes apart,
 * else one for each of its numbers. */
int64_t columns_wanted(const struct net *n);
/* Reports columns, all of the table, that cannot be the targets of the chosen output. */
void columns_check(struct net *n, const struct bound *columns);
/* The number of the phase's input that an Input of another network reads; all phases have all inputs of the data. */
size_t input_read(const struct net *phase, const char *name);

/* ---- monitors.c: the numbers of an epoch, and the callbacks that watch them */
/* The key of the metric with that number in the log: "accuracy", "top_k_5"; with several outputs "NAME_accuracy". */
const char *metric_key(const struct net *n, size_t metric);
bool net_penalized(const struct net *n); /* true if a regularizer adds to the loss */
void monitors_check(struct net *n);      /* sets key and rises, or reports */
/* The same for those that watch a phase of several models: nets[i] is the network of part i, NULL where it has none. */
void monitors_check_phases(struct net *n, struct net *const *nets);

extern const struct record *const meta_learners[]; /* sections_ensemble.c */
extern const struct record *const callbacks[];     /* the words of train_words[] that act at the end of an epoch */

/* ---- objective.c: the defaults of Keras if the spec names no loss, and a check that loss and metrics fit the output.
 * This pass follows infer_shapes. */
void objective_check(struct net *n);
/* An argument of a metric which has no default; NULL: it is not given. */
const struct bound *metric_given(const struct bound *m, const char *name);
/* reports if there is nothing to train; only for the network of a trainer, or those of its phases */
void trainer_check(struct net *n);
void objective_note(const struct net *n);               /* tells which loss was chosen, and why */
const struct bound *class_weights(const struct net *n); /* the class weights of the loss; NULL: none */
const struct bound *ignored_class(const struct net *n); /* the label that the loss ignores; NULL: none */
/* The elements of the target of an image: one for each answer where they are class numbers. */
int64_t target_size(const struct net *n);
void combinations_check(
    struct net *n); /* combinations.c: warns about endings, losses and metrics that do not suit each other */

/* ---- goals.c: several outputs, each with a loss */

bool is_data_target(const struct net *n, size_t output);  /* the target of that output comes from the data */
bool has_data_goal(const struct net *n, size_t output);   /* so it does, or it is an input of the data */
size_t data_targets(const struct net *n);                 /* how many do */
bool target_has_file(const struct net *n, size_t output); /* it comes from a file of its own; after targets_match() */

/* Sets net->output, net->target and the loss in net->train to those of the output with that number. */
void net_aim(struct net *n, size_t output);
/* Whether on=, which has a number or a name, means this output: by its name, or of several models by the name that the
 * phase which tests it has for it, or the label of its layer. */
bool is_named(const struct net *n, size_t output, const struct bound *on);
bool names_output(const struct net *n, const struct bound *on); /* it means one of them */
/* Reports that none of these networks has the output. */
void refuse_output(struct net *const *nets, size_t count, const struct bound *on);
/* Gives each output its loss; reports a loss for no output. */
void goals_match(struct net *n);
void metrics_match(struct net *n); /* the same for metrics */
/* Reports what works only with one input and one output, if the network has more. */
void ports_check(struct net *n);
void ports_count_check(struct net *n); /* reports more than a program has places for */
/* The argument of the loss that net_aim() chose; NULL: the spec does not give it. */
const struct bound *loss_argument(const struct net *n, const char *argument);

/* ---- sections_samples.c: pictures of what comes out */

void samples_check(struct net *n, const struct spec *spec);
/* The spec of the part of the network that these samples need, without data and train. */
const struct spec *samples_spec(struct ctx *c, const struct spec *spec, const struct samples_config *s);

/* ---- mixing.c: a layer that mixes rows of a batch and their targets */

struct mixing {
    enum mix how;     /* MIX_NOTHING: no layer does */
    double low, high; /* between which alpha of the beta distribution of the shares is drawn */
};
struct mixing mixing_of(const struct net *n);
const struct node *mixer(const struct net *n); /* that layer; NULL: there is none */
/* Reports what such a layer does not go with. */
void mixing_check(struct net *n);
/* The loss that compares shares of classes where this one compares numbers of classes; the same if there is none. */
const struct record *mixed_loss(const struct record *loss);

/* ---- targets.c: which outputs have targets, and where these come from */

bool targets_match(struct net *n); /* sets the `from` of each goal; false: it reported what does not fit */
bool has_loss(const struct net *n, size_t output); /* false: the spec says `loss none` for it */
bool loss_wants_target(
    const struct net *n); /* false: the loss that net_aim() chose looks at the output alone, or at nothing */

/* ---- outputs.c: the kind of the outputs. Needs the shapes from infer_shapes, and the loss. */
enum values { VALUES_NUMBERS, VALUES_PROBABILITIES, VALUES_LOGITS };
struct meaning { /* struct cnn_meaning passes it to the runtime */
    enum values values;
    /* the class of the largest output is the answer; otherwise each output means yes or no, or is a number */
    bool votes;
    /* each row belongs to one of so many classes, and its target tells which; 0: there are no classes */
    int64_t classes;
};
struct meaning net_meaning(const struct net *n);
enum loss_reach loss_reach(const struct net *n); /* of the loss that net_aim() chose */
void loss_reach_check(struct net *n);            /* whether it goes with the shape of the output */
/* Whether the argument of a loss or metric is the axis of an answer; reports another one. */
void answer_axis_check(struct net *net, const struct bound *axis);
int64_t last_label(const struct net *n);        /* the largest number that a label of the chosen output may have */
struct span place_of_loss(const struct net *n); /* the place where the loss is given, else that of the last layer */
/* The layer that made the values of the output. Layers that leave probabilities as they are do not count: pooling,
 * Flatten, dropout and noise. */
const struct node *value_maker(const struct net *n);
const struct record *last_activation(const struct net *n);  /* the activation of that layer; NULL: none */
bool ends_in_probabilities(const struct net *n);            /* true if that is a softmax or a sigmoid */
bool loss_from_logits(const struct net *n);                 /* true if from_logits=yes was given */
const struct record *node_activation(const struct node *n); /* one of activations[]; NULL if the layer applies none */

/* ---- uses.c: the other networks of an ensemble */
/* The spec with the layers of the file that `use` names and the sections `data` and `train` of s; NULL after an
 * error. */
const struct spec *use_spec(struct ctx *c, const struct spec *s, const struct bound *use);
/* Reports if the input or output of the network that `use` names differs from that of n. */
void use_check(const struct net *n, const struct net *other, const struct bound *use);

#endif
