/* nets.c -- the data of several models: all inputs and targets that a network reads somewhere. They are loaded once,
 * and each network has them as if it had no others: its own come first, and those that others read stay behind them. */
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"

/* ---- the data as a network that reads all of them */

void cnn_shared_data(const struct cnn_nets *nets, struct cnn_shared *out)
{
    const struct cnn_net *phase = nets->at;
    while (!phase->name)
        phase++;
    out->m = *phase->network; /* every phase has all inputs */
    out->m.nets = NULL;
    out->outputs[0] = out->m.outputs[0];
    out->targets[0] = out->m.targets[0];
    for (int i = 0; i < nets->n_targets; i++) {
        const struct cnn_aim *aim = &nets->targets[i];
        const struct cnn_model *m = nets->at[aim->net].network;
        out->outputs[i] = m->outputs[aim->output];
        out->targets[i] = m->targets[aim->output];
        out->outputs[i].port.name = out->targets[i].port.name = aim->name;
    }
    out->m.outputs = out->outputs;
    out->m.targets = out->targets;
    out->m.n_outputs = out->m.n_targets = nets->n_targets ? nets->n_targets : 1; /* one that no file fills */
}

const struct cnn_net *cnn_net_of(const struct cnn_model *m)
{
    const struct cnn_net *net = m->nets ? &m->nets->at[m->nets->which] : NULL;
    return net && net->inputs ? net : NULL;
}

/* ---- the data as one network has them */

enum { MOST = 2 * CNN_MOST_PORTS };
struct numbers { /* of inputs of the data, or of targets; -1: it is none of the data */
    int n, at[MOST];
};

static const struct cnn_dataset nothing = {.input = -1, .target = -1};

/* The data set that holds that input, or that target; else `nothing`. */
static const struct cnn_dataset *holder(const struct cnn_dataset *d, int targets, int number)
{
    for (int i = 0; number >= 0 && i <= d->n_more; i++) {
        const struct cnn_dataset *port = i ? &d->more[i - 1] : d;
        if ((targets ? port->target : port->input) == number)
            return port;
    }
    return &nothing;
}

static int has(const struct numbers *l, int number)
{
    for (int i = 0; i < l->n; i++)
        if (l->at[i] == number)
            return 1;
    return 0;
}

/* Those that the network reads, then the others. */
static struct numbers order(const struct cnn_dataset *d, int targets, const int *read, int n)
{
    struct numbers l = {.n = n};
    memcpy(l.at, read, (size_t)n * sizeof *read);
    for (int k = 0; k < CNN_MOST_PORTS; k++)
        if (!has(&l, k) && holder(d, targets, k) != &nothing)
            l.at[l.n++] = k;
    return l;
}

static void take_target(struct cnn_dataset *to, const struct cnn_dataset *d)
{
    to->y = d->y;
    to->y_size = d->y_size;
    to->sparse = d->sparse;
    to->from = d->from;
    to->y_file = d->y_file;
    to->classes = d->classes;
    to->n_classes = d->n_classes;
    to->target = d->target;
}

/* Targets that are an input of the data, of the network or behind its own. */
static void take_own(const struct cnn_model *m, const struct cnn_goal *goals, const struct numbers *x,
                     struct cnn_dataset *out)
{
    for (int i = 0; goals && i < m->n_targets; i++) {
        struct cnn_dataset *port = cnn_dataset_port(out, i);
        if (goals[i].from != CNN_TARGET_INPUT)
            continue;
        port->from = CNN_FROM_INPUT;
        port->y_size = m->targets[i].port.size;
        port->skips_y = port->own = 0;
        while (x->at[port->own] != goals[i].part)
            port->own++;
    }
}

int cnn_dataset_arrange(const struct cnn_model *m, const struct cnn_net *net, const struct cnn_dataset *from,
                        struct cnn_dataset *out, struct cnn_error *e)
{
    const struct numbers x = order(from, 0, net->inputs, m->n_inputs);
    const struct numbers y = order(from, 1, net->targets, m->n_targets);
    const int n = x.n > y.n ? x.n : y.n;
    *out = *from;
    out->n_more = n - 1;
    out->more = calloc((size_t)n, sizeof *out->more);
    if (!out->more)
        return cnn_fail_memory(e, "inputs", (uint64_t)n * sizeof *out->more);
    cnn_dataset_place(m, out);
    for (int i = 0; i < n; i++) {
        struct cnn_dataset *port = i ? &out->more[i - 1] : out;
        port->rows = from->rows;
        cnn_dataset_take_input(port, holder(from, 0, i < x.n ? x.at[i] : -1));
        take_target(port, holder(from, 1, i < y.n ? y.at[i] : -1));
        port->skips_y |= port->target < 0;
    }
    take_own(m, net->goals, &x, out);
    if (!net->goals || cnn_dataset_check_own(m, out, e) == 0)
        return 0;
    free(out->more);
    out->more = NULL;
    out->n_more = 0;
    return -1;
}

int cnn_data_arrange(const struct cnn_model *m, struct cnn_datasets *d, struct cnn_error *e)
{
    const struct cnn_net *net = cnn_net_of(m);
    struct cnn_datasets *whole = malloc(sizeof *whole);
    if (!whole)
        return cnn_fail_memory(e, "data", sizeof *whole);
    *whole = *d;
    d->whole = whole;
    struct cnn_dataset *const parts[] = {&d->train, &d->validation, &d->test};
    const struct cnn_dataset *const loaded[] = {&whole->train, &whole->validation, &whole->test};
    int status = 0;
    for (int i = 0; i < 3; i++) {
        parts[i]->more = NULL;
        parts[i]->n_more = 0;
        if (status == 0 && loaded[i]->rows > 0)
            status = cnn_dataset_arrange(m, net, loaded[i], parts[i], e);
    }
    return status;
}
