/* options.c -- the command line: one table lists the options; parsing and help read it */
#include "closest.h"
#include "command/options.h"
#include "command/toolchain.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum value_of_option {
    NO_VALUE,
    VALUE,       /* -oFILE, -o FILE, --name=VALUE, --name VALUE */
    MAYBE_VALUE, /* --name, --name=VALUE */
    REST         /* -Wno-NAME: the rest of the same word */
};

struct option {
    const char *name;
    enum value_of_option value;
    size_t flag; /* NO_VALUE: the offset in struct options of the bool that becomes true */
    bool (*set)(struct options *o, const char *value);
    const char *show, *help; /* show NULL: listed with the option before it */
};

static bool wrong(const char *fmt, ...) PRINTF(1, 2);
static bool wrong(const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "cnnc: error: ");
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n");
    return false;
}

int option_choice(const char *option, const char *value, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], value) == 0)
            return i;
    const char *near = cnn_closest(value, names, (size_t)n);
    fprintf(stderr, "cnnc: error: %s takes ", option);
    for (int i = 0; i < n; i++)
        fprintf(stderr, "%s%s", i == 0 ? "" : i == n - 1 ? " or " : ", ", names[i]);
    fprintf(stderr, ", not '%s'", value);
    if (near)
        fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\n");
    return -1;
}

/* ---- one function for each option */

static bool set_output(struct options *o, const char *value)
{
    o->output = value;
    return *value ? true : wrong("-o wants the name of a file");
}

static bool set_emit(struct options *o, const char *value)
{
    static const char *const names[] = {"train", "header", "dot", "net", "yaml", "infer", "lib", "learn"};
    const int i = option_choice("--emit", value, names, 8);
    o->emit = (enum emit)i;
    return i >= 0;
}

static bool set_target(struct options *o, const char *value)
{
    o->target = value;
    return true;
}

static bool set_model(struct options *o, const char *value)
{
    o->model = value;
    return *value ? true : wrong("--model wants the name of a model");
}

static bool set_unroll(struct options *o, const char *value)
{
    char *end;
    errno = 0;
    const long long n = strtoll(value, &end, 10);
    const bool full = strcmp(value, "full") == 0;
    if (!full && (!isdigit((unsigned char)*value) || *end || errno))
        return wrong("--unroll takes a number of statements, as in 150, or full, not '%s'", value);
    o->unroll = full ? -1 : n;
    return true;
}

static bool set_strategy(struct options *o, const char *value)
{
    const char *colon = strchr(value, ':');
    if (!colon || colon == value || !colon[1])
        return wrong("--strategy takes LAYER:NAME, as in conv2d_1:conv_plain, not '%s'", value);
    vec_push(o->arena, &o->strategies, value);
    return true;
}

static bool set_define(struct options *o, const char *value)
{
    const char *equals = strchr(value, '=');
    const size_t n = equals ? (size_t)(equals - value) : 0;
    bool name = n && !isdigit((unsigned char)*value);
    for (size_t i = 0; i < n; i++)
        name &= isalnum((unsigned char)value[i]) || value[i] == '_';
    if (!name || !equals[1])
        return wrong("-D takes NAME=VALUE, as in w=64, not '%s'", value);
    vec_push(o->arena, &o->defines, (struct define){arena_strndup(o->arena, value, n), equals + 1});
    return true;
}

static bool set_dependency_file(struct options *o, const char *value)
{
    o->dependency_file = value;
    return true;
}

static bool set_stage(struct options *o, const char *value)
{
    o->stage = value;
    return true;
}

/* --layers and --list can also print the whole reference, for `make docs`. */
static bool set_reference(struct options *o, enum docs docs, const char *value)
{
    const bool markdown = value && strcmp(value, "markdown") == 0, man = value && strcmp(value, "man") == 0;
    o->docs = markdown ? DOCS_MARKDOWN : man ? DOCS_MAN : docs;
    o->topic = markdown || man ? NULL : value;
    return true;
}

static bool set_layers(struct options *o, const char *value)
{
    return set_reference(o, DOCS_LAYERS, value);
}

static bool set_list(struct options *o, const char *value)
{
    return set_reference(o, DOCS_LIST, value);
}

static bool set_explain(struct options *o, const char *value)
{
    o->docs = DOCS_EXPLAIN;
    o->topic = value;
    return true;
}

static bool set_no_warning(struct options *o, const char *value)
{
    enum { MAX = sizeof o->diag.disabled / sizeof *o->diag.disabled };
    const char *names[64];
    size_t n = 0;
    if (!*value || o->diag.n_disabled == MAX)
        return wrong("-Wno-NAME wants the name of a kind of warning, at most %d times", MAX);
    while (n < sizeof names / sizeof *names && warning_kinds[n])
        names[n] = warning_kinds[n]->name, n++;
    if (!record_find(warning_kinds, value)) {
        const char *near = cnn_closest(value, names, n);
        return near ? wrong("no kind of warning '%s'; did you mean '-Wno-%s'?", value, near)
                    : wrong("no kind of warning '%s'; 'cnnc --list warnings' lists them", value);
    }
    o->diag.disabled[o->diag.n_disabled++] = value;
    return true;
}

static bool set_format(struct options *o, const char *value)
{
    static const char *const names[] = {"text", "json"};
    const int i = option_choice("-fdiagnostics-format", value, names, 2);
    o->diag.format = i == 1 ? DIAG_JSON : DIAG_TEXT;
    return i >= 0;
}

static bool color_by_terminal(void)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 && !(no_color && *no_color);
}

static bool set_color(struct options *o, const char *value)
{
    static const char *const names[] = {"auto", "always", "never"};
    const int i = option_choice("-fdiagnostics-color", value ? value : "always", names, 3);
    o->diag.color = i == 1 || (i == 0 && color_by_terminal());
    return i >= 0;
}

static bool set_weights(struct options *o, const char *value)
{
    o->weights = value;
    return *value ? true : wrong("--weights wants the name of a file");
}

/* 65536, 64K, 1M, 2G */
static bool byte_count(const char *option, const char *value, int64_t *bytes)
{
    char *end;
    errno = 0;
    const long long n = strtoll(value, &end, 10);
    const char *const units = "KMG", *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    const int shift = unit ? 10 * (int)(unit - units + 1) : 0;
    if (!isdigit((unsigned char)*value) || errno || (*end && (!unit || end[1])) || n > INT64_MAX >> shift)
        return wrong("%s takes a number of bytes, as in 65536, 64K or 1M, not '%s'", option, value);
    *bytes = (int64_t)n << shift;
    return true;
}

static bool set_weights_file(struct options *o, const char *value)
{
    o->weights_file = value;
    return *value ? true : wrong("--weights-file wants the name of a file");
}

static bool set_max_ram(struct options *o, const char *value)
{
    return byte_count("--max-ram", value, &o->max_ram);
}

static bool set_max_flash(struct options *o, const char *value)
{
    return byte_count("--max-flash", value, &o->max_flash);
}

static bool set_recompute(struct options *o, const char *value)
{
    o->recompute = true;
    return !value || byte_count("--recompute", value, &o->recompute_limit);
}

#define FLAG(member) NO_VALUE, offsetof(struct options, member), NULL

static const struct option options[] = {
    {"-o", VALUE, 0, set_output, "-o FILE", "write the C there (- is standard output) and the header beside it"},
    {"--emit", VALUE, 0, set_emit, "--emit=WHAT",
     "train (default): trainer and library; lib: the library without main(); infer: inference alone; learn: training "
     "without a library; header; dot: a picture; net: the spec, canonical; yaml: the spec in YAML"},
    {"--model", VALUE, 0, set_model, "--model=NAME", "of several models, the one that answers"},
    {"--weights", VALUE, 0, set_weights, "--weights=FILE", "weights for --emit=infer and learn: .safetensors or .npz"},
    {"--weights-file", VALUE, 0, set_weights_file, "--weights-file=FILE",
     "write them to FILE instead of into the C of --emit=infer"},
    {"--target", VALUE, 0, set_target, "--target=NAME", "the machine: native (default), generic, ...; help lists them"},
    {"--strategy", VALUE, 0, set_strategy, "--strategy=LAYER:NAME", "force a kernel; -d plan tells which there are"},
    {"--no-winograd", FLAG(no_winograd), "--no-winograd",
     "no Winograd convolutions, whose rounding differs in the last digits"},
    {"--unroll", VALUE, 0, set_unroll, "--unroll=N|full",
     "straight-line code forward for layers of at most N statements, or for all"},
    {"--max-ram", VALUE, 0, set_max_ram, "--max-ram=BYTES", "an error when more memory is needed to run; 64K, 1M"},
    {"--max-flash", VALUE, 0, set_max_flash, "--max-flash=BYTES", "an error when the constants take more"},
    {"--recompute", MAYBE_VALUE, 0, set_recompute, "--recompute[=BYTES]",
     "training keeps fewer activations and computes them again: as few as it can, or until the arena has BYTES"},
    {"-D", VALUE, 0, set_define, "-D NAME=VALUE", "override a let of the spec"},
    {"-MD", FLAG(dependencies), "-MD", "write the files read as a make rule, beside the output"},
    {"-MF", VALUE, 0, set_dependency_file, "-MF FILE", "write that rule to FILE"},
    {"--run", FLAG(run), "--run", "compile, build with $CC and run; behind -- stand the program's arguments"},
    {"--summary", FLAG(summary), "--summary", "print the table of layers"},
    {"-d", VALUE, 0, set_stage, "-d STAGE",
     "print what a pass leaves, as spec, net, grad, plan or mem; -d help lists them all"},
    {"--layers", MAYBE_VALUE, 0, set_layers, "--layers [NAME]", "list the layers, or tell all about one"},
    {"--list", MAYBE_VALUE, 0, set_list, "--list [KIND]",
     "list all words of the language by kind, or those of one kind: losses, data, ..."},
    {"--explain", VALUE, 0, set_explain, "--explain NAME",
     "tell all about a word, such as Dense, early_stopping or loss.mse"},
    {"-fsyntax-only", FLAG(syntax_only), "-fsyntax-only", "check the spec and write nothing"},
    {"--cflags", FLAG(cflags), "--cflags", "what the C compiler needs for a generated program"},
    {"--libs", FLAG(libs), "--libs", "what the linker needs; more with a spec that reads .csv files or pictures"},
    {"--mpi", FLAG(mpi), "--mpi",
     "with --cflags --libs, --run: several processes of the program work together, by MPI"},
    {"-Wno-", REST, 0, set_no_warning, "-Wno-<kind>",
     "turn a kind of warning off; its name stands in brackets behind it, --list warnings has all"},
    {"-Werror", FLAG(diag.werror), "-Werror", "warnings are errors"},
    {"-w", FLAG(diag.no_warnings), "-w", "no warnings, and no notes but those of errors"},
    {"-fdiagnostics-format", VALUE, 0, set_format, "-fdiagnostics-format=FORMAT",
     "text (default) or json, both on standard error"},
    {"-fdiagnostics-color", MAYBE_VALUE, 0, set_color, "-fdiagnostics-color=WHEN", "auto (default), always or never"},
    {"-h", FLAG(help), "-h, --help", "this text"},
    {"--help", FLAG(help), NULL, NULL},
    {"--version", FLAG(version), "--version", "the version"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };

void options_help(FILE *f)
{
    fprintf(f, "cnnc compiles a neural network, written as a few lines of text, to one C file that trains it.\n\n"
               "usage: cnnc [options] file.net|file.yaml|-\n\n"
               "  cnnc mnist.net                                        writes mnist.c and mnist.h\n"
               "  cc -O3 -march=native mnist.c $(cnnc --cflags --libs) -o mnist\n"
               "  ./mnist --data-dir data/mnist                         trains, then evaluates\n\n");
    for (int i = 0; i < N_OPTIONS; i++)
        if (options[i].show)
            fprintf(f, "  %-28s %s\n", options[i].show, options[i].help);
    fprintf(f,
            "\nA spec looks like this; cnnc --list lists all words, cnnc --explain Dense tells about one:\n\n"
            "  Input 28x28x1\n"
            "  Conv2D 32 3x3 relu\n"
            "  MaxPool 2x2\n"
            "  Flatten\n"
            "  Dense 10 softmax\n\n"
            "exit status: 0 done; 1 the spec has errors, nothing written; 2 wrong usage; 70 an error in cnnc itself\n");
}

/* ---- parsing */

/* True if `word` is the option. *value is the value within the word itself, NULL if it has none. */
static bool matches(const struct option *p, const char *word, const char **value)
{
    const size_t n = strlen(p->name);
    const bool word_option = p->name[1] == '-' || n > 3; /* has its value after '=' */
    *value = NULL;
    if (strncmp(word, p->name, n) != 0)
        return false;
    if (!word[n])
        return p->value != REST;
    if (p->value == NO_VALUE)
        return false;
    if (word_option && p->value != REST && word[n] != '=')
        return false;
    *value = word + n + (word_option && p->value != REST);
    return true;
}

static const struct option *find(const char *word, const char **value)
{
    for (int i = 0; i < N_OPTIONS; i++)
        if (matches(&options[i], word, value))
            return &options[i];
    return NULL;
}

static bool unknown(const char *word)
{
    const char *names[N_OPTIONS];
    const size_t length = strcspn(word, "=");
    char name[64];
    for (int i = 0; i < N_OPTIONS; i++)
        names[i] = options[i].name;
    snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), word);
    const char *near = cnn_closest(name, names, N_OPTIONS);
    if (near && strcmp(near, name) == 0)
        return wrong("%s takes no value", name);
    if (near)
        return wrong("no option '%s'; did you mean '%s'?", name, near);
    return wrong("no option '%s'; 'cnnc --help' lists them", name);
}

/* Takes the word at argv[*i], and the next one if the option needs it. */
static bool take(struct options *o, int argc, char **argv, int *i)
{
    const char *value;
    const struct option *p = find(argv[*i], &value);
    if (!p)
        return unknown(argv[*i]);
    if (p->value == VALUE && !value) {
        if (*i + 1 >= argc)
            return wrong("%s wants a value", p->name);
        value = argv[++*i];
    }
    if (p->value != NO_VALUE)
        return p->set(o, value);
    *(bool *)(void *)((char *)o + p->flag) = true;
    return true;
}

static bool is_help(const char *value)
{
    return value && strcmp(value, "help") == 0;
}

static bool no_input_needed(const struct options *o)
{
    const bool flags = (o->cflags || o->libs) && o->positional.n == 0;
    return o->help || o->version || flags || o->docs || is_help(o->target) || is_help(o->stage);
}

static bool check_weights(const struct options *o)
{
    if (o->weights && o->emit != EMIT_INFER && o->emit != EMIT_LEARN)
        return wrong("--weights is for --emit=infer and --emit=learn; a trainer reads its weights when it runs");
    if (o->weights_file && o->emit != EMIT_INFER)
        return wrong("--weights-file is for --emit=infer, whose weights it takes out of the C");
    if (o->emit == EMIT_INFER && o->run)
        return wrong("--emit=infer makes a function, no program that --run could start");
    if (o->emit == EMIT_LEARN && o->run)
        return wrong("--emit=learn makes functions, no program that --run could start");
    if (o->emit == EMIT_LIB && o->run)
        return wrong("--emit=lib makes a library, no program that --run could start");
    return true;
}

/* `--list losses` is --list=losses. */
static bool take_topic(struct options *o)
{
    const size_t n = o->positional.n;
    if (o->docs && n + (o->topic != NULL) > 1)
        return wrong("one word at a time, but there are '%s' and '%s'", o->topic ? o->topic : o->positional.at[0],
                     o->positional.at[n - 1]);
    if (n)
        o->topic = o->positional.at[0];
    return true;
}

static bool check_mpi(const struct options *o)
{
    if (o->mpi && !o->cflags && !o->libs && !o->run)
        return wrong("--mpi is for --cflags, --libs and --run");
    if (o->mpi && !toolchain_has_mpi())
        return wrong("this cnnc was built without MPI; install libopenmpi-dev or libmpich-dev and build it again");
    return true;
}

static bool check(struct options *o)
{
    const size_t n = o->positional.n;
    if (!check_mpi(o))
        return false;
    if (no_input_needed(o)) {
        return take_topic(o);
    }
    if (n == 0)
        return wrong("no input file; 'cnnc --help' tells the usage");
    if (n > 1)
        return wrong("one input file at a time, but there are '%s' and '%s'", o->positional.at[0], o->positional.at[1]);
    if (o->n_run_args && !o->run)
        return wrong("arguments behind -- are for the program of --run");
    if (o->recompute && o->emit == EMIT_INFER)
        return wrong("--recompute is for what trains; --emit=infer keeps no activations for a backward pass");
    o->input = o->positional.at[0];
    return check_weights(o);
}

bool options_parse(struct options *o, int argc, char **argv)
{
    o->target = "native";
    o->max_ram = o->max_flash = -1;
    o->diag.color = color_by_terminal();
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            o->run_args = argv + i + 1;
            o->n_run_args = argc - i - 1;
            break;
        }
        if (argv[i][0] != '-' || !argv[i][1])
            vec_push(o->arena, &o->positional, argv[i]);
        else if (!take(o, argc, argv, &i))
            return false;
    }
    return check(o);
}
