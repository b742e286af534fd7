/* hash.c -- the network's fingerprint: a checkpoint of another network is refused. Arguments count as bound, so that
 * spelling out a default, or writing YAML, changes nothing. */
#include <string.h>

#include "layer.h"

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 1099511628211u; /* FNV-1a */
    return h;
}

static uint64_t mix_text(uint64_t h, const char *s)
{
    return s ? mix(h, s, strlen(s) + 1) : mix(h, "", 1);
}

static uint64_t mix_args(uint64_t h, const struct record *r, const struct bound *args)
{
    for (size_t i = 0; r->args && args && r->args[i].name; i++) {
        const struct bound *b = &args[i];
        h = mix(h, &b->number, sizeof b->number);
        h = mix(h, b->dim, (size_t)b->n_dims * sizeof *b->dim);
        h = mix_text(h, b->text);
        if (b->record)
            h = mix_args(mix_text(h, b->record->name), b->record, b->sub);
    }
    return h;
}

uint64_t net_hash(const struct net *n)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n->nodes.n; i++) {
        const struct node *o = n->nodes.at[i];
        h = mix_text(mix_text(h, o->name), o->layer->rec.name);
        h = mix_args(h, &o->layer->rec, o->args);
    }
    return h;
}
