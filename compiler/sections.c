/* sections.c -- the sections `data` and `train`: their statements, as tables, bound to the structs that the program
 * gets. */
#include <string.h>

#include "net.h"

/* One statement that a section may hold. */
struct word {
    struct record rec; /* first: the word is a record, so did-you-mean and LAYERS.md know it */
    void (*apply)(struct net *n, const struct stmt *s, const struct bound *args);
    bool by_itself; /* binds its arguments itself: apply gets NULL */
};

#define WHOLE(NAME, FLAGS, MIN, MAX, DOC)                                                                              \
    {                                                                                                                  \
        .name = NAME, .type = ARG_INT, .flags = FLAGS, .min = MIN, .max = MAX, .doc = DOC                              \
    }
#define FLAG(NAME, ALIAS, DEFAULT, DOC)                                                                                \
    {                                                                                                                  \
        .name = NAME, .type = ARG_BOOL, .flags = ARG_BARE, .def = DEFAULT, .alias = {ALIAS}, .doc = DOC                \
    }
#define FILE_NAME(NAME, FLAGS, DOC)                                                                                    \
    {                                                                                                                  \
        .name = NAME, .type = ARG_STRING, .flags = FLAGS, .doc = DOC                                                   \
    }

#define LARGEST_SEED 9007199254740992.0 /* 2^53: a number holds it exactly */

/* ---- data */

static const char *const formats[] = {"idx", "npy", NULL};
enum { SOURCE_FORMAT, SOURCE_X, SOURCE_Y };
static const struct arg_def source_args[] = {
    [SOURCE_FORMAT] = {.name = "format",
                       .type = ARG_CHOICE,
                       .flags = ARG_REQUIRED | ARG_POSITIONAL,
                       .choices = formats,
                       .doc = "idx, as MNIST has it, or npy"},
    [SOURCE_X] = FILE_NAME("x", ARG_REQUIRED | ARG_POSITIONAL, "file of the inputs; .gz may be left out"),
    [SOURCE_Y] = FILE_NAME("y", ARG_REQUIRED | ARG_POSITIONAL, "file of the labels or targets"),
    {0}};

static void bind_source(struct net *n, const struct stmt *s, struct data_source *to)
{
    const struct value *format = s->n_args && !s->args[0].key ? &s->args[0].value : NULL;
    if (format && format->text && unsupported(n->ctx, format->span, WORD_SOURCE, format->text))
        return;
    const struct record rec = {.name = s->name, .args = source_args};
    const struct bound *b = bind_args(n->ctx, &rec, s, 0);
    if (b)
        *to = (struct data_source){.kind = b[SOURCE_FORMAT].number == 0 ? SOURCE_IDX : SOURCE_NPY,
                                   .x = b[SOURCE_X].text,
                                   .y = b[SOURCE_Y].text,
                                   .span = s->span};
}

static void apply_source(struct net *n, const struct stmt *s, const struct bound *args)
{
    (void)args;
    struct data_config *d = n->data;
    bind_source(n, s,
                strcmp(s->name, "train") == 0  ? &d->train
                : strcmp(s->name, "test") == 0 ? &d->test
                                               : &d->validation);
}

enum { NORMALIZE_SCALE, NORMALIZE_MEAN, NORMALIZE_STD };
static const struct arg_def normalize_args[] = {
    [NORMALIZE_SCALE] =
        {.name = "scale", .type = ARG_REAL, .min = -1e30, .max = 1e30, .doc = "factor, before the rest"},
    [NORMALIZE_MEAN] = {.name = "mean", .type = ARG_REAL, .min = -1e30, .max = 1e30, .doc = "a number, or auto"},
    [NORMALIZE_STD] =
        {.name = "std", .type = ARG_REAL, .min = 0, .max = 1e30, .open = true, .doc = "a number, or auto"},
    {0}};

/* Takes `name=auto` out of the arguments: auto is no number. */
static bool take_auto(struct stmt *s, const char *name)
{
    for (size_t i = 0; i < s->n_args; i++) {
        const struct arg *a = &s->args[i];
        if (!a->key || strcmp(a->key, name) != 0 || a->value.kind != VALUE_WORD || strcmp(a->value.text, "auto") != 0)
            continue;
        memmove(&s->args[i], &s->args[i + 1], (s->n_args - i - 1) * sizeof *s->args);
        s->n_args--;
        return true;
    }
    return false;
}

static struct stmt copy_stmt(struct arena *a, const struct stmt *s)
{
    struct stmt copy = *s;
    copy.args = arena_alloc(a, (s->n_args + 1) * sizeof *copy.args);
    for (size_t i = 0; i < s->n_args; i++)
        copy.args[i] = s->args[i];
    return copy;
}

static void apply_normalize(struct net *n, const struct stmt *s, const struct bound *args)
{
    (void)args;
    struct data_config *d = n->data;
    struct stmt copy = copy_stmt(ctx_arena(n->ctx), s);
    d->mean_auto = take_auto(&copy, "mean");
    d->std_auto = take_auto(&copy, "std");
    const struct record rec = {.name = s->name, .args = normalize_args};
    const struct bound *b = bind_args(n->ctx, &rec, &copy, 0);
    if (!b)
        return;
    d->has_scale = b[NORMALIZE_SCALE].set;
    d->scale = d->has_scale ? b[NORMALIZE_SCALE].number : 1;
    d->mean = b[NORMALIZE_MEAN].set ? b[NORMALIZE_MEAN].number : 0;
    d->std = b[NORMALIZE_STD].set ? b[NORMALIZE_STD].number : 1;
}

enum { SPLIT_VALIDATION, SPLIT_SHUFFLE, SPLIT_STRATIFY, SPLIT_SEED };
static const struct arg_def split_args[] = {
    [SPLIT_VALIDATION] = {.name = "validation",
                          .type = ARG_REAL,
                          .flags = ARG_REQUIRED | ARG_POSITIONAL,
                          .min = 0,
                          .max = 0.999999,
                          .open = true,
                          .alias = {"validation_split"},
                          .doc = "part of the training rows that is kept for validation"},
    [SPLIT_SHUFFLE] = FLAG("shuffle", NULL, "no", "any rows; otherwise the last ones"),
    [SPLIT_STRATIFY] = FLAG("stratify", "stratified", "no", "the same part of every class"),
    [SPLIT_SEED] = WHOLE("seed", 0, 0, LARGEST_SEED, "of the shuffle"),
    {0}};

static void apply_split(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    struct data_config *d = n->data;
    d->validation_split = b[SPLIT_VALIDATION].number;
    d->split_shuffle = b[SPLIT_SHUFFLE].number != 0;
    d->split_stratify = b[SPLIT_STRATIFY].number != 0;
    d->split_seed = (int64_t)b[SPLIT_SEED].number;
}

/* ---- train */

/* `optimizer adam lr=0.001`, or `optimizer adam(lr=0.001)`: the record, and what follows as a statement of its own. */
static const struct record *pick(struct net *n, const struct stmt *s, const struct record *const *family,
                                 struct stmt *own)
{
    const struct value *v = s->n_args && !s->args[0].key ? &s->args[0].value : NULL;
    if (!v || (v->kind != VALUE_WORD && v->kind != VALUE_CALL)) {
        diag_error(n->ctx, v ? v->span : s->name_span, "'%s' wants a name first, such as '%s %s'", s->name, s->name,
                   family[0]->name);
        return NULL;
    }
    const struct record *rec = record_find(family, v->text);
    if (!rec) {
        record_unknown(n->ctx, v->span, s->name, v->text, family);
        return NULL;
    }
    *own = (struct stmt){.span = s->span, .name_span = v->span, .name = v->text};
    own->args = arena_alloc(ctx_arena(n->ctx), (v->n_items + s->n_args) * sizeof *own->args);
    for (size_t i = 0; i < v->n_items; i++)
        own->args[own->n_args++] = v->items[i];
    for (size_t i = 1; i < s->n_args; i++)
        own->args[own->n_args++] = s->args[i];
    return rec;
}

static double number_or_zero(const struct record *r, const struct bound *args, const char *name)
{
    const struct bound *b = record_arg_maybe(r, args, name);
    return b && b->set ? b->number : 0;
}

static void set_optimizer(struct train_config *t, const struct record *rec, struct bound *args)
{
    const struct bound *lr = record_arg(rec, args, "lr");
    t->optimizer = rec;
    t->optimizer_args = args;
    t->schedule = lr->record;
    t->schedule_args = lr->sub;
    t->lr = record_arg(lr->record, lr->sub, "lr")->number;
    t->clipnorm = number_or_zero(rec, args, "clipnorm");
    t->clipvalue = number_or_zero(rec, args, "clipvalue");
    t->global_clipnorm = number_or_zero(rec, args, "global_clipnorm");
}

static void apply_optimizer(struct net *n, const struct stmt *s, const struct bound *none)
{
    (void)none;
    struct train_config *t = n->train;
    struct stmt own;
    const struct record *rec = pick(n, s, optimizers, &own);
    struct bound *args = rec ? bind_args(n->ctx, rec, &own, 0) : NULL;
    if (!args)
        return;
    set_optimizer(t, rec, args);
    if ((t->clipnorm > 0) + (t->clipvalue > 0) + (t->global_clipnorm > 0) > 1)
        diag_error(n->ctx, own.name_span, "'%s' clips in one way: clipnorm, clipvalue, or global_clipnorm", own.name);
}

static void apply_loss(struct net *n, const struct stmt *s, const struct bound *none)
{
    (void)none;
    struct stmt own;
    const struct record *rec = pick(n, s, losses, &own);
    struct bound *args = rec ? bind_args(n->ctx, rec, &own, 0) : NULL;
    if (!args)
        return;
    n->train->loss = rec;
    n->train->loss_args = args;
    n->train->loss_span = own.name_span;
}

static const struct arg_def metrics_args[] = {{.name = "metrics",
                                               .type = ARG_RECORDS,
                                               .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                               .family = metrics,
                                               .doc = "what is counted"},
                                              {0}};

static void apply_metrics(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    n->train->metrics = b->items;
    n->train->n_metrics = b->n_items;
    for (size_t i = 0; i < b->n_items; i++) {
        for (size_t k = 0; k < i; k++) {
            if (b->items[i].record == b->items[k].record && strcmp(b->items[i].record->name, "top_k") != 0) {
                diag_error(n->ctx, b->items[i].span, "'%s' is counted twice", b->items[i].record->name);
                return;
            }
        }
    }
}

/* batch, seed and shuffle stand behind `epochs`, or as statements of their own, which is how YAML writes them. */
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
static const struct arg_def checkpoint_args[] = {
    FILE_NAME("file", ARG_REQUIRED | ARG_POSITIONAL, "a .safetensors, written after every epoch"), {0}};

static void apply_log(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    n->train->log_csv = b->text;
}

static void apply_checkpoint(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    n->train->checkpoint = b->text;
}

/* ---- the tables */

#define SOURCE(NAME, DOC, EXAMPLE)                                                                                     \
    {                                                                                                                  \
        .rec = {.name = NAME, .doc = DOC, .example = EXAMPLE, .args = source_args}, .apply = apply_source,             \
        .by_itself = true                                                                                              \
    }

static const struct word word_data[] = {
    SOURCE("train", "The rows to learn from.", "train idx \"train-images-idx3-ubyte\" \"train-labels-idx1-ubyte\""),
    SOURCE("validation", "Rows to look at after every epoch.", "validation npy \"x_val.npy\" \"y_val.npy\""),
    SOURCE("test", "Rows to judge by at the end.", "test npy \"x_test.npy\" \"y_test.npy\""),
    {.rec = {.name = "normalize",
             .doc = "x * scale, then (x - mean) / std; auto takes them from the training rows.",
             .example = "normalize scale=1/255",
             .args = normalize_args},
     .apply = apply_normalize,
     .by_itself = true},
    {.rec = {.name = "split",
             .doc = "Keeps a part of the training rows for validation.",
             .example = "split validation=0.1 shuffle stratify seed=7",
             .args = split_args},
     .apply = apply_split}};

static const struct word word_train[] = {
    {.rec = {.name = "optimizer", .doc = "How a step follows from a gradient.", .example = "optimizer adam lr=0.001"},
     .apply = apply_optimizer,
     .by_itself = true},
    {.rec = {.name = "loss", .doc = "What is made small.", .example = "loss sparse_categorical_crossentropy"},
     .apply = apply_loss,
     .by_itself = true},
    {.rec = {.name = "metrics",
             .doc = "What is counted beside the loss.",
             .example = "metrics accuracy top_k(5)",
             .args = metrics_args},
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
    {.rec = {.name = "log", .doc = "A table of the epochs.", .example = "log csv=\"log.csv\"", .args = log_args},
     .apply = apply_log},
    {.rec = {.name = "checkpoint",
             .doc = "Where the state of the training is kept.",
             .example = "checkpoint \"mnist.safetensors\"",
             .args = checkpoint_args},
     .apply = apply_checkpoint}};

enum { MAX_WORDS = 16 };
static const struct record *const data_family[MAX_WORDS] = {&word_data[0].rec, &word_data[1].rec, &word_data[2].rec,
                                                            &word_data[3].rec, &word_data[4].rec};
static const struct record *const train_family[MAX_WORDS] = {
    &word_train[0].rec, &word_train[1].rec, &word_train[2].rec, &word_train[3].rec, &word_train[4].rec,
    &word_train[5].rec, &word_train[6].rec, &word_train[7].rec, &word_train[8].rec};

static const struct section {
    struct record rec; /* first, as always */
    const struct record *const *words;
    enum word_place place;
} section_data = {{.name = "data", .doc = "Where the rows come from, and what is done to them."},
                  data_family,
                  WORD_DATA},
  section_train = {{.name = "train", .doc = "How the network is trained."}, train_family, WORD_TRAIN};

static const struct record *const sections[] = {&section_data.rec, &section_train.rec, NULL};

const struct record *const *section_family(void)
{
    return sections;
}

const struct record *const *section_words(const char *section)
{
    const struct record *r = record_find(sections, section);
    return r ? ((const struct section *)(const void *)r)->words : NULL;
}

/* ---- binding */

static void bind_word(struct net *n, const struct word *w, const struct stmt *s)
{
    const struct bound *args = w->by_itself ? NULL : bind_args(n->ctx, &w->rec, s, 0);
    if (w->by_itself || args)
        w->apply(n, s, args);
}

static bool first_time(struct net *n, const struct stmt *section, size_t i)
{
    const struct stmt *s = section->body[i];
    for (size_t k = 0; k < i; k++) {
        if (strcmp(section->body[k]->name, s->name) == 0) {
            diag_error(n->ctx, s->name_span, "a second '%s' in '%s'", s->name, section->name);
            diag_note(n->ctx, section->body[k]->name_span, "the first is here");
            return false;
        }
    }
    return true;
}

static void bind_body(struct net *n, const struct section *section, const struct stmt *s)
{
    for (size_t i = 0; i < s->n_body; i++) {
        const struct stmt *o = s->body[i];
        const struct record *r = record_find(section->words, o->name);
        if (unsupported(n->ctx, o->name_span, section->place, o->name) || !options_supported(n->ctx, o))
            continue;
        if (!r)
            record_unknown(n->ctx, o->name_span, arena_printf(ctx_arena(n->ctx), "statement of '%s'", s->name), o->name,
                           section->words);
        else if (o->has_body || o->label)
            diag_error(n->ctx, o->name_span, "'%s' takes no %s", o->name, o->label ? "label" : "body");
        else if (first_time(n, s, i))
            bind_word(n, (const struct word *)(const void *)r, o);
    }
}

static void check_data(struct net *n, const struct stmt *s)
{
    struct data_config *d = n->data;
    if (d->validation_split > 0 && d->validation.kind != SOURCE_NONE) {
        diag_error(n->ctx, s->name_span, "'%s' has rows for validation twice: a source, and a split", s->name);
        diag_note(n->ctx, d->validation.span, "the source is here");
    }
}

void section_bind(struct net *n, const struct stmt *s)
{
    const struct section *section = (const struct section *)(const void *)record_find(sections, s->name);
    if (!s->has_body || s->n_args > 0 || s->label) {
        diag_error(n->ctx, s->name_span, "'%s' is a section: '%s {', its statements, '}'", s->name, s->name);
        return;
    }
    if (section->place == WORD_DATA) {
        n->data->given = true;
        n->data->span = s->name_span;
    } else {
        n->train->given = true;
        n->train->span = s->name_span;
    }
    bind_body(n, section, s);
    check_data(n, s);
}

/* Keras' fit() and compile(): rmsprop, batches of 32, one epoch. */
void section_defaults(struct net *n)
{
    struct arena *a = ctx_arena(n->ctx);
    n->data = arena_alloc(a, sizeof *n->data);
    *n->data = (struct data_config){.scale = 1, .std = 1};
    n->train = arena_alloc(a, sizeof *n->train);
    *n->train = (struct train_config){.epochs = 1, .batch = 32, .seed = 1, .shuffle = true};
    const struct stmt none = {.name = "optimizer"};
    const struct record *rmsprop = record_find(optimizers, "rmsprop");
    set_optimizer(n->train, rmsprop, bind_args(n->ctx, rmsprop, &none, 0));
}
