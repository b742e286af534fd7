/* cores.c -- how many cores this process may use, and which: the machine's, less what the scheduler, a cgroup or the
 * user keeps from it. */
#ifndef _GNU_SOURCE
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the C library asks for it */
#define _GNU_SOURCE /* sched_getaffinity, pthread_setaffinity_np */
#endif
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/support.h"

static int at_least_one(long n)
{
    return n < 1 ? 1 : n > CNN_MOST_THREADS ? CNN_MOST_THREADS : (int)n;
}

static int cores_of_machine(void)
{
    return at_least_one(sysconf(_SC_NPROCESSORS_ONLN));
}

/* The cores on which the scheduler may run the process, as taskset, cpusets and batch systems set them. */
static int cores_allowed(void)
{
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return at_least_one(CPU_COUNT(&set));
#endif
    return cores_of_machine();
}

/* The cores' worth of time that the process gets, rounded up. */
static int cores_paid(void)
{
    const double paid = cnn_quota("/proc/self/cgroup", "/sys/fs/cgroup");
    return paid < CNN_MOST_THREADS ? at_least_one((long)ceil(paid)) : CNN_MOST_THREADS;
}

int cnn_online_cores(void)
{
    const int allowed = cores_allowed(), paid = cores_paid();
    return paid < allowed ? paid : allowed;
}

int cnn_threads_with_cores(int threads)
{
    const int cores = cnn_online_cores();
    return threads > cores && !getenv("CNN_OVERSUBSCRIBE") ? cores : threads;
}

int64_t cnn_environment_number(const char *name, int64_t most)
{
    const char *text = getenv(name);
    char *end = NULL;
    const long long n = text ? strtoll(text, &end, 10) : 0;
    if (!text || !*text)
        return -1;
    return *end || n < 1 || n > most ? 0 : n;
}

int cnn_default_cores(void)
{
    const int64_t n = cnn_environment_number("CNN_THREADS", CNN_MOST_THREADS);
    return n < 0 ? cnn_online_cores() : (int)n;
}

void cnn_pin(int thread)
{
#ifdef __linux__
    static const size_t bits = CPU_SETSIZE;
    cpu_set_t set, one;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return;
    int n = thread % at_least_one(CPU_COUNT(&set));
    for (size_t i = 0; i < bits; i++) {
        if (!CPU_ISSET(i, &set) || n-- > 0)
            continue;
        CPU_ZERO(&one);
        CPU_SET(i, &one);
        pthread_setaffinity_np(pthread_self(), sizeof one, &one);
        return;
    }
#else
    (void)thread;
#endif
}
