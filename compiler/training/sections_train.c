/* sections_train.c -- the section `train`: tables of its statements, which are bound to struct train_config. */
#include <string.h>

#include "training/sections.h"

static double number_or_zero(const struct record *r, const struct bound *args, const char *name)
{
    const struct bound *b = record_arg_maybe(r, args, name);
    return b && b->set ? b->number : 0;
}

/* A rate in pieces has one more value than boundaries, which rise. */
static bool pieces_fit(struct net *n, const struct bound *values, const struct bound *at)
{
    bool fits = values->n_items == at->n_items + 1;
    if (!fits)
        diag_error(n->ctx, values->span, "%zu values, but %zu boundaries; there is one value more than boundaries",
                   values->n_items, at->n_items);
    for (size_t i = 1; fits && i < at->n_items; i++)
        if (at->items[i].number <= at->items[i - 1].number) {
            diag_error(n->ctx, at->span, "boundaries must rise");
            fits = false;
        }
    return fits;
}

bool schedule_fits(struct net *n, const struct bound *s)
{
    const struct bound *values = record_arg_maybe(s->record, s->sub, "values");
    const struct bound *alpha = record_arg_maybe(s->record, s->sub, "alpha");
    const struct bound *end = record_arg_maybe(s->record, s->sub, "end");
    if (values)
        return pieces_fit(n, values, record_arg(s->record, s->sub, "boundaries"));
    if (!alpha || !end || !alpha->set || !end->set)
        return true;
    diag_error(n->ctx, end->span, "'alpha' and 'end' both tell the last value; one of them is enough");
    return false;
}

static void set_optimizer(struct train_config *t, const struct record *rec, struct bound *args)
{
    const struct bound *lr = record_arg(rec, args, "lr");
    t->optimizer = rec;
    t->optimizer_args = args;
    t->schedule = lr->record;
    t->schedule_args = lr->sub;
    t->schedule_span = lr->set ? lr->span : (struct span){0};
    const struct bound *values = record_arg_maybe(lr->record, lr->sub, "values");
    const struct bound *target = record_arg_maybe(lr->record, lr->sub, "warmup_target");
    t->lr = values ? values->items[0].number : record_arg(lr->record, lr->sub, "lr")->number;
    t->lr = target && target->set ? target->number : t->lr;
    t->clipnorm = number_or_zero(rec, args, "clipnorm");
    t->clipvalue = number_or_zero(rec, args, "clipvalue");
    t->global_clipnorm = number_or_zero(rec, args, "global_clipnorm");
}

void take_optimizer(struct net *n, const struct record *rec, struct bound *args, struct span at)
{
    struct train_config *t = n->train;
    if (!schedule_fits(n, record_arg(rec, args, "lr")))
        return;
    set_optimizer(t, rec, args);
    if ((t->clipnorm > 0) + (t->clipvalue > 0) + (t->global_clipnorm > 0) > 1)
        diag_error(n->ctx, at, "'%s' clips in one way: clipnorm, clipvalue, or global_clipnorm", rec->name);
}

static void apply_optimizer(struct net *n, const struct stmt *s, const struct bound *none)
{
    (void)none;
    struct stmt own;
    const struct record *rec = section_pick(n, s, s->name, optimizers, &own);
    struct bound *args = rec ? bind_args(n->ctx, rec, &own, 0) : NULL;
    if (args)
        take_optimizer(n, rec, args, own.name_span);
}

/* What every loss takes beside its own arguments. */
enum { WHERE_ON, WHERE_WEIGHT };
#define LOSS_ON                                                                                                        \
    {                                                                                                                  \
        .name = "on", .type = ARG_WORD, .doc = "the output that it is for; else those without a loss of their own"     \
    }
#define LOSS_WEIGHT                                                                                                    \
    REAL("weight", 0, "1", 0, 1e30, .alias = {"loss_weight"}, .doc = "its factor in the sum of all losses")
static const struct arg_def where_args[] = {[WHERE_ON] = LOSS_ON, [WHERE_WEIGHT] = LOSS_WEIGHT, {0}};

/* Binds these; *rest gets the other arguments. */
static const struct bound *bind_where(struct net *n, const struct stmt *s, struct stmt *rest)
{
    static const struct record rec = {.name = "loss", .args = where_args};
    struct stmt own;
    stmt_divide(ctx_arena(n->ctx), s, where_args, &own, rest);
    return bind_args(n->ctx, &rec, &own, 0);
}

static void apply_loss(struct net *n, const struct stmt *s, const struct bound *none)
{
    (void)none;
    struct stmt own;
    const struct record *rec = section_pick(n, s, s->name, losses, &own);
    struct stmt rest;
    const struct bound *where = rec ? bind_where(n, &own, &rest) : NULL;
    struct bound *args = rec ? bind_args(n->ctx, rec, &rest, 0) : NULL;
    if (!args || !where)
        return;
    const struct goal g = {.loss = rec,
                           .args = args,
                           .span = own.name_span,
                           .on = given(&where[WHERE_ON]),
                           .weight = where[WHERE_WEIGHT].number};
    for (size_t i = 0; !g.on && i < n->train->given_losses.n; i++) {
        if (n->train->given_losses.at[i].on)
            continue;
        diag_error(n->ctx, s->name_span,
                   "a second 'loss' in 'train'; of several outputs, on=LABEL tells which one it is for");
        diag_note(n->ctx, n->train->given_losses.at[i].span, "the first is here");
        return;
    }
    vec_push(ctx_arena(n->ctx), &n->train->given_losses, g);
}

static const struct arg_def metrics_args[] = {
    {.name = "metrics",
     .type = ARG_RECORDS,
     .flags = ARG_REQUIRED | ARG_POSITIONAL,
     .family = metrics,
     .doc = "what is counted"},
    {.name = "on", .type = ARG_WORD, .doc = "the output where it is counted; else every output"},
    {0}};

static const char *metric_text(struct ctx *c, const struct bound *m)
{
    return record_print(c, m->record, m->sub, "");
}

static void apply_metrics(struct net *n, const struct stmt *s, const struct bound *b)
{
    for (size_t i = 0; !b[1].set && i < n->train->given_metrics.n; i++)
        if (!n->train->given_metrics.at[i].on) {
            diag_error(n->ctx, s->name_span,
                       "a second 'metrics' in 'train'; of several outputs, on=LABEL tells which one it is for");
            return;
        }
    const struct metrics_line line = {&b[0], given(&b[1])};
    vec_push(ctx_arena(n->ctx), &n->train->given_metrics, line);
    for (size_t i = 0; i < b->n_items; i++) {
        for (size_t k = 0; k < i; k++) {
            if (b->items[i].record == b->items[k].record &&
                strcmp(metric_text(n->ctx, &b->items[i]), metric_text(n->ctx, &b->items[k])) == 0) {
                diag_error(n->ctx, b->items[i].span, "'%s' is counted twice", b->items[i].record->name);
                return;
            }
        }
    }
}

/* batch, seed and shuffle follow `epochs`, or are statements of their own, as YAML writes them. */
#define BATCH(FLAGS)                                                                                                   \
    {                                                                                                                  \
        .name = "batch", .type = ARG_INT, .flags = FLAGS, .min = 1, .max = 16777216, .alias = {"batch_size"},          \
        .doc = "rows of one step"                                                                                      \
    }
#define SEED(FLAGS) WHOLE("seed", FLAGS, 0, LARGEST_SEED, "of weights, order and dropout")

static const struct arg_def epochs_args[] = {
    WHOLE("epochs", ARG_REQUIRED | ARG_POSITIONAL, 1, 1e9, "how often the training rows are seen"),
    BATCH(0),
    SEED(0),
    FLAG("shuffle", NULL, NULL, "another order of the rows in each epoch"),
    {0}};
static const struct arg_def batch_args[] = {BATCH(ARG_REQUIRED | ARG_POSITIONAL), {0}};
static const struct arg_def seed_args[] = {SEED(ARG_REQUIRED | ARG_POSITIONAL), {0}};
static const struct arg_def shuffle_args[] = {{.name = "shuffle",
                                               .type = ARG_BOOL,
                                               .flags = ARG_POSITIONAL,
                                               .def = "yes",
                                               .doc = "another order of the rows in each epoch"},
                                              {0}};

static void set_once(struct net *n, const struct bound *b, const char *name, int64_t *to, struct span *before)
{
    if (!b->set)
        return;
    if (before->end) {
        diag_error(n->ctx, b->span, "'%s' is given twice", name);
        diag_note(n->ctx, *before, "first here");
    }
    *to = (int64_t)b->number;
    *before = b->span;
}

static void apply_run(struct net *n, const struct stmt *s, const struct bound *args)
{
    struct train_config *t = n->train;
    (void)s;
    const struct record rec = {.args = strcmp(s->name, "epochs") == 0    ? epochs_args
                                       : strcmp(s->name, "seed") == 0    ? seed_args
                                       : strcmp(s->name, "shuffle") == 0 ? shuffle_args
                                                                         : batch_args};
    int64_t shuffle = t->shuffle;
    const struct {
        const char *name;
        int64_t *to;
    } fields[] = {{"epochs", &t->epochs}, {"batch", &t->batch}, {"seed", &t->seed}, {"shuffle", &shuffle}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct bound *b = record_arg_maybe(&rec, args, fields[i].name);
        if (b)
            set_once(n, b, fields[i].name, fields[i].to, &t->given_at[i]);
    }
    t->shuffle = shuffle != 0;
}

static const struct arg_def log_args[] = {FILE_NAME("csv", ARG_REQUIRED | ARG_POSITIONAL, "one row an epoch"), {0}};

static void apply_log(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    n->train->log_csv = b->text;
}

/* ---- the table */

/* Only for the reference: both statements bind the arguments of the record, which follow its name. */
#define WHICH(NAME, FAMILY)                                                                                            \
    {                                                                                                                  \
        .name = NAME, .type = ARG_RECORD, .flags = ARG_REQUIRED | ARG_POSITIONAL | ARG_BARE, .family = FAMILY,         \
        .doc = "which one; its own arguments stand behind it"                                                          \
    }
static const struct arg_def optimizer_args[] = {WHICH("optimizer", optimizers), {0}};
static const struct arg_def loss_args[] = {WHICH("loss", losses), LOSS_ON, LOSS_WEIGHT, {0}};

static const struct word word_train[] = {
    {.rec = {.name = "optimizer",
             .doc = "How a step follows from a gradient.",
             .example = "optimizer adam lr=0.001",
             .args = optimizer_args},
     .apply = apply_optimizer,
     .by_itself = true},
    {.rec = {.name = "loss",
             .doc = "What is made small.",
             .example = "loss sparse_categorical_crossentropy",
             .args = loss_args,
             .many = true},
     .apply = apply_loss,
     .by_itself = true},
    {.rec = {.name = "metrics",
             .doc = "What is counted beside the loss.",
             .example = "metrics accuracy top_k(5)",
             .args = metrics_args,
             .many = true},
     .apply = apply_metrics},
    {.rec = {.name = "epochs",
             .doc = "How long, and in what steps.",
             .example = "epochs 5 batch=32 seed=1",
             .args = epochs_args},
     .apply = apply_run},
    {.rec = {.name = "batch",
             .alias = {"batch_size"},
             .doc = "The rows of a step, as a statement.",
             .example = "batch 32",
             .args = batch_args},
     .apply = apply_run},
    {.rec = {.name = "seed", .doc = "Where chance starts, as a statement.", .example = "seed 1", .args = seed_args},
     .apply = apply_run},
    {.rec = {.name = "shuffle",
             .doc = "Whether epochs reorder the rows, as a statement.",
             .example = "shuffle no",
             .args = shuffle_args},
     .apply = apply_run},
    {.rec = {.name = "log",
             .alias = {"CSVLogger"},
             .doc = "A table of the epochs.",
             .example = "log csv=\"log.csv\"",
             .args = log_args},
     .apply = apply_log}};

const struct record *const train_words[] = {&word_train[0].rec,
                                            &word_train[1].rec,
                                            &word_train[2].rec,
                                            &word_train[3].rec,
                                            &word_train[4].rec,
                                            &word_train[5].rec,
                                            &word_train[6].rec,
                                            &word_train[7].rec,
                                            &word_checkpoint.rec,
                                            &word_early_stopping.rec,
                                            &word_reduce_lr.rec,
                                            &word_samples.rec,
                                            NULL};

const struct record *const callbacks[] = {&word_early_stopping.rec, &word_reduce_lr.rec, &word_checkpoint.rec,
                                          &word_train[7].rec, NULL};

/* The defaults of fit() and compile() in Keras: rmsprop, batches of 32, one epoch. */
void train_defaults(struct net *n)
{
    n->train = arena_alloc(ctx_arena(n->ctx), sizeof *n->train);
    *n->train = (struct train_config){.epochs = 1, .batch = 32, .seed = 1, .shuffle = true, .keep = {.every = 1}};
    const struct stmt none = {.name = "optimizer"};
    const struct record *rmsprop = record_find(optimizers, "rmsprop");
    set_optimizer(n->train, rmsprop, bind_args(n->ctx, rmsprop, &none, 0));
}
