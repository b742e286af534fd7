/* main.c -- cnn_main() of a program that is linked with libcnn-mpi. The linker finds it before that of libcnn. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "ranks/ranks.h"
#include "support/support.h"

/* A rank has failed, and the others may wait for it. Rank 0 fails first when all fail alike, and then its message is
 * the only one. */
static void fail_alone(struct cnn_link *l)
{
    if (l->peers.rank != 0)
        sleep(2);
    cnn_output_show(l);
    fflush(NULL);
    MPI_Abort(MPI_COMM_WORLD, CNN_TROUBLE);
}

static int is_failure(int status)
{
    return status != CNN_DONE && status != CNN_INTERRUPTED && status != CNN_USAGE;
}

static int run(struct cnn_link *l, int argc, char **argv, const struct cnn_model *model)
{
    struct cnn_error e;
    if (cnn_same_program(l, argc, argv, &e) != 0) {
        if (l->peers.rank == 0)
            cnn_complain(l->program, &e);
        return CNN_TROUBLE;
    }
    cnn_output_begin(l);
    const int status = cnn_main_with(argc, argv, model, &l->peers);
    if (is_failure(status) && !l->peers.agreed && l->peers.ranks > 1)
        fail_alone(l);
    cnn_peers_differ(&l->peers, (uint64_t)status); /* nobody leaves while others still work and want signs of life */
    signal(SIGTERM, SIG_IGN); /* mpirun sends it when a rank has ended with a status; there is nothing to interrupt */
    return status;
}

/* Open MPI would let a rank write into another one's memory over TCP, too, in rounds that leave a link idle for half of
 * the time when bytes go both ways. Who has set the parameter keeps it; another MPI does not look at it. */
static void choose_protocol(void)
{
    setenv("OMPI_MCA_btl_tcp_flags", "1", 0); /* messages are sent */
}

/* The number of ranks on this machine. */
static int ranks_here(const struct cnn_link *l)
{
    int n = 0;
    for (int q = 0; q < l->peers.ranks; q++)
        n += strcmp(l->host[q], l->host[l->peers.rank]) == 0;
    return n;
}

/* Ranks of one machine decode pictures together (images/common.c). They know one another by this name, which rank 0
 * makes. */
static void name_job(struct cnn_link *l)
{
    uint64_t all[2] = {(uint64_t)getpid(), (uint64_t)(cnn_seconds() * 1e9)};
    char name[40];
    if (l->peers.ranks == 1)
        return;
    MPI_Bcast(all, sizeof all, MPI_BYTE, 0, l->numbers);
    snprintf(name, sizeof name, "%016llx%016llx", (unsigned long long)all[0], (unsigned long long)all[1]);
    setenv("CNN_JOB", name, 1);
    snprintf(name, sizeof name, "%d", ranks_here(l));
    setenv("CNN_JOB_RANKS", name, 1);
}

int cnn_main(int argc, char **argv, const struct cnn_model *model)
{
    struct cnn_link l;
    int provided;
    choose_protocol();
    if (MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS)
        return CNN_TROUBLE;
    cnn_link_open(&l, model->name);
    if (provided < MPI_THREAD_SERIALIZED && l.peers.ranks > 1)
        cnn_link_lost(&l, l.peers.rank, "this MPI lets only one thread call it");
    name_job(&l);
    cnn_hearts_begin(&l);
    const int status = run(&l, argc, argv, model);
    fflush(NULL);
    cnn_hearts_end(&l);
    cnn_link_close(&l);
    return status;
}
