/* steps.c -- passes of one network that do not change a graph: reading, checking the command, planning; and what -d
 * prints */
#include <string.h>

#include "command/command.h"
#include "passes/passes.h"
#include "show/show.h"
#include "training/training.h"

void compilation_stop(struct compilation *c, enum status status)
{
    c->stopped = true;
    c->status = status;
}

void read_spec(struct compilation *c)
{
    const struct options *o = c->options;
    struct spec *s = spec_read(c->ctx, o->input, o->defines.at, o->defines.n);
    c->spec = s;
    if (s)
        s->answers = o->model;
    if (!c->spec || ctx_errors(c->ctx))
        compilation_stop(c, FAILED);
}

void resolve_spec(struct compilation *c)
{
    c->net = resolve_one(c->ctx, c->spec, c->part);
}

/* Reads the weights of --weights, else uses those that the front end found beside the spec. */
void read_weights(struct compilation *c)
{
    c->weights = c->spec->weights;
    if (c->options->weights && !arrays_read(c->ctx, c->options->weights, &c->weights))
        compilation_stop(c, FAILED);
}

/* ---- before the first op */

/* Inference and learners need the weights, except when the network has none, or when -d shows an earlier stage. */
static bool weights_given(const struct compilation *c)
{
    const struct options *o = c->options;
    const bool learns = o->emit == EMIT_LEARN;
    const bool needed = (c->purpose == INFERENCE || learns) && !o->stage && !o->summary && c->net->params.n > 0;
    const bool given = o->weights || c->spec->weights.file;
    if (needed && !given)
        fprintf(stderr,
                "cnnc: error: --emit=%s wants the weights to embed: --weights=FILE; a trainer writes them, as in "
                "'./%s train --save %s.safetensors'\n",
                learns ? "learn" : "infer", c->net->name, c->net->name);
    return !needed || given;
}

/* The networks that are trained: the only one, or those of the phases. */
static void check_trained(const struct compilation *c)
{
    ports_count_check(c->net);
    if (!c->net->parts.n)
        trainer_check(c->net);
    for (size_t i = 0; i < c->n_members && c->net->parts.n && !ctx_errors(c->ctx); i++) {
        ports_count_check(c->members[i].net);
        if (c->members[i].net->parts.at[i + 1].phase >= 0)
            trainer_check(c->members[i].net);
    }
}

void check_command(struct compilation *c)
{
    const struct options *o = c->options;
    if (o->emit == EMIT_TRAIN || o->emit == EMIT_HEADER)
        check_trained(c);
    if (o->emit == EMIT_LEARN && c->net->parts.n && !c->net->compares && !ctx_errors(c->ctx))
        diag_error(c->ctx, c->net->step->span,
                   "--emit=learn trains one model with targets of the data, which have none for what '%s' answers; "
                   "--emit=infer and lib predict",
                   net_title(c->net));
    if (!ctx_errors(c->ctx) && c->purpose != INFERENCE)
        objective_note(c->net);
    if (!ctx_errors(c->ctx) && !emits_text(o))
        name_note(c->net);
    if (ctx_errors(c->ctx) || o->syntax_only)
        compilation_stop(c, ctx_errors(c->ctx) ? FAILED : DONE);
    else if (!weights_given(c))
        compilation_stop(c, USAGE);
}

/* ---- planning */

/* Inference that exceeds its limits gives up transformed weights, which are faster but larger, unless the user asked
 * for them. */
static struct plan *plan_inference(struct compilation *c)
{
    struct plan *p = plan_make(c->net, c->target, false, &c->planning);
    const struct budget need = p ? budget_of_inference(p) : (struct budget){0, 0},
                        limit = {c->options->max_ram, c->options->max_flash};
    if (!p || budget_fits(&need, &limit) || c->planning.no_winograd || c->planning.n_forced)
        return p;
    c->planning.no_winograd = true;
    return plan_make(c->net, c->target, false, &c->planning);
}

/* The reference has the same chunks as the plan that it checks. */
static struct plan *plan_reference(const struct compilation *c)
{
    return plan_make(c->net, &target_reference, true, &(struct plan_options){.images = c->of->plan->chunk});
}

/* Of a trainer, a library or a member of an ensemble. */
static struct plan *plan_training(const struct compilation *c)
{
    const struct options *o = c->options;
    if (!o->recompute)
        return plan_make(c->net, c->target, false, &c->planning);
    struct plan *p = plan_recomputed(c->net, c->target, &c->planning, o->recompute_limit);
    const int64_t bytes = p ? p->scratch * p->number->bytes : 0;
    if (o->recompute_limit > 0 && bytes > o->recompute_limit)
        diag_error(c->ctx, last_node(c->net)->stmt->span,
                   "the arena takes at least %lld bytes, but --recompute wants %lld", (long long)bytes,
                   (long long)o->recompute_limit);
    return p;
}

void plan_network(struct compilation *c)
{
    c->plan = c->purpose == INFERENCE   ? plan_inference(c)
              : c->purpose == REFERENCE ? plan_reference(c)
                                        : plan_training(c);
    if (!c->plan || ctx_errors(c->ctx))
        compilation_stop(c, FAILED);
    else if (c->purpose & OWN && !c->planning.n_forced)
        plan_warn_slow(c->plan);
}

/* ---- what -d prints */

const char *print_spec(const struct compilation *c)
{
    return spec_print(c->ctx, c->spec);
}

const char *print_layers(const struct compilation *c)
{
    return layers_print(c->net);
}

const char *print_training(const struct compilation *c)
{
    return training_print(c->net);
}

const char *print_graph(const struct compilation *c)
{
    return net_print(c->net);
}

const char *print_plan(const struct compilation *c)
{
    return plan_print(c->plan);
}

const char *print_memory(const struct compilation *c)
{
    return memory_print(c->plan);
}
