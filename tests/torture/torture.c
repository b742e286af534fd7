/* torture.c -- torture INJECT.so SPREAD ONLY < commands: runs each command many times in the current folder, with one
 * call after the other failing, and with limits on memory and on the size of files. A line of commands is
 * "NAME | OUTPUT... | WORD..."; before each run every output holds an old text. Whatever fails, no signal ends the run,
 * no file is half written and no other file is left. Either the status is 1 and a message names the cause, or it is 0
 * and the results are those of a run without failures. SPREAD is how many of a kind's calls are tried; 0: all. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 64, OUTPUTS = 8, SECONDS = 60, CANNOT = 125, NOT_LOADED = 127 };

static const struct kind {
    const char *name;
    int error; /* the error that the message must name; 0: lack of memory */
} kinds[] = {
    {"malloc", 0},     {"open", EMFILE},   {"read", EIO},     {"write", ENOSPC},  {"close", EIO},    {"stat", EIO},
    {"fsync", EIO},    {"rename", EACCES}, {"link", EPERM},   {"unlink", EACCES}, {"readlink", EIO}, {"access", EIO},
    {"mmap", ENOMEM},  {"flock", ENOLCK},  {"fcntl", EMFILE}, {"chmod", EPERM},   {"getdents", EIO}, {"mkdir", EACCES},
    {"clone", EAGAIN}, {"pipe", EMFILE},   {"size", EFBIG},   {"space", 0},
};
static const char old[] = "as it was\n", count_file[] = "../inject.count";

struct text {
    char *at;
    size_t n;
};

struct command {
    char *name, *outputs[OUTPUTS + 1], *words[WORDS + 1];
    int n_outputs;
    struct text good[OUTPUTS], good_out; /* the outputs when nothing fails */
    char *listing;
};

struct result {
    int status; /* as waitpid gives it */
    struct text out, err;
};

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "torture: %s: %s\n", what, strerror(errno));
    exit(2);
}

static struct text read_file(const char *path)
{
    struct text t = {0};
    size_t room = 1 << 16, got;
    FILE *f = fopen(path, "rb");
    if (!f)
        return t;
    t.at = malloc(room + 1);
    while (t.at && (got = fread(t.at + t.n, 1, room - t.n, f)) > 0)
        if ((t.n += got) == room)
            t.at = realloc(t.at, (room *= 2) + 1);
    fclose(f);
    if (!t.at)
        give_up(path);
    t.at[t.n] = 0;
    return t;
}

static int same(const struct text *a, const struct text *b)
{
    return a->at && b->at && a->n == b->n && memcmp(a->at, b->at, a->n) == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns every name in this folder, one a line. */
static char *list_folder(void)
{
    char *names[512], *text = calloc(1, 1 << 16);
    int n = 0;
    DIR *d = opendir(".");
    if (!d || !text)
        give_up(".");
    for (struct dirent *f; (f = readdir(d)) && n < 512;)
        names[n++] = strdup(f->d_name);
    closedir(d);
    qsort(names, (size_t)n, sizeof *names, by_name);
    for (int i = 0; i < n; i++) {
        strcat(strcat(text, names[i]), " ");
        free(names[i]);
    }
    return text;
}

/* ---- one run */

static void limit(int which, long value)
{
    const struct rlimit l = {(rlim_t)value, (rlim_t)value};
    setrlimit(which, &l);
}

/* Messages go into a pipe: limits on the size of files do not apply to it, and it has room for all of them. */
static _Noreturn void become(const struct command *c, const char *so, const char *kind, long n, int always, int err)
{
    char text[64];
    int out = open("../out", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (out < 0 || err < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(CANNOT);
    alarm(SECONDS);
    if (strcmp(kind, "size") == 0)
        limit(RLIMIT_FSIZE, n);
    else if (strcmp(kind, "space") == 0)
        limit(RLIMIT_AS, n);
    else if (*kind) {
        snprintf(text, sizeof text, "%s:%ld%s", kind, n, always ? "+" : "");
        setenv("INJECT", text, 1);
        if (n == 0)
            setenv("INJECT_COUNT", count_file, 1);
        setenv("LD_PRELOAD", so, 1);
    }
    execv(c->words[0], c->words);
    _exit(NOT_LOADED);
}

static void reset(const struct command *c)
{
    for (int i = 0; i < c->n_outputs; i++) {
        FILE *f = fopen(c->outputs[i], "w");
        if (!f || fputs(old, f) < 0 || fclose(f) != 0)
            give_up(c->outputs[i]);
    }
}

static struct text read_pipe(int fd)
{
    enum { ROOM = 1 << 16 };
    struct text t = {.at = malloc(ROOM + 1)};
    ssize_t got;
    if (!t.at)
        give_up("pipe");
    while (t.n < ROOM && (got = read(fd, t.at + t.n, ROOM - t.n)) > 0)
        t.n += (size_t)got;
    t.at[t.n] = 0;
    close(fd);
    return t;
}

static struct result run(const struct command *c, const char *so, const char *kind, long n, int always)
{
    struct result r = {0};
    int err[2];
    reset(c);
    fflush(NULL);
    if (pipe2(err, O_CLOEXEC) != 0)
        give_up("pipe");
    const pid_t child = fork();
    if (child == 0)
        become(c, so, kind, n, always, err[1]);
    close(err[1]);
    r.err = read_pipe(err[0]);
    if (child < 0 || waitpid(child, &r.status, 0) < 0)
        give_up("fork");
    r.out = read_file("../out");
    return r;
}

/* ---- the judgement: what is wrong, or NULL */

static int tells(const char *text, int error)
{
    char why[128];
    if (!error || error == ENOMEM)
        return strcasestr(text, "memory") != NULL;
    snprintf(why, sizeof why, "%s", strerror(error));
    return strcasestr(text, why) ||
           strstr(text, "cannot write to standard output"); /* the cause shows only if the failure lasts */
}

/* A log grows line by line, so it may end after any of its lines. */
static int may_be(const struct command *c, int i, const struct text *now)
{
    const char *end = strrchr(c->outputs[i], '.');
    if (end && strcmp(end, ".csv") == 0)
        return now->n <= c->good[i].n && memcmp(now->at, c->good[i].at, now->n) == 0;
    return 0;
}

static const char *judge_outputs(const struct command *c, int failed)
{
    const struct text before = {(char *)old, sizeof old - 1};
    int kept = 0, made = 0;
    for (int i = 0; i < c->n_outputs; i++) {
        struct text now = read_file(c->outputs[i]);
        const int is_old = same(&now, &before), is_good = same(&now, &c->good[i]), part = now.at && may_be(c, i, &now);
        free(now.at);
        if (!is_good && !(failed && (is_old || part)))
            return is_old ? "an output was not written" : "an output is half written, or another one";
        kept += is_old;
        made += is_good;
    }
    return failed && kept && made && strncmp(c->name, "cnnc", 4) == 0 ? "some outputs are new and some are not" : NULL;
}

static const char *judge(const struct command *c, const struct kind *k, const struct result *r)
{
    if (WIFSIGNALED(r->status))
        return WTERMSIG(r->status) == SIGALRM ? "it does not end" : strsignal(WTERMSIG(r->status));
    const int status = WEXITSTATUS(r->status);
    if (status == NOT_LOADED && strcmp(k->name, "space") == 0)
        return NULL; /* not even the loader had room */
    if (status != 0 && status != 1)
        return "the status is neither 0 nor 1";
    const char *wrong = judge_outputs(c, status);
    if (wrong)
        return wrong;
    if (status == 0 && !same(&r->out, &c->good_out))
        return "it says something else than when nothing fails";
    if (status == 1 && !tells(r->err.at, k->error))
        return "the message does not name the cause";
    if (strcmp(k->name, "unlink") == 0)
        return NULL;
    char *now = list_folder();
    const int left = strcmp(now, c->listing) != 0;
    free(now);
    return left ? "other files are left" : NULL;
}

/* ---- all runs of a command */

static long count_calls(const struct command *c, const char *so, const struct kind *k)
{
    unlink(count_file);
    struct result r = run(c, so, k->name, 0, 0);
    struct text t = read_file(count_file);
    const long n = WIFEXITED(r.status) && WEXITSTATUS(r.status) == CANNOT ? -1 : t.at ? strtol(t.at, NULL, 10) : 0;
    free(t.at);
    free(r.out.at);
    free(r.err.at);
    return n;
}

static long tried(const struct command *c, const char *so, const struct kind *k, long n, int always, long *bad)
{
    struct result r = run(c, so, k->name, n, always);
    const char *wrong = judge(c, k, &r);
    if (wrong && (*bad)++ < 5) {
        char *now = list_folder();
        printf("%s %s:%ld%s\n    %s (status %x)\n    %.300s\n", *bad == 1 ? "FAIL torture" : "   ", k->name, n,
               always ? "+" : "", wrong, (unsigned)r.status, r.err.at ? r.err.at : "");
        if (*bad == 1)
            printf("    %s: %s\n", c->name, strcmp(now, c->listing) == 0 ? "" : now);
        free(now);
    }
    if (wrong && system("rm -f ./*.tmp") != 0) /* files left by this run must not count against the next */
        give_up("rm");
    free(r.out.at);
    free(r.err.at);
    return 1;
}

/* Returns the next call to try: first one after the other, then `spread` of them spread over the rest. */
static long next_of(long i, long n, long spread)
{
    const long step = spread && n > spread ? n / spread : 1;
    return i < 3 ? i + 1 : i + step;
}

static void torture(const struct command *c, const char *so, const struct kind *k, long spread)
{
    long runs = 0, bad = 0, n = 0, step = 1, first = 1;
    if (strcmp(k->name, "size") == 0) {
        for (int i = 0; i < c->n_outputs; i++)
            n = (long)c->good[i].n > n ? (long)c->good[i].n : n;
        n -= n > 0; /* the last limit is one byte too small */
        first = 0;
        step = spread ? n / spread + 1 : 1000;
    } else if (strcmp(k->name, "space") == 0) {
        n = 40l << 20;
        first = 6l << 20; /* with less the loader itself dies */
        step = spread ? n / spread + 1 : 300000;
    } else if ((n = count_calls(c, so, k)) < 0) {
        printf("skipped torture %s %s: seccomp is not allowed here\n", c->name, k->name);
        return;
    }
    for (long i = first; i <= n; i = k->name[0] == 's' && k->name[1] != 't' ? i + step : next_of(i, n, spread)) {
        runs += tried(c, so, k, i, 0, &bad);
        if (strcmp(k->name, "write") == 0) /* a full disk */
            runs += tried(c, so, k, i, 1, &bad);
    }
    if (bad)
        printf("    %ld of %ld runs of %s\n", bad, runs, c->name);
    else if (runs)
        printf("ok torture %s %s\n", c->name, k->name);
    fflush(stdout);
}

static int split(char *text, char **out, int most)
{
    int n = 0;
    for (char *w = strtok(text, " \n"); w && n < most; w = strtok(NULL, " \n"))
        out[n++] = w;
    out[n] = NULL;
    return n;
}

static int read_command(char *line, struct command *c)
{
    char *outputs = strchr(line, '|'), *words = outputs ? strchr(outputs + 1, '|') : NULL;
    if (!words)
        return -1;
    *outputs++ = *words++ = 0;
    *c = (struct command){.name = strdup(strtok(line, " "))};
    c->n_outputs = split(outputs, c->outputs, OUTPUTS);
    return split(words, c->words, WORDS) > 0 ? 0 : -1;
}

static void torture_all(struct command *c, const char *so, long spread, const char *only)
{
    struct result r = run(c, so, "", 0, 0);
    if (r.status != 0) {
        printf("FAIL torture %s\n    it fails by itself: %.500s\n", c->name, r.err.at);
        return;
    }
    c->good_out = r.out;
    c->listing = list_folder();
    for (int i = 0; i < c->n_outputs; i++)
        c->good[i] = read_file(c->outputs[i]);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (!*only || strcmp(only, kinds[k].name) == 0)
            torture(c, so, &kinds[k], spread);
}

int main(int argc, char **argv)
{
    char line[4096];
    struct command c;
    if (argc != 4)
        return 2;
    while (fgets(line, sizeof line, stdin))
        if (read_command(line, &c) == 0)
            torture_all(&c, argv[1], strtol(argv[2], NULL, 10), argv[3]);
    return 0;
}
