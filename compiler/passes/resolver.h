/* resolver.h -- what the files of the pass `resolve` share: the statements become layers that know what they read. */
#ifndef CNNC_RESOLVER_H
#define CNNC_RESOLVER_H

#include "graph/layer.h"
#include "spec/label_index.h"
#include "spec/records.h"

enum { MAX_LAYERS = 4096 };

/* `model NAME { layers }` */
struct model {
    const char *name;
    struct span span;
    const struct stmt *stmt;
    VEC(const struct stmt *) inputs;
    size_t first, end; /* the nodes of its first use in this network; end 0: there is none yet */
    VEC(struct node *) outputs;
    const struct stmt *output; /* its statement `output`; NULL: there is none */
    bool entered;              /* what it usually reads is being looked at */
    bool used;                 /* by a phase */
};

struct node_list {
    VEC(struct node *) v;
};

/* The model whose layers are resolved. */
struct model_use {
    const struct model *of;       /* NULL: there is only one network */
    size_t first;                 /* its first node */
    const struct node_list *feed; /* what its inputs read; NULL: they are inputs of the network */
    size_t fed;                   /* how many of them have got something */
    bool passes;                  /* it is not trained here */
};

struct resolver {
    struct ctx *ctx;
    struct net *net;
    const char *chosen; /* the model that --model names; NULL: the spec decides */
    VEC(struct model) models;
    VEC(const struct stmt *) listed; /* inputs that only the data section names, as those of models that read them */
    struct model_use use;
    struct model *trained;                 /* by the phase; NULL: none */
    struct node_list answers;              /* of that model, while `through` reads them */
    int n_used;                            /* how often models were named as what others read */
    struct node *here;                     /* the layer above, which the next one reads; NULL: there is none */
    bool inside;                           /* in a body */
    bool frozen;                           /* a statement around is frozen */
    const struct stmt *labels[MAX_LAYERS]; /* the statements with a label */
    int n_labels;
    struct label_index known;             /* the labels of nodes, with the numbers of these; of all but the last ones */
    size_t n_known;                       /* nodes, with and without labels */
    const struct stmt *output;            /* the statement `output`; NULL: there is none */
    const struct stmt *model, **sections; /* found so far, by the index in section_family() */
    bool failed;                          /* a layer had an error: later messages would blame the wrong statement */
};

/* ---- resolve_layer.c */

/* Labels come first: a layer without a label must not take a name that a later line gives. */
void collect_labels(struct resolver *r, struct stmt *const *stmts, size_t n);
void resolve_layer(struct resolver *r, const struct layer *layer, const struct stmt *s);
/* Appends a node that reads nothing yet; NULL, after a report, if there are too many. */
struct node *add_node(struct resolver *r, const struct layer *layer, const struct stmt *s, struct bound *args,
                      struct bound *common);
/* The layer that the statement reads: that of from=, else the one above. NULL after a report. */
struct node *source_of(struct resolver *r, const struct stmt *s, const struct bound *from);
/* The layer with that label, of those before the statement; NULL after a report. */
struct node *labelled(struct resolver *r, const struct stmt *reader, const struct bound *label);
/* The node reads the layers that from= names; without it, the one above. False after a report. */
bool read_inputs(struct resolver *r, struct node *n);

/* The layers that `output` names; without it, the last one. */
void find_outputs(struct resolver *r, const struct stmt *output, struct node_list *out);
struct bound *outputs_bind(struct resolver *r, const struct stmt *output); /* NULL: there are none */

/* ---- feeds.c: what a phase says that inputs and targets are */
bool value_is_name(const struct value *v);
bool value_names(const struct value *v, const char *word); /* it is this word, with quotes or without */
size_t values_count(const struct value *v);                /* of a list; 1: there is one; 0: none */
const struct value *values_item(const struct value *v, size_t i);
/* The model whose answer the value stands for, and in *label the layer of it that is meant: `encoder`, `encoder.mean`.
 * NULL: it names no model; NULL in *label: it means the outputs. */
struct model *model_read(struct resolver *r, const struct value *v, const char **label);
bool names_model(const struct value *v, const char *model); /* that model or a layer of it */
/* Reports a value that names nothing; names of models are told, the `others`, and those of inputs. */
void refuse_feed(struct resolver *r, const struct value *v, const char *const *others, size_t n_others, bool inputs);
void refuse_source(struct resolver *r, const struct value *v); /* of what an input reads */
/* The number of the input that the data section lists under this name; how many it lists: there is none. */
size_t number_in_list(struct resolver *r, const char *name);
/* The Input of any model that has this label; NULL: there is none. */
const struct stmt *input_labelled(const struct resolver *r, const char *name);

/* ---- models.c: a spec with several models */

bool is_model(const struct stmt *s); /* `model NAME { ... }` */
void add_model(struct resolver *r, const struct stmt *s);
void unknown_model(struct resolver *r, struct span at, const char *name);
bool step_stands(struct resolver *r); /* false after a report: no phases, or of models that there are not */
struct model *model_named(struct resolver *r, const char *name);
const struct phase_config *phase_of(const struct resolver *r, const char *model); /* its first one; NULL: none */

/* The number of the part that is this model alone, with that output only unless it is NULL. */
size_t part_of(struct resolver *r, const char *model, const char *output);

/* ---- data_inputs.c: what phases read of the data */

/* The data's inputs, each once, in the order in which the phases read them. */
struct data_inputs {
    VEC(const struct stmt *) all;   /* of all models */
    VEC(const struct stmt *) ports; /* those of different names */
};
struct data_inputs data_inputs(struct resolver *r);
/* The number of the port of that name; d->ports.n: there is none. */
size_t data_input_port(const struct data_inputs *d, const char *name);
bool target_is_data(struct resolver *r, const struct value *v); /* `data`, or the name of a target of the data */
/* The model that a target names, as `teacher` or `teacher.soft`; *output: the label, or NULL. NULL after a report. */
struct model *model_of_target(struct resolver *r, const struct value *v, const char **output);
/* The input of the data that a target names; NULL: it names none. */
const struct stmt *input_of_target(struct resolver *r, const struct value *v);
void refuse_target(struct resolver *r, const struct value *v); /* reports a target that is nothing */
extern const struct value all_data;                            /* `data` */
struct value arguments_of(const struct value *call);           /* what stands in its parentheses */
/* What the inputs of a model read where only its name is given: the same as in the phase that trains it. */
const struct value *usual_feed(const struct resolver *r, const struct model *m);
/* Begins with what another model reads. False, after a report, where it reads its own answers, or where models that
 * read one another are used too often. */
bool goes_deeper(struct resolver *r, struct model *other, const struct value *v);
void comes_back(struct model *other, const struct value *v);
struct model *model_through(struct resolver *r, const struct phase_config *p); /* NULL after a report */

/* ---- compose.c: a network made of models that read one another */

/* The layers of a model that reads `feed`, or has inputs of its own (NULL). */
void use_model(struct resolver *r, struct model *m, const struct node_list *feed, bool trained, struct node_list *out);
/* Appends what the phase calls these answers of a use of its model, whose inputs read its on= from this item. */
void output_names(struct resolver *r, const struct phase_config *p, const struct node_list *answers, size_t item,
                  struct word_list *names);
void compose_phase(struct resolver *r, const struct phase_config *p);

/* ---- tested.c */

/* What a model alone is tested by. */
struct test {
    const struct phase_config *phase; /* NULL: no phase compares it, on inputs of the data, with the data */
    const struct model *m;            /* the one that the phase trains: it, or the one that it follows */
    size_t use, uses;                 /* the use of the phase, and how many uses that has */
    size_t item;                      /* of on=, the first of this use */
    const char *const *reads;         /* the inputs of the data that its inputs are */
};
struct test test_of(struct resolver *r, const char *model);
bool is_tested(struct resolver *r, const struct test *t, size_t i); /* output i of the model */
/* What that output is compared with. */
void fill_as_tested(struct resolver *r, const struct test *t, size_t i, struct fill *f);
/* Losses, weights, metrics and optimizer for these outputs. */
struct phase_config phase_as_tested(struct resolver *r, const struct test *t, const size_t *which, size_t n);

/* ---- parts.c */

/* Makes the network that has this number; the first is the program's own. */
void resolve_part(struct resolver *r, size_t part);

/* ---- structure.c: residual, concat, path */

/* True if the statement is one of them; then its layers are made. */
bool resolve_structure(struct resolver *r, const struct stmt *s);
/* A statement within a body: a layer, or one of these. */
void resolve_inner(struct resolver *r, const struct stmt *s);

/* ---- resolve_unknown.c */

/* Reports a statement that nothing knows. */
void unknown_statement(struct resolver *r, const struct stmt *s);

#endif
