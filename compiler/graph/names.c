/* names.c -- identifiers of the generated C: the set of taken ones, the reserved words, and snake case as in Keras. */
#include <ctype.h>
#include <string.h>

#include "graph/net.h"
#include "hash.h"

/* Names that the preprocessor, the library and generated files use themselves. */
static const char *const reserved[] = {
    "defined", "linux",   "unix",     "i386",     "null",     "main",      "exit",    "abs",    "exp",    "log",
    "sqrt",    "pow",     "tanh",     "erf",      "sin",      "cos",       "floor",   "ceil",   "fabs",   "fmax",
    "fmin",    "expf",    "logf",     "memcpy",   "memset",   "printf",    "malloc",  "free",   "size_t", "int32_t",
    "int64_t", "uint8_t", "uint64_t", "signal",   "time",     "read",      "write",   "open",   "close",  "index",
    "theta",   "grad",    "grads",    "prepared", "scratch",  "target",    "step",    "sums",   "state",  "batch",
    "chunk",   "chunks",  "update",   "predict",  "input",    "output",    "prepare", "place",  "params", "layers",
    "model",   "data",    "train",    "metrics",  "core",     "reference", "real",    "x",      "y",      "n",
    "t",       "i",       "vf",       "vec",      "validate", "ensemble",  "inputs",  "outputs"};

struct names {
    struct arena *arena;
    const char **slot; /* open addressing; cap is a power of two */
    int *given;        /* by slot: the last number that was put behind this name; 0: none */
    size_t n, cap;
};

static uint64_t hash_text(const char *s)
{
    uint64_t h = CNN_HASH_START;
    while (*s)
        h = cnn_hash_unit(h, (unsigned char)*s++);
    return h;
}

/* The slot that holds s, or the empty slot for it. */
static const char **find(const struct names *set, const char *s)
{
    for (size_t i = hash_text(s);; i++) {
        const char **p = &set->slot[i & (set->cap - 1)];
        if (!*p || strcmp(*p, s) == 0)
            return p;
    }
}

bool names_add(struct names *set, const char *name)
{
    if (2 * set->n >= set->cap) {
        struct names old = *set;
        set->cap = old.cap ? 2 * old.cap : 512;
        set->slot = arena_alloc(set->arena, set->cap * sizeof *set->slot);
        set->given = arena_alloc(set->arena, set->cap * sizeof *set->given);
        for (size_t i = 0; i < old.cap; i++) {
            const char **p = old.slot[i] ? find(set, old.slot[i]) : NULL;
            if (p)
                *p = old.slot[i], set->given[p - set->slot] = old.given[i];
        }
    }
    const char **p = find(set, name);
    if (*p)
        return false;
    set->n++;
    *p = name;
    return true;
}

struct names *names_none(struct arena *a)
{
    struct names *set = arena_alloc(a, sizeof *set);
    set->arena = a;
    return set;
}

struct names *names_copy(const struct names *s)
{
    struct names *copy = names_none(s->arena);
    *copy = *s;
    copy->slot = arena_alloc(s->arena, s->cap * sizeof *s->slot);
    copy->given = arena_alloc(s->arena, s->cap * sizeof *s->given);
    for (size_t i = 0; i < s->cap; i++)
        copy->slot[i] = s->slot[i], copy->given[i] = s->given[i];
    return copy;
}

struct names *names_new(struct arena *a)
{
    struct names *set = names_none(a);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        names_add(set, reserved[i]);
    return set;
}

/* First words of names that other code uses: the runtime, its headers, the reference core, the other networks of an
 * ensemble, and inference from many images. Macros have the same words in capitals. */
static const char *const families[] = {"cnn", "vf", "vi",  "vb",   "vs",  "vm",    "vx",
                                       "vu",  "vw", "vec", "peak", "ref", "other", "bulk"};

static bool starts_a_family(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        size_t n = 0;
        while (families[i][n] && tolower((unsigned char)name[n]) == families[i][n])
            n++;
        if (!families[i][n] && !isalnum((unsigned char)name[n]))
            return true;
    }
    return false;
}

/* Last words of the names that a generated header declares. A_DENSE and MNIST_INPUT are in the same file. So no layer
 * may have a name with such an end: in a model `a`, its name could meet a constant. */
static const char *const public_ends[] = {"input",  "output", "inputs", "outputs", "names",   "sizes",  "ranks",
                                          "shapes", "dtypes", "batch",  "scratch", "weights", "classes"};

static bool ends_as_public(const char *name)
{
    const char *last = strrchr(name, '_');
    for (size_t i = 0; last && i < sizeof public_ends / sizeof *public_ends; i++)
        if (strcmp(last + 1, public_ends[i]) == 0)
            return true;
    return false;
}

/* Lower case; characters that an identifier cannot have become '_'; it starts with a letter, because C reserves names
 * such as '_x'. */
static const char *identifier(struct arena *a, const char *base)
{
    const char *before = starts_a_family(base) ? "net_" : isalpha((unsigned char)*base) ? "" : "n";
    char *s = arena_printf(a, "%s%s", before, base);
    for (char *p = s; *p; p++)
        *p = (char)(isalnum((unsigned char)*p) ? tolower((unsigned char)*p) : '_');
    return s;
}

const char *names_take(struct names *set, const char *base)
{
    const char *s = identifier(set->arena, base), *unique = s;
    const char **taken = find(set, s);
    int i = *taken && set->given[taken - set->slot] ? set->given[taken - set->slot] : 1;
    while (*find(set, unique) || name_is_keyword(unique) || ends_as_public(unique))
        unique = arena_printf(set->arena, "%s_%d", s, ++i);
    if (*taken)
        set->given[taken - set->slot] = i;
    names_add(set, unique);
    return unique;
}

struct model_name model_name(struct arena *a, const char *name)
{
    const char *const known = name_known_as(name);
    const bool letter = isalpha((unsigned char)*name), family = starts_a_family(name);
    char *s = arena_printf(a, "%s%s%s", !letter ? "n" : family ? "net_" : "", name, known && !family ? "_net" : "");
    bool word = letter;
    for (char *p = s; *p; p++) {
        word &= *p == '_' || isalnum((unsigned char)*p);
        *p = (char)(isalnum((unsigned char)*p) ? *p : '_');
    }
    return (struct model_name){s, !word ? "is no name of C" : family ? "begins names of cnnc's own" : known};
}

bool name_is_word(const char *name)
{
    size_t n = 0;
    for (; name[n]; n++) {
        unsigned char ch = (unsigned char)name[n];
        if (!(ch == '_' || isalpha(ch) || (n > 0 && isdigit(ch))))
            return false;
    }
    return n > 0 && n < 64;
}

/* A capital starts a word if a small letter is before or after it: GlobalMaxPooling2D, LeakyReLU -> leaky_re_lu. */
const char *snake_case(struct arena *a, const char *s)
{
    char *t = arena_alloc(a, 2 * strlen(s) + 1), *p = t;
    for (size_t i = 0; s[i]; i++) {
        bool capital = isupper((unsigned char)s[i]);
        if (i > 0 && capital && (islower((unsigned char)s[i + 1]) || islower((unsigned char)s[i - 1])))
            *p++ = '_';
        *p++ = (char)tolower((unsigned char)s[i]);
    }
    return t;
}
