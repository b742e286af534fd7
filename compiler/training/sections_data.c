/* sections_data.c -- the section `data`: tables of its statements, which are bound to struct data_config. */
#include <string.h>

#include "training/sections.h"

enum {
    SOURCE_FORMAT,
    SOURCE_X,
    SOURCE_Y,
    SOURCE_TARGET,
    SOURCE_INPUTS,
    SOURCE_WEIGHT,
    SOURCE_COLUMNS,
    SOURCE_DROP,
    SOURCE_MISSING,
    SOURCE_SEPARATOR,
    SOURCE_HEADER
};
enum { TAKES_Y = 1 << SOURCE_Y, TAKES_TARGET = 1 << SOURCE_TARGET, TAKES_INPUTS = 1 << SOURCE_INPUTS };
enum { TAKES_WEIGHT = 1 << SOURCE_WEIGHT };
enum {
    TAKES_TABLE =
        1 << SOURCE_COLUMNS | 1 << SOURCE_DROP | 1 << SOURCE_MISSING | 1 << SOURCE_SEPARATOR | 1 << SOURCE_HEADER
};

/* What a source of each format takes beside the file of the inputs, and the argument that names the targets. */
static const struct format {
    enum source_kind kind;
    unsigned takes;
    int y;                       /* 0: no argument does, since classes are folders */
    const char *x_name, *y_name; /* defaults of `inputs` and of the targets; NULL: they must be given */
} format_of[] = {{SOURCE_IDX, TAKES_Y | TAKES_TARGET | TAKES_WEIGHT, SOURCE_Y, NULL, NULL},
                 {SOURCE_NPY, TAKES_Y | TAKES_TARGET | TAKES_WEIGHT, SOURCE_Y, NULL, NULL},
                 {SOURCE_CSV, TAKES_TARGET | TAKES_WEIGHT | TAKES_TABLE, SOURCE_TARGET, NULL, NULL},
                 {SOURCE_NPZ, TAKES_TARGET | TAKES_INPUTS | TAKES_WEIGHT, SOURCE_TARGET, "x", "y"},
                 {SOURCE_IMAGES, TAKES_TARGET, 0, NULL, NULL}};
static const char *const formats[] = {"idx", "npy", "csv", "npz", "images", NULL}; /* of format_of[] */

static const struct record format_docs[] = {
    {.name = "idx",
     .doc = "The format of MNIST, packed by gzip or not: a file of inputs and one of labels.",
     .example = "train idx \"train-images-idx3-ubyte\" \"train-labels-idx1-ubyte\""},
    {.name = "npy",
     .doc = "Arrays of NumPy: a file of inputs and one of labels or targets.",
     .example = "train npy \"x.npy\" \"y.npy\""},
    {.name = "csv",
     .doc = "A table whose first line names the columns; `categories` says which are columns of words.",
     .example = "train csv \"flowers.csv\" target=species",
     .setting = "Input 4"},
    {.name = "npz",
     .doc = "Several arrays of NumPy in one file.",
     .example = "train npz \"mnist.npz\" inputs=x_train target=y_train"},
    {.name = "images",
     .doc = "A folder with a folder of pictures for each class; with target=input any folder of pictures.",
     .example = "train images \"animals/\"",
     .setting = "Input 64x64x3\nFlatten"}};
static const char *const missings[] = {"error", "drop", "mean", NULL}; /* in the order of enum cnn_missing */

static const struct arg_def source_args[] = {
    [SOURCE_FORMAT] = {.name = "format",
                       .type = ARG_CHOICE,
                       .flags = ARG_REQUIRED | ARG_POSITIONAL,
                       .choices = formats,
                       .doc = "idx, as MNIST has it, npy, csv, npz, or images"},
    [SOURCE_X] = {.name = "x",
                  .type = ARG_STRINGS,
                  .flags = ARG_REQUIRED | ARG_POSITIONAL,
                  .doc = "file of the inputs, of idx and npy a list when there are several; .gz may be left out; of "
                         "images a folder with one for each class"},
    [SOURCE_Y] = {.name = "y",
                  .type = ARG_STRINGS,
                  .flags = ARG_POSITIONAL,
                  .doc = "file of the labels or targets, of idx and npy; a list when there are several outputs"},
    [SOURCE_TARGET] = {.name = "target",
                       .type = ARG_COLUMNS,
                       .doc = "the labels or targets: a column of csv, an array of npz (y), or a list of them; of any "
                              "format the word input: the target of a row is its input"},
    [SOURCE_INPUTS] = {.name = "inputs",
                       .type = ARG_STRINGS,
                       .doc = "the array of the inputs, of npz (x); a list when there are several"},
    [SOURCE_WEIGHT] = {.name = "weight",
                       .type = ARG_STRING,
                       .alias = {"weights"},
                       .doc = "a weight for each row, a factor of its loss: a file; of csv a column, of npz an array"},
    [SOURCE_COLUMNS] = {.name = "columns",
                        .type = ARG_COLUMNS,
                        .doc = "of csv: the inputs, in this order; otherwise all columns but the targets and weights"},
    [SOURCE_DROP] = {.name = "drop", .type = ARG_COLUMNS, .doc = "of csv: columns that are no inputs"},
    [SOURCE_MISSING] = {.name = "missing",
                        .type = ARG_CHOICE,
                        .choices = missings,
                        .doc =
                            "of csv: a value that is missing is an error, drops its row, or becomes the column's mean"},
    [SOURCE_SEPARATOR] = {.name = "separator",
                          .type = ARG_STRING,
                          .alias = {"sep", "delimiter"},
                          .doc = "of csv: what stands between fields; otherwise , ; tab or | as the first line has it"},
    [SOURCE_HEADER] = {.name = "header",
                       .type = ARG_BOOL,
                       .doc = "of csv: no says that there are no names in the first line: columns are 1, 2, ..."},
    {0}};

/* target=input, without quotes: the target of each row is its input. In quotes it is the name of a column or an
 * array. */
static bool targets_are_input(const struct bound *b)
{
    return b->set && b->n_items == 1 && b->items[0].bare && strcmp(b->items[0].text, "input") == 0;
}

/* Checks that the format takes what is given, and that nothing it needs is missing. */
static bool source_fits(struct net *n, const struct stmt *s, const struct format *f, const struct bound *b)
{
    for (int i = SOURCE_Y; source_args[i].name; i++)
        if (b[i].set && !(f->takes >> i & 1)) {
            diag_error(n->ctx, b[i].span, "'%s %s' takes no '%s'%s", s->name, formats[f - format_of],
                       source_args[i].name, i == SOURCE_Y ? "; a name with spaces is put in quotes" : "");
            return false;
        }
    const struct bound *targets = &b[SOURCE_TARGET];
    if (targets->set && f->y != SOURCE_TARGET && !targets_are_input(targets)) {
        diag_error(n->ctx, targets->span, "of '%s %s' the only 'target' is the word input%s", s->name,
                   formats[f - format_of], f->y ? "; the file of the targets stands behind that of the inputs" : "");
        return false;
    }
    if (targets->set && b[SOURCE_Y].set) {
        diag_error(n->ctx, targets->span, "the targets are given twice: as a file, and as the input");
        return false;
    }
    if (f->y == SOURCE_TARGET && !f->y_name &&
        !targets->set) { /* whether files of targets are missing, the losses tell */
        diag_error(n->ctx, s->name_span, "'%s' needs '%s': %s", s->name, source_args[f->y].name, source_args[f->y].doc);
        return false;
    }
    return true;
}

struct data_config *data_none(struct ctx *c)
{
    struct net none = {.ctx = c};
    data_defaults(&none);
    return none.data;
}

/* ---- the reference: a format as a record of its own */

static const struct arg_def *format_args(struct arena *a, const struct format *f)
{
    struct arg_def *args = arena_alloc(a, sizeof source_args);
    int n = 0;
    for (int i = SOURCE_X; source_args[i].name; i++)
        if (i < SOURCE_Y || f->takes >> i & 1)
            args[n++] = source_args[i];
    for (int i = 0; i < n; i++)
        if (f->y && !f->y_name && args[i].name == source_args[f->y].name)
            args[i].flags |= ARG_REQUIRED;
    return args;
}

const struct record *const *source_formats(struct arena *a)
{
    enum { N = sizeof format_of / sizeof *format_of };
    struct record *made = arena_alloc(a, N * sizeof *made);
    const struct record **list = arena_alloc(a, (N + 1) * sizeof *list);
    for (int i = 0; i < N; i++) {
        made[i] = format_docs[i];
        made[i].args = format_args(a, &format_of[i]);
        list[i] = &made[i];
    }
    return list;
}

static const char *text_or(const struct bound *b, const char *silent)
{
    return b->set ? b->text : silent;
}

/* A separator is a character that is in no number and no name, or the word for a character. */
static bool bind_separator(struct net *n, const struct bound *b, char *to)
{
    static const struct {
        const char *name;
        char c;
    } named[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"\\t", '\t'}, {"bar", '|'}, {"space", ' '}};
    *to = 0;
    if (!b->set)
        return true;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(b->text, named[i].name) == 0)
            *to = named[i].c;
    if (!*to && strlen(b->text) == 1 && strchr(",;\t|: /&!#$%*~^@", *b->text))
        *to = *b->text;
    if (!*to)
        diag_error(n->ctx, b->span,
                   "'separator' is one character, such as \";\", or comma, semicolon, tab, bar, space");
    return *to != 0;
}

/* The first text of a list. */
static const char *first_or(const struct bound *b, const char *silent)
{
    return b->set ? b->items[0].text : silent;
}

static bool has_items(struct net *n, const struct stmt *s, const struct bound *b)
{
    static const int lists[] = {SOURCE_X, SOURCE_Y, SOURCE_TARGET, SOURCE_INPUTS};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (b[lists[i]].set && b[lists[i]].n_items == 0) {
            diag_error(n->ctx, b[lists[i]].span, "the list of '%s %s' is empty", s->name, source_args[lists[i]].name);
            return false;
        }
    return true;
}

static void bind_source(struct net *n, const struct stmt *s, struct data_source *to)
{
    const struct record rec = {.name = s->name, .args = source_args};
    const struct bound *b = bind_args(n->ctx, &rec, s, 0);
    if (!b)
        return;
    const struct format *f = &format_of[(int)b[SOURCE_FORMAT].number];
    char separator;
    if (!source_fits(n, s, f, b) || !has_items(n, s, b) || !bind_separator(n, &b[SOURCE_SEPARATOR], &separator))
        return;
    const bool own = targets_are_input(&b[SOURCE_TARGET]);
    *to = (struct data_source){.kind = f->kind,
                               .own_target = own ? &b[SOURCE_TARGET] : NULL,
                               .x = first_or(&b[SOURCE_X], NULL),
                               .y = f->y && !own ? first_or(&b[f->y], f->y_name) : NULL,
                               .weight = text_or(&b[SOURCE_WEIGHT], NULL),
                               .inputs = first_or(&b[SOURCE_INPUTS], f->x_name),
                               .span = s->span,
                               .each_x = given(&b[f->x_name ? SOURCE_INPUTS : SOURCE_X]),
                               .each_y = f->y && f->kind != SOURCE_CSV && !own ? given(&b[f->y]) : NULL,
                               .targets = f->kind == SOURCE_CSV && !own ? given(&b[SOURCE_TARGET]) : NULL,
                               .columns = given(&b[SOURCE_COLUMNS]),
                               .drop = given(&b[SOURCE_DROP]),
                               .separator = separator,
                               .header = given(&b[SOURCE_HEADER]),
                               .missing = given(&b[SOURCE_MISSING])};
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

static const char *const fitted[] = {"auto", NULL};
enum { NORMALIZE_SCALE, NORMALIZE_MEAN, NORMALIZE_STD };
static const struct arg_def normalize_args[] = {
    [NORMALIZE_SCALE] = REAL("scale", 0, NULL, -1e30, 1e30, .doc = "factor, before the rest"),
    [NORMALIZE_MEAN] = {.name = "mean",
                        .type = ARG_NUMBERS,
                        .min = -1e30,
                        .max = 1e30,
                        .choices = fitted,
                        .doc = "a number, a list of one a channel, or auto"},
    [NORMALIZE_STD] =
        {.name = "std", .type = ARG_NUMBERS, .min = 0, .max = 1e30, .open = true, .choices = fitted, .doc = "likewise"},
    {0}};

static void apply_normalize(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    struct data_config *d = n->data;
    d->scale = b[NORMALIZE_SCALE].set ? b[NORMALIZE_SCALE].number : 1;
    if (d->scale == 0)
        diag_error(n->ctx, b[NORMALIZE_SCALE].span, "'scale' is 0, which leaves nothing of the inputs");
    d->mean = given(&b[NORMALIZE_MEAN]);
    d->std = given(&b[NORMALIZE_STD]);
}

enum { SPLIT_VALIDATION, SPLIT_SHUFFLE, SPLIT_STRATIFY, SPLIT_SEED };
static const struct arg_def split_args[] = {
    [SPLIT_VALIDATION] =
        REAL("validation", ARG_REQUIRED | ARG_POSITIONAL, NULL, 0, 0.999999, .open = true,
             .alias = {"validation_split"}, .doc = "part of the training rows that is kept for validation"),
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

static const char *const flips[] = {"no", "horizontal", "vertical", "both", NULL};
enum { AUGMENT_SHIFT, AUGMENT_ROTATE, AUGMENT_ZOOM, AUGMENT_FLIP, AUGMENT_NOISE };
#define AT_MOST(NAME, MAX, DOC) REAL(NAME, 0, "0", 0, MAX, .doc = DOC)
static const struct arg_def augment_args[] = {
    [AUGMENT_SHIFT] = AT_MOST("shift", 1e6, "pixels, at most, in both directions"),
    [AUGMENT_ROTATE] = AT_MOST("rotate", 180, "degrees, at most, either way"),
    [AUGMENT_ZOOM] = AT_MOST("zoom", 0.99, "0.1: by a factor of 0.9 to 1.1"),
    [AUGMENT_FLIP] = {.name = "flip",
                      .type = ARG_CHOICE,
                      .def = "no",
                      .choices = flips,
                      .doc = "every other image is mirrored: horizontal, left to right; vertical; or both"},
    [AUGMENT_NOISE] = AT_MOST("noise", 1e6, "deviation of what is added to every value, after normalize"),
    {0}};

static void apply_augment(struct net *n, const struct stmt *s, const struct bound *b)
{
    int flip = (int)b[AUGMENT_FLIP].number;
    n->data->augment = (struct augment){.shift = b[AUGMENT_SHIFT].number,
                                        .rotate = b[AUGMENT_ROTATE].number,
                                        .zoom = b[AUGMENT_ZOOM].number,
                                        .noise = b[AUGMENT_NOISE].number,
                                        .flip_x = flip == 1 || flip == 3,
                                        .flip_y = flip >= 2,
                                        .span = s->name_span};
}

static const char *const predictable[] = {"images", NULL};
static const struct arg_def predict_args[] = {{.name = "format",
                                               .type = ARG_CHOICE,
                                               .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                               .choices = predictable,
                                               .doc = "images: also .png and .jpeg files, whatever the data are"},
                                              {0}};

static void apply_predict(struct net *n, const struct stmt *s, const struct bound *b)
{
    (void)s;
    (void)b;
    n->data->predict_images = true;
}

#define SOURCE(NAME, DOC, EXAMPLE, SETTING)                                                                            \
    {                                                                                                                  \
        .rec = {.name = NAME, .doc = DOC, .example = EXAMPLE, .setting = SETTING, .args = source_args},                \
        .apply = apply_source, .by_itself = true                                                                       \
    }

static const struct word word_data[] = {
    SOURCE("train", "The rows to learn from.", "train idx \"train-images-idx3-ubyte\" \"train-labels-idx1-ubyte\"", ""),
    SOURCE("validation", "Rows to look at after every epoch.", "validation npy \"x_val.npy\" \"y_val.npy\"", NULL),
    SOURCE("test", "Rows to judge by at the end.", "test npy \"x_test.npy\" \"y_test.npy\"", NULL),
    {.rec = {.name = "categories",
             .doc = "Columns of words in csv: one number of the input for each value, 1 for the row's. The values, or "
                    "how many "
                    "the training rows have; unseen=zero lets others be none of them.",
             .example = "categories city=[Paris, \"New York\"] size=3 [\"home town\", 7]",
             .setting = "train csv \"homes.csv\" target=price"},
     .apply = categories_apply,
     .by_itself = true},
    {.rec = {.name = "normalize",
             .doc = "x * scale, then (x - mean) / std; auto takes those of each channel from the training rows.",
             .example = "normalize scale=1/255",
             .args = normalize_args},
     .apply = apply_normalize},
    {.rec = {.name = "split",
             .doc = "Keeps a part of the training rows for validation.",
             .example = "split validation=0.1 shuffle stratify seed=7",
             .args = split_args},
     .apply = apply_split},
    {.rec = {.name = "augment",
             .doc = "Varies the training images, each epoch anew; never those that validate or test.",
             .example = "augment shift=2 rotate=10 zoom=0.1 flip=horizontal noise=0.05",
             .args = augment_args},
     .apply = apply_augment},
    {.rec = {.name = "predict",
             .doc = "What the program's predict reads beside arrays.",
             .example = "predict images",
             .args = predict_args},
     .apply = apply_predict}};

const struct record *const data_words[] = {&word_data[0].rec, &word_data[1].rec, &word_data[2].rec,
                                           &word_data[3].rec, &word_data[4].rec, &word_data[5].rec,
                                           &word_data[6].rec, &word_data[7].rec, NULL};

void data_check(struct net *n, const struct stmt *s)
{
    struct data_config *d = n->data;
    if (d->validation_split > 0 && d->validation.kind != SOURCE_NONE) {
        diag_error(n->ctx, s->name_span, "'%s' has rows for validation twice: a source, and a split", s->name);
        diag_note(n->ctx, d->validation.span, "the source is here");
    }
    table_check(n);
}

void data_defaults(struct net *n)
{
    n->data = arena_alloc(ctx_arena(n->ctx), sizeof *n->data);
    *n->data = (struct data_config){.scale = 1};
}
