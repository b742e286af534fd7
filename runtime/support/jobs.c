/* jobs.c -- tasks in processes of their own. A process sends its result through a pipe. When the pipe ends before
 * the result is complete, the process has died. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input.h"
#include "support/peers.h"
#include "support/support.h"

enum { LOOK_UP_MS = 100 }; /* a signal may come just before poll() begins to wait */

struct job {
    pid_t pid;
    int64_t task;
    size_t got; /* bytes of the result so far */
    int why;    /* why no more bytes come: an errno, or 0 */
};

struct crew {
    struct cnn_jobs *j;
    struct job *jobs;
    struct pollfd *pipes; /* one for each job: its result comes from there */
    nfds_t running;
    char *ended; /* by task: 1 when its result is there */
    /* the first tasks that were not started, and whose results were not passed to done(); the first that is not run */
    int64_t next, told, end;
    int stop;
    int status; /* enum cnn_exit */
    struct cnn_error *error;
};

static char *result_of(const struct cnn_jobs *j, int64_t task)
{
    return (char *)j->results + (size_t)task * j->size;
}

/* ---- in the task's process */

/* The pipe is broken, so the parent cannot report the reason; this process does it. */
static _Noreturn void tell_loss(int64_t task)
{
    struct cnn_error e;
    char name[40];
    snprintf(name, sizeof name, "task %lld", (long long)task + 1);
    cnn_fail_errno(&e, "pipe", "write the result");
    cnn_complain(name, &e);
    exit(CNN_TROUBLE);
}

static void work(const struct cnn_jobs *j, int64_t task, int fd)
{
    const char *at = result_of(j, task);
    j->run(j->arg, task, result_of(j, task));
    for (size_t left = j->size; left > 0;) {
        ssize_t n = write(fd, at, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            tell_loss(task);
        at += n;
        left -= (size_t)n;
    }
    exit(CNN_DONE);
}

/* ---- in the process that waits */

static int begin(struct crew *c)
{
    int ends[2];
    if (pipe(ends) != 0)
        return cnn_fail_errno(c->error, "pipe", "start a process");
    fflush(NULL); /* otherwise both processes would write what is buffered */
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        cnn_signals_child(parent);
        close(ends[0]);
        work(c->j, c->next, ends[1]);
    }
    close(ends[1]); /* no process that is started later may hold this pipe open */
    if (pid < 0) {
        close(ends[0]);
        return cnn_fail_errno(c->error, "fork", "start a process");
    }
    c->jobs[c->running] = (struct job){.pid = pid, .task = c->next++};
    c->pipes[c->running++] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    return 0;
}

static void end_all(struct crew *c)
{
    for (nfds_t i = 0; !c->stop && i < c->running; i++)
        kill(c->jobs[i].pid, SIGTERM);
    c->stop = 1;
}

static void fail(struct crew *c)
{
    if (c->status == CNN_DONE)
        c->status = CNN_TROUBLE;
    end_all(c);
}

static void tell(struct crew *c)
{
    while (!c->j->peers && !c->stop && c->told < c->next && c->ended[c->told]) {
        int64_t task = c->told++;
        if (c->j->done(c->j->arg, task, result_of(c->j, task)))
            end_all(c);
    }
}

/* Job i has ended; the last job takes its place. */
static void bury(struct crew *c, nfds_t i)
{
    struct job job = c->jobs[i];
    int how = 0;
    close(c->pipes[i].fd);
    while (waitpid(job.pid, &how, 0) < 0 && errno == EINTR)
        continue;
    c->jobs[i] = c->jobs[--c->running];
    c->pipes[i] = c->pipes[c->running];
    c->ended[job.task] = job.got == c->j->size;
    if (c->ended[job.task] || c->stop || cnn_signals_caught()) /* a signal from a terminal goes to all processes */
        return;
    errno = job.why;
    if (job.why)
        cnn_fail_errno(c->error, "pipe", "read a result");
    else if (WIFSIGNALED(how))
        cnn_fail(c->error, "the process of task %lld was killed by signal %d", (long long)job.task + 1, WTERMSIG(how));
    else
        cnn_fail(c->error, "the process of task %lld ended without a result", (long long)job.task + 1);
    fail(c);
}

static void listen_to(struct crew *c, nfds_t i)
{
    struct job *job = &c->jobs[i];
    ssize_t n = read(c->pipes[i].fd, result_of(c->j, job->task) + job->got, c->j->size - job->got);
    if (n < 0 && errno == EINTR)
        return;
    if (n > 0)
        job->got += (size_t)n;
    else
        job->why = n < 0 ? errno : 0;
    if (n <= 0 || job->got == c->j->size)
        bury(c, i);
}

static void look_after(struct crew *c)
{
    if (cnn_signals_caught()) {
        c->status = CNN_INTERRUPTED;
        end_all(c);
    }
    while (!c->stop && (int64_t)c->running < c->j->jobs && c->next < c->end)
        if (begin(c) != 0)
            fail(c);
    if (c->running == 0 || poll(c->pipes, c->running, LOOK_UP_MS) <= 0)
        return;
    /* backwards: the job that takes the place of an ended one has already been read */
    for (nfds_t i = c->running; i-- > 0;)
        if (c->pipes[i].revents)
            listen_to(c, i);
    tell(c);
}

/* Runs the tasks from `first` to `end`. */
static int run(struct cnn_jobs *j, int64_t first, int64_t end, struct cnn_error *e)
{
    size_t most = (size_t)(j->jobs < j->tasks ? j->jobs : j->tasks);
    struct crew c = {.j = j, .next = first, .told = first, .end = end, .error = e};
    c.jobs = calloc(most, sizeof *c.jobs);
    c.pipes = calloc(most, sizeof *c.pipes);
    c.ended = calloc((size_t)j->tasks, 1);
    if (!c.jobs || !c.pipes || !c.ended) {
        cnn_fail(e, "no memory for %lld tasks", (long long)j->tasks);
        c.status = CNN_TROUBLE;
    } else {
        cnn_signals_wait(1);
        do
            look_after(&c);
        while (c.running > 0 || (!c.stop && c.next < end));
        cnn_signals_wait(0);
    }
    free(c.jobs);
    free(c.pipes);
    free(c.ended);
    return c.status;
}

/* ---- ranks: each runs some tasks of a round, then all get all results */

/* Returns an enum cnn_exit that all ranks agree on. */
static int agree(struct cnn_jobs *j, int status, struct cnn_error *e)
{
    int32_t *all = calloc((size_t)j->peers->ranks, sizeof *all), interrupted = 0;
    if (!all) {
        j->peers->give_up(j->peers, "no memory for what ranks tell one another");
        return CNN_TROUBLE;
    }
    all[j->peers->rank] = status == CNN_INTERRUPTED;
    cnn_peers_share(j->peers, all, sizeof *all);
    for (int q = 0; q < j->peers->ranks; q++)
        interrupted |= all[q];
    free(all);
    if (interrupted)
        return CNN_INTERRUPTED;
    return cnn_peers_agree(j->peers, status, e) == 0 ? CNN_DONE : CNN_TROUBLE;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Each rank has as many tasks of a round as it runs at once. */
static int run_round(struct cnn_jobs *j, int64_t first, size_t *begin, struct cnn_error *e)
{
    const int64_t left = j->tasks - first;
    for (int q = 0; q <= j->peers->ranks; q++)
        begin[q] = (size_t)least(q * j->jobs, left) * j->size;
    const int rank = j->peers->rank;
    const int64_t own = first + least(rank * j->jobs, left), end = first + least((rank + 1) * j->jobs, left);
    const int status = agree(j, own < end ? run(j, own, end, e) : CNN_DONE, e);
    if (status == CNN_DONE)
        j->peers->gather(j->peers, result_of(j, first), begin);
    return status;
}

static int deal(struct cnn_jobs *j, struct cnn_error *e)
{
    const int64_t at_once = j->jobs * j->peers->ranks;
    size_t *begin = malloc(((size_t)j->peers->ranks + 1) * sizeof *begin);
    int status = begin ? CNN_DONE : CNN_TROUBLE;
    if (!begin)
        j->peers->give_up(j->peers, "no memory for what ranks tell one another");
    for (int64_t first = 0; status == CNN_DONE && first < j->tasks; first += at_once) {
        status = run_round(j, first, begin, e);
        for (int64_t i = first; status == CNN_DONE && i < least(first + at_once, j->tasks); i++)
            if (j->done(j->arg, i, result_of(j, i))) {
                free(begin);
                return CNN_DONE;
            }
    }
    free(begin);
    return status;
}

int cnn_jobs_run(struct cnn_jobs *j, struct cnn_error *e)
{
    if (!cnn_several(j->peers))
        j->peers = NULL;
    return j->peers ? deal(j, e) : run(j, 0, j->tasks, e);
}
