/* port_files.c -- the files of a data set when the network has several inputs or outputs: one for each port, or an
 * archive with an array for each. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "closest.h"
#include "data/dataset.h"

/* Of a source of the spec the first output may have no targets, but others have some. */
static int has_targets(const struct cnn_model *m, const struct cnn_source *s)
{
    return s->y || (s->each_y && m->n_targets > 1);
}

/* The source as the port of that number has it, which has one input and at most one target. */
static struct cnn_source source_of_port(const struct cnn_model *m, const struct cnn_source *s, int port)
{
    const int input = port < m->n_inputs ? port : 0, has_target = has_targets(m, s) && port < m->n_targets;
    struct cnn_source one = *s;
    const char *y = NULL;
    if (s->kind == CNN_NPZ)
        one.inputs = s->each_x ? s->each_x[input] : m->inputs[input].name;
    else
        one.x = s->each_x[input];
    if (has_target)
        y = s->each_y ? s->each_y[port] : m->targets[port].port.name;
    one.y = y;
    one.weight = port == 0 ? s->weight : NULL;
    return one;
}

static int load_ports(const struct cnn_model *m, const struct cnn_source *s, int64_t limit, struct cnn_dataset *d,
                      struct cnn_error *e)
{
    struct cnn_dataset others = {0};
    int status = cnn_dataset_more(m, &others, e);
    for (int i = 0; status == 0 && i < cnn_ports(m); i++) {
        struct cnn_view v;
        const struct cnn_source one = source_of_port(m, s, i);
        status = cnn_dataset_load_port(cnn_port_view(&v, m, i), &one, limit, i == 0 ? d : &others.more[i - 1], e);
    }
    if (status != 0) {
        cnn_dataset_free(&others);
        return -1;
    }
    d->more = others.more;
    d->n_more = others.n_more;
    cnn_dataset_place(m, d);
    return cnn_dataset_check_more(d, e);
}

int cnn_dataset_load(const struct cnn_model *m, const struct cnn_source *s, int64_t limit, struct cnn_dataset *d,
                     struct cnn_error *e)
{
    return cnn_ports(m) > 1 ? load_ports(m, s, limit, d, e) : cnn_dataset_load_port(m, s, limit, d, e);
}

/* ---- files that the user names */

/* The inputs or the targets of the network, and the words of the option for them. */
struct named {
    const char *option;
    const struct cnn_model *m;
    int targets;
    const char *const *words;
    int n;
};

static const struct cnn_port *port(const struct named *x, int k)
{
    return x->targets ? &x->m->targets[k].port : &x->m->inputs[k];
}

static int ports(const struct named *x)
{
    return x->targets ? x->m->n_targets : x->m->n_inputs;
}

/* The port that the word names; -1: none. */
static int port_of(const struct named *x, const char *word)
{
    int k = ports(x) - 1;
    while (k >= 0 && !cnn_file_of_port(word, port(x, k)))
        k--;
    return k;
}

/* Where the word is NAME=FILE, and no file is called so, returns how long the name is; else 0. */
static int name_length(const char *word)
{
    const char *is = strchr(word, '=');
    return is && !memchr(word, '/', (size_t)(is - word)) && access(word, F_OK) != 0 ? (int)(is - word) : 0;
}

int cnn_port_known(const struct cnn_model *m, int targets, const char *word, struct cnn_error *e)
{
    const struct named x = {targets ? "--target" : "--input", m, targets, &word, 1};
    const int length = name_length(word);
    const char *names[CNN_MOST_PORTS];
    char name[64], all[512];
    int at = 0;
    if (cnn_ports(m) < 2 || !length || port_of(&x, word) >= 0)
        return 0;
    for (int k = 0; k < ports(&x); k++) {
        names[k] = port(&x, k)->name;
        if (at < (int)sizeof all)
            at += snprintf(all + at, sizeof all - (size_t)at, "%s%s", k ? ", " : "", names[k]);
    }
    snprintf(name, sizeof name, "%.*s", length, word);
    const char *near = cnn_closest(name, names, (size_t)ports(&x));
    return cnn_fail(e, "%s %s: there is no %s '%s'; the network has %s%s%s%s", x.option, word, x.option + 2, name, all,
                    near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int are_in_order(const struct named *x)
{
    int named = 0;
    for (int i = 0; i < x->n; i++)
        named |= port_of(x, x->words[i]) >= 0;
    return !named && x->n == ports(x);
}

static int is_needed(const struct named *x, int k)
{
    return !x->targets || x->m->targets[k].from == CNN_FROM_FILE;
}

/* Finds the file of each port: by name, or, where no word has one, in their order. */
static int match(const struct named *x, const char **files, struct cnn_error *e)
{
    const int in_order = are_in_order(x);
    for (int i = 0; i < x->n; i++) {
        const int k = in_order ? i : port_of(x, x->words[i]);
        if (k < 0)
            return cnn_fail(e, "%s %s: this network has several; say %s NAME=FILE for each, such as %s %s=x.npy",
                            x->option, x->words[i], x->option, x->option, port(x, 0)->name);
        if (files[k])
            return cnn_fail(e, "%s %s: '%s' has a file already", x->option, x->words[i], port(x, k)->name);
        files[k] = in_order ? x->words[i] : cnn_file_of_port(x->words[i], port(x, k));
    }
    for (int k = 0; k < ports(x); k++)
        if (!files[k] && is_needed(x, k))
            return cnn_fail(e, "%s %s=FILE is missing", x->option, port(x, k)->name);
    return 0;
}

static int open_archive(const struct cnn_model *m, const char *x, const char *y, struct cnn_dataset *out,
                        struct cnn_error *e)
{
    const struct cnn_source s = {.kind = CNN_NPZ, .x = x, .y = y};
    if (y && strcmp(x, y) != 0)
        return cnn_fail(e, "%s: the targets stand in the same .npz as the inputs", y);
    return cnn_dataset_load(m, &s, 0, out, e);
}

int cnn_dataset_open_ports(const struct cnn_model *m, const char *const *x, int n_x, const char *const *y, int n_y,
                           const struct cnn_normalize *normalize, struct cnn_dataset *out, struct cnn_error *e)
{
    const struct named inputs = {"--input", m, 0, x, n_x}, targets = {"--target", m, 1, y, n_y};
    const char *each_x[CNN_MOST_PORTS] = {NULL}, *each_y[CNN_MOST_PORTS] = {NULL};
    int status;
    memset(out, 0, sizeof *out);
    if (n_x == 1 && cnn_has_ending(x[0], ".npz") && port_of(&inputs, x[0]) < 0) {
        status = open_archive(m, x[0], n_y ? y[0] : NULL, out, e);
    } else {
        if (match(&inputs, each_x, e) != 0 || (n_y && match(&targets, each_y, e) != 0))
            return -1;
        const struct cnn_source s = {.x = each_x[0],
                                     .y = each_y[0],
                                     .each_x = each_x,
                                     .each_y = each_y,
                                     .n_each_x = m->n_inputs,
                                     .n_each_y = m->n_targets};
        status = cnn_dataset_load(m, &s, 0, out, e);
    }
    if (status == 0)
        out->normalize = cnn_normalize_share(normalize);
    return status;
}
