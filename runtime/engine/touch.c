/* touch.c -- zeroes the arenas, each page on the thread that will work on it: where a machine has several memories, a
 * page is in that of the core which touches it first. What threads share in ways that are not known here is divided
 * evenly. */
#include <string.h>

#include "engine/engine.h"

enum { LINE = 64 };

static void zero(char *begin, const char *end)
{
    memset(begin, 0, (size_t)(end - begin));
}

/* This thread's part, as update() and prepare() divide an array. */
static void zero_part(const struct cnn_engine *g, int thread, char *begin, const char *end)
{
    const size_t lines = (size_t)(end - begin) / LINE, t = (size_t)thread, all = (size_t)g->threads;
    const char *last = thread == g->threads - 1 ? end : begin + lines * (t + 1) / all * LINE;
    zero(begin + lines * t / all * LINE, last);
}

static char *bytes(float *at)
{
    return (char *)at;
}

/* Each array of the optimiser's state, and what stands before it and behind. */
static void touch_state(const struct cnn_engine *g, int thread, char *at, const char *end)
{
    for (int i = 0; g->state && !g->peers && i < g->m->slots; i++) {
        char *slot = bytes(g->state + (size_t)i * g->m->core.trained);
        zero_part(g, thread, at, slot);
        at = slot;
    }
    zero_part(g, thread, at, end);
}

/* Parameters, the copies of them that kernels want, and the optimiser's state. */
static void touch_parameters(const struct cnn_engine *g, int thread)
{
    char *at = g->parameter_arena;
    const char *end = at + (size_t)g->copies * g->copy_bytes;
    if (g->copies > 1) {
        zero(at + (size_t)thread * g->copy_bytes, at + (size_t)(thread + 1) * g->copy_bytes);
        if (g->fetches)
            touch_state(g, thread, bytes(g->state), bytes(g->state + cnn_optimizer_size(g->m)));
        return;
    }
    zero_part(g, thread, at, bytes(g->prepared));
    touch_state(g, thread, bytes(g->prepared), end);
}

/* Of the chunks that the thread has; a team updates its part of each. */
static void touch_gradients(const struct cnn_engine *g, int thread)
{
    char *at = g->training_arena;
    const int chunks = g->end > g->first ? g->end - g->first : 1;
    for (int i = 0; at && i < g->n_grads; i++, at += g->gradient_bytes)
        if (g->team)
            zero_part(g, thread, at, at + g->gradient_bytes);
        else if (i % chunks % g->threads == thread)
            zero(at, at + g->gradient_bytes);
}

static void touch_activations(const struct cnn_engine *g, int thread)
{
    const char *end = (char *)g->activation_arena + g->activation_bytes;
    const int shared = g->team ? g->end - g->first : g->crew;
    for (int i = 0; i < g->n_buffers; i++) {
        const char *next = i + 1 < g->n_buffers ? bytes(g->buffers[i + 1].x)
                           : g->workers[0].own  ? bytes(g->workers[0].own)
                                                : end;
        if (i < shared)
            zero_part(g, thread, bytes(g->buffers[i].x), next);
        else if (i % g->threads == thread)
            zero(bytes(g->buffers[i].x), next);
    }
    if (g->workers[thread].own)
        zero(bytes(g->workers[thread].own), thread + 1 < g->threads ? bytes(g->workers[thread + 1].own) : end);
}

static void touch(void *arg, int thread)
{
    const struct cnn_engine *g = arg;
    touch_parameters(g, thread);
    touch_gradients(g, thread);
    touch_activations(g, thread);
}

void cnn_engine_touch(struct cnn_engine *g)
{
    cnn_pool_run(g->pool, touch, g);
}
