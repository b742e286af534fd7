/* summary.c -- the table of layers as Keras prints it, with a column of multiply-adds. */
#include <string.h>

#include "show/show.h"
#include "graph/layer.h"
#include "base/text.h"

enum { COLUMNS = 5 };

struct table {
    struct arena *arena;
    struct text text;
    size_t width[COLUMNS];
    int columns; /* the last one only where the network is no chain, as in Keras */
};

/* 93322 -> 93,322 */
static const char *thousands(struct arena *a, int64_t n)
{
    char *plain = arena_printf(a, "%lld", (long long)n), *out = arena_alloc(a, 32), *p = out;
    for (size_t i = 0, len = strlen(plain); i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            *p++ = ',';
        *p++ = plain[i];
    }
    return out;
}

/* 373288 -> 364.54 KB */
static const char *bytes(struct arena *a, int64_t n)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    double x = (double)n;
    size_t u = 0;
    for (; x >= 1024 && u + 1 < sizeof units / sizeof *units; u++)
        x /= 1024;
    return arena_printf(a, "%.2f %s", x, units[u]);
}

static const char *output_shape(struct arena *a, struct shape s)
{
    const char *text = "(None";
    for (int i = 0; i < s.rank; i++)
        text = arena_printf(a, "%s, %lld", text, (long long)s.dim[i]);
    return arena_printf(a, "%s)", text);
}

static const char *const titles[COLUMNS] = {"Layer (type)", "Output Shape", "Param #", "Multiply-adds", "Connected to"};

static bool is_chain(const struct net *n)
{
    for (size_t i = 0; i < n->nodes.n; i++) {
        const struct node *o = n->nodes.at[i];
        if (o->n_inputs != (i > 0) || (o->input && o->input->id + 1 != o->id))
            return false;
    }
    return true;
}

static const char *inputs_of(struct arena *a, const struct node *n)
{
    const char *text = "-";
    for (int i = 0; i < n->n_inputs; i++)
        text = arena_printf(a, "%s%s%s", i ? text : "", i ? ", " : "", n->inputs[i]->name);
    return text;
}

static void fill_row(struct table *t, const struct node *n, const char *cell[COLUMNS])
{
    cell[0] = arena_printf(t->arena, "%s (%s)", n->name, keras_class(n));
    cell[1] = output_shape(t->arena, n->out);
    cell[2] = thousands(t->arena, node_parameters(n));
    cell[3] = thousands(t->arena, n->macs);
    cell[4] = inputs_of(t->arena, n);
}

static void measure(struct table *t, const char *const cell[COLUMNS])
{
    for (int c = 0; c < t->columns; c++) {
        if (strlen(cell[c]) > t->width[c])
            t->width[c] = strlen(cell[c]);
    }
}

/* Text is aligned left, numbers are aligned right. */
static void put_row(struct table *t, const char *const cell[COLUMNS])
{
    for (int c = 0; c < t->columns; c++)
        if (c == COLUMNS - 1) /* the last one ends the line */
            text_add(&t->text, "  %s", cell[c]);
        else
            text_add(&t->text, "%s%*s", c ? "  " : " ", c < 2 ? -(int)t->width[c] : (int)t->width[c], cell[c]);
    text_add(&t->text, "\n");
}

static void put_rule(struct table *t, char line)
{
    size_t width = 2;
    for (int c = 0; c < t->columns; c++)
        width += t->width[c] + (c ? 2 : 0);
    while (width-- > 0)
        text_add(&t->text, "%c", line);
    text_add(&t->text, "\n");
}

static void put_work(struct table *t, const struct net *net)
{
    int64_t forward = 0;
    const int64_t all = net_macs(net);
    for (size_t i = 0; i < net->nodes.n; i++)
        forward += net->nodes.at[i]->macs;
    text_add(&t->text, " Multiply-adds an image: %s forward", thousands(t->arena, forward));
    if (all > forward)
        text_add(&t->text, ", %s in training", thousands(t->arena, all));
    text_add(&t->text, "\n");
}

static void put_bytes(struct table *t, const char *what, int64_t n)
{
    if (n > 0)
        text_add(&t->text, " %s: %s bytes (%s)\n", what, thousands(t->arena, n), bytes(t->arena, n));
}

static void put_parameters(struct table *t, const char *which, int64_t n)
{
    text_add(&t->text, " %s params: %s (%s)\n", which, thousands(t->arena, n),
             bytes(t->arena, n * dtype_bytes(DTYPE_F32)));
}

static void put_totals(struct table *t, const struct net *net, const struct footprint *f)
{
    const int64_t total = net_parameters(net), frozen = net_frozen(net);
    put_parameters(t, "Total", total);
    put_parameters(t, "Trainable", total - frozen);
    put_parameters(t, "Non-trainable", frozen);
    put_work(t, net);
    put_bytes(t, "Parameters, as laid out", f ? f->parameter_bytes : 0);
    put_bytes(t, "Prepared copies of them", f ? f->prepared_bytes : 0);
    put_bytes(t, "Arena", f ? f->arena_bytes : 0);
    put_bytes(t, "Arena, lower bound by liveness", f ? f->live_bytes : 0);
    if (f && f->whole_bytes > 0) {
        put_bytes(t, "Arena without --recompute", f->whole_bytes);
        text_add(&t->text, " Computed again in the backward pass: %.0f%% more cycles\n", 100 * f->repeated);
    }
    put_bytes(t, "RAM, one thread", f ? f->ram_bytes : 0);
    put_bytes(t, "Flash, weights of inference", f ? f->flash_bytes : 0);
}

char *summary_print(const struct net *net, const struct footprint *f)
{
    struct arena *a = ctx_arena(net->ctx);
    struct table t = {.arena = a, .text = {.arena = a}, .columns = is_chain(net) ? COLUMNS - 1 : COLUMNS};
    const char *cell[COLUMNS];
    measure(&t, titles);
    for (size_t i = 0; i < net->nodes.n; i++) {
        fill_row(&t, net->nodes.at[i], cell);
        measure(&t, cell);
    }
    text_add(&t.text, "Model: \"%s\"\n", net_title(net));
    put_rule(&t, '_');
    put_row(&t, titles);
    put_rule(&t, '=');
    for (size_t i = 0; i < net->nodes.n; i++) {
        fill_row(&t, net->nodes.at[i], cell);
        put_row(&t, cell);
    }
    put_rule(&t, '=');
    put_totals(&t, net, f);
    put_rule(&t, '_');
    return text_end(&t.text);
}
