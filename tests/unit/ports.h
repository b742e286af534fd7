/* ports.h -- one input, output and target of a model that a test makes and changes. */
#ifndef PORTS_H
#define PORTS_H

#include <stdlib.h>

#include "cnn.h"

struct ports {
    struct cnn_port input; /* comes first: a model's pointer to its inputs leads to the rest */
    struct cnn_output output;
    struct cnn_target target;
};

/* Gives *m ports of its own, copies of those it has, if any. Each is overwritten after 512 calls. */
static inline struct ports *own_ports(struct cnn_model *m)
{
    static struct ports all[512];
    static size_t made;
    struct ports *p = &all[made++ % (sizeof all / sizeof *all)];
    *p = (struct ports){0};
    if (m->inputs)
        p->input = *m->inputs;
    if (m->outputs)
        p->output = *m->outputs;
    if (m->targets)
        p->target = *m->targets;
    m->inputs = &p->input;
    m->outputs = &p->output;
    m->targets = &p->target;
    m->n_inputs = m->n_outputs = m->n_targets = 1;
    return p;
}

/* Returns the ports of a model after own_ports(). */
static inline struct ports *ports_of(const struct cnn_model *m)
{
    return (struct ports *)(uintptr_t)m->inputs;
}

static inline void set_port(struct cnn_port *p, int rank, const int64_t *shape)
{
    p->rank = rank;
    p->size = 1;
    for (int i = 0; i < rank; i++)
        p->size *= p->shape[i] = shape[i];
}

static inline void set_inputs(const struct cnn_model *m, int64_t n)
{
    set_port(&ports_of(m)->input, 1, &n);
}

static inline void set_outputs(const struct cnn_model *m, int64_t n)
{
    set_port(&ports_of(m)->output.port, 1, &n);
}

/* Gives *m ports with these numbers of inputs and outputs; a target of CNN_PORT_INT32 is the number of an output. */
static inline struct ports *make_ports(struct cnn_model *m, int64_t inputs, int64_t outputs, enum cnn_port_dtype target)
{
    struct ports *p = own_ports(m);
    set_inputs(m, inputs);
    set_outputs(m, outputs);
    p->target.port.dtype = target;
    if (target == CNN_PORT_INT32)
        p->target.takes = (struct cnn_target_rule){1, 0, (double)outputs - 1, 1, 0, 0, 0};
    return p;
}

#endif
