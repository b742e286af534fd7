/* nets.c -- commands of a program that has several models: most look at one network at a time, that of a model alone or
 * that in which a phase of the step trains one. */
#include <stdlib.h>
#include <string.h>

#include "closest.h"
#include "commands/commands.h"

/* One of the networks as if it were the program's own. */
struct chosen {
    struct cnn_model m;
    struct cnn_data data;
    struct cnn_nets nets;
    struct cnn_net *at;
};

static int choose(struct chosen *c, const struct cnn_model *m, int i, struct cnn_error *e)
{
    c->nets = *m->nets;
    c->at = malloc((size_t)m->nets->n * sizeof *c->at);
    if (!c->at)
        return cnn_fail(e, "no memory for %d networks", m->nets->n);
    memcpy(c->at, m->nets->at, (size_t)m->nets->n * sizeof *c->at);
    c->at[0].network = m;
    c->nets.at = c->at;
    c->nets.compares = c->at[i].compares || c->at[i].name;
    c->nets.which = i;
    c->m = *c->at[i].network;
    c->m.nets = &c->nets;
    return 0;
}

static int is_alone(const struct cnn_net *k)
{
    return !k->name && !k->output;
}

/* The network with that name: the model alone, or its first phase. */
static int net_named(const struct cnn_nets *nets, const char *model, int phase)
{
    int i = 0;
    while (i < nets->n && (phase ? !nets->at[i].name : !is_alone(&nets->at[i])))
        i++;
    for (int k = 0; model && k < nets->n; k++)
        if ((phase ? nets->at[k].name != NULL : is_alone(&nets->at[k])) &&
            strcmp(phase ? nets->at[k].name : nets->at[k].model, model) == 0)
            return k;
    return model ? -1 : i;
}

static int refuse_name(struct cnn_run *r, int phase)
{
    const char *names[64];
    size_t n = 0;
    for (int i = 0; i < r->m->nets->n && n < 64; i++)
        if (phase ? r->m->nets->at[i].name != NULL : is_alone(&r->m->nets->at[i]))
            names[n++] = phase ? r->m->nets->at[i].name : r->m->nets->at[i].model;
    const char *near = cnn_closest(r->o.model, names, n);
    cnn_fail(&r->error, "--model %s: there is no such %s%s%s%s", r->o.model, phase ? "phase" : "model",
             near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return CNN_USAGE;
}

static int run_one(struct cnn_run *r, const struct cnn_command_way *way, int i)
{
    struct chosen c;
    struct cnn_run one = *r;
    if (choose(&c, r->m, i, &r->error) != 0)
        return CNN_TROUBLE;
    one.m = &c.m;
    one.goals = c.at[i].goals;
    if (way->kind == CNN_OF_EACH_MODEL)
        c.m.name = c.at[i].model;
    if (way->kind == CNN_ONE_NETWORK) { /* rows are made up, as nothing but a step fills some targets */
        c.data = *c.m.data;
        c.data.train.kind = CNN_NO_SOURCE;
        c.m.data = &c.data;
        c.m.nets = NULL;
    }
    const int status = way->run(&one);
    r->error = one.error;
    free(c.at);
    return status;
}

static int is_phase_command(const struct cnn_command_way *way)
{
    return way->kind == CNN_OF_EACH_PHASE || way->kind == CNN_OF_A_PHASE || way->kind == CNN_ONE_NETWORK;
}

/* The network that tests the model: alone, or in a phase with others around it. */
static int test_of(const struct cnn_nets *nets, int i)
{
    return nets->at[i].tested_by ? nets->at[i].tested_by : i;
}

int cnn_run_nets(struct cnn_run *r, const struct cnn_command_way *way)
{
    const struct cnn_nets *nets = r->m->nets;
    const int phase = is_phase_command(way), each = way->kind == CNN_OF_EACH_MODEL || way->kind == CNN_OF_EACH_PHASE;
    int status = CNN_DONE;
    if (!nets && r->o.model) {
        cnn_fail(&r->error, "--model: this program has one network, not several models");
        return CNN_USAGE;
    }
    if (!nets || way->kind == CNN_OF_ALL || (way->kind == CNN_OF_ALL_OR_ONE && !r->o.model))
        return way->run(r);
    const int chosen = net_named(nets, r->o.model, phase);
    if (chosen < 0)
        return refuse_name(r, phase);
    if (r->o.model || !each)
        return run_one(r, way, way->kind == CNN_OF_A_TEST ? test_of(nets, chosen) : chosen);
    for (int i = 0; i < nets->n && status == CNN_DONE; i++)
        if (phase ? nets->at[i].name != NULL : is_alone(&nets->at[i])) {
            if (phase)
                printf("%s:\n", nets->at[i].name);
            status = run_one(r, way, i);
        }
    return status;
}
