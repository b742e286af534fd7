/* names.c -- identifiers of the generated C: a set of those taken, words that nobody may take, Keras' snake case. */
#include <ctype.h>
#include <string.h>

#include "net.h"

/* Keywords of C11 and C++ (headers may be included there). */
static const char *const keywords[] = {"alignas",      "alignof",   "and",           "and_eq",       "asm",
                                       "auto",         "bitand",    "bitor",         "bool",         "break",
                                       "case",         "catch",     "char",          "class",        "compl",
                                       "concept",      "const",     "const_cast",    "constexpr",    "continue",
                                       "decltype",     "default",   "delete",        "do",           "double",
                                       "dynamic_cast", "else",      "enum",          "explicit",     "export",
                                       "extern",       "false",     "float",         "for",          "friend",
                                       "goto",         "if",        "inline",        "int",          "long",
                                       "mutable",      "namespace", "new",           "noexcept",     "not",
                                       "not_eq",       "nullptr",   "operator",      "or",           "or_eq",
                                       "private",      "protected", "public",        "register",     "reinterpret_cast",
                                       "requires",     "restrict",  "return",        "short",        "signed",
                                       "sizeof",       "static",    "static_assert", "static_cast",  "struct",
                                       "switch",       "template",  "this",          "thread_local", "throw",
                                       "true",         "try",       "typedef",       "typeid",       "typename",
                                       "union",        "unsigned",  "using",         "virtual",      "void",
                                       "volatile",     "wchar_t",   "while",         "xor",          "xor_eq"};

/* What the preprocessor, the library, and generated files call their own. */
static const char *const reserved[] = {
    "defined", "linux",   "unix",     "i386",     "null",     "main",      "exit",    "abs",   "exp",    "log",
    "sqrt",    "pow",     "tanh",     "erf",      "sin",      "cos",       "floor",   "ceil",  "fabs",   "fmax",
    "fmin",    "expf",    "logf",     "memcpy",   "memset",   "printf",    "malloc",  "free",  "size_t", "int32_t",
    "int64_t", "uint8_t", "uint64_t", "signal",   "time",     "read",      "write",   "open",  "close",  "index",
    "theta",   "grad",    "grads",    "prepared", "scratch",  "target",    "step",    "sums",  "state",  "batch",
    "chunk",   "chunks",  "update",   "predict",  "input",    "output",    "prepare", "place", "params", "layers",
    "model",   "data",    "train",    "metrics",  "core",     "reference", "real",    "x",     "y",      "n",
    "t",       "i",       "vf",       "vec",      "validate", "ensemble"};

struct names {
    struct arena *arena;
    const char **slot; /* open addressing; cap is a power of two */
    size_t n, cap;
};

static uint64_t hash_text(const char *s)
{
    uint64_t h = 14695981039346656037u;
    while (*s)
        h = (h ^ (unsigned char)*s++) * 1099511628211u;
    return h;
}

/* The slot that holds s, or the empty one where it belongs. */
static const char **find(const struct names *set, const char *s)
{
    for (size_t i = hash_text(s);; i++) {
        const char **p = &set->slot[i & (set->cap - 1)];
        if (!*p || strcmp(*p, s) == 0)
            return p;
    }
}

static void insert(struct names *set, const char *s)
{
    if (2 * set->n >= set->cap) {
        struct names old = *set;
        set->cap = old.cap ? 2 * old.cap : 512;
        set->slot = arena_alloc(set->arena, set->cap * sizeof *set->slot);
        for (size_t i = 0; i < old.cap; i++) {
            if (old.slot[i])
                *find(set, old.slot[i]) = old.slot[i];
        }
    }
    const char **p = find(set, s);
    set->n += !*p;
    *p = s;
}

struct names *names_new(struct arena *a)
{
    struct names *set = arena_alloc(a, sizeof *set);
    set->arena = a;
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        insert(set, keywords[i]);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        insert(set, reserved[i]);
    return set;
}

/* Lower case; what cannot stand in an identifier becomes '_'; it starts with a letter, as '_x' is for the
 * implementation. */
static const char *identifier(struct arena *a, const char *base)
{
    char *s = arena_printf(a, "%s%s", isalpha((unsigned char)*base) ? "" : "n", base);
    for (char *p = s; *p; p++)
        *p = (char)(isalnum((unsigned char)*p) ? tolower((unsigned char)*p) : '_');
    return s;
}

const char *names_take(struct names *set, const char *base)
{
    const char *s = identifier(set->arena, base), *unique = s;
    for (int i = 2; *find(set, unique); i++)
        unique = arena_printf(set->arena, "%s_%d", s, i);
    insert(set, unique);
    return unique;
}

/* Words that start the names of others: of the runtime, of vec.h, of the reference core, of an ensemble's other networks. */
static const char *const families[] = {"cnn", "vf", "vi", "vb", "vs", "ref", "other"};
/* Macros of the headers that a generated file includes, or of the compiler. */
static const char *const macros[] = {"NULL", "NAN", "INFINITY", "EOF", "HUGE_VAL", "linux", "unix", "i386", "errno"};

static bool is_one_of(const char *name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, words[i]) == 0)
            return true;
    return false;
}

static bool starts_a_family(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        size_t n = strlen(families[i]);
        if (strncmp(name, families[i], n) == 0 && (name[n] == '\0' || name[n] == '_'))
            return true;
    }
    return false;
}

const char *model_name(struct arena *a, const char *name)
{
    bool keyword = is_one_of(name, keywords, sizeof keywords / sizeof *keywords);
    bool macro = is_one_of(name, macros, sizeof macros / sizeof *macros);
    bool letter = isalpha((unsigned char)*name);
    const char *before = !letter ? "n" : starts_a_family(name) ? "net_" : "";
    char *s = arena_printf(a, "%s%s%s", before, name, keyword || macro ? "_net" : "");
    for (char *p = s; *p; p++)
        *p = (char)(isalnum((unsigned char)*p) ? *p : '_');
    return s;
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

/* A capital starts a word when a small letter stands on either side of it: GlobalMaxPooling2D, LeakyReLU ->
 * leaky_re_lu. */
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
