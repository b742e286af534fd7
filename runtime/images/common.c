/* common.c -- pictures that the ranks of a machine decode together, into memory that they share. Each takes the next
 * picture that nobody has taken; so a rank that comes late, or never, costs the others nothing but its help. */
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hash.h"
#include "images/images.h"
#include "support/shared.h"
#include "support/support.h"

/* HEAD: bytes before the pictures. LOOKS: milliseconds after which a rank that makes room, but has got no further, is
 * waited for no longer. TRIES: to make or open memory that others may be through with. */
enum { HEAD = 4096, LOOKS = 2000, TRIES = 5 };

struct cnn_common_head {
    _Atomic int64_t next, done;
    atomic_int failed, opened;
};

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* The same for the ranks of a job that read the same files on the same machine. */
static uint64_t key_of(const char *job, const char *const *paths, int64_t n, size_t bytes)
{
    char host[64] = "", folder[1024] = "";
    gethostname(host, sizeof host - 1);
    if (!getcwd(folder, sizeof folder))
        folder[0] = 0;
    uint64_t h = cnn_hash_bytes(CNN_HASH_START, job, strlen(job) + 1);
    h = cnn_hash_bytes(cnn_hash_bytes(h, host, strlen(host) + 1), folder, strlen(folder) + 1);
    h = cnn_hash_bytes(h, &bytes, sizeof bytes);
    for (int64_t i = 0; i < n; i++)
        h = cnn_hash_bytes(h, paths[i], strlen(paths[i]) + 1);
    return h;
}

/* Waits until the rank that made the memory has made room in it. -1: it does not. */
static int await_room(int fd, size_t size)
{
    struct stat at;
    blkcnt_t blocks = 0;
    for (int i = 0; i < LOOKS && fstat(fd, &at) == 0 && at.st_nlink > 0; i++, nap()) {
        if (at.st_size == (off_t)size)
            return 0;
        if (at.st_blocks != blocks)
            i = 0;
        blocks = at.st_blocks;
    }
    return -1;
}

/* -1: nobody has made the memory, or it has no room. */
static int open_made(const char *name, size_t size)
{
    const int fd = cnn_shared_open(name);
    if (fd >= 0 && await_room(fd, size) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Makes the memory, or opens what another rank has made. Where that rank was through with it at this moment, this one
 * begins anew. -1: there is no room, or none of this kind. */
static int open_memory(char *name, size_t size)
{
    int fd = -1;
    for (int tries = 0; fd < 0 && tries < TRIES; tries++) {
        fd = cnn_shared_make(name, size);
        if (fd < 0)
            fd = open_made(name, size);
        if (fd < 0 && access(name, F_OK) == 0)
            return -1;
    }
    return fd;
}

static int ranks_of_job(void)
{
    const int64_t ranks = cnn_environment_number("CNN_JOB_RANKS", INT_MAX);
    return ranks > 0 ? (int)ranks : 0;
}

int cnn_common_open(struct cnn_common *c, const char *const *paths, int64_t n, size_t bytes)
{
    const char *job = getenv("CNN_JOB");
    *c = (struct cnn_common){.n = n, .size = HEAD + bytes};
    if (!job || n == 0)
        return -1;
    cnn_shared_name(key_of(job, paths, n, bytes), c->name);
    c->fd = open_memory(c->name, c->size);
    if (c->fd < 0)
        return -1;
    void *at = cnn_shared_map(c->fd, c->size);
    if (!at) {
        unlink(c->name);
        close(c->fd);
        return -1;
    }
    c->head = at;
    c->x = (uint8_t *)at + HEAD;
    if (atomic_fetch_add(&c->head->opened, 1) + 1 == ranks_of_job())
        unlink(c->name); /* without a name it goes with the last rank, however the ranks end */
    return 0;
}

int64_t cnn_common_next(struct cnn_common *c)
{
    return atomic_load(&c->head->failed) ? c->n : atomic_fetch_add(&c->head->next, 1);
}

void cnn_common_done(struct cnn_common *c, int status)
{
    if (status != 0)
        atomic_store(&c->head->failed, 1);
    atomic_fetch_add(&c->head->done, 1);
}

int cnn_common_finish(struct cnn_common *c, struct cnn_array *x)
{
    while (atomic_load(&c->head->done) < c->n && !atomic_load(&c->head->failed))
        nap();
    if (atomic_load(&c->head->opened) != ranks_of_job())
        unlink(c->name); /* a rank that comes now begins anew */
    close(c->fd);
    if (atomic_load(&c->head->failed)) {
        munmap(c->head, c->size);
        return -1;
    }
    x->owner = CNN_MAPPED;
    x->data = c->x;
    x->base = c->head;
    x->base_size = c->size;
    return 0;
}
