/* toolchain.c -- turns a generated file into a program */
#include "command/toolchain.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#ifndef CNNC_PREFIX
#define CNNC_PREFIX "/usr/local"
#endif
#ifndef CNNC_MPI
#define CNNC_MPI "" /* what a program of several ranks links with; "": there was no MPI when cnnc was built */
#endif

/* The folder of this executable, or NULL if the system does not tell it. */
static char *own_folder(struct arena *a)
{
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0 || n == (ssize_t)sizeof path - 1)
        return NULL;
    path[n] = 0;
    const char *slash = strrchr(path, '/');
    return slash ? arena_strndup(a, path, (size_t)(slash - path)) : NULL;
}

static bool in_build_tree(struct arena *a, const char *folder)
{
    return folder && access(arena_printf(a, "%s/libcnn.a", folder), R_OK) == 0;
}

/* PREFIX is the folder that has bin/cnnc, so that an installation can be moved as a whole. */
static const char *prefix(struct arena *a, const char *folder)
{
    const char *end = folder ? strrchr(folder, '/') : NULL;
    return end && strcmp(end, "/bin") == 0 ? arena_strndup(a, folder, (size_t)(end - folder)) : CNNC_PREFIX;
}

static const char *include_folder(struct arena *a)
{
    const char *folder = own_folder(a);
    return in_build_tree(a, folder) ? arena_printf(a, "%s/include", folder)
                                    : arena_printf(a, "%s/include/cnnc", prefix(a, folder));
}

static const char *library_folder(struct arena *a)
{
    const char *folder = own_folder(a);
    return in_build_tree(a, folder) ? folder : arena_printf(a, "%s/lib", prefix(a, folder));
}

const char *toolchain_libraries(struct arena *a, struct libraries l)
{
    return arena_printf(a, "%s-lcnn%s%s%s -lz -lm -lpthread", l.mpi ? "-lcnn-mpi " : "", l.csv ? " -lcsv" : "",
                        l.images ? " -lpng -ljpeg" : "", l.mpi ? " " CNNC_MPI : "");
}

bool toolchain_has_mpi(void)
{
    return *CNNC_MPI;
}

const char *toolchain_flags(struct arena *a, bool cflags, bool libs, struct libraries l)
{
    const char *const include = arena_printf(a, "-I%s", include_folder(a));
    const char *const link = arena_printf(a, "-L%s %s", library_folder(a), toolchain_libraries(a, l));
    return arena_printf(a, "%s%s%s\n", cflags ? include : "", cflags && libs ? " " : "", libs ? link : "");
}

/* ---- --run */

enum { INTERRUPTED = 130 };

struct command {
    VEC(char *) v;
};

static void add(struct arena *a, struct command *k, const char *word)
{
    vec_push(a, &k->v, arena_strndup(a, word, strlen(word)));
}

/* $CC may hold flags: "gcc -m32". */
static void add_words(struct arena *a, struct command *k, const char *words)
{
    for (size_t n; *(words += strspn(words, " \t")); words += n) {
        n = strcspn(words, " \t");
        vec_push(a, &k->v, arena_strndup(a, words, n));
    }
}

/* Signals that ask cnnc to end: cnnc passes them on to the child. It ends when the child has ended and the folder is
 * removed. */
struct signals {
    sigset_t waited, before;
    bool asked;
};

static void hold(struct signals *s)
{
    static const int asking[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction now;
    signal(SIGCHLD, SIG_DFL);
    s->asked = false;
    sigemptyset(&s->waited);
    sigaddset(&s->waited, SIGCHLD);
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
        if (sigaction(asking[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(&s->waited, asking[i]);
    sigprocmask(SIG_BLOCK, &s->waited, &s->before);
}

static void complain(const char *what, const char *path)
{
    const char *why = strerror(errno);
    fprintf(stderr, "cnnc: error: cannot %s '%s': %c%s\n", what, path, tolower((unsigned char)*why), why + 1);
}

static _Noreturn void become(char *const *words, const sigset_t *mask, pid_t parent)
{
    sigprocmask(SIG_SETMASK, mask, NULL);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    if (getppid() == parent)
        execvp(words[0], words);
    complain("run", words[0]);
    _exit(127);
}

/* Returns the status of the child as a shell gives it. Signals from a terminal have reached the child already, so only
 * those that a process sent are passed on. */
static int await(pid_t child, struct signals *s)
{
    int status = 1 << 8;
    siginfo_t info;
    while (waitpid(child, &status, WNOHANG) == 0) {
        const int number = sigwaitinfo(&s->waited, &info);
        if (number <= 0 || number == SIGCHLD)
            continue;
        s->asked = true;
        if (info.si_code == SI_USER || info.si_code == SI_QUEUE)
            kill(child, number);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int execute(struct arena *a, struct command *k, struct signals *s)
{
    vec_push(a, &k->v, NULL);
    fflush(NULL);
    const pid_t parent = getpid(), child = fork();
    if (child == 0)
        become(k->v.at, &s->before, parent);
    if (child > 0)
        return await(child, s);
    complain("start", k->v.at[0]);
    return 1;
}

static int build(struct arena *a, const char *source, const char *program, struct libraries l, struct signals *s)
{
    struct command k = {0};
    const char *cc = getenv("CC");
    add_words(a, &k, cc && *cc ? cc : "cc");
    add_words(a, &k, "-O3 -march=native");
    add(a, &k, arena_printf(a, "-I%s", include_folder(a)));
    add(a, &k, source);
    add(a, &k, "-o");
    add(a, &k, program);
    add(a, &k, arena_printf(a, "-L%s", library_folder(a)));
    add_words(a, &k, toolchain_libraries(a, l));
    return execute(a, &k, s);
}

static bool save(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    const bool written = f && fputs(text, f) >= 0;
    return f && fclose(f) == 0 && written;
}

int toolchain_run(struct arena *a, const char *name, const char *text, struct libraries l, char **args, int n_args)
{
    struct signals s;
    const char *tmp = getenv("TMPDIR");
    char *folder = arena_printf(a, "%s/cnnc.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    hold(&s);
    if (!mkdtemp(folder)) {
        complain("make a folder", folder);
        return 1;
    }
    const char *source = arena_printf(a, "%s/%s.c", folder, name), *program = arena_printf(a, "%s/%s", folder, name);
    int status = 1;
    if (!save(source, text)) {
        complain("write", source);
    } else if (build(a, source, program, l, &s) == 0 && !s.asked) {
        struct command k = {0};
        add(a, &k, program);
        for (int i = 0; i < n_args; i++)
            vec_push(a, &k.v, args[i]);
        status = execute(a, &k, &s);
    } else if (s.asked) {
        status = INTERRUPTED;
    }
    unlink(source);
    unlink(program);
    rmdir(folder);
    sigprocmask(SIG_SETMASK, &s.before, NULL);
    return status;
}
