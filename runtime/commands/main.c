/* main.c -- cnn_main_with(). Commands and options are two tables. The values of the options go into struct cnn_options;
 * the table holds the offset of each option's field. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "claims.h"
#include "closest.h"
#include "commands/commands.h"
#include "engine/engine.h"
#include "ensemble/ensemble.h"
#include "support/peers.h"
#include "support/support.h"
#include "train/train.h"
#include "version.h"
#include "weights/weights.h"

enum {
    TRAIN = 1,
    EVALUATE = 2,
    PREDICT = 4,
    SUMMARY = 8,
    GRADIENTS = 16,
    GRADCHECK = 32,
    EXPORT = 64,
    BENCH = 128,
    CROSSVAL = 256,
    PLOT = 512,
    ENSEMBLE = 1024
};
enum { FITS = TRAIN | CROSSVAL | ENSEMBLE, RUNS = FITS | EVALUATE | PREDICT | BENCH | PLOT, ALL = 2047 };

static const struct command {
    const char *name;
    unsigned bit;
    int (*run)(struct cnn_run *r);
    const char *line, *help;
} commands[] = {
    {"train", TRAIN, cnn_train_command, "fit as the spec says, then evaluate on the test set (the default)",
     "Trains from fresh weights, from --weights, from what --init has in common with the network, or from where\n"
     "--resume left off; then evaluates on the test set.\n"
     "With --save a checkpoint is written after every epoch, and when Ctrl-C stops the run (the batch finishes\n"
     "first). A run resumed from it ends with the same bits as one that was never stopped; when data, batch, loss or\n"
     "what else it depends on is not what it was, that is an error, unless --force is given.\n"},
    {"evaluate", EVALUATE, cnn_evaluate_command, "loss and metrics on the test set",
     "Prints loss (penalties included) and metrics on the spec's test set, or on the part that --part names.\n"},
    {"predict", PREDICT, cnn_predict_command, "outputs for new inputs",
     "Inputs are normalised as in training. With -o the outputs go to an .npy file of shape [inputs, ...]; without it\n"
     "every input gets a line: its number, the class, and the class's probability. Several pictures may be named:\n"
     "--input a.png b.jpeg. Programs read pictures when the spec's data are 'images', or say 'predict images'.\n"
     "Several inputs: --input NAME=FILE for each, or one .npz of them. Several outputs go to an .npz.\n"},
    {"summary", SUMMARY, cnn_summary_command, "the table of layers",
     "Prints layers, shapes, parameters, multiply-adds, memory.\n"},
    {"gradients", GRADIENTS, cnn_gradients_command, "loss and gradients of one batch, to a file",
     "Runs one batch of any size with dropout off. Writes 'loss' (a scalar, penalties included) and an array for each\n"
     "parameter, named and shaped as in files of weights. Without --weights: the initial weights of --seed.\n"},
    {"gradcheck", GRADCHECK, cnn_gradcheck_command, "are the gradients right?",
     "Compares gradients with central differences in double precision, and the fast float kernels with the double\n"
     "ones. Exit status 1 when the first differ by more than 1e-5, the second by more than 1e-4 of the largest.\n"},
    {"export", EXPORT, cnn_export_command, "weights from one file format to another",
     "Reads --weights and writes -o; each is .safetensors or .npz by its name. Of several models all are written, or\n"
     "the one that --model names; of an ensemble --member N.\n"},
    {"bench", BENCH, cnn_bench_command, "where the time of a training step goes",
     "Trains for some seconds and prints, for every kernel of every layer, its time in a step, the rate at which\n"
     "it does the layer's multiply-adds, and its share of this machine's arithmetic peak, measured in the same\n"
     "run. Inputs are the spec's data when they are there, made up when not. Threads: one, unless --threads says\n"
     "otherwise; kernels are always timed on one.\n"},
    {"crossval", CROSSVAL, cnn_crossval_command, "train and test on other rows, fold by fold",
     "Divides the training rows into folds as the spec's 'validate' says. In each fold the network begins anew,\n"
     "with a seed of its own (--seed and the fold's number), 'normalize' is fitted to that fold's training rows,\n"
     "and the other rows test. Prints a line a fold, then mean and standard deviation of every number, and the 95%\n"
     "interval of the mean. The spec's test set and checkpoint are left alone.\n"},
    {"plot", PLOT, cnn_plot_command, "pictures of a run, drawn by gnuplot",
     "Draws into the folder --plots: from --log a curve of every number, its best epoch marked; from --weights the\n"
     "confusion matrix, the surest mistakes (of images) and the filters of the first Conv2D. Each picture stands\n"
     "beside its script and its data; without gnuplot these are left to be drawn elsewhere, and the status is 1.\n"},
    {"ensemble", ENSEMBLE, cnn_ensemble_command, "train networks that answer together",
     "Trains the members of the spec's 'ensemble', each with a seed of its own, --seed and its number. Prints a line\n"
     "a member with its scores on the test set, then the score of all together, and saves them in one file, which\n"
     "'evaluate' and 'predict' take as --weights. The spec's checkpoint is left alone.\n"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

enum kind { FLAG, COUNT, SEED, POSITIVE, TEXT, PORTS, WRITTEN, FILLED, WEIGHTS, SAVED, RESUMED };

static const enum cnn_use uses[] = {                       /* how a command uses the file of such an option */
                                    [PORTS] = CNN_NO_FILE, /* cnn_claim_ports() claims them */
                                    [WRITTEN] = CNN_WRITES, [FILLED] = CNN_FILLS,       [WEIGHTS] = CNN_BEGINS_WITH,
                                    [SAVED] = CNN_REPLACES, [RESUMED] = CNN_BEGINS_WITH};

static const struct option {
    const char *name, *value;
    enum kind kind;
    size_t offset;
    unsigned used_by;
    int only; /* other commands refuse it; else they only warn */
    const char *help;
} options[] = {
#define AT(field) offsetof(struct cnn_options, field)
    {"--input", "FILE", PORTS, AT(input), PREDICT | GRADIENTS | GRADCHECK, 1,
     ".npy, .npz, IDX or .csv: one input a row; or pictures; NAME=FILE for each of several inputs"},
    {"--target", "FILE", PORTS, AT(target), GRADIENTS | GRADCHECK, 1,
     ".npy or IDX: what the network should say; NAME=FILE likewise"},
    {"-o", "FILE", WRITTEN, AT(output), PREDICT | GRADIENTS | EXPORT, 1, "where the result goes"},
    {"--weights", "FILE", WEIGHTS, AT(weights), ALL & ~(SUMMARY | CROSSVAL | ENSEMBLE), 0,
     "weights to begin with: .safetensors or .npz"},
    {"--init", "FILE", WEIGHTS, AT(init), TRAIN, 1,
     "begin with what fits, by name and shape, of another network's weights"},
    {"--save", "FILE", SAVED, AT(save), TRAIN | ENSEMBLE, 0,
     "checkpoint after every epoch (.npz: weights alone); the ensemble (MODEL-ensemble.safetensors)"},
    {"--resume", "FILE", RESUMED, AT(resume), TRAIN, 0, "go on from a checkpoint"},
    {"--data-dir", "DIR", TEXT, AT(data_dir), RUNS | GRADIENTS | GRADCHECK, 0,
     "where data files are ($CNN_DATA_DIR, else the current folder)"},
    {"--part", "NAME", TEXT, AT(part), EVALUATE | PLOT, 1, "train, validation or test (the default)"},
    {"--epochs", "N", COUNT, AT(epochs), FITS, 0, "epochs in all, also with --resume"},
    {"--lr", "X", POSITIVE, AT(lr), FITS, 0, "learning rate (base of a schedule)"},
    {"--seed", "N", SEED, AT(seed), FITS | GRADIENTS | GRADCHECK | BENCH, 0, "of weights, shuffling and dropout"},
    {"--limit", "N", COUNT, AT(limit), FITS, 0, "train on the first N rows only"},
    {"--no-shuffle", NULL, FLAG, AT(no_shuffle), FITS, 0, "take the rows in the order of the file"},
    {"--log", "FILE", WRITTEN, AT(log), TRAIN | CROSSVAL | PLOT, 0, "CSV, one row an epoch (crossval: a fold)"},
    {"--plots", "DIR", FILLED, AT(plots), TRAIN | PLOT, 1, "pictures of the run, into this folder (plot: plots)"},
    {"--png", NULL, FLAG, AT(png), TRAIN | PLOT, 1, "pictures as PNG, not SVG"},
    {"--threads", "N", COUNT, AT(threads), RUNS, 0,
     "default: $CNN_THREADS, else the cores there are; results do not depend on it"},
    {"--pin", NULL, FLAG, AT(pin), TRAIN | BENCH, 1, "each thread stays on a core of its own"},
    {"--jobs", "N", COUNT, AT(jobs), CROSSVAL | ENSEMBLE, 1,
     "folds or members at once (1); results do not depend on it"},
    {"--model", "NAME", TEXT, AT(model), ALL & ~FITS, 1,
     "of several models: this one; gradcheck, gradients, bench: its phase"},
    {"--member", "N", COUNT, AT(member), EXPORT, 1, "of an ensemble: which member's weights, from 1"},
    {"--steps", "N", COUNT, AT(steps), BENCH, 1, "steps to time"},
    {"--samples", "N", COUNT, AT(samples), GRADCHECK, 1, "elements of each parameter to take differences for"},
    {"--seconds", "X", POSITIVE, AT(seconds), BENCH, 1, "or how long to time steps (3)"},
    {"--simulate", "threads=N", TEXT, AT(simulate), BENCH, 1,
     "compute the time of a step on N threads, or on ranks=N bandwidth=10G latency=20us"},
    {"--csv", "FILE", WRITTEN, AT(csv), BENCH, 1, "the table as comma-separated values"},
    {"--json", "FILE", WRITTEN, AT(json), BENCH, 1, "everything measured, for programs"},
    {"--plot", "FILE", WRITTEN, AT(plot), BENCH, 1, "an SVG of it, drawn by gnuplot"},
    {"--verbose", NULL, FLAG, AT(verbose), TRAIN | EVALUATE, 1, "at the end the confusion matrix, the loss as a curve"},
    {"--force", NULL, FLAG, AT(force), TRAIN | EVALUATE | PREDICT | GRADIENTS | GRADCHECK | PLOT, 1,
     "go on from a checkpoint of another run; fit a forgotten normalisation anew"},
    {"--quiet", NULL, FLAG, AT(quiet), ALL, 0, "no progress"},
#undef AT
};
enum { OPTIONS = sizeof options / sizeof options[0] };

struct line { /* the parsed command line */
    const char *program;
    const struct cnn_model *model;
    const struct command *command;
    struct cnn_options o;
    const char **words; /* arguments that are neither option nor command; room for all of argv */
    uint64_t seen;      /* bit i: options[i] was given */
    int help, version;
};

/* ---- help */

static void list_options(unsigned commands_bits)
{
    char left[64];
    for (int i = 0; i < OPTIONS; i++)
        if (options[i].used_by & commands_bits) {
            snprintf(left, sizeof left, "%s %s", options[i].name, options[i].value ? options[i].value : "");
            printf("  %-18s %s\n", left, options[i].help);
        }
    printf("  %-18s %s\n", "-h", "help; after a command: help on it");
    printf("  %-18s %s\n", "--version", "the network, and the version of libcnn");
}

static void usage(const char *program)
{
    printf("usage: %s [command] [options]\n\ncommands:\n", program);
    for (int i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].line);
    printf("\noptions ('%s COMMAND -h' tells which ones a command has):\n", program);
    list_options(ALL);
    printf("\nexit status: 0 done; 1 trouble with data, files or numbers; 2 wrong usage; 130 interrupted\n");
}

static void command_usage(const char *program, const struct command *c)
{
    printf("usage: %s %s [options]\n\n%s\noptions:\n", program, c->name, c->help);
    list_options(c->bit);
}

/* ---- parsing the command line; these functions return -1 after printing a message */

static int wrong(const struct line *l, const char *fmt, ...) CNN_PRINTF(2, 3);
static int wrong(const struct line *l, const char *fmt, ...)
{
    va_list args;
    fprintf(stderr, "%s: ", l->program);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\n%s: '%s -h' shows what there is\n", l->program, l->program);
    return -1;
}

static int unknown(const struct line *l, const char *what, const char *word, const char *near)
{
    if (near)
        return wrong(l, "unknown %s '%s'; did you mean '%s'?", what, word, near);
    return wrong(l, "unknown %s '%s'", what, word);
}

static int unknown_option(const struct line *l, const char *arg, size_t length)
{
    const char *names[OPTIONS];
    static const char *const compiled[] = {"--batch", "--batch-size", "--batch_size"};
    char word[80];
    for (size_t i = 0; i < sizeof compiled / sizeof *compiled; i++)
        if (strlen(compiled[i]) == length && strncmp(arg, compiled[i], length) == 0)
            return wrong(l, "the batch is compiled in: change 'batch' in the spec's 'train', or say 'let b = 32' and "
                            "batch=$b there, and 'cnnc -D b=64'");
    snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), arg);
    for (int i = 0; i < OPTIONS; i++)
        names[i] = options[i].name;
    return unknown(l, "option", word, cnn_closest(word, names, OPTIONS));
}

static int read_count(const struct line *l, const struct option *opt, const char *text, int64_t *out)
{
    char *end;
    int64_t least = opt->kind == SEED ? 0 : 1;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || errno || n < least)
        return wrong(l, "%s wants a whole number from %lld up, not '%s'", opt->name, (long long)least, text);
    *out = n;
    return 0;
}

static int read_positive(const struct line *l, const struct option *opt, const char *text, double *out)
{
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || !isfinite(x) || x <= 0)
        return wrong(l, "%s wants a number above 0, not '%s'", opt->name, text);
    *out = x;
    return 0;
}

/* --input and --target may be given for each port. */
static int add_port(struct line *l, const struct option *opt, const char *text)
{
    struct cnn_options *o = &l->o;
    const int is_input = opt->offset == offsetof(struct cnn_options, input);
    int *n = is_input ? &o->n_inputs : &o->n_targets;
    if (*n == CNN_MOST_PORTS)
        return wrong(l, "%s is given more than %d times", opt->name, CNN_MOST_PORTS);
    (is_input ? o->inputs : o->targets)[(*n)++] = text;
    return 0;
}

static int store(struct line *l, const struct option *opt, const char *text)
{
    void *at = (char *)&l->o + opt->offset;
    struct cnn_error e;
    l->seen |= UINT64_C(1) << (opt - options);
    if (opt->value && !*text)
        return wrong(l, "%s wants a value", opt->name);
    switch (opt->kind) {
    case FLAG: *(int *)at = 1; return 0;
    case SEED: l->o.seed_given = 1; return read_count(l, opt, text, at);
    case COUNT: return read_count(l, opt, text, at);
    case POSITIVE: return read_positive(l, opt, text, at);
    case WEIGHTS:
    case SAVED:
        if (cnn_has_writable_name(text, &e) != 0)
            return wrong(l, "%s", e.text);
        break;
    case PORTS:
        if (add_port(l, opt, text) != 0)
            return -1;
        break;
    case TEXT:
    case WRITTEN:
    case FILLED:
    case RESUMED: break;
    }
    *(const char **)at = text;
    return 0;
}

/* Reads argv[i] and, if the value is a separate argument, argv[i + 1]. Returns how many it has read. */
static int read_option(struct line *l, char **argv, int i)
{
    const char *arg = argv[i], *equals = strchr(arg, '=');
    size_t length = equals ? (size_t)(equals - arg) : strlen(arg);
    const struct option *opt = options, *end = options + OPTIONS;
    while (opt < end && (strlen(opt->name) != length || strncmp(opt->name, arg, length) != 0))
        opt++;
    if (opt == end)
        return unknown_option(l, arg, length);
    if (!opt->value && equals)
        return wrong(l, "%s takes no value", opt->name);
    if (!opt->value || equals)
        return store(l, opt, equals ? equals + 1 : "") == 0 ? 1 : -1;
    if (!argv[i + 1] || strncmp(argv[i + 1], "--", 2) == 0)
        return wrong(l, "%s wants a value: %s %s", opt->name, opt->name, opt->value);
    return store(l, opt, argv[i + 1]) == 0 ? 2 : -1;
}

static int read_word(struct line *l, const char *word)
{
    const char *names[COMMANDS];
    if (l->command && (l->command->bit == PREDICT || (l->command->bit == BENCH && l->o.simulate))) {
        l->words[l->o.n_more++] = word;
        return 0;
    }
    if (l->command)
        return wrong(l, "nothing is expected after '%s': '%s'", l->command->name, word);
    for (int i = 0; i < COMMANDS; i++) {
        names[i] = commands[i].name;
        if (strcmp(word, commands[i].name) == 0)
            l->command = &commands[i];
    }
    if (!l->command)
        return unknown(l, "command", word, cnn_closest(word, names, COMMANDS));
    return 0;
}

static int check_environment(const struct line *l, const char *name, int most)
{
    if (cnn_environment_number(name, most) == 0)
        return wrong(l, "%s is '%s', but it wants a whole number from 1 to %d", name, getenv(name), most);
    return 0;
}

static int check_use(const struct line *l)
{
    const struct command *c = l->command;
    for (int i = 0; i < OPTIONS; i++) {
        if (!(l->seen >> i & 1) || options[i].used_by & c->bit)
            continue;
        if (options[i].only)
            return wrong(l, "'%s' has no option '%s'", c->name, options[i].name);
        cnn_warn(l->program, "'%s' does nothing for '%s'", options[i].name, c->name);
    }
    if ((!l->o.threads && check_environment(l, "CNN_THREADS", CNN_MOST_THREADS) != 0) ||
        check_environment(l, "CNN_BUCKET", CNN_MOST_BUCKET_BYTES) != 0)
        return -1;
    if (l->o.threads > CNN_MOST_THREADS)
        return wrong(l, "--threads wants at most %d", CNN_MOST_THREADS);
    if (l->o.jobs > CNN_MOST_THREADS)
        return wrong(l, "--jobs wants at most %d", CNN_MOST_THREADS);
    if (l->o.steps > CNN_BENCH_STEPS)
        return wrong(l, "--steps wants at most %d", CNN_BENCH_STEPS);
    if (l->o.quiet && l->o.verbose)
        return wrong(l, "--quiet and --verbose exclude each other");
    if (l->o.png && c->bit == TRAIN && !l->o.plots)
        return wrong(l, "--png wants --plots DIR");
    if (l->o.init && (l->o.weights || l->o.resume))
        return wrong(l, "--init and %s exclude each other: it has all weights already",
                     l->o.weights ? "--weights" : "--resume");
    if (l->o.weights && l->o.resume)
        return wrong(l, "--weights and --resume exclude each other: a checkpoint has its own weights");
    return 0;
}

/* 0: the targets are the inputs, or there are none. */
static int wants_target(const struct cnn_model *m)
{
    int wants = 0;
    for (int i = 0; i < m->n_targets; i++)
        wants |= m->targets[i].from == CNN_FROM_FILE;
    return wants;
}

/* Checks that a command has the options it needs and that the names of its files are allowed. */
static int check_files(const struct line *l)
{
    const struct cnn_options *o = &l->o;
    unsigned bit = l->command->bit;
    struct cnn_error e;
    if (bit & (PREDICT | GRADIENTS) && !o->input && o->n_more == 0)
        return wrong(l, "'%s' wants --input FILE", l->command->name);
    if (bit & (GRADIENTS | EXPORT) && !o->output)
        return wrong(l, "'%s' wants -o FILE", l->command->name);
    if (bit & GRADIENTS && !o->target && wants_target(l->model) && !l->model->nets) /* a phase may have numbers */
        return wrong(l, "'%s' wants --target FILE", l->command->name);
    if (o->target && !wants_target(l->model))
        return wrong(l, "'%s' takes no --target: this network's targets are its inputs", l->command->name);
    if (bit & GRADCHECK && !o->input != !o->target && wants_target(l->model))
        return wrong(l, "'gradcheck' wants --input and --target, or neither");
    if (bit & (GRADIENTS | EXPORT) && cnn_has_writable_name(o->output, &e) != 0)
        return wrong(l, "%s", e.text);
    if (bit & PREDICT && o->output && l->model->n_outputs > 1)
        return cnn_has_writable_name(o->output, &e) != 0 ? wrong(l, "%s", e.text) : 0;
    return bit & PREDICT && o->output && cnn_has_npy_name(o->output, &e) != 0 ? wrong(l, "%s", e.text) : 0;
}

static int read_line(struct line *l, int argc, char **argv)
{
    for (int i = 1; i < argc;) {
        int taken = 1;
        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
            l->help = 1;
        else if (strcmp(argv[i], "--version") == 0)
            l->version = 1;
        else if (argv[i][0] == '-' && argv[i][1])
            taken = read_option(l, argv, i);
        else
            taken = read_word(l, argv[i]) == 0 ? 1 : -1;
        if (taken < 0)
            return -1;
        i += taken;
    }
    if (l->help || l->version)
        return 0;
    if (!l->command)
        l->command = &commands[0];
    return check_use(l) == 0 ? check_files(l) : -1;
}

/* ---- running the command */

static int check_ports(const struct cnn_model *m, struct cnn_error *e)
{
    if (m->n_inputs > CNN_MOST_PORTS || m->n_outputs > CNN_MOST_PORTS || m->n_targets != m->n_outputs)
        return cnn_fail(e, "more than %d inputs or outputs", CNN_MOST_PORTS);
    for (int i = 0; m->nets && i < m->nets->n; i++)
        if (m->nets->at[i].network && check_ports(m->nets->at[i].network, e) != 0)
            return -1;
    return 0;
}

static int check_model(const struct cnn_model *m, struct cnn_error *e)
{
    if (m->abi != CNN_ABI)
        return cnn_fail(e, "made for version %d of libcnn, but linked with %d: run cnnc again", m->abi, CNN_ABI);
    if (check_ports(m, e) != 0)
        return -1;
    if (m->train->n_metrics > CNN_METRICS)
        return cnn_fail(e, "more than %d metrics", CNN_METRICS);
    if (!m->cpu_ok())
        return cnn_fail(e, "this program was made for %s, and this machine lacks one of: %s; run cnnc --target=generic",
                        m->target, m->cpu);
    return 0;
}

/* `plot` reads the log that other commands write. When an option does nothing for this command, its file is claimed
 * only if it is one to be read, so that the command does not write over it. */
static enum cnn_use use_of(const struct option *k, unsigned bit)
{
    const enum cnn_use use = uses[k->kind];
    if (!(k->used_by & bit))
        return use == CNN_READS || use == CNN_BEGINS_WITH ? CNN_READS : CNN_NO_FILE;
    return k->kind == WRITTEN && bit == PLOT ? CNN_READS : use;
}

/* Claims the files that the command line names. */
static int claim_options(const struct line *l, struct cnn_claims *c, struct cnn_error *e)
{
    const unsigned bit = l->command->bit;
    for (int i = 0; i < OPTIONS; i++) {
        const struct option *k = &options[i];
        const enum cnn_use use = use_of(k, bit);
        if (use == CNN_NO_FILE || !(l->seen >> i & 1))
            continue;
        if (cnn_claim(c, use, *(const char *const *)((const char *)&l->o + k->offset), k->name, e) != 0)
            return -1;
    }
    return 0;
}

/* Checks, before anything is written, that no file is written over one that is read. */
static int check_claims(const struct line *l, struct cnn_run *r)
{
    const unsigned bit = l->command->bit, loads = EVALUATE | PREDICT | GRADIENTS | GRADCHECK | EXPORT | BENCH;
    const unsigned how = bit == TRAIN      ? CNN_SPEC_SAVES
                         : bit == PLOT     ? CNN_SPEC_LOADS | CNN_SPEC_DRAWS
                         : bit == ENSEMBLE ? CNN_SPEC_MEMBERS
                         : bit & loads     ? CNN_SPEC_LOADS
                                           : 0;
    struct cnn_claims c = {0};
    int status = cnn_claim(&c, CNN_READS, "/proc/self/exe", "the program itself", &r->error);
    if (status == 0)
        status = claim_options(l, &c, &r->error);
    if (status == 0)
        status = cnn_claim_ports(r, &c, bit == PREDICT);
    if (status == 0)
        status = cnn_claim_spec(r, &c, how);
    cnn_claims_free(&c);
    return status;
}

/* Which networks of several models a command looks at. */
static enum cnn_net_kind kind_of(unsigned bit)
{
    return bit & (TRAIN | CROSSVAL | ENSEMBLE) ? CNN_OF_ALL
           : bit & EXPORT                      ? CNN_OF_ALL_OR_ONE
           : bit & SUMMARY                     ? CNN_OF_EACH_MODEL
           : bit & GRADCHECK                   ? CNN_OF_EACH_PHASE
           : bit & GRADIENTS                   ? CNN_OF_A_PHASE
           : bit & BENCH                       ? CNN_ONE_NETWORK
           : bit & (EVALUATE | PLOT)           ? CNN_OF_A_TEST
                                               : CNN_OF_A_MODEL;
}

/* A command that does not divide its work is run by rank 0 alone. */
static int run(const struct line *l, const struct cnn_model *m, struct cnn_peers *peers)
{
    const int divides = (l->command->bit & (TRAIN | EVALUATE | CROSSVAL | ENSEMBLE | BENCH)) != 0;
    struct cnn_run r = {.m = m, .o = l->o, .peers = divides ? peers : NULL};
    if (!divides && !cnn_is_first(peers))
        return CNN_DONE;
    const struct cnn_command_way way = {kind_of(l->command->bit), l->command->run};
    const int ready = check_model(m, &r.error) == 0 && check_claims(l, &r) == 0;
    int status = ready ? cnn_run_nets(&r, &way) : CNN_TROUBLE;
    if (status == CNN_TROUBLE || status == CNN_USAGE)
        cnn_complain(l->program, &r.error);
    return status;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int serve(struct line *l, int argc, char **argv, const struct cnn_model *model, struct cnn_peers *peers)
{
    cnn_occupy_standard_files();
    signal(SIGPIPE, SIG_IGN); /* when the reader of the output ends, a checkpoint must still be written */
    signal(SIGXFSZ, SIG_IGN); /* a file that grows too large makes a write fail, which is reported */
    cnn_signals_catch(l->program);
    cnn_catch_bus_error(l->program);
    if (read_line(l, argc, argv) != 0)
        return CNN_USAGE;
    if (l->version) {
        printf("%s, with libcnn " CNNC_VERSION "\n", model->name);
        return cnn_close_output(l->program, CNN_DONE);
    }
    if (!l->help)
        return cnn_close_output(l->program, run(l, model, peers));
    if (l->command)
        command_usage(l->program, l->command);
    else
        usage(l->program);
    return cnn_close_output(l->program, CNN_DONE);
}

int cnn_main_with(int argc, char **argv, const struct cnn_model *model, struct cnn_peers *peers)
{
    struct line l = {.model = model, .program = argc > 0 && argv[0][0] ? base_name(argv[0]) : model->name};
    l.words = calloc((size_t)argc + 1, sizeof *l.words);
    if (!l.words) {
        fprintf(stderr, "%s: out of memory\n", l.program);
        return CNN_TROUBLE;
    }
    l.o.more = l.words;
    int status = serve(&l, argc, argv, model, peers);
    free(l.words);
    return status;
}
