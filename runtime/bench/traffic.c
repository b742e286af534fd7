/* traffic.c -- what a rank sends in a step, and how long it waits for the others. */
#include "bench/measures.h"
#include "support/peers.h"

void cnn_traffic_step(struct cnn_traffic *t, const struct cnn_peers *p, double seconds, int counts)
{
    if (!cnn_several(p))
        return;
    if (counts) {
        t->ranks = p->ranks;
        t->steps++;
        t->bytes += (double)(p->bytes - t->seen.bytes);
        t->early += (double)(p->early - t->seen.early);
        t->messages += (double)(p->messages - t->seen.messages);
        t->waited += p->seconds - t->seen.seconds;
        t->seconds += seconds;
    }
    t->seen.bytes = p->bytes;
    t->seen.early = p->early;
    t->seen.messages = p->messages;
    t->seen.seconds = p->seconds;
}

void cnn_traffic_print(const struct cnn_traffic *t)
{
    const double steps = (double)t->steps;
    if (t->steps > 0)
        printf("%d ranks: each sends %.1f kB in %.1f messages a step, %.0f%% of it during the backward pass; "
               "%.1f%% of the time is communication\n",
               t->ranks, t->bytes / steps * 1e-3, t->messages / steps, 100 * t->early / t->bytes,
               100 * t->waited / t->seconds);
}

void cnn_traffic_json(FILE *f, const struct cnn_traffic *t)
{
    const double steps = (double)t->steps;
    if (t->steps > 0)
        fprintf(f,
                "  \"ranks\": {\"n\": %d, \"bytes\": %.1f, \"early\": %.1f, \"messages\": %.2f, \"communication\": "
                "%.4f},\n",
                t->ranks, t->bytes / steps, t->early / steps, t->messages / steps, t->waited / t->seconds);
}
