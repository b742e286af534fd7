/* sections.c -- the sections: their statements, found in the tables of sections_*.c and bound. */
#include <string.h>

#include "training/sections.h"

const struct section section_data = {
    .rec = {.name = "data",
            .doc = "Where the rows come from, and what is done to them.",
            .example =
                "data {\n  train npy \"x.npy\" \"y.npy\"\n  split validation=0.1\n  normalize mean=auto std=auto\n}"},
    .words = data_words};

const struct section section_train = {
    .rec = {.name = "train",
            .doc = "How the network is trained.",
            .example = "train {\n  optimizer adam lr=0.001\n  loss sparse_categorical_crossentropy\n  "
                       "metrics accuracy\n  epochs 5 batch=32 seed=1\n}"},
    .words = train_words};

const struct section section_validate = {
    .rec = {.name = "validate",
            .doc = "How `crossval` divides the rows: one line, a method and its arguments.",
            .example = "validate kfold k=5 stratified"},
    .words = validate_words,
    .line = true};

const struct section section_ensemble = {
    .rec = {.name = "ensemble",
            .doc = "Networks that answer together, which `ensemble` trains: a kind and its arguments, on "
                   "one line or one a line.",
            .example = "ensemble bagging members=5",
            .setting = "Input 12\nDense 10 softmax\ntrain {\n  metrics accuracy\n}"},
    .words = ensemble_words,
    .line = true};

const struct section section_step = {.rec = {.name = "step",
                                             .doc = "What a step of training does with several models, in this order.",
                                             .example =
                                                 "step {\n  train discriminator on=[data, generator] target=[1, 0]\n"
                                                 "  train generator on=noise through=discriminator target=1\n}",
                                             .setting = "model generator {\n  Input 8\n  Dense 12 tanh\n}\n"
                                                        "model discriminator {\n  Input 12\n  Dense 1 sigmoid\n}"},
                                     .words = step_words,
                                     .list = true};

const struct record *const *section_words(const char *section)
{
    const struct section *s = section_find(section);
    return s ? s->words : NULL;
}

/* How each section is bound. */
static const struct binding {
    const struct section *section;
    enum word_place place;
    void (*bind_line)(struct net *n, const struct stmt *s); /* for a section without statements */
    bool long_form;                                         /* its arguments may be in a body, one on each line */
} bindings[] = {{&section_data, WORD_DATA, NULL, false},
                {&section_train, WORD_TRAIN, NULL, false},
                {&section_validate, WORD_STATEMENT, validate_bind, false},
                {&section_ensemble, WORD_STATEMENT, ensemble_bind, true},
                {&section_step, WORD_STEP, NULL, false}};

static const struct binding *binding_of(const char *name)
{
    const struct binding *b = bindings;
    while (b->section != section_find(name))
        b++;
    return b;
}

/* ---- binding */

static void bind_word(struct net *n, const struct word *w, const struct stmt *s)
{
    const struct bound *args = w->by_itself ? NULL : bind_args(n->ctx, &w->rec, s, 0);
    if (w->by_itself || args)
        w->apply(n, s, args);
}

/* False, after a report, if the section has had this statement, under any of its names. */
static bool first_time(struct net *n, const struct binding *b, const struct stmt *s, size_t i, const struct word *w)
{
    for (size_t k = 0; k < i; k++) {
        if (w->rec.many || record_find(b->section->words, s->body[k]->name) != &w->rec)
            continue;
        diag_error(n->ctx, s->body[i]->name_span, "a second '%s' in '%s'%s%s", s->body[i]->name, s->name,
                   w->once ? ": " : "", w->once ? w->once : "");
        diag_note(n->ctx, s->body[k]->name_span, "the first is here");
        return false;
    }
    return true;
}

/* Keras' arguments of compile() and fit() that are not statements here. */
static const struct {
    const char *name, *cure;
} elsewhere[] = {{"lr", "the optimizer has it, as in 'optimizer adam lr=0.001'"},
                 {"learning_rate", "the optimizer has it, as in 'optimizer adam lr=0.001'"},
                 {"momentum", "the optimizer has it, as in 'optimizer sgd momentum=0.9'"},
                 {"weight_decay", "the optimizer has it, as in 'optimizer adamw weight_decay=0.004'"},
                 {"from_logits", "the loss has it, as in 'loss binary_crossentropy from_logits'"},
                 {"label_smoothing", "the loss has it, as in 'loss categorical_crossentropy label_smoothing=0.1'"},
                 {"patience", "'early_stopping' has it, as in 'early_stopping val_loss patience=3'"},
                 {"validation_split", "'data' has it, as in 'split validation=0.2'"},
                 {"test_size", "'data' has it, as in 'split validation=0.2'"},
                 {"validation_data", "'data' has it, as in 'validation npy \"x.npy\" \"y.npy\"'"},
                 {"callbacks", "each is a statement of its own, as in 'early_stopping val_loss patience=3'"},
                 {"verbose", "the program has --quiet"}};

static bool told_elsewhere(struct net *n, const struct stmt *section, const struct stmt *s)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (strcmp(elsewhere[i].name, s->name) == 0) {
            diag_error(n->ctx, s->name_span, "no statement of '%s' named '%s': %s", section->name, s->name,
                       elsewhere[i].cure);
            return true;
        }
    return false;
}

static void bind_body(struct net *n, const struct binding *b, const struct stmt *s)
{
    for (size_t i = 0; i < s->n_body; i++) {
        const struct stmt *o = s->body[i];
        const struct record *r = record_find(b->section->words, o->name);
        if (unsupported(n->ctx, o->name_span, b->place, o->name))
            continue;
        const char *const home = r ? NULL : section_of_word(o->name);
        if (home)
            diag_error(n->ctx, o->name_span, "'%s' belongs to '%s'", o->name, home);
        else if (!r && told_elsewhere(n, s, o))
            continue;
        else if (!r)
            record_unknown(n->ctx, o->name_span, arena_printf(ctx_arena(n->ctx), "statement of '%s'", s->name), o->name,
                           b->section->words);
        else if (o->has_body || o->label)
            diag_error(n->ctx, o->name_span, "'%s' takes no %s", o->name, o->label ? "label" : "body");
        else if (first_time(n, b, s, i, (const struct word *)(const void *)r))
            bind_word(n, (const struct word *)(const void *)r, o);
    }
}

static void bind_line(struct net *n, const struct binding *b, const struct stmt *s)
{
    if (s->label)
        diag_error(n->ctx, s->label_span, "'%s' takes no label", s->name);
    else if (s->has_body && !b->long_form)
        diag_error(n->ctx, s->name_span, "'%s' is one line, such as '%s'", s->name, b->section->words[0]->example);
    else
        b->bind_line(n, s);
}

void section_bind(struct net *n, const struct stmt *s)
{
    const struct binding *b = binding_of(s->name);
    if (b->bind_line) {
        bind_line(n, b, s);
        return;
    }
    if (!s->has_body || s->n_args > 0 || s->label) {
        diag_error(n->ctx, s->name_span, "'%s' is a section: '%s {', its statements, '}'", s->name, s->name);
        return;
    }
    if (b->place == WORD_DATA) {
        n->data->given = true;
        n->data->span = s->name_span;
    } else if (b->place == WORD_STEP) {
        n->step->given = true;
        n->step->span = s->name_span;
    } else {
        n->train->given = true;
        n->train->span = s->name_span;
    }
    bind_body(n, b, s);
    if (b->place == WORD_DATA)
        data_check(n, s);
}

void section_defaults(struct net *n)
{
    data_defaults(n);
    train_defaults(n);
    validate_defaults(n);
    ensemble_defaults(n);
    step_defaults(n);
}
