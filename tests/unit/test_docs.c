/* test_docs.c -- the reference knows every record: each has a text, an example that compiles, and a twin in YAML that
 * is the same */
#include "training/training.h"
#include "passes/passes.h"
#include "front_test.h"

#include "show/docs.h"
#include "layers/layers.h"

static struct arena *arena;
static const struct kind *kinds;

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "wb");
    assert_true(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* Runs the passes that check the user's words; returns the canonical text, in the test's arena. */
static const char *compiled(const char *file, const char *text, const char *what)
{
    struct capture said;
    write_file(file, text);
    capture_begin(&said);
    struct ctx *c = ctx_new(NULL);
    const struct spec *s = spec_read(c, file, NULL, 0);
    struct net *n = s ? resolve(c, s) : NULL;
    if (n) {
        infer_shapes(n);
        objective_check(n);
    }
    const char *printed = s ? arena_printf(arena, "%s", spec_print(c, s)) : "";
    const int errors = ctx_errors(c);
    ctx_free(c);
    capture_end(&said);
    unlink(file);
    if (!s || errors || *said.text)
        fail_msg("the example of %s:\n%s\n%s", what, text, said.text);
    return printed;
}

static void every_record_has_a_text(void **state)
{
    (void)state;
    for (const struct kind *k = kinds; k->name; k++) {
        assert_true(k->title && k->about && *k->records);
        for (const struct record *const *r = k->records; *r; r++) {
            if (!(*r)->doc || strlen((*r)->doc) < 5 || (*r)->doc[strlen((*r)->doc) - 1] != '.')
                fail_msg("%s '%s' has no doc that is a sentence", k->name, (*r)->name);
            for (const struct arg_def *d = (*r)->args; d && d->name; d++)
                if (!d->doc || !*d->doc || (d->doc[strlen(d->doc) - 1] == '.' && !strstr(d->doc, "...")))
                    fail_msg("'%s' of '%s' has no doc that ends without a full stop", d->name, (*r)->name);
        }
    }
}

static void every_example_compiles_in_both_forms(void **state)
{
    (void)state;
    write_file("blocks.net", "");
    for (const struct kind *k = kinds; k->name; k++)
        for (const struct record *const *r = k->records; *r && k->frame; r++) {
            const char *example = docs_example(arena, k, *r);
            struct ctx *c = ctx_new(NULL);
            const char *twin = arena_printf(arena, "%s", docs_twin(c, example));
            ctx_free(c);
            const char *text = compiled("example.net", example, (*r)->name);
            assert_true(*text);
            if (!strstr(example, (*r)->name))
                fail_msg("the example of %s does not show it:\n%s", (*r)->name, example);
            if (strcmp(k->plural, "sections") != 0 && strcmp(k->plural, "words") != 0)
                assert_string_equal(text, compiled("twin.yaml", twin, (*r)->name));
            else
                compiled("twin.yaml", twin, (*r)->name);
        }
    unlink("blocks.net");
}

/* Every record is found by each of its names, and every list has it. */
static void every_record_is_found(void **state)
{
    (void)state;
    struct ctx *c = ctx_new(NULL);
    const char *markdown = docs_markdown(c), *man = docs_man(c), *all = docs_list(c, NULL);
    assert_non_null(man);
    for (const struct kind *k = kinds; k->name; k++)
        for (const struct record *const *r = k->records; *r; r++) {
            assert_non_null(strstr(all, (*r)->name));
            assert_non_null(strstr(docs_list(c, k->plural), (*r)->name));
            assert_non_null(strstr(markdown, arena_printf(arena, "### %s\n", (*r)->name)));
            const char *page = docs_print(c, (*r)->name);
            assert_non_null(strstr(page, (*r)->name));
            for (int i = 0; i < MAX_ALIASES && (*r)->alias[i]; i++)
                assert_non_null(docs_print(c, (*r)->alias[i]));
            if (!k->members)
                assert_non_null(docs_print(c, arena_printf(arena, "%s.%s", k->plural, (*r)->name)));
        }
    ctx_free(c);
}

static void others_are_not(void **state)
{
    (void)state;
    struct capture said;
    capture_begin(&said);
    struct ctx *c = ctx_new(NULL);
    assert_null(docs_print(c, "Cnov2D"));
    assert_null(docs_print(c, "xyzzyx"));
    assert_null(docs_print(c, "data.mse"));
    assert_null(docs_list(c, "lossses"));
    ctx_free(c);
    capture_end(&said);
    assert_non_null(strstr(said.text, "'Cnov2D'; did you mean 'Conv2D'?"));
    assert_non_null(strstr(said.text, "'xyzzyx'; 'cnnc --list'"));
    assert_non_null(strstr(said.text, "no kind 'lossses'; did you mean 'losses'?"));
}

/* A word that several kinds have gives all of them; with a kind in front it gives that one. */
static void a_kind_in_front_chooses(void **state)
{
    (void)state;
    struct ctx *c = ctx_new(NULL);
    const char *both = docs_print(c, "train"), *one = docs_print(c, "data.train");
    assert_non_null(strstr(both, "train -- section\n"));
    assert_non_null(strstr(both, "train -- statement of data\n"));
    assert_null(strstr(one, "train -- section\n"));
    ctx_free(c);
}

/* ---- the name of a yes-or-no option alone means yes, in every record and both front ends */

/* Returns a value that suits a required argument. */
static const char *some_value(const struct arg_def *d)
{
    switch (d->type) {
    case ARG_CHOICE: return d->choices[0];
    case ARG_STRING:
    case ARG_STRINGS: return "a.b";
    default: return d->max == 0 || d->max >= 1 ? "1" : "0.5";
    }
}

/* Writes the required arguments, then the flag alone: as `a=1 flag`, or as `{a: 1}, flag`. */
static const char *arguments(const struct record *r, const struct arg_def *flag, const char *required)
{
    const char *text = "";
    for (const struct arg_def *d = r->args; d->name; d++)
        if ((d->flags & ARG_REQUIRED) && d != flag)
            text = arena_printf(arena, required, text, d->name, some_value(d));
    return arena_printf(arena, "%s%s", text, flag->name);
}

static void expect_yes(const struct record *r, size_t i, const char *file, const char *text)
{
    struct capture said;
    write_file(file, text);
    capture_begin(&said);
    struct ctx *c = ctx_new(NULL);
    const struct spec *s = spec_read(c, file, NULL, 0);
    const struct bound *b = s ? bind_args(c, r, s->stmts[0], 0) : NULL;
    const bool yes = b && b[i].set && b[i].number == 1;
    ctx_free(c);
    capture_end(&said);
    unlink(file);
    if (!yes)
        fail_msg("'%s' of %s:\n%s\n%s", r->args[i].name, r->name, text, said.text);
}

static void a_flag_alone_means_yes(void **state)
{
    int flags = 0;
    (void)state;
    for (const struct kind *k = kinds; k->name; k++)
        for (const struct record *const *r = k->records; *r; r++)
            for (size_t i = 0; (*r)->args && (*r)->args[i].name; i++) {
                if ((*r)->args[i].type != ARG_BOOL)
                    continue;
                flags++;
                expect_yes(*r, i, "flag.net", arena_printf(arena, "x %s", arguments(*r, &(*r)->args[i], "%s%s=%s ")));
                expect_yes(*r, i, "flag.yaml",
                           arena_printf(arena, "layers: [{x: [%s]}]", arguments(*r, &(*r)->args[i], "%s{%s: %s}, ")));
            }
    assert_true(flags > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_has_a_text), cmocka_unit_test(every_example_compiles_in_both_forms),
        cmocka_unit_test(every_record_is_found),   cmocka_unit_test(others_are_not),
        cmocka_unit_test(a_kind_in_front_chooses), cmocka_unit_test(a_flag_alone_means_yes),
    };
    arena = arena_new();
    kinds = docs_kinds(arena);
    const int failed = cmocka_run_group_tests(tests, enter_folder, leave_folder);
    arena_free(arena);
    return failed;
}
