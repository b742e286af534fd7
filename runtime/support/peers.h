/* peers.h -- the seam between a run and the other processes that share its work. A run has one rank or several; each
 * rank is a process, here or on another machine, that computes a part of every step. libcnn knows the ranks by this
 * struct alone; libcnn-mpi fills it. A run without ranks has NULL instead.
 *
 * All ranks call the same functions in the same order, each by its thread 0; begin() and drive() may be called by any
 * thread. A function returns when its work is done, or begun where it says so. It never fails: when a rank cannot be
 * reached any more, the whole job ends with a message. */
#ifndef CNN_PEERS_H
#define CNN_PEERS_H

#include <stddef.h>
#include <stdint.h>

#include "files.h"

struct cnn_piece { /* bytes that go to another rank, or come from it */
    int rank, tag; /* the tag tells apart several pieces between the same two ranks */
    void *at;
    size_t bytes; /* a multiple of 4 */
};

struct cnn_peers {
    int rank, ranks; /* this one's number, from 0; how many there are */
    int spread;      /* 1: they are on several machines */
    int lead;        /* the first rank of this one's machine */
    int most_tag;    /* of a piece */
    int agreed;      /* 1: all ranks know that the command has failed */
    void *driver;
    /* Sends and receives. What one rank sends, the other one lists as expected, with the same tag and size. */
    void (*exchange)(struct cnn_peers *p, const struct cnn_piece *sent, int n_sent, const struct cnn_piece *expected,
                     int n_expected);
    /* Begins the same. The bytes belong to this struct until finish() has returned, which waits for all that was
     * begun. */
    void (*begin)(struct cnn_peers *p, const struct cnn_piece *sent, int n_sent, const struct cnn_piece *expected,
                  int n_expected);
    /* Other work comes first, and what was begun, the last time so many bytes, goes on meanwhile. */
    void (*drive)(struct cnn_peers *p, int64_t bytes);
    void (*finish)(struct cnn_peers *p);
    /* The bytes begin[q] .. begin[q + 1] of every rank q come to all ranks; each is a multiple of 4. */
    void (*gather)(struct cnn_peers *p, void *all, const size_t *begin);
    void (*begin_gather)(struct cnn_peers *p, void *all, const size_t *begin); /* finish() waits for it, too */
    /* Ends the job, with this reason, when one rank cannot go on while the others wait for it. */
    void (*give_up)(struct cnn_peers *p, const char *why);
    /* what was sent so far, and the time that this rank has waited for others */
    int64_t bytes, messages, early; /* early: bytes sent while the backward pass went on */
    double seconds;
};

static inline int cnn_several(const struct cnn_peers *p)
{
    return p && p->ranks > 1;
}

/* Is this the rank that prints and writes files? */
static inline int cnn_is_first(const struct cnn_peers *p)
{
    return !p || p->rank == 0;
}

/* The functions below do nothing when p has no other rank. */

/* Element q of all[ranks], of `size` bytes, comes from rank q to all others. */
void cnn_peers_share(struct cnn_peers *p, void *all, size_t size);
/* *value, of `size` bytes, a multiple of 4, becomes what the first rank of this machine has there. */
void cnn_peers_of_lead(struct cnn_peers *p, void *value, size_t size);
/* Every rank has done a task with a status, 0 or not. Returns 0 when all have succeeded, else -1; then *e holds the
 * message of the first rank that has not, which names the rank unless that is rank 0. */
int cnn_peers_agree(struct cnn_peers *p, int status, struct cnn_error *e);
/* The lowest rank whose value is not that of rank 0; 0: there is none. */
int cnn_peers_differ(struct cnn_peers *p, uint64_t value);

#endif
