/* ranks.h -- libcnn-mpi: the ranks of a run as processes of MPI. It fills struct cnn_peers, begins and ends MPI, lets
 * rank 0 alone print, and ends the job when a rank is lost. Only this room includes mpi.h, and nothing here knows what
 * is computed. MPI-3 is enough; one thread at a time calls MPI. */
#ifndef CNN_RANKS_H
#define CNN_RANKS_H

#include <mpi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "support/peers.h"

enum { CNN_HOST_NAME = 64 };

struct cnn_streams { /* the standard files of a rank before they were changed */
    int out, err;    /* -1: unchanged */
};

struct cnn_transfers { /* messages that are under way */
    MPI_Request *at;
    int n, room;
    int done;     /* the first ones are known to be */
    int **counts; /* of gathers, which MPI reads until they are done */
    int n_counts, room_counts;
};

struct cnn_peer;
struct cnn_link {
    struct cnn_peers peers;
    const char *program;
    MPI_Comm numbers, hearts; /* of the data; of the signs of life */
    MPI_Datatype four;        /* four bytes */
    char (*host)[CNN_HOST_NAME];
    struct cnn_streams output;
    /* whoever calls MPI holds it */
    pthread_mutex_t lock;
    struct cnn_transfers begun; /* what finish() waits for */
    int driven;                 /* the heart's thread lets it go on */
    pthread_cond_t work;        /* `driven` was set */
    pthread_t heart;
    struct cnn_peer *beating; /* of that thread */
    int beats;                /* it runs */
    atomic_int ending;
    pid_t launcher;  /* mpirun, where it is on this machine; 0: it is not */
    double patience; /* seconds without a sign of life after which a rank is lost */
};

/* ---- link.c */

/* Fills l->peers for the ranks of MPI_COMM_WORLD. */
void cnn_link_open(struct cnn_link *l, const char *program);
void cnn_link_close(struct cnn_link *l); /* ends MPI, too */
/* Prints "program: rank 3 on host: why" and ends all ranks. */
_Noreturn void cnn_link_lost(struct cnn_link *l, int rank, const char *why);
/* Checks what a call of MPI returned. */
void cnn_link_check(struct cnn_link *l, int result);

/* Lets MPI go on with what was begun; the caller holds the lock. Returns 1 when all of it is done. */
int cnn_link_go_on(struct cnn_link *l);

/* ---- hearts.c: every rank tells rank 0 that it lives, and rank 0 tells all others. Meanwhile the same thread lets MPI
 *      go on with what was begun. */

void cnn_hearts_begin(struct cnn_link *l);
void cnn_hearts_end(struct cnn_link *l);

/* ---- launcher.c */

pid_t cnn_launcher_find(void);
int cnn_launcher_on_terminal(pid_t pid); /* does it print to one? pid 0: no */
void cnn_launcher_end_later(pid_t pid);  /* unless it ends by itself within some seconds; pid 0: nothing */

/* ---- output.c: rank 0 prints; what the others print is kept and shown only when they alone have failed */

void cnn_output_begin(struct cnn_link *l);
/* Copies what was kept to the real standard error, the name of the rank before each line. */
void cnn_output_show(struct cnn_link *l);

/* ---- same.c: ranks that would not compute the same bits are refused */

/* Compares program, command line and C library. 0, or -1 with a message. */
int cnn_same_program(struct cnn_link *l, int argc, char **argv, struct cnn_error *e);

#endif
