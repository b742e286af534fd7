/* command.h -- from the command line to files: options, the passes that a compilation runs, what it writes and starts. Knows in which order
 * things are asked for and what a user is told; what a pass does to a network, and how C is written, is no business of this room. The
 * list of passes stands in main.c. */
#ifndef CNNC_COMMAND_H
#define CNNC_COMMAND_H

#include "command/options.h"
#include "emit/emit.h"

enum status { DONE = 0, FAILED = 1, USAGE = 2 };

/* What a network is compiled for. A pass names those that it runs for. */
enum purpose {
    TRAINER = 1,   /* --emit=train and whatever is no other of these: the program's own network */
    LIBRARY = 2,   /* --emit=lib and learn */
    INFERENCE = 4, /* --emit=infer */
    MEMBER = 8,    /* another network of an ensemble, beside that of a trainer */
    REFERENCE = 16 /* plain loops in double, what `gradcheck` compares the kernels of a trainer or of a member with */
};
enum { OWN = TRAINER | LIBRARY | INFERENCE, EVERY = OWN | MEMBER | REFERENCE };

/* One network on its way through the passes. What a pass makes is NULL before it. */
struct compilation {
    struct ctx *ctx;
    const struct options *options;
    const struct target *target;
    const struct pass *first, *next; /* of all, in order; next: not run yet */
    const char *stage;               /* of -d; NULL: none */
    enum purpose purpose;
    const struct compilation *of; /* MEMBER, REFERENCE: whose */
    const struct spec *spec;
    struct named_arrays weights; /* those of --weights, else of the spec */
    struct net *net;
    struct plan_options planning;
    struct plan *plan;
    struct program program;
    struct compilation *members; /* of an ensemble; TRAINER */
    size_t n_members;
    bool stopped; /* nothing more is to be done, and `status` says how that went */
    enum status status;
};

struct pass {
    const char *name; /* for -d where it prints something */
    unsigned purposes;
    bool despite_errors; /* runs where others have reported errors, to find more; others end the compilation */
    /* One of the two; none of a pass that only shows what another has made. */
    void (*change)(struct net *n);
    void (*run)(struct compilation *c);
    const char *(*print)(const struct compilation *c); /* what -d shows behind it; NULL: it is no stage */
    const char *also;   /* a second name for -d, which prints the bare text; NULL: none */
    const char *leaves; /* what -d shows, in words */
};

/* ---- run.c: passes, of a table that ends with name == NULL */

/* Runs the passes up to the one of that name, or all; stops early where one says so. */
void passes_run(struct compilation *c, const char *last);
/* Compiles o->input. */
enum status compile(const struct options *o, const struct pass *passes);
/* What needs no input: help, lists, flags. */
enum status inform(const struct options *o, const struct pass *passes);
/* Is o->stage one of these passes, and does it run for o->emit? False after a message. */
bool stage_stands(const struct options *o, const struct pass *passes);

/* inputs.c: writes, unless that would take the place of what is read; the end of the compilation. */
struct product;
void write_products(struct compilation *c, struct product *made, size_t n);
/* Text on standard output, and the end of the compilation. */
void show_text(struct compilation *c, const char *text);
void compilation_stop(struct compilation *c, enum status status);

/* ---- steps.c, members.c, program.c: passes that do not change a network */

void read_spec(struct compilation *c);
void resolve_spec(struct compilation *c);
void use_members(struct compilation *c); /* the other networks of an ensemble, up to their shapes */
void write_flags(struct compilation *c); /* --cflags, --libs: the end of it */
void check_command(
    struct compilation *c); /* notes, and what the network lacks for what is wanted; the end of -fsyntax-only */
void write_text(struct compilation *c); /* --emit=net, dot: the end of it */
void plan_network(struct compilation *c);
void plan_program(struct compilation *c);  /* behind the plan of the program's own network: what goes with it */
void write_summary(struct compilation *c); /* --summary: the end of it */
void read_weights(struct compilation *c);
void check_budget(struct compilation *c);
void plan_members(struct compilation *c);
void make_reference(struct compilation *c);
void write_program(struct compilation *c); /* or, for --run, starts it */

/* ---- what -d prints */

const char *print_spec(const struct compilation *c);
const char *print_layers(const struct compilation *c);
const char *print_training(const struct compilation *c);
const char *print_graph(const struct compilation *c);
const char *print_plan(const struct compilation *c);
const char *print_memory(const struct compilation *c);

#endif
