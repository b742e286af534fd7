/* command.h -- from the command line to files: options, the passes that a compilation runs, the files that it writes
 * and the programs that it starts. This room knows the order of the steps and what the user is told. It does not know
 * what a pass does to a network, nor how C is written. The list of passes is in main.c. */
#ifndef CNNC_COMMAND_H
#define CNNC_COMMAND_H

#include "command/options.h"
#include "emit/emit.h"

enum status { DONE = 0, FAILED = 1, USAGE = 2 };

/* What a network is compiled for. Each pass names the purposes that it runs for. */
enum purpose {
    TRAINER = 1,   /* --emit=train and all without a purpose below: the network of the program itself */
    LIBRARY = 2,   /* --emit=lib and learn */
    INFERENCE = 4, /* --emit=infer */
    MEMBER = 8,    /* another network of an ensemble, beside the network of a trainer */
    REFERENCE = 16 /* plain loops in double; `gradcheck` compares the kernels of a trainer or of a member with them */
};
enum { OWN = TRAINER | LIBRARY | INFERENCE, EVERY = OWN | MEMBER | REFERENCE };

/* One network on its way through the passes. Whatever a pass makes is NULL before that pass. */
struct compilation {
    struct ctx *ctx;
    const struct options *options;
    const struct target *target;
    const struct pass *first, *next; /* all passes, in order; next: the first that has not run yet */
    const char *stage;               /* of -d; NULL: none */
    enum purpose purpose;
    const struct compilation *of; /* MEMBER, REFERENCE: the compilation that it belongs to */
    const struct spec *spec;
    size_t part;                 /* of a spec with several models: which of its networks this is */
    struct named_arrays weights; /* those of --weights, else those of the spec */
    struct net *net;
    struct plan_options planning;
    struct plan *plan;
    struct program program;
    struct compilation *members; /* TRAINER: the other networks of an ensemble; LIBRARY, too: those of several models */
    size_t n_members;
    bool stopped; /* the compilation is over, and `status` tells its result */
    enum status status;
};

struct pass {
    const char *name; /* the name for -d, if the pass prints something */
    unsigned purposes;
    /* runs even after errors in earlier passes, to find more; without it, such errors end the compilation here */
    bool despite_errors;
    /* A pass has one of the two, or none if it only shows what another pass has made. */
    void (*change)(struct net *n);
    void (*run)(struct compilation *c);
    const char *(*print)(const struct compilation *c); /* what -d shows after it; NULL: -d does not know this pass */
    const char *also;   /* a second name for -d, with which it prints only the text; NULL: none */
    const char *leaves; /* what -d shows, in words */
};

/* ---- run.c: runs the passes of a table, which ends with name == NULL */

/* Runs the passes up to the one with that name, or all; stops early if a pass says so. */
void passes_run(struct compilation *c, const char *last);
/* Compiles o->input. */
enum status compile(const struct options *o, const struct pass *passes);
/* Carries out options that need no input: help, lists, flags. */
enum status inform(const struct options *o, const struct pass *passes);
/* True if o->stage is one of these passes and runs for o->emit; false after a message. */
bool stage_stands(const struct options *o, const struct pass *passes);

/* inputs.c: writes, unless that would overwrite an input; this ends the compilation. */
struct product;
void write_products(struct compilation *c, struct product *made, size_t n);
/* Prints text on standard output, and ends the compilation. */
void show_text(struct compilation *c, const char *text);
void compilation_stop(struct compilation *c, enum status status);

/* ---- steps.c, members.c, program.c: passes that do not change a network */

void read_spec(struct compilation *c);
void resolve_spec(struct compilation *c);
void use_members(struct compilation *c); /* compiles the other networks of an ensemble up to their shapes */
void write_flags(struct compilation *c); /* --cflags, --libs: ends the compilation */
/* Prints notes, and reports what the network lacks for its purpose; ends -fsyntax-only. */
void check_command(struct compilation *c);
void write_text(struct compilation *c); /* --emit=net, yaml, dot: ends the compilation */
void plan_network(struct compilation *c);
void plan_program(struct compilation *c);  /* after the plan of the network of the program: plans what goes with it */
void write_summary(struct compilation *c); /* --summary: ends the compilation */
void read_weights(struct compilation *c);
void check_budget(struct compilation *c);
void plan_members(struct compilation *c);
void make_reference(struct compilation *c);
void write_program(struct compilation *c); /* or starts the program, for --run */

/* ---- what -d prints */

const char *print_spec(const struct compilation *c);
const char *print_layers(const struct compilation *c);
const char *print_training(const struct compilation *c);
const char *print_graph(const struct compilation *c);
const char *print_plan(const struct compilation *c);
const char *print_memory(const struct compilation *c);

#endif
