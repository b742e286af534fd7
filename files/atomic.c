/* atomic.c -- a file appears whole or not at all, also when the power goes. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

/* Beside the file itself, so that rename stays within one file system. */
static int create_temp(struct cnn_atomic *a)
{
    size_t size = strlen(a->path) + 48;
    a->temp = malloc(size);
    if (!a->temp)
        return -1;
    for (int i = 0; i < 100; i++) {
        snprintf(a->temp, size, "%s.%ld-%d.tmp", a->path, (long)getpid(), i);
        int fd = open(a->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
    }
    free(a->temp);
    a->temp = NULL;
    return -1;
}

/* The rest of a temp's name behind that of its file, ".PID-NUMBER.tmp": its process, or 0 when it is something else. */
static long process_of(const char *rest)
{
    char *end;
    if (rest[0] != '.' || !isdigit((unsigned char)rest[1]))
        return 0;
    errno = 0;
    long pid = strtol(rest + 1, &end, 10);
    if (errno || *end != '-' || !isdigit((unsigned char)end[1]))
        return 0;
    for (end++; isdigit((unsigned char)*end); end++)
        ;
    return strcmp(end, ".tmp") == 0 ? pid : 0;
}

static int is_gone(long pid)
{
    return pid > 0 && (pid_t)pid == pid && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* Removes what processes left that were killed while they wrote the same file. Nobody is told when that fails. */
static void remove_stale(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
    DIR *d = folder ? opendir(folder) : NULL;
    size_t n = strlen(name);
    for (struct dirent *f; d && (f = readdir(d));)
        if (strncmp(f->d_name, name, n) == 0 && is_gone(process_of(f->d_name + n)))
            unlinkat(dirfd(d), f->d_name, 0);
    if (d)
        closedir(d);
    free(folder);
}

/* Renaming over a symbolic link would cut it off from its file; renaming over /dev/null would be worse. */
static int open_target(struct cnn_atomic *a, const char *path, struct cnn_error *e)
{
    struct stat st;
    int there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode))
        return cnn_fail(e, "%s: cannot write: it is a folder", path);
    a->path = there ? realpath(path, NULL) : strdup(path);
    if (!a->path)
        return cnn_fail_errno(e, path, "write");
    if (there && !S_ISREG(st.st_mode)) {
        int device = open(path, O_WRONLY | O_CLOEXEC);
        return device >= 0 ? device : cnn_fail_errno(e, path, "write");
    }
    remove_stale(a->path);
    int fd = create_temp(a);
    return fd >= 0 ? fd : cnn_fail_errno(e, path, "write");
}

int cnn_atomic_open(struct cnn_atomic *a, const char *path, struct cnn_error *e)
{
    memset(a, 0, sizeof *a);
    int fd = open_target(a, path, e);
    if (fd >= 0 && !(a->file = fdopen(fd, "wb"))) {
        cnn_fail_errno(e, path, "write");
        close(fd);
    }
    if (a->file)
        return 0;
    cnn_atomic_abort(a);
    return -1;
}

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

static int write_through(struct cnn_atomic *a)
{
    errno = EIO; /* for an earlier failure that fwrite kept to itself */
    int status = ferror(a->file) || fflush(a->file) != 0 ? -1 : 0;
    if (status == 0 && a->temp)
        status = fsync(fileno(a->file));
    int saved = errno;
    if (fclose(a->file) != 0 && status == 0)
        status = -1;
    else
        errno = saved;
    a->file = NULL;
    return status;
}

int cnn_atomic_commit(struct cnn_atomic *a, struct cnn_error *e)
{
    int status = write_through(a);
    if (status == 0 && a->temp) {
        status = rename(a->temp, a->path);
        if (status == 0) {
            free(a->temp);
            a->temp = NULL;
            status = sync_folder(a->path);
        }
    }
    if (status != 0)
        cnn_fail_errno(e, a->path, "write");
    cnn_atomic_abort(a);
    return status;
}

void cnn_atomic_abort(struct cnn_atomic *a)
{
    if (a->file)
        fclose(a->file);
    if (a->temp)
        unlink(a->temp);
    free(a->temp);
    free(a->path);
    memset(a, 0, sizeof *a);
}
