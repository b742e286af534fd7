/* label_index.c -- a hash table of labels that grows; a slot is a label with the list of its entries */
#include <string.h>

#include "hash.h"
#include "spec/label_index.h"

enum { FIRST_SIZE = 64 };

struct label_slot {
    const char *label;
    const struct label_entry *last;
    struct label_slot *neighbour; /* a label with the same place in the table */
};

static struct label_slot **place_of(const struct label_index *x, const char *label)
{
    return &x->table[cnn_hash_bytes(CNN_HASH_START, label, strlen(label)) % x->size];
}

static struct label_slot *slot_of(const struct label_index *x, const char *label)
{
    struct label_slot *s = x->size ? *place_of(x, label) : NULL;
    while (s && strcmp(s->label, label) != 0)
        s = s->neighbour;
    return s;
}

static void put(struct label_index *x, struct label_slot *s)
{
    struct label_slot **place = place_of(x, s->label);
    s->neighbour = *place;
    *place = s;
}

static void grow(struct label_index *x)
{
    const struct label_index old = *x;
    x->size = old.size ? 2 * old.size : FIRST_SIZE;
    x->table = arena_alloc(x->arena, x->size * sizeof *x->table);
    for (size_t i = 0; i < old.size; i++)
        for (struct label_slot *s = old.table[i], *next; s; s = next) {
            next = s->neighbour;
            put(x, s);
        }
}

static struct label_slot *new_slot(struct label_index *x, const char *label)
{
    if (x->n++ >= x->size)
        grow(x);
    struct label_slot *s = arena_alloc(x->arena, sizeof *s);
    s->label = label;
    put(x, s);
    return s;
}

const struct label_entry *label_find(const struct label_index *x, const char *label)
{
    const struct label_slot *s = slot_of(x, label);
    return s ? s->last : NULL;
}

void label_add(struct label_index *x, const char *label, size_t number)
{
    struct label_slot *s = slot_of(x, label);
    struct label_entry *e = arena_alloc(x->arena, sizeof *e);
    if (!s)
        s = new_slot(x, label);
    *e = (struct label_entry){number, s->last};
    s->last = e;
}
