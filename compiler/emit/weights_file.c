/* weights_file.c -- parameters as a file of their own, for inference whose C holds none. The head distinguishes a file
 * of this network and this target's layout from any other; the C that reads it is in infer.ct. */
#include <string.h>

#include "emit/inner.h"
#include "hash.h"

/* Adds a value to the hash of everything that decides where a float stands and what it means. */
static uint64_t mix(uint64_t hash, int64_t value)
{
    for (int i = 0; i < 8; i++)
        hash = cnn_hash_unit(hash, (uint64_t)value >> (8 * i) & 255);
    return hash;
}

static uint64_t layout_hash(const struct plan *p)
{
    uint64_t hash = mix(mix(mix(p->net->hash, p->target->lanes), p->read), p->prepared);
    for (size_t i = 0; i < p->net->params.n; i++)
        hash = mix(hash, layout_of(p, p->net->params.at[i]->tensor)->offset);
    return hash;
}

void weights_head(const struct plan *p, uint32_t head[WEIGHTS_CHECKED])
{
    const uint64_t hash = layout_hash(p), n = (uint64_t)plan_constants(p);
    const uint32_t all[WEIGHTS_CHECKED] = {0x774e4e43, /* "CNNw" */
                                           1,          /* version */
                                           0x01020304, /* a machine with another byte order reads another value */
                                           4 * WEIGHTS_HEAD,
                                           (uint32_t)hash,
                                           (uint32_t)(hash >> 32),
                                           (uint32_t)n,
                                           (uint32_t)(n >> 32)};
    memcpy(head, all, sizeof all);
}

static void put_word(char *at, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        at[i] = (char)(word >> (8 * i) & 255);
}

const char *weights_image(const struct plan *p, const float *theta, size_t *size)
{
    uint32_t head[WEIGHTS_HEAD] = {0}, sum = WEIGHTS_SUM_START;
    const int64_t n = plan_constants(p);
    *size = 4 * (WEIGHTS_HEAD + (size_t)n);
    char *image = arena_alloc(ctx_arena(p->net->ctx), *size);
    for (int64_t i = 0; i < n; i++) {
        uint32_t word;
        memcpy(&word, &theta[i], sizeof word);
        sum = (sum ^ word) * WEIGHTS_SUM_FACTOR;
        put_word(image + 4 * (WEIGHTS_HEAD + i), word);
    }
    weights_head(p, head);
    head[WEIGHTS_SUM] = sum;
    for (int i = 0; i < WEIGHTS_HEAD; i++)
        put_word(image + 4 * i, head[i]);
    return image;
}
