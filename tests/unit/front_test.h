/* front_test.h -- what the tests of the front ends share: files with a given text, and what was said on standard
 * error */
#ifndef FRONT_TEST_H
#define FRONT_TEST_H

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

/* Tests write files, and several may run at once: each program works in a folder of its own. */
static inline int enter_folder(void **state)
{
    static char folder[] = "/tmp/cnnc-test-XXXXXX";
    *state = mkdtemp(folder);
    return *state ? chdir(folder) : -1;
}

static inline int leave_folder(void **state)
{
    return chdir("/") == 0 ? rmdir(*state) : -1;
}

struct capture {
    FILE *file;
    int stderr_fd;
    char text[65536];
};

static inline void capture_begin(struct capture *k)
{
    k->file = tmpfile();
    k->stderr_fd = dup(STDERR_FILENO);
    assert_true(k->file && k->stderr_fd >= 0);
    dup2(fileno(k->file), STDERR_FILENO);
}

static inline const char *capture_end(struct capture *k)
{
    fflush(stderr);
    dup2(k->stderr_fd, STDERR_FILENO);
    close(k->stderr_fd);
    rewind(k->file);
    k->text[fread(k->text, 1, sizeof k->text - 1, k->file)] = 0;
    fclose(k->file);
    return k->text;
}

/* One compilation of a text: the canonical print, or what was said about it. */
struct reading {
    struct capture said;
    char printed[65536];
    int errors;
};

static inline void read_spec(struct reading *r, const char *name, const char *text, const struct define *defines,
                             size_t n)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    fclose(f);
    const size_t length = strlen(name);
    const bool yaml = length > 5 && strcmp(name + length - 5, ".yaml") == 0;
    capture_begin(&r->said);
    struct ctx *c = ctx_new(NULL);
    const struct spec *s = (yaml ? yaml_parse : net_parse)(c, name, defines, n);
    r->errors = ctx_errors(c);
    snprintf(r->printed, sizeof r->printed, "%s", s && !r->errors ? spec_print(c, s) : "");
    ctx_free(c);
    capture_end(&r->said);
    unlink(name);
}

/* Checks that the text is read as `expected`, and that `expected` is read back as itself. */
static inline void expect_spec(const char *name, const char *text, const char *expected)
{
    struct reading *r = calloc(1, sizeof *r);
    assert_non_null(r);
    read_spec(r, name, text, NULL, 0);
    assert_string_equal(r->said.text, "");
    assert_string_equal(r->printed, expected);
    read_spec(r, "front_test.net", expected, NULL, 0);
    assert_string_equal(r->printed, expected);
    free(r);
}

/* Checks that the text gives exactly one error, with these words. */
static inline void expect_error(const char *name, const char *text, const char *message)
{
    struct reading *r = calloc(1, sizeof *r);
    assert_non_null(r);
    read_spec(r, name, text, NULL, 0);
    if (!strstr(r->said.text, message) || r->errors != 1)
        fail_msg("%s\n  said  %s  not  %s", text, r->said.text, message);
    assert_string_equal(r->printed, "");
    free(r);
}

#endif
