/* ports.c -- networks with several inputs, outputs or targets: the room that each takes in the memory of a chunk, and
 * one of them as if the network had no other. */
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"

enum { LINE = 64 };

static size_t room(const struct cnn_port *p, int chunk, size_t real)
{
    const size_t bytes = (size_t)chunk * (size_t)p->size * (p->dtype == CNN_PORT_INT32 ? sizeof(int32_t) : real);
    return (bytes + LINE - 1) / LINE * LINE;
}

size_t cnn_input_place(const struct cnn_model *m, int input, int chunk, size_t real)
{
    size_t at = 0;
    for (int i = 0; i < input; i++)
        at += room(&m->inputs[i], chunk, real);
    return at;
}

size_t cnn_output_place(const struct cnn_model *m, int output, int chunk, size_t real)
{
    size_t at = 0;
    for (int i = 0; i < output; i++)
        at += room(&m->outputs[i].port, chunk, real);
    return at;
}

size_t cnn_target_place(const struct cnn_model *m, int target, int chunk, size_t real)
{
    size_t at = 0;
    for (int i = 0; i < target; i++)
        at += room(&m->targets[i].port, chunk, real);
    return at;
}

int cnn_ports(const struct cnn_model *m)
{
    return m->n_inputs > m->n_outputs ? m->n_inputs : m->n_outputs;
}

int64_t cnn_output_sizes(const struct cnn_model *m, int outputs)
{
    int64_t size = 0;
    for (int i = 0; i < outputs; i++)
        size += m->outputs[i].port.size;
    return size;
}

const struct cnn_model *cnn_port_view(struct cnn_view *v, const struct cnn_model *m, int port)
{
    const int input = port < m->n_inputs ? port : 0, output = port < m->n_outputs ? port : 0;
    if (cnn_ports(m) == 1)
        return m;
    v->train = *m->train;
    v->first_metric = 0;
    while (v->first_metric < m->train->n_metrics && m->train->metrics[v->first_metric].output < output)
        v->first_metric++;
    v->train.metrics += v->first_metric;
    v->train.n_metrics = 0;
    while (v->first_metric + v->train.n_metrics < m->train->n_metrics &&
           m->train->metrics[v->first_metric + v->train.n_metrics].output == output)
        v->train.n_metrics++;
    v->m = *m;
    v->m.inputs = &m->inputs[input];
    v->m.outputs = &m->outputs[output];
    v->m.targets = &m->targets[output];
    v->m.n_inputs = v->m.n_outputs = v->m.n_targets = 1;
    v->m.train = &v->train;
    return &v->m;
}

const char *cnn_file_of_port(const char *word, const struct cnn_port *p)
{
    const size_t length = strlen(p->name);
    return strncmp(word, p->name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

const char *cnn_port_file(const struct cnn_model *m, const char *word)
{
    const char *file = NULL;
    for (int i = 0; i < m->n_inputs && !file && cnn_ports(m) > 1; i++)
        file = cnn_file_of_port(word, &m->inputs[i]);
    for (int i = 0; i < m->n_targets && !file && cnn_ports(m) > 1; i++)
        file = cnn_file_of_port(word, &m->targets[i].port);
    return file ? file : word;
}

/* ---- data sets */

/* Where the rows of the port stand beside those of the first, in chunks of the float core and of the reference. */
void cnn_dataset_place(const struct cnn_model *m, struct cnn_dataset *d)
{
    for (int i = 1; i <= d->n_more; i++) {
        struct cnn_dataset *o = &d->more[i - 1];
        o->skips_x = i >= m->n_inputs;
        o->skips_y = i >= m->n_targets;
        o->input = o->skips_x ? -1 : i;
        o->target = o->skips_y ? -1 : i;
        for (int wide = 0; wide < 2; wide++) {
            const int chunk = wide ? m->reference_chunk : m->chunk;
            const size_t real = wide ? sizeof(double) : sizeof(float);
            o->x_at[wide] = o->skips_x ? 0 : cnn_input_place(m, i, chunk, real);
            o->y_at[wide] = o->skips_y ? 0 : cnn_target_place(m, i, chunk, real);
        }
    }
}

int cnn_dataset_check_more(const struct cnn_dataset *d, struct cnn_error *e)
{
    for (int i = 0; i < d->n_more; i++)
        if (d->more[i].rows != d->rows)
            return cnn_fail(e, "%s has %lld rows, but %s has %lld", d->more[i].x_file, (long long)d->more[i].rows,
                            d->x_file, (long long)d->rows);
    return 0;
}
