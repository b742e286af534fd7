/* sections_callbacks.c -- the statements of `train` that act at the end of an epoch: early_stopping, reduce_lr,
 * checkpoint. Their defaults are those of Keras. */
#include <string.h>

#include "files.h"
#include "training/sections.h"

static const char *const modes[] = {"auto", "min", "max", NULL};

#define MONITOR(FLAGS)                                                                                                 \
    {                                                                                                                  \
        .name = "monitor", .type = ARG_WORD, .flags = FLAGS, .def = "val_loss",                                        \
        .doc = "the number to watch: loss, a metric, or penalty; val_ in front: of the validation rows"                \
    }
#define MODE                                                                                                           \
    {                                                                                                                  \
        .name = "mode", .type = ARG_CHOICE, .flags = ARG_BARE, .def = "auto", .choices = modes,                        \
        .doc = "whether it shall fall (min) or rise (max); auto knows"                                                 \
    }
#define PATIENCE(DEFAULT)                                                                                              \
    {                                                                                                                  \
        .name = "patience", .type = ARG_INT, .def = DEFAULT, .min = 0, .max = 1e9,                                     \
        .doc = "epochs to wait for an improvement"                                                                     \
    }
#define MIN_DELTA(DEFAULT) REAL("min_delta", 0, DEFAULT, 0, 1e30, .doc = "an improvement is more than this")

static struct monitor_config monitor_of(const struct bound *word, const struct bound *mode)
{
    return (struct monitor_config){
        .word = word->text, .span = word->span, .mode = (enum monitor_mode)(int)mode->number};
}

/* ---- early_stopping */

enum { EARLY_MONITOR, EARLY_PATIENCE, EARLY_DELTA, EARLY_MODE, EARLY_RESTORE, EARLY_START, EARLY_BASELINE };
static const struct arg_def early_args[] = {
    [EARLY_MONITOR] = MONITOR(ARG_POSITIONAL),
    [EARLY_PATIENCE] = PATIENCE("0"),
    [EARLY_DELTA] = MIN_DELTA("0"),
    [EARLY_MODE] = MODE,
    [EARLY_RESTORE] = FLAG("restore_best", "restore_best_weights", "no",
                           "the run ends with the weights of the best epoch, stopped or not"),
    [EARLY_START] = {.name = "start_from_epoch",
                     .type = ARG_INT,
                     .def = "0",
                     .min = 0,
                     .max = 1e9,
                     .doc = "epochs in front that do not count"},
    [EARLY_BASELINE] =
        REAL("baseline", 0, NULL, -1e30, 1e30, .doc = "what must be beaten, too, for the waiting to begin anew"),
    {0}};

static void apply_early_stopping(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    n->train->early = (struct early_config){.given = true,
                                            .restore_best = b[EARLY_RESTORE].number != 0,
                                            .has_baseline = b[EARLY_BASELINE].set,
                                            .monitor = monitor_of(&b[EARLY_MONITOR], &b[EARLY_MODE]),
                                            .patience = (int64_t)b[EARLY_PATIENCE].number,
                                            .start_from_epoch = (int64_t)b[EARLY_START].number,
                                            .min_delta = b[EARLY_DELTA].number,
                                            .baseline = b[EARLY_BASELINE].number};
}

const struct word word_early_stopping = {.rec = {.name = "early_stopping",
                                                 .alias = {"EarlyStopping"},
                                                 .doc = "Stops when a number gets no better.",
                                                 .example = "early_stopping val_loss patience=3 restore_best",
                                                 .args = early_args},
                                         .apply = apply_early_stopping};

/* ---- reduce_lr */

enum { REDUCE_MONITOR, REDUCE_FACTOR, REDUCE_PATIENCE, REDUCE_DELTA, REDUCE_MODE, REDUCE_COOLDOWN, REDUCE_LEAST };
static const struct arg_def reduce_args[] = {
    [REDUCE_MONITOR] = MONITOR(ARG_POSITIONAL),
    [REDUCE_FACTOR] =
        REAL("factor", 0, "0.1", 0, 0.999999, .open = true, .doc = "what the learning rate is multiplied by"),
    [REDUCE_PATIENCE] = PATIENCE("10"),
    [REDUCE_DELTA] = MIN_DELTA("1e-4"),
    [REDUCE_MODE] = MODE,
    [REDUCE_COOLDOWN] =
        {.name = "cooldown", .type = ARG_INT, .def = "0", .min = 0, .max = 1e9, .doc = "epochs of rest after a cut"},
    [REDUCE_LEAST] = REAL("min_lr", 0, "0", 0, 1e6, .doc = "the rate is cut no lower"),
    {0}};

static void apply_reduce_lr(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    n->train->reduce = (struct reduce_config){.given = true,
                                              .monitor = monitor_of(&b[REDUCE_MONITOR], &b[REDUCE_MODE]),
                                              .patience = (int64_t)b[REDUCE_PATIENCE].number,
                                              .cooldown = (int64_t)b[REDUCE_COOLDOWN].number,
                                              .factor = b[REDUCE_FACTOR].number,
                                              .min_delta = b[REDUCE_DELTA].number,
                                              .min_lr = b[REDUCE_LEAST].number};
}

const struct word word_reduce_lr = {.rec = {.name = "reduce_lr",
                                            .alias = {"ReduceLROnPlateau", "reduce_lr_on_plateau"},
                                            .doc = "Cuts the learning rate when a number gets no better.",
                                            .example = "reduce_lr val_loss factor=0.5 patience=2",
                                            .args = reduce_args},
                                    .apply = apply_reduce_lr};

/* ---- checkpoint */

enum { KEEP_FILE, KEEP_MONITOR, KEEP_MODE, KEEP_BEST, KEEP_EVERY };
static const struct arg_def checkpoint_args[] = {
    [KEEP_FILE] = FILE_NAME("file", ARG_REQUIRED | ARG_POSITIONAL, "a .safetensors, written after every epoch"),
    [KEEP_MONITOR] = MONITOR(0),
    [KEEP_MODE] = MODE,
    [KEEP_BEST] = FLAG("best", "save_best_only", "no", "written only when what is watched is better than ever"),
    [KEEP_EVERY] = {.name = "every",
                    .type = ARG_INT,
                    .def = "1",
                    .min = 1,
                    .max = 1e9,
                    .doc = "written after every so many epochs"},
    {0}};

static void apply_checkpoint(struct net *n, const struct stmt *s, const struct bound *b)
{
    struct train_config *t = n->train;
    (void)s;
    t->checkpoint = b[KEEP_FILE].text;
    if (!cnn_has_ending(t->checkpoint, ".safetensors") && !cnn_has_ending(t->checkpoint, ".npz"))
        diag_error(n->ctx, b[KEEP_FILE].span,
                   "a checkpoint is called .safetensors, or .npz, which has the weights alone; nothing would read '%s'",
                   t->checkpoint);
    t->keep = (struct keep_config){.best = b[KEEP_BEST].number != 0,
                                   .monitor = monitor_of(&b[KEEP_MONITOR], &b[KEEP_MODE]),
                                   .every = (int64_t)b[KEEP_EVERY].number};
    if (b[KEEP_MONITOR].set && !t->keep.best)
        diag_error(n->ctx, b[KEEP_MONITOR].span, "'monitor' says what the best is by, but 'best' is not said");
}

const struct word word_checkpoint = {.rec = {.name = "checkpoint",
                                             .alias = {"ModelCheckpoint"},
                                             .doc = "Where the state of the training is kept.",
                                             .example = "checkpoint \"best.safetensors\" monitor=val_accuracy best",
                                             .setting = "metrics accuracy",
                                             .args = checkpoint_args},
                                     .apply = apply_checkpoint,
                                     .once = "keep the best by it, and the last by --save FILE of the program"};
