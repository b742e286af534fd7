/* spec.h -- rung 1: what the user wrote, as a tree, and the tables that give it meaning. The tree knows no layer. */
#ifndef CNNC_SPEC_H
#define CNNC_SPEC_H

#include "base/base.h"

/* ---- spec.c: the tree. Both front ends build it; its printer writes valid .net text. */

enum value_kind {
    VALUE_NUMBER, /* 64, 1e-3, 1/255 (already computed) */
    VALUE_DIMS,   /* 3x3, 28x28x1 */
    VALUE_STRING, /* "train.idx" */
    VALUE_WORD,   /* relu, same, a label, yes */
    VALUE_LIST,   /* [a, b] */
    VALUE_CALL    /* l2(1e-4), cosine(1e-3, warmup=500) */
};

enum { MAX_DIMS = 5 };

struct value {
    enum value_kind kind;
    char op; /* used only before expansion: '$' is a parameter (text), '+' '-' '*' '/' have two items; 0 in a spec */
    struct span span;
    double number;         /* NUMBER */
    int64_t dim[MAX_DIMS]; /* DIMS */
    int n_dims;
    const char *text;  /* STRING (bytes, NUL-terminated, no NUL inside), WORD, the name of a CALL */
    bool bare;         /* STRING: written without quotes, a name such as data.csv */
    struct arg *items; /* LIST (keys NULL), CALL */
    size_t n_items;
};

struct arg {
    const char *key; /* NULL when positional */
    struct span key_span;
    struct value value;
};

struct stmt {
    struct span span; /* the whole statement without its body */
    struct span name_span;
    const char *label; /* NULL when there is none */
    struct span label_span;
    const char *name;
    const struct use *within; /* the use of a block, or the round of a repeat, that made it; NULL: none */
    const struct use *label_within;
    struct arg *args;
    size_t n_args;
    bool has_body;
    struct stmt **body;
    size_t n_body;
};

/* arrays.c: weights by name, from the file of a front end, or from a file that holds only weights (--weights). */
struct cnn_tensors; /* files.h */
struct named_arrays {
    const char *file;           /* the name of their file in messages; NULL: there are no weights, as in text */
    struct cnn_tensors *arrays; /* owned; not NULL if `file` is set */
};
bool arrays_read(struct ctx *c, const char *path, struct named_arrays *out); /* false after a message */
/* also allowed without weights; none are left after it */
void arrays_free(struct named_arrays *a);

struct spec {
    const char *file;
    struct stmt **stmts;
    size_t n_stmts;
    const struct stmt_list *raw; /* what the file says: `let`, `block`, `repeat` and `include` as they stand there */
    struct named_arrays weights;
    bool part;           /* of another spec: it is made by the compiler, and layers that nothing reads are no mistake */
    const char *answers; /* of several models, the one that --model names; NULL: the spec decides */
};

struct define {
    const char *name, *value; /* -D name=value */
};

/* Front ends. They return NULL or a spec, and errors are counted in c. In the spec, `let`, $params, arithmetic,
 * include, block and repeat are already expanded. */
struct spec *net_parse(struct ctx *c, const char *path, const struct define *defines, size_t n_defines);
struct spec *yaml_parse(struct ctx *c, const char *path, const struct define *defines, size_t n_defines);
/* The suffix of the file chooses the front end. */
struct spec *spec_read(struct ctx *c, const char *path, const struct define *defines, size_t n_defines);

/* ---- words.c: the list of sections. The build collects them from training/, which binds their statements. */

bool section_is_line(
    const char *name); /* true if it is one line, as `validate kfold k=5`; false if there is no such section */
bool section_is_list(const char *name);        /* true if its statements have an order, as those of `step` */
const char *section_of_word(const char *word); /* the section that has this statement; NULL: none */

struct out; /* the writer of rung 4 is not known here, so the printers return text in the arena */
char *spec_print(struct ctx *c, const struct spec *s); /* canonical .net */
/* yaml_print.c: the statements of a file as YAML, without the comments. */
char *yaml_print(struct ctx *c, const struct stmt_list *raw);

/* ---- bind.c: matches a statement with a table of arguments. Both front ends, `--explain` and REFERENCE.md use the
 * same tables. */

enum arg_type {
    ARG_INT,    /* whole number within [min, max] */
    ARG_REAL,   /* number within [min, max] */
    ARG_BOOL,   /* yes/no/true/false, or the bare name of the option */
    ARG_DIMS,   /* 3x3; one number k means k for each of `rank` dimensions when rank > 0 */
    ARG_PAIRS,  /* as DIMS, or two numbers for each dimension, one for either side: [[1, 2], [0, 3]] */
    ARG_CHOICE, /* one of choices[]; may be a bare word */
    ARG_STRING,
    ARG_RECORD,  /* a record of a family, as a word or a call: relu, l2(1e-4), cosine(1e-3, warmup=500) */
    ARG_RECORDS, /* a list of them, or one */
    ARG_LABELS,  /* a label or a list of labels */
    ARG_WORD,    /* a word whose meaning is checked elsewhere */
    ARG_STRINGS, /* a string or a list of them */
    ARG_NUMBERS, /* a number within [min, max], a list of them, or one of choices[] */
    ARG_INTS,    /* a whole number within [min, max] or a list of them */
    ARG_COLUMNS, /* a name or a list of them: strings, words, whole numbers */
    ARG_VALUES   /* what is checked elsewhere: names, calls, numbers, or a list of them */
};

enum {
    ARG_REQUIRED = 1,
    ARG_POSITIONAL = 2,
    ARG_BARE = 4,      /* CHOICE, BOOL, RECORD: a bare word anywhere in the statement */
    ARG_REST = 8,      /* DIMS: all positional numbers from here on are its dimensions, as in `Permute 2 1 3` */
    ARG_LATER = 16,    /* checkpoints of older programs do not have it: record_print() leaves it out at its default */
    ARG_LIMITS = 32,   /* NUMBERS: one or two, the least and the most */
    ARG_WITH_NAME = 64 /* POSITIONAL: node_print() writes its name all the same */
};

struct record; /* a named thing with arguments: a layer, an activation, a loss, an optimiser, a schedule */

struct arg_def {
    const char *name;
    enum arg_type type;
    unsigned flags;
    const char *def;                    /* default as .net text ("1", "valid", "glorot_uniform"), NULL when unset */
    double min, max;                    /* INT, REAL, each of DIMS; min == max == 0 means any */
    bool open;                          /* REAL: min itself is not allowed */
    int rank;                           /* DIMS: how many numbers, 0 for any */
    const char *const *choices;         /* CHOICE: NULL-terminated */
    const struct record *const *family; /* RECORD(S): NULL-terminated */
    const char *alias[3];               /* Keras' long spellings */
    const char *doc;                    /* one line, lower case, no full stop */
};

enum { MAX_ALIASES = 8 };

struct record {
    const char *name;
    const char *alias[MAX_ALIASES]; /* Keras' spellings */
    const char *doc;                /* one sentence */
    const char *example;            /* a statement, or what its kind asks for (docs_kinds.c); NULL: only the name */
    const char
        *setting; /* replaces the setting of its kind in the frame of the example, where that one does not suit */
    const struct arg_def *args; /* ends with name == NULL; may be NULL */
    bool many;                  /* a statement that may be written several times */
    bool body;                  /* statements in braces may follow it */
};

struct section {
    struct record rec; /* must be first: a section is a record, so suggestions and REFERENCE.md know it */
    const struct record *const *words; /* its statements, or what may follow its name on one line */
    bool line;                         /* it is one line and holds no statements */
    bool list;                         /* its statements have an order: a list in YAML, not a mapping */
};
extern const struct record *const sections[];         /* each is the `rec` of a struct section; NULL-terminated */
const struct record *const *section_family(void);     /* the same */
const struct section *section_find(const char *name); /* NULL: there is no such section */
extern const struct record *const layer_records[];    /* each is the `rec` of a struct layer; NULL-terminated */
extern const struct record *const warning_kinds[];    /* the kinds of warnings; NULL-terminated */
extern const struct record *const language_words[];   /* words.c: those that are no layers or sections */
extern const struct record structure_residual, structure_concat, structure_path; /* of these; they hold layers */
extern const struct arg_def output_args[];

struct bound {
    bool set;              /* true if the user gave it, false for a default */
    struct span span;      /* of the value if set, else of the statement */
    double number;         /* INT, REAL, BOOL (0/1), CHOICE (its index) */
    int64_t dim[MAX_DIMS]; /* DIMS */
    int n_dims;
    const char *text;            /* STRING, the word of a CHOICE; NULL when absent */
    const struct value *value;   /* VALUES; NULL when absent */
    const struct record *record; /* RECORD; NULL when absent */
    struct bound *sub;           /* RECORD: its own arguments, in the order of record->args */
    struct bound *items;         /* RECORDS, LABELS (text); PAIRS: two DIMS each, where sides differ */
    size_t n_items;
    bool bare; /* an item of COLUMNS that is a word without quotes */
};

/* Binds args[first..] to rec->args. Returns one struct bound per arg_def, in table order, or NULL after reporting. */
struct bound *bind_args(struct ctx *c, const struct record *rec, const struct stmt *s, size_t first);
/* Two statements from one: *mine has the arguments that `defs` names, *rest the others. */
void stmt_divide(struct arena *a, const struct stmt *s, const struct arg_def *defs, struct stmt *mine,
                 struct stmt *rest);
/* The bound argument of that name; INTERNAL() if the record has none. */
const struct bound *record_arg(const struct record *r, const struct bound *args, const char *name);
const struct bound *record_arg_maybe(const struct record *r, const struct bound *args,
                                     const char *name); /* the same, but NULL if the record has none */
/* The record of that name or alias, or NULL if there is none. Nothing is reported. */
const struct record *record_find(const struct record *const *family, const char *name);
/* "no layer named 'Cnov2D'; did you mean 'Conv2D'?" with the fix. `what` is "layer", "optimizer", ... */
void record_unknown(struct ctx *c, struct span at, const char *what, const char *name,
                    const struct record *const *family);

#endif
