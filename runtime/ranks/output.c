/* output.c -- the standard files of the ranks. All ranks run the same command and would print the same; only rank 0 is
 * heard. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ranks/ranks.h"

/* Puts the stream on another file and returns a copy of what it was on, or -1. */
static int divert(FILE *stream, FILE *to)
{
    const int number = fileno(stream), before = to ? dup(number) : -1;
    fflush(stream);
    if (before >= 0)
        dup2(fileno(to), number);
    if (to)
        fclose(to);
    return before;
}

/* Open MPI gives rank 0 a terminal of its own, wherever mpirun prints: into a file goes no bar. */
void cnn_output_begin(struct cnn_link *l)
{
    if ((l->launcher || l->peers.ranks > 1) && !cnn_launcher_on_terminal(l->launcher))
        setenv("TERM", "dumb", 1);
    if (l->peers.rank == 0)
        return;
    l->output.out = divert(stdout, fopen("/dev/null", "w"));
    l->output.err = divert(stderr, tmpfile());
}

static void copy(const struct cnn_link *l)
{
    char line[1024];
    const int own = dup(STDERR_FILENO);
    FILE *kept = own >= 0 ? fdopen(own, "r") : NULL, *real = fdopen(dup(l->output.err), "w");
    if (kept)
        rewind(kept);
    while (kept && real && fgets(line, sizeof line, kept))
        fprintf(real, "rank %d on %s: %s", l->peers.rank, l->host[l->peers.rank], line);
    if (kept)
        fclose(kept);
    if (real)
        fclose(real);
}

void cnn_output_show(struct cnn_link *l)
{
    fflush(stderr);
    if (l->output.err >= 0)
        copy(l);
}
