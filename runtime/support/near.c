/* near.c -- see near.h. Each rank makes a file in memory, which the others map, and which then loses its name. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/near.h"

struct place {
    char path[32]; /* "": there is no room */
};

static void *map(int fd, size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? NULL : at;
}

/* Makes the memory of this rank. */
static void *make(struct place *p, size_t size)
{
    strcpy(p->path, "/dev/shm/cnnc-XXXXXX");
    const int fd = mkstemp(p->path);
    void *at = fd >= 0 && posix_fallocate(fd, 0, (off_t)size) == 0 ? map(fd, size) : NULL;
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && !at)
        unlink(p->path);
    if (!at)
        p->path[0] = '\0';
    return at;
}

static void *find(const struct place *p, size_t size)
{
    const int fd = p->path[0] ? open(p->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
    void *at = fd >= 0 ? map(fd, size) : NULL;
    if (fd >= 0)
        close(fd);
    return at;
}

/* Does every rank see all of it? */
static int all_see(const struct cnn_near *n, struct cnn_peers *p)
{
    int all = 1;
    for (int q = 0; q < n->ranks; q++)
        all &= n->at[q] != NULL;
    int32_t *said = calloc((size_t)n->ranks, sizeof *said);
    if (!said)
        p->give_up(p, "no memory for what ranks share");
    said[p->rank] = all;
    cnn_peers_share(p, said, sizeof *said);
    for (int q = 0; q < n->ranks; q++)
        all &= said[q];
    free(said);
    return all;
}

void cnn_near_open(struct cnn_near *n, struct cnn_peers *p, size_t size)
{
    struct place *places = calloc((size_t)p->ranks, sizeof *places);
    *n = (struct cnn_near){.ranks = p->ranks, .size = size, .at = calloc((size_t)p->ranks, sizeof *n->at)};
    if (!places || !n->at)
        p->give_up(p, "no memory for what ranks share");
    n->at[p->rank] = size ? make(&places[p->rank], size) : NULL;
    cnn_peers_share(p, places, sizeof *places);
    for (int q = 0; q < p->ranks; q++)
        if (q != p->rank)
            n->at[q] = find(&places[q], size);
    const int all = all_see(n, p);
    if (places[p->rank].path[0])
        unlink(places[p->rank].path);
    free(places);
    if (!all)
        cnn_near_close(n);
}

void cnn_near_close(struct cnn_near *n)
{
    for (int q = 0; q < n->ranks; q++)
        if (n->at[q])
            munmap(n->at[q], n->size);
    free(n->at);
    *n = (struct cnn_near){0};
}
