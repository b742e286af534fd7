/* test_mutations.c -- both front ends on broken input. Whatever bytes a file holds, they end with messages or with
 * a spec that prints and reads back the same. CNNC_MUTATIONS sets how many variants of each file are tried;
 * CNNC_SEED sets which ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spec/spec.h"

enum { MAX_TEXT = 8192 };

struct text {
    char at[MAX_TEXT];
    size_t n;
};

static const char net_seed[] =
    "model m\n"
    "let w = 32, v = ($w*2 - 1)/4\n"
    "data {\n  train idx \"a b.gz\" \"c\\x41\\n.gz\"\n  normalize scale=1/255\n}\n"
    "block res(f, s=1) {\n  residual project=auto {\n    Conv2D $f 3x3 same stride=$s # x\n  }\n}\n"
    "Input 28x28x1\n"
    "c2: Conv2D $w*2 3x3 relu \\\n  kernel_regularizer=l1_l2(l1=1e-5, l2=-1e-4)\n"
    "repeat 3 {\n  res 8 s=2\n}\n"
    "Add from=[c2, [c3, -4.5]]\n"
    "train { epochs 5 batch=32\n optimizer adam lr=cosine(1e-3, warmup=500) }\n";
static const char yaml_seed[] =
    "model: m\n"
    "let: {w: 32, v: ($w*2 - 1)/4}\n"
    "data: {train: [idx, a-b.gz, \"c d\\n\"], normalize: {scale: 1/255}}\n"
    "layers:\n"
    "  - block res(f, s=1): [{residual: {project: auto, body: [{Conv2D: [$f, 3x3]}]}}]\n"
    "  - Input: 28x28x1 # \xc3\xa9\n"
    "  - Conv2D: {filters: $w, name: c2, kernel_regularizer: {l1_l2: {l1: 1e-5}}}\n"
    "  - repeat 3: [res: 8]\n"
    "  - Add: {from: [c2, 'c3', -4.5]}\n"
    "train: {optimizer: {adam: {lr: {cosine: [1e-3, {warmup: 5}]}}}, epochs: 5, batch: 32}\n";

/* pieces of text that are inserted as mistakes */
static const char *const pieces[] = {
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "'",
    "$",
    "$w",
    "\\",
    "\n",
    "\t",
    "\r\n",
    ":",
    ": ",
    "- ",
    "=",
    ",",
    "*",
    "/",
    "-",
    "+",
    "#",
    "1e999",
    "0x",
    "3x3",
    "1/0",
    "\xff",
    "\x01",
    "\xef\xbb\xbf",
    "\xe2\x80\xa8",
    "let ",
    "repeat 9999 {\n",
    "include \"",
    "block",
    "res ",
    "res(",
    "&a ",
    "*a",
    "!!t ",
    "? ",
    "<<: ",
    "---\n",
    "...\n",
    "| ",
    "> ",
    "%YAML",
    "[[[[[",
    "{{{{",
    "(((((",
    "$v $v ",
    "<<<<",
    "\xc3",
    "~",
    "9223372036854775808x2",
    "\\x00",
    "\\x",
    "a=b",
};

static uint32_t random_below(uint64_t *state, size_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % n);
}

static void replace(struct text *t, size_t at, size_t removed, const char *piece, size_t n)
{
    if (at > t->n || removed > t->n - at || t->n - removed + n > MAX_TEXT)
        return;
    memmove(t->at + at + n, t->at + at + removed, t->n - at - removed);
    memmove(t->at + at, piece, n);
    t->n = t->n - removed + n;
}

static void mutate(struct text *t, uint64_t *state)
{
    const size_t at = random_below(state, t->n + 1), length = random_below(state, 24);
    const char *piece = pieces[random_below(state, sizeof pieces / sizeof *pieces)];
    char copy[24];
    switch (random_below(state, 6)) {
    case 0: replace(t, at, 0, piece, strlen(piece)); break;
    case 1: replace(t, at, strlen(piece), piece, strlen(piece)); break;
    case 2: replace(t, at, length, "", 0); break;
    case 3:
        if (at < t->n)
            t->at[at] = (char)(1 + random_below(state, 255));
        break;
    case 4: /* a piece of the text again, somewhere else */
        if (at + length <= t->n) {
            memcpy(copy, t->at + at, length);
            replace(t, random_below(state, t->n + 1), 0, copy, length);
        }
        break;
    default: t->n = at ? at : t->n; break;
    }
}

static bool save(const char *path, const struct text *t)
{
    FILE *f = fopen(path, "wb");
    const bool written = f && fwrite(t->at, 1, t->n, f) == t->n;
    return f && fclose(f) == 0 && written;
}

static char *spec_of(struct ctx *c, const char *path, bool yaml)
{
    const struct spec *s = (yaml ? yaml_parse : net_parse)(c, path, NULL, 0);
    return s && !ctx_errors(c) ? spec_print(c, s) : NULL;
}

/* Returns what cnnc did wrong, or NULL. */
static const char *try_text(struct ctx *c, const char *path, const struct text *t, bool yaml)
{
    struct text again;
    if (!save(path, t))
        return "cannot write the file";
    const char *printed = spec_of(c, path, yaml);
    again.n = printed ? strlen(printed) : MAX_TEXT;
    if (!printed)
        return ctx_errors(c) ? NULL : "neither a spec nor an error";
    if (again.n >= MAX_TEXT)
        return NULL;
    memcpy(again.at, printed, again.n);
    const char *second = save(path, &again) ? spec_of(c, path, false) : NULL;
    return !second                   ? "the print does not read back"
           : strcmp(second, printed) ? "the print reads back differently"
                                     : NULL;
}

static long setting(const char *name, long otherwise)
{
    const char *value = getenv(name);
    return value ? strtol(value, NULL, 10) : otherwise;
}

static const char *survive(const char *seed, bool yaml, const char *path, struct text *t)
{
    const long n = setting("CNNC_MUTATIONS", 3000);
    uint64_t state = (uint64_t)setting("CNNC_SEED", 1);
    const char *wrong = NULL;
    for (long i = 0; i < n && !wrong; i++) {
        t->n = strlen(seed);
        memcpy(t->at, seed, t->n);
        for (uint32_t k = 0; k <= random_below(&state, 4); k++)
            mutate(t, &state);
        const struct diag_options options = {.format = i % 2 ? DIAG_JSON : DIAG_TEXT, .color = i % 3 == 0};
        struct ctx *c = ctx_new(&options);
        wrong = try_text(c, path, t, yaml);
        diag_finish(c, path);
        ctx_free(c);
    }
    return wrong;
}

/* The variants give thousands of messages, so standard error goes to /dev/null. */
static void check(const char *seed, bool yaml)
{
    char path[] = "/tmp/cnnc-mutation-XXXXXX";
    const int fd = mkstemp(path), loud = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
    struct text t;
    assert_true(fd >= 0 && loud >= 0 && null >= 0);
    dup2(null, STDERR_FILENO);
    const char *wrong = survive(seed, yaml, path, &t);
    dup2(loud, STDERR_FILENO);
    close(fd);
    close(loud);
    close(null);
    unlink(path);
    if (wrong)
        fprintf(stderr, "%s:\n%.*s\n", wrong, (int)t.n, t.at);
    assert_null(wrong);
}

static void net_survives(void **state)
{
    (void)state;
    check(net_seed, false);
}

static void yaml_survives(void **state)
{
    (void)state;
    check(yaml_seed, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(net_survives), cmocka_unit_test(yaml_survives)};
    if (!getenv("CNNC_LOUD") &&
        !freopen("/dev/null", "w", stderr)) /* cmocka reports failures on standard output as well */
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
