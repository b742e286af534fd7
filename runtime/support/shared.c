/* shared.c -- see shared.h. */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/shared.h"

#define FOLDER "/dev/shm"
#define PREFIX "cnnc-"

void cnn_shared_name(uint64_t key, char name[CNN_SHARED_NAME])
{
    snprintf(name, CNN_SHARED_NAME, FOLDER "/" PREFIX "%016llx", (unsigned long long)key);
}

/* Removes memory that no process has locked: all of its job were killed while it still had a name. */
static void sweep(void)
{
    DIR *d = opendir(FOLDER);
    for (const struct dirent *k; d && (k = readdir(d));) {
        char path[sizeof FOLDER + sizeof k->d_name];
        snprintf(path, sizeof path, FOLDER "/%s", k->d_name);
        const int fd =
            strncmp(k->d_name, PREFIX, strlen(PREFIX)) == 0 ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            unlink(path); /* a process that opened it at this moment begins anew */
        if (fd >= 0)
            close(fd);
    }
    if (d)
        closedir(d);
}

/* Makes an empty file of that name. */
static int make_file(char name[CNN_SHARED_NAME])
{
    char first[] = FOLDER "/." PREFIX "XXXXXX";
    const int fd = mkstemp(first);
    if (fd < 0)
        return -1;
    flock(fd, LOCK_SH);
    if (!name[0])
        snprintf(name, CNN_SHARED_NAME, FOLDER "/%s", strstr(first, PREFIX));
    const bool made = link(first, name) == 0;
    unlink(first);
    if (made)
        return fd;
    close(fd);
    return -1;
}

int cnn_shared_make(char name[CNN_SHARED_NAME], size_t size)
{
    const int fd = make_file(name);
    if (fd < 0)
        return -1;
    sweep();
    if (size == 0 || posix_fallocate(fd, 0, (off_t)size) == 0)
        return fd;
    unlink(name);
    close(fd);
    return -1;
}

int cnn_shared_open(const char *name)
{
    const int fd = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0)
        flock(fd, LOCK_SH);
    return fd;
}

void *cnn_shared_map(int fd, size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? NULL : at;
}
