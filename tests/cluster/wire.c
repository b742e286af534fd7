/* wire.c -- links between hosts that need nothing of the kernel but TAP devices: a switch that carries frames with a
 * rate, a delay and a share of losses, where a kernel has no netem. The losses come from a fixed seed.
 *
 *     wire FILE NAMESPACE...
 *
 * makes the device eth0 in each of these network namespaces, prints "ready", and forwards until it gets a signal. FILE
 * has a line for each link, in this order, and is read again whenever it changes:
 *
 *     up|down RATE DELAY LOSS        bits a second, microseconds, lost frames of a million
 *
 * A frame waits until its link is free, for what it takes at that rate, and then for the delay; both ways are alike.
 * Root alone may do all this. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_LINKS = 64, FRAME = 9216, ADDRESS = 6, BURST = 64, LOOK_MS = 100 };
#define BACKLOG 0.4 /* seconds for which a frame may wait for its link; beyond that it is dropped */

struct frame {
    struct frame *next;
    double due;
    size_t size;
    unsigned char bytes[FRAME];
};

/* One way of a link. Frames leave it in the order in which they came. */
struct way {
    double free_at;
    uint64_t lots; /* state of the random numbers */
    struct frame *first, *last;
};

struct link {
    int fd, up;
    double rate, delay, loss;
    unsigned char address[ADDRESS]; /* of the host */
    struct way to_switch, to_host;
};

struct wire {
    const char *file;
    struct timespec read_at; /* the file, when it was read last */
    int n;
    struct link links[MOST_LINKS];
    struct frame *spare;
};

static void fail(const char *what)
{
    fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* xorshift64*: a number from 0 to 1 */
static double draw(struct way *w)
{
    w->lots ^= w->lots >> 12;
    w->lots ^= w->lots << 25;
    w->lots ^= w->lots >> 27;
    return (double)(w->lots * UINT64_C(2685821657736338717) >> 11) / 9007199254740992.0;
}

/* ---- links */

static int enter(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "/var/run/netns/%s", name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
        fail(path);
    return close(fd);
}

/* The device belongs to the namespace in which it is made; the descriptor is good anywhere. */
static int open_device(void)
{
    struct ifreq ask = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    strcpy(ask.ifr_name, "eth0");
    if (fd < 0 || ioctl(fd, TUNSETIFF, &ask) != 0)
        fail("/dev/net/tun");
    return fd;
}

static void open_links(struct wire *w, char **names)
{
    for (int i = 0; i < w->n; i++) {
        enter(names[i]);
        w->links[i] = (struct link){.fd = open_device(), .up = 1, .rate = 1e12};
        w->links[i].to_switch.lots = 2 * (uint64_t)i + 1;
        w->links[i].to_host.lots = 2 * (uint64_t)i + 2;
    }
}

/* Reads the file when it has changed. */
static void look(struct wire *w)
{
    struct stat at;
    char state[8];
    if (stat(w->file, &at) != 0 || memcmp(&at.st_mtim, &w->read_at, sizeof w->read_at) == 0)
        return;
    FILE *f = fopen(w->file, "r");
    w->read_at = at.st_mtim;
    for (int i = 0; f && i < w->n; i++) {
        struct link *k = &w->links[i];
        if (fscanf(f, "%7s %lf %lf %lf", state, &k->rate, &k->delay, &k->loss) != 4)
            break;
        k->up = strcmp(state, "up") == 0;
        k->delay *= 1e-6;
        k->loss *= 1e-6;
    }
    if (f)
        fclose(f);
}

/* ---- frames */

static struct frame *new_frame(struct wire *w)
{
    struct frame *f = w->spare;
    if (f)
        w->spare = f->next;
    else if (!(f = malloc(sizeof *f)))
        fail("frames");
    return f;
}

static void drop(struct wire *w, struct frame *f)
{
    f->next = w->spare;
    w->spare = f;
}

/* Puts a frame that is there at this time on one way of a link. */
static void send_on(struct wire *w, const struct link *k, struct way *way, struct frame *f, double at)
{
    const double begins = way->free_at > at ? way->free_at : at;
    if (!k->up || begins - at > BACKLOG || draw(way) < k->loss) {
        drop(w, f);
        return;
    }
    way->free_at = begins + 8 * (double)f->size / k->rate;
    f->due = way->free_at + k->delay;
    f->next = NULL;
    if (way->first)
        way->last->next = f;
    else
        way->first = f;
    way->last = f;
}

static struct frame *take(struct way *way, double at)
{
    struct frame *f = way->first;
    if (!f || f->due > at)
        return NULL;
    way->first = f->next;
    return f;
}

static void receive(struct wire *w, struct link *k, double at)
{
    for (int i = 0; i < BURST; i++) {
        struct frame *f = new_frame(w);
        const ssize_t n = read(k->fd, f->bytes, sizeof f->bytes);
        if (n < 2 * ADDRESS) {
            drop(w, f);
            return;
        }
        f->size = (size_t)n;
        memcpy(k->address, f->bytes + ADDRESS, ADDRESS);
        send_on(w, k, &k->to_switch, f, at);
    }
}

/* To the host whose address it has; to all others when nobody has it, as a broadcast. */
static void forward(struct wire *w, const struct link *from, struct frame *f)
{
    for (int i = 0; i < w->n; i++)
        if (memcmp(w->links[i].address, f->bytes, ADDRESS) == 0) {
            send_on(w, &w->links[i], &w->links[i].to_host, f, f->due);
            return;
        }
    for (int i = 0; i < w->n; i++) {
        if (&w->links[i] == from)
            continue;
        struct frame *copy = new_frame(w);
        *copy = *f;
        send_on(w, &w->links[i], &w->links[i].to_host, copy, f->due);
    }
    drop(w, f);
}

static void deliver(struct wire *w, double at)
{
    struct frame *f;
    for (int i = 0; i < w->n; i++)
        while ((f = take(&w->links[i].to_switch, at)))
            forward(w, &w->links[i], f);
    for (int i = 0; i < w->n; i++)
        while ((f = take(&w->links[i].to_host, at))) {
            if (write(w->links[i].fd, f->bytes, f->size) < 0 && errno != EAGAIN && errno != EIO)
                fail("eth0");
            drop(w, f);
        }
}

/* Seconds until a frame is due, at most until the file is looked at again. */
static double idle(const struct wire *w, double at)
{
    double until = at + LOOK_MS * 1e-3;
    for (int i = 0; i < w->n; i++) {
        const struct frame *const first[] = {w->links[i].to_switch.first, w->links[i].to_host.first};
        for (int k = 0; k < 2; k++)
            if (first[k] && first[k]->due < until)
                until = first[k]->due;
    }
    return until > at ? until - at : 0;
}

static void run(struct wire *w)
{
    struct pollfd on[MOST_LINKS];
    for (double looked = 0;;) {
        const double at = now(), rest = idle(w, at);
        const struct timespec most = {.tv_sec = (time_t)rest, .tv_nsec = (long)(1e9 * (rest - (double)(time_t)rest))};
        for (int i = 0; i < w->n; i++)
            on[i] = (struct pollfd){w->links[i].fd, POLLIN, 0};
        ppoll(on, (nfds_t)w->n, &most, NULL);
        const double awake = now();
        if (awake - looked > LOOK_MS * 1e-3) {
            look(w);
            looked = awake;
        }
        for (int i = 0; i < w->n; i++)
            if (on[i].revents & POLLIN)
                receive(w, &w->links[i], awake);
        deliver(w, awake);
    }
}

int main(int argc, char **argv)
{
    static struct wire w;
    w.n = argc - 2;
    if (w.n < 1 || w.n > MOST_LINKS) {
        fprintf(stderr, "usage: wire FILE NAMESPACE...\n");
        return 2;
    }
    w.file = argv[1];
    prctl(PR_SET_TIMERSLACK, 1000UL); /* nanoseconds by which the kernel may wake it late */
    open_links(&w, argv + 2);
    look(&w);
    puts("ready");
    fflush(stdout);
    run(&w);
}
