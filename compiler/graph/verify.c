/* verify.c -- what must be true after every pass. A violation is a bug in cnnc; it is better to report it here than to
 * find it in the output. */
#include <string.h>

#include "graph/net.h"

#define HOLDS(condition, ...) ((condition) ? (void)0 : INTERNAL(__VA_ARGS__))

static void verify_tensor(const struct net *n, size_t i)
{
    const struct tensor *t = n->tensors.at[i];
    HOLDS(t->id == (int)i, "tensor %s has number %d at %zu", t->name, t->id, i);
    HOLDS(t->shape.rank >= 0 && t->shape.rank <= MAX_RANK, "tensor %s has rank %d", t->name, t->shape.rank);
    HOLDS(name_is_word(t->name) || strlen(t->name) > 63, "tensor '%s' is no identifier", t->name);
    if (t->view_of)
        HOLDS(shape_size(t->shape) == shape_size(t->view_of->shape), "view %s has another size than %s", t->name,
              t->view_of->name);
}

static void verify_names(const struct net *n)
{
    struct names *set = names_new(ctx_arena(n->ctx));
    for (size_t i = 0; i < n->tensors.n; i++) {
        const char *name = n->tensors.at[i]->name;
        HOLDS(names_add(set, name), "two tensors are called %s", name);
    }
}

/* The input of an op in an epilogue is never in memory, so only that op may read it. */
static void verify_epilogue(const struct op *head, const int *users)
{
    const struct tensor *t = head->out[0];
    for (int i = 0; i < head->n_epilogue; i++) {
        const struct op *f = head->epilogue[i];
        HOLDS(f->epilogue_of == head, "%s is in another op's epilogue", f->kind->name);
        HOLDS(f->in[0] == t && users[t->id] == 1, "%s is in memory for another reader", t->name);
        t = f->out[0];
    }
}

static void verify_op(const struct net *n, size_t i, const int *users)
{
    const struct op *o = n->ops.at[i];
    HOLDS(o->id == (int)i, "op %s has number %d at %zu", o->kind->name, o->id, i);
    for (int k = 0; k < o->n_out; k++)
        HOLDS(o->out[k]->producer == o, "%s is not produced by its %s", o->out[k]->name, o->kind->name);
    for (int k = 0; k < o->n_in; k++) {
        const struct op *from = o->in[k]->producer;
        HOLDS(!from || from->phase < o->phase || from->id < o->id, "%s reads %s before it is made", o->kind->name,
              o->in[k]->name);
    }
    if (o->kind->view)
        HOLDS(o->out[0]->view_of == o->in[0], "%s is no view of %s", o->out[0]->name, o->in[0]->name);
    verify_epilogue(o, users);
}

void net_verify(const struct net *n)
{
    const int *users = net_users(n);
    for (size_t i = 0; i < n->tensors.n; i++)
        verify_tensor(n, i);
    verify_names(n);
    for (size_t i = 0; i < n->ops.n; i++)
        verify_op(n, i, users);
}
