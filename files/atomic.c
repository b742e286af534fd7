/* atomic.c -- a file appears whole or not at all, also when the power goes; several appear together or not at all. A temporary file is
 * locked as long as its process lives: what is not locked was left behind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "claims.h"
#include "input.h"

/* ---- signals that end a process wait until its temporary files are gone */

struct cnn_held {
    sigset_t before;
};

static void hold_signals(struct cnn_atomic *a)
{
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    a->held = malloc(sizeof *a->held);
    if (a->held)
        pthread_sigmask(SIG_BLOCK, &ending, &a->held->before);
}

static void release_signals(struct cnn_atomic *a)
{
    if (a->held)
        pthread_sigmask(SIG_SETMASK, &a->held->before, NULL);
    free(a->held);
}

/* ---- temporary files: "FILE.PROCESS-NUMBER.tmp", beside the file itself, so that rename stays within one file system */

/* The text after a number; NULL: there is no number. */
static const char *behind_number(const char *s)
{
    const size_t n = strspn(s, "0123456789");
    return n > 0 && n <= 10 ? s + n : NULL;
}

static int is_temp(const char *name, const char *of, size_t n)
{
    if (strncmp(name, of, n) != 0 || name[n] != '.')
        return 0;
    const char *rest = behind_number(name + n + 1);
    rest = rest && *rest == '-' ? behind_number(rest + 1) : NULL;
    return rest && strcmp(rest, ".tmp") == 0;
}

/* Removes what a killed process left of the same file. A failure is not reported. */
static void remove_if_left(int folder, const char *name)
{
    const int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder, name, 0);
    close(fd);
}

static void remove_stale(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
    DIR *d = folder ? opendir(folder) : NULL;
    size_t n = strlen(name);
    for (struct dirent *f; d && (f = readdir(d));)
        if (is_temp(f->d_name, name, n))
            remove_if_left(dirfd(d), f->d_name);
    if (d)
        closedir(d);
    free(folder);
}

/* A lock of its own, which lasts until the file has its place. -1: somebody took the file for one left behind just now. File systems
 * without locks are none the worse: there nothing is ever removed. */
static int lock(struct cnn_atomic *a, int fd)
{
    struct stat st;
    a->lock = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (a->lock < 0)
        return 0;
    const int taken = flock(a->lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!taken && (fstat(fd, &st) != 0 || st.st_nlink > 0))
        return 0;
    close(a->lock);
    a->lock = -1;
    return -1;
}

enum { TRIES = 100, NAME_ROOM = 48 };

static int create_temp(struct cnn_atomic *a, mode_t mode)
{
    size_t size = strlen(a->path) + NAME_ROOM;
    a->temp = malloc(size);
    for (int i = 0; a->temp && i < TRIES; i++) {
        snprintf(a->temp, size, "%s.%ld-%d.tmp", a->path, (long)getpid(), i);
        int fd = open(a->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0 && lock(a, fd) == 0)
            return fd;
        if (fd >= 0)
            close(fd);
        else if (errno != EEXIST)
            break;
    }
    free(a->temp);
    a->temp = NULL;
    return -1;
}

/* Like the file whose place it takes; where it cannot have its owner, those who were kept out of the old one are kept out still. */
static void become_like(int fd, const struct stat *old)
{
    struct stat own;
    mode_t mode = old->st_mode & 0777;
    if (fstat(fd, &own) == 0 && (own.st_uid != old->st_uid || own.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) != 0)
        mode &= own.st_gid == old->st_gid ? 0777 : 0707;
    if (fchmod(fd, mode) != 0)
        return; /* it keeps 0600 */
}

/* ---- opening */

/* Renaming over a symbolic link would cut it off from its file; renaming over /dev/null would be worse. */
static int open_target(struct cnn_atomic *a, const char *path, struct cnn_error *e)
{
    struct stat st;
    int there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        return cnn_fail(e, "%s: cannot write: it is a folder", path);
    a->path = cnn_final_path(path);
    if (!a->path)
        return cnn_fail_errno(e, path, "write");
    if (there && !S_ISREG(st.st_mode)) {
        int device = open(path, O_WRONLY | O_CLOEXEC);
        return device >= 0 ? device : cnn_fail_errno(e, path, "write");
    }
    remove_stale(a->path);
    hold_signals(a);
    int fd = create_temp(a, there ? 0600 : 0666);
    if (fd < 0)
        return cnn_fail_errno(e, path, "write");
    if (there)
        become_like(fd, &st);
    return fd;
}

int cnn_atomic_open(struct cnn_atomic *a, const char *path, struct cnn_error *e)
{
    *a = (struct cnn_atomic){.lock = -1};
    int fd = open_target(a, path, e);
    if (fd >= 0 && !(a->file = fdopen(fd, "wb"))) {
        cnn_fail_errno(e, path, "write");
        close(fd);
    }
    errno = 0; /* until a write fails: cnn_atomic_finish */
    if (a->file)
        return 0;
    cnn_atomic_abort(a);
    return -1;
}

/* ---- the end */

static int sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    if (!folder)
        return -1;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0)
        return errno == EACCES ? 0 : -1;                     /* a folder may be writable but not readable */
    int status = fsync(fd) == 0 || errno == EINVAL ? 0 : -1; /* EINVAL: this file system has no such thing */
    close(fd);
    return status;
}

/* Everything is in the file, and the file is closed. A writer that failed left its errno behind, if it left anything. */
int cnn_atomic_finish(struct cnn_atomic *a, int lasting, struct cnn_error *e)
{
    int failed = 0;
    if (!a->file)
        return 0;
    if (ferror(a->file))
        failed = errno ? errno : EIO;
    else if (fflush(a->file) != 0 || (a->temp && lasting && fsync(fileno(a->file)) != 0))
        failed = errno;
    if (fclose(a->file) != 0 && !failed)
        failed = errno;
    a->file = NULL;
    errno = failed;
    return failed ? cnn_fail_errno(e, a->path, "write") : 0;
}

/* Another name for the file that will lose its place, to give it back; NULL: it is not there, or its file system has no other names. */
static char *keep_old(const char *path)
{
    const size_t size = strlen(path) + NAME_ROOM;
    char *old = malloc(size);
    for (int i = TRIES; old && i < 2 * TRIES; i++) {
        snprintf(old, size, "%s.%ld-%d.tmp", path, (long)getpid(), i);
        if (link(path, old) == 0)
            return old;
        if (errno != EEXIST)
            break;
    }
    free(old);
    return NULL;
}

/* It has its place, but one after it has not: as if it had never been. */
static int take_back(const struct cnn_atomic *a, const char *old, int was_there)
{
    if (!was_there)
        return unlink(a->path);
    if (!old)
        return -1;
    return rename(old, a->path) == 0 ? 0 : unlink(a->path) != 0 || link(old, a->path) != 0;
}

static int place(struct cnn_atomic *a)
{
    if (!a->temp)
        return 0;
    if (rename(a->temp, a->path) != 0)
        return -1;
    free(a->temp);
    a->temp = NULL;
    return 0;
}

struct before { /* what a name named */
    char *old;
    int was_there;
};

static int place_all(struct cnn_atomic *a, size_t n, struct before *b, struct cnn_error *e)
{
    for (size_t i = 0; i < n; i++) {
        const int is_file = a[i].temp != NULL;
        b[i].was_there = is_file && access(a[i].path, F_OK) == 0;
        b[i].old = b[i].was_there && n > 1 ? keep_old(a[i].path) : NULL;
        if (place(&a[i]) == 0)
            continue;
        cnn_fail_errno(e, a[i].path, "write");
        while (i-- > 0)
            if (take_back(&a[i], b[i].old, b[i].was_there) != 0)
                cnn_fail(e, "%s; but %s is new now", e->text, a[i].path);
        return -1;
    }
    return 0;
}

static int end_all(struct cnn_atomic *a, size_t n, int lasting, struct before *b, struct cnn_error *e)
{
    for (size_t i = 0; i < n; i++)
        if (cnn_atomic_finish(&a[i], lasting, e) != 0)
            return -1;
    if (place_all(a, n, b, e) != 0)
        return -1;
    for (size_t i = 0; i < n && lasting; i++)
        if (sync_folder(a[i].path) != 0)
            return cnn_fail_errno(e, a[i].path, "write");
    return 0;
}

int cnn_atomic_commit_all(struct cnn_atomic *a, size_t n, int lasting, struct cnn_error *e)
{
    struct before *b = calloc(n + 1, sizeof *b);
    int status = b ? end_all(a, n, lasting, b, e) : cnn_fail(e, "out of memory");
    for (size_t i = 0; b && i < n; i++)
        if (b[i].old) {
            unlink(b[i].old);
            free(b[i].old);
        }
    free(b);
    for (size_t i = n; i-- > 0;) /* backwards: the first let go of holds what came before all */
        cnn_atomic_abort(&a[i]);
    return status;
}

int cnn_atomic_commit(struct cnn_atomic *a, struct cnn_error *e)
{
    return cnn_atomic_commit_all(a, 1, 1, e);
}

void cnn_atomic_abort(struct cnn_atomic *a)
{
    if (a->file)
        fclose(a->file);
    if (a->temp)
        unlink(a->temp);
    if (a->path && a->lock >= 0)
        close(a->lock);
    free(a->temp);
    free(a->path);
    release_signals(a);
    memset(a, 0, sizeof *a);
}
