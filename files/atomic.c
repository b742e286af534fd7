/* atomic.c -- writes a file that appears whole or not at all, even when the power fails; several files appear together
 * or not at all. A temporary file is locked as long as its process lives, so one without a lock was left behind. */
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

/* ---- signals that would end the process are held back until its temporary files are gone */

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

/* ---- temporary files: "FILE.PROCESS-NUMBER.tmp" in the folder of the file, so that rename stays within one file
 * system */

/* The text after the number at s; NULL: there is no number. */
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

/* Removes a temporary file that a killed process left behind. A failure is not reported. */
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

/* Locks the temporary file by a descriptor of its own until the file has its place. Returns -1 when another process has
 * just taken the file for one left behind. On a file system without locks no temporary file is ever removed, so no lock
 * is needed there. */
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

/* Gives the new file the owner and the mode of the file that it replaces. When it cannot have that owner, it gets fewer
 * rights, so that nobody gets access who had none to the old file. */
static void become_like(int fd, const struct stat *old)
{
    struct stat own;
    mode_t mode = old->st_mode & 0777;
    if (fstat(fd, &own) == 0 && (own.st_uid != old->st_uid || own.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) != 0)
        mode &= own.st_gid == old->st_gid ? 0777 : 0707;
    if (fchmod(fd, mode) != 0)
        return; /* the file keeps mode 0600 */
}

/* ---- opening */

/* Finds the file behind a symbolic link, since rename would replace the link itself. A device such as /dev/null is
 * opened directly. */
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
    errno = 0; /* a write that fails sets it, and cnn_atomic_finish reads it */
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
    int status = fsync(fd) == 0 || errno == EINVAL ? 0 : -1; /* EINVAL: this file system cannot sync a folder */
    close(fd);
    return status;
}

/* Makes sure that everything is in the file, and closes it. If a write failed before, errno still says why, unless it
 * is 0. */
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

/* Makes a second name for the file that will be replaced, so that it can be put back. NULL: there is no such file, or
 * its file system has no hard links. */
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

/* Undoes the placing of a file, because a later file could not get its place. */
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

struct before { /* the file that had the name before */
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
    for (size_t i = n; i-- > 0;) /* backwards, since a[0] holds the first signal mask, which must be restored last */
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
