/* near.c -- see near.h. Each rank makes a file in memory, which the others map, and which then loses its name. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/near.h"
#include "support/shared.h"

struct place {
    char name[CNN_SHARED_NAME]; /* "": there is no room */
};

/* Makes the memory of this rank, which is locked as long as the file is open. */
static void *make(struct place *p, size_t size, int *file)
{
    *file = cnn_shared_make(p->name, size);
    void *at = *file >= 0 ? cnn_shared_map(*file, size) : NULL;
    if (*file >= 0 && !at)
        unlink(p->name);
    if (!at)
        p->name[0] = '\0';
    return at;
}

static void *find(const struct place *p, size_t size)
{
    const int fd = p->name[0] ? cnn_shared_open(p->name) : -1;
    void *at = fd >= 0 ? cnn_shared_map(fd, size) : NULL;
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
    if (!said) {
        p->give_up(p, "no memory for what ranks share");
        return 0;
    }
    said[p->rank] = all;
    cnn_peers_share(p, said, sizeof *said);
    for (int q = 0; q < n->ranks; q++)
        all &= said[q];
    free(said);
    return all;
}

/* False where a rank does not see all of it. */
static int share(struct cnn_near *n, struct cnn_peers *p, size_t size, struct place *places)
{
    int file = -1;
    n->at[p->rank] = size ? make(&places[p->rank], size, &file) : NULL;
    cnn_peers_share(p, places, sizeof *places);
    for (int q = 0; q < p->ranks; q++)
        if (q != p->rank)
            n->at[q] = find(&places[q], size);
    const int all = all_see(n, p);
    if (places[p->rank].name[0])
        unlink(places[p->rank].name);
    if (file >= 0)
        close(file);
    return all;
}

void cnn_near_open(struct cnn_near *n, struct cnn_peers *p, size_t size)
{
    struct place *places = calloc((size_t)p->ranks, sizeof *places);
    *n = (struct cnn_near){.ranks = p->ranks, .size = size, .at = calloc((size_t)p->ranks, sizeof *n->at)};
    const int memory = places && n->at;
    if (!memory)
        p->give_up(p, "no memory for what ranks share");
    if (!memory || !share(n, p, size, places))
        cnn_near_close(n);
    free(places);
}

void cnn_near_close(struct cnn_near *n)
{
    for (int q = 0; n->at && q < n->ranks; q++)
        if (n->at[q])
            munmap(n->at[q], n->size);
    free(n->at);
    *n = (struct cnn_near){0};
}
