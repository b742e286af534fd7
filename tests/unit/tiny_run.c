/* tiny_run.c -- runs the program of tiny_model.c as a user would, on made-up data in a folder of its own. Tests
 * include this file. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "data/data.h"
#include "tiny_model.c"

enum { TRAIN_ROWS = 250, TEST_ROWS = 61, MOST_ARGS = 16, MOST_TEXT = 1 << 16 };

/* ---- a folder with data; programs run in a child, since a run leaves signal handlers behind */

struct ran {
    int status;
    char out[MOST_TEXT];
};

static void slurp(const char *path, char *out)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(out, 1, MOST_TEXT - 1, f);
    out[n] = '\0';
    fclose(f);
}

static void child(const struct cnn_model *m, int argc, char **argv)
{
    int fd = open("out.txt", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    signal(SIGINT, SIG_DFL); /* make may run in the background */
    signal(SIGTERM, SIG_DFL);
    int status = cnn_main(argc, argv, m);
    fflush(NULL);
    exit(status); /* not _exit: coverage is written at exit */
}

/* args: words separated by blanks */
static void run_model(const struct cnn_model *m, struct ran *r, const char *args)
{
    char words[1024], *argv[MOST_ARGS] = {(char *)(uintptr_t) "tiny"};
    int argc = 1;
    snprintf(words, sizeof words, "%s", args);
    for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
        argv[argc++] = w;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(m, argc, argv);
    waitpid(pid, &r->status, 0);
    r->status = WIFEXITED(r->status) ? WEXITSTATUS(r->status) : -1;
    slurp("out.txt", r->out);
}

static void run(struct ran *r, const char *args)
{
    run_model(&tiny_model, r, args);
}

static void succeeds(const char *args)
{
    struct ran r;
    run(&r, args);
    if (r.status != 0)
        fail_msg("%s: status %d: %s", args, r.status, r.out);
}

static void says(const char *args, int status, const char *text)
{
    struct ran r;
    run(&r, args);
    if (r.status != status || !strstr(r.out, text))
        fail_msg("%s: status %d (wanted %d), wanted '%s': %s", args, r.status, status, text, r.out);
}

static int same_files(const char *a, const char *b)
{
    static char x[MOST_TEXT], y[MOST_TEXT];
    struct stat sa, sb;
    assert_int_equal(stat(a, &sa), 0);
    assert_int_equal(stat(b, &sb), 0);
    if (sa.st_size != sb.st_size || sa.st_size >= MOST_TEXT)
        return 0;
    slurp(a, x);
    slurp(b, y);
    return memcmp(x, y, (size_t)sa.st_size) == 0;
}

/* Writes rows of three classes, each around a corner of its own. */
static void write_rows(const char *x_path, const char *y_path, int64_t rows, uint64_t seed)
{
    static float x[TRAIN_ROWS * X_N];
    static int32_t y[TRAIN_ROWS];
    struct cnn_error e;
    for (int64_t i = 0; i < rows; i++) {
        y[i] = (int32_t)(i % Y_N);
        for (int k = 0; k < X_N; k++)
            x[i * X_N + k] = (float)(1.5 * (k == y[i]) + 0.4 * cnn_madeup_normal(seed, 7, (uint64_t)(i * X_N + k)));
    }
    struct cnn_array ax = cnn_array_view(CNN_F32, 2, (const int64_t[]){rows, X_N}, x);
    struct cnn_array ay = cnn_array_view(CNN_I32, 1, (const int64_t[]){rows}, y);
    assert_int_equal(cnn_npy_write(x_path, &ax, &e), 0);
    assert_int_equal(cnn_npy_write(y_path, &ay, &e), 0);
}

static int enter_folder(void **state)
{
    char name[] = "/tmp/cnn-train-XXXXXX";
    if (!mkdtemp(name) || chdir(name) != 0)
        return -1;
    *state = strdup(name);
    write_rows("train-x.npy", "train-y.npy", TRAIN_ROWS, 11);
    write_rows("test-x.npy", "test-y.npy", TEST_ROWS, 12);
    return 0;
}

static int leave_folder(void **state)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    free(*state);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}
