/* monitors.c -- the numbers at the end of an epoch, and a check that those that the spec watches are among them. */
#include <string.h>

#include "closest.h"
#include "graph/layer.h"
#include "spec/records.h"
#include "training/training.h"

static const char *bare_key(struct ctx *c, const struct bound *m)
{
    if (strcmp(m->record->name, "top_k") != 0)
        return m->record->name;
    return arena_printf(ctx_arena(c), "top_k_%d", (int)record_arg(m->record, m->sub, "k")->number);
}

/* As in Keras: precision, precision_1, precision_2. */
static const char *numbered_key(const struct net *n, size_t metric)
{
    const struct train_config *t = n->train;
    const char *key = bare_key(n->ctx, &t->metrics[metric]);
    int before = 0;
    for (size_t i = 0; i < metric; i++)
        before += t->metric_output[i] == t->metric_output[metric] && strcmp(bare_key(n->ctx, &t->metrics[i]), key) == 0;
    return before ? arena_printf(ctx_arena(n->ctx), "%s_%d", key, before) : key;
}

const char *metric_key(const struct net *n, size_t metric)
{
    const struct train_config *t = n->train;
    const char *key = numbered_key(n, metric);
    if (n->outputs.n == 1)
        return key;
    return arena_printf(ctx_arena(n->ctx), "%s_%s", port_name(&n->outputs.at[t->metric_output[metric]]), key);
}

static const char *loss_key(const struct net *n, size_t output)
{
    return arena_printf(ctx_arena(n->ctx), "%s_loss", port_name(&n->outputs.at[output]));
}

static bool node_penalized(const struct node *n)
{
    const struct bound *b = record_arg_maybe(&n->layer->rec, n->args, "activity_regularizer");
    for (size_t i = 0; i < n->params.n; i++)
        if (n->params.at[i]->l1 > 0 || n->params.at[i]->l2 > 0 || n->params.at[i]->orthogonal.factor > 0)
            return true;
    return b && b->record;
}

bool net_penalized(const struct net *n)
{
    for (size_t i = 0; i < n->nodes.n; i++)
        if (node_penalized(n->nodes.at[i]))
            return true;
    return false;
}

static bool has_validation(const struct net *n)
{
    return n->data->validation.kind != SOURCE_NONE || n->data->validation_split > 0;
}

/* ---- the available numbers, by their key in the log without val_ */

static const char *number_key(struct net *n, const char *word, bool *rises)
{
    const struct train_config *t = n->train;
    *rises = false;
    if (strcmp(word, "loss") == 0 || (strcmp(word, "penalty") == 0 && net_penalized(n)))
        return word;
    for (size_t i = 0; i < n->outputs.n && n->outputs.n > 1; i++)
        if (strcmp(word, loss_key(n, i)) == 0)
            return word;
    for (size_t i = 0; i < t->n_metrics; i++) {
        const char *key = metric_key(n, i);
        if (strcmp(word, key) != 0 && (n->outputs.n > 1 || record_find(metrics, word) != t->metrics[i].record))
            continue;
        *rises = metric_of(t->metrics[i].record)->rises;
        return key;
    }
    return NULL;
}

static const char *nearest_number(struct net *n, const char *word)
{
    struct arena *a = ctx_arena(n->ctx);
    VEC(const char *) words = {0};
    const char *keys[] = {"loss", net_penalized(n) ? "penalty" : "loss"};
    for (size_t i = 0; i < 2 + n->train->n_metrics; i++) {
        const char *key = i < 2 ? keys[i] : metric_key(n, i - 2);
        vec_push(a, &words, key);
        if (has_validation(n)) {
            const char *val = arena_printf(a, "val_%s", key);
            vec_push(a, &words, val);
        }
    }
    return cnn_closest(word, words.at, words.n);
}

static void report_unknown(struct net *n, const char *who, const struct monitor_config *m, const char *bare)
{
    const char *near = nearest_number(n, m->word);
    if (record_find(metrics, bare))
        diag_error(n->ctx, m->span, "'%s' watches '%s', but 'metrics' does not count '%s'", who, m->word, bare);
    else if (near)
        diag_error_fix(n->ctx, m->span, near, "'%s' watches '%s', but no number is called that; did you mean '%s'?",
                       who, m->word, near);
    else
        diag_error(n->ctx, m->span, "'%s' watches '%s', but no number is called that", who, m->word);
}

/* The numbers are those of `tested`. */
static void check(struct net *n, struct net *tested, const char *who, struct monitor_config *m)
{
    const bool val = strncmp(m->word, "val_", 4) == 0;
    const char *bare = m->word + (val ? 4 : 0), *key = number_key(tested, bare, &m->rises);
    if (!key) {
        report_unknown(tested, who, m, bare);
        return;
    }
    if (val && !has_validation(tested)) {
        diag_error(n->ctx, m->span, "'%s' watches '%s', but there are no rows for validation", who, m->word);
        diag_note(n->ctx, n->data->given ? n->data->span : m->span,
                  "'split validation=0.1' in 'data' keeps some of the training rows");
        return;
    }
    m->key = val ? arena_printf(ctx_arena(n->ctx), "val_%s", key) : key;
    if (m->mode != MONITOR_AUTO)
        m->rises = m->mode == MONITOR_MAX;
}

/* Who watches a number. */
struct watcher {
    bool given;
    const char *name;
    struct monitor_config *monitor;
};
enum { WATCHERS = 3 };

static void watchers_of(struct train_config *t, struct watcher w[WATCHERS])
{
    w[0] = (struct watcher){t->early.given, "early_stopping", &t->early.monitor};
    w[1] = (struct watcher){t->reduce.given, "reduce_lr", &t->reduce.monitor};
    w[2] = (struct watcher){t->keep.best, "checkpoint", &t->keep.monitor};
}

static bool is_of_validation(const struct monitor_config *m)
{
    return strncmp(m->word, "val_", 4) == 0;
}

/* Of several models, the one that answers has the numbers of the validation rows, and phases have all others. */
void monitors_check(struct net *n)
{
    struct watcher w[WATCHERS];
    watchers_of(n->train, w);
    for (int i = 0; i < WATCHERS; i++)
        if (w[i].given && (!n->parts.n || (is_of_validation(w[i].monitor) && n->compares)))
            check(n, n, w[i].name, w[i].monitor);
}

/* ---- the numbers of phases */

/* The key in the log of a number that begins with the name of this phase; NULL: the phase has none of that name. */
static const char *phase_key(struct net *n, size_t part, struct net *phase, struct monitor_config *m)
{
    const char *name = phase_name(n, part);
    const size_t length = strlen(name);
    if (strncmp(m->word, name, length) != 0 || m->word[length] != '_')
        return NULL;
    const char *key = number_key(phase, m->word + length + 1, &m->rises);
    return key ? arena_printf(ctx_arena(n->ctx), "%s_%s", name, key) : NULL;
}

static void report_no_phase(struct net *n, const struct watcher *w, struct net *const *nets)
{
    struct word_list words = {.arena = ctx_arena(n->ctx)};
    for (size_t i = 1; i < n->parts.n; i++) {
        if (n->parts.at[i].phase < 0)
            continue;
        const char *name = phase_name(n, i);
        word_add(&words, arena_printf(ctx_arena(n->ctx), "%s_loss", name));
        for (size_t k = 0; k < nets[i]->outputs.n && nets[i]->outputs.n > 1; k++)
            word_add(&words, arena_printf(ctx_arena(n->ctx), "%s_%s", name, loss_key(nets[i], k)));
        for (size_t k = 0; k < nets[i]->train->n_metrics; k++)
            word_add(&words, arena_printf(ctx_arena(n->ctx), "%s_%s", name, metric_key(nets[i], k)));
    }
    const char *near = cnn_closest(w->monitor->word, words.v.at, words.v.n);
    if (near)
        diag_error_fix(n->ctx, w->monitor->span, near,
                       "'%s' watches '%s', but no number is called that; did you mean '%s'?", w->name, w->monitor->word,
                       near);
    else
        diag_error(n->ctx, w->monitor->span, "'%s' watches '%s'; of several models, phases have %s%s", w->name,
                   w->monitor->word, words_joined(&words),
                   n->compares || n->tested_by ? ", and the validation rows numbers that begin with val_" : "");
}

/* monitors_check() has looked at a model that alone is compared with the data. */
static void check_validation(struct net *n, struct net *const *nets, const struct watcher *w)
{
    if (n->tested_by)
        check(n, nets[n->tested_by], w->name, w->monitor);
    else if (!n->compares)
        diag_error(n->ctx, w->monitor->span,
                   "'%s' watches '%s', but nothing that '%s' answers is compared with the data; numbers of a phase "
                   "can be watched, as '%s_loss'",
                   w->name, w->monitor->word, n->parts.at[0].model, n->step->phases.at[0].model);
}

void monitors_check_phases(struct net *n, struct net *const *nets)
{
    struct watcher w[WATCHERS];
    watchers_of(n->train, w);
    for (int i = 0; i < WATCHERS; i++) {
        struct monitor_config *m = w[i].monitor;
        if (w[i].given && is_of_validation(m))
            check_validation(n, nets, &w[i]);
        if (!w[i].given || is_of_validation(m))
            continue;
        for (size_t k = 1; k < n->parts.n && !m->key; k++)
            if (n->parts.at[k].phase >= 0)
                m->key = phase_key(n, k, nets[k], m);
        if (!m->key)
            report_no_phase(n, &w[i], nets);
        else if (m->mode != MONITOR_AUTO)
            m->rises = m->mode == MONITOR_MAX;
    }
}
