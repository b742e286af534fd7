/* sections_samples.c -- the statement `samples` of `train`: pictures of what comes out of the network, drawn while it
 * learns. Where that is not an output, or where noise takes the place of a layer, a part of the network is compiled as
 * a network of its own, from a spec that is made here. */
#include <string.h>

#include "training/sections.h"

enum {
    SAMPLES_FILE,
    SAMPLES_OF,
    SAMPLES_FROM,
    SAMPLES_EVERY,
    SAMPLES_COUNT,
    SAMPLES_NOISE,
    SAMPLES_LOW,
    SAMPLES_HIGH,
    SAMPLES_SEED
};
#define SHADE(NAME, DOC) REAL(NAME, 0, NULL, -1e30, 1e30, .doc = DOC)
static const struct arg_def samples_args[] = {
    [SAMPLES_FILE] =
        FILE_NAME("file", ARG_REQUIRED | ARG_POSITIONAL, "a .png; {epoch} in its name is the number of the epoch"),
    [SAMPLES_OF] = {.name = "of", .type = ARG_WORD, .doc = "the layer that is shown; otherwise the output"},
    [SAMPLES_FROM] = {.name = "from",
                      .type = ARG_WORD,
                      .doc =
                          "the layer or the input that noise takes the place of; otherwise the input has rows of the "
                          "data, which are shown, too"},
    [SAMPLES_EVERY] = {.name = "every", .type = ARG_INT, .def = "1", .min = 1, .max = 1e9, .doc = "epochs between two"},
    [SAMPLES_COUNT] = {.name = "count", .type = ARG_INT, .def = "16", .min = 1, .max = 1024, .doc = "pictures"},
    [SAMPLES_NOISE] = REAL("noise", 0, NULL, 0, 1e30,
                           .doc = "deviation of the normal noise: with from 1, otherwise added to the rows, 0"),
    [SAMPLES_LOW] =
        SHADE("low", "black; otherwise the lower end of the activation, as 0 of sigmoid, else the least that is shown"),
    [SAMPLES_HIGH] = SHADE("high", "white; otherwise its upper end, as 1 of sigmoid, else the most that is shown"),
    [SAMPLES_SEED] =
        {.name = "seed", .type = ARG_INT, .def = "1", .min = 0, .max = LARGEST_SEED, .doc = "of the noise"},
    {0}};

static void apply_samples(struct net *n, const struct stmt *s, const struct bound *b)
{
    const size_t length = strlen(b[SAMPLES_FILE].text);
    const struct samples_config c = {.file = b[SAMPLES_FILE].text,
                                     .span = s->name_span,
                                     .of = given(&b[SAMPLES_OF]),
                                     .from = given(&b[SAMPLES_FROM]),
                                     .every = (int64_t)b[SAMPLES_EVERY].number,
                                     .count = (int64_t)b[SAMPLES_COUNT].number,
                                     .noise = b[SAMPLES_NOISE].set  ? b[SAMPLES_NOISE].number
                                              : b[SAMPLES_FROM].set ? 1
                                                                    : 0,
                                     .low = given(&b[SAMPLES_LOW]),
                                     .high = given(&b[SAMPLES_HIGH]),
                                     .seed = (int64_t)b[SAMPLES_SEED].number};
    if (length < 5 || strcmp(c.file + length - 4, ".png") != 0)
        diag_error(n->ctx, b[SAMPLES_FILE].span, "'samples' draws a .png, such as \"samples.png\"");
    vec_push(ctx_arena(n->ctx), &n->train->samples, c);
}

const struct word word_samples = {
    .rec = {.name = "samples",
            .doc =
                "A sheet of pictures, drawn while the network learns: rows of the data above what comes out, or what "
                "comes out for noise.",
            .example = "samples \"samples.png\" every=2",
            .setting = "",
            .args = samples_args,
            .many = true},
    .apply = apply_samples};

/* ---- checks, once shapes are known */

static struct node *find(const struct net *n, const struct bound *label)
{
    for (size_t i = 0; i < n->nodes.n; i++)
        if (strcmp(n->nodes.at[i]->name, label->text) == 0)
            return n->nodes.at[i];
    diag_error(n->ctx, label->span, "no layer is called '%s', or nothing that is trained reads it", label->text);
    return NULL;
}

static bool is_picture(struct shape s)
{
    return s.rank == 2 || (s.rank == 3 && (s.dim[2] == 1 || s.dim[2] == 3));
}

/* The number of the output that the node makes; outputs.n: none. */
static size_t output_number(const struct net *n, const struct node *o)
{
    size_t i = 0;
    while (i < n->outputs.n && n->outputs.at[i].node != o)
        i++;
    return i;
}

/* The numbers that are black and white, if the layer's activation bounds what comes out. */
static void take_range(struct samples_config *s)
{
    const struct record *act = node_activation(s->shown);
    const struct activation *a = act ? activation_of(act) : NULL;
    s->black = s->low ? s->low->number : a ? a->low : 0;
    s->white = s->high ? s->high->number : a ? a->high : 0;
}

/* Noise may take the place of a layer that stands by itself, not within others. */
static bool stands_alone(const struct spec *spec, const struct stmt *s)
{
    for (size_t i = 0; i < spec->n_stmts; i++)
        if (spec->stmts[i] == s)
            return true;
    return false;
}

static void check(struct net *n, const struct spec *spec, struct samples_config *s)
{
    const struct node *from = s->from ? find(n, s->from) : n->inputs.at[0].node;
    s->shown = s->of ? find(n, s->of) : n->outputs.at[0].node;
    s->fed = s->from ? from : NULL;
    if (!s->shown || !from)
        return;
    s->output = output_number(n, s->shown);
    s->apart = s->output == n->outputs.n || from->n_inputs > 0;
    if (!is_picture(s->shown->out))
        diag_error(n->ctx, s->of ? s->of->span : s->span,
                   "'samples' shows pictures, [height,width] with 1 or 3 channels, but '%s' is %s", s->shown->name,
                   shape_print(n->ctx, s->shown->out));
    else if (!s->apart && n->inputs.n > 1)
        diag_error(n->ctx, s->span, "'samples' feeds one input, but this network has %zu; from=LABEL feeds a layer",
                   n->inputs.n);
    else if (s->apart && ((s->from && !stands_alone(spec, from->stmt)) || (s->of && !s->shown->stmt->label)))
        diag_error(n->ctx, s->from ? s->from->span : s->of->span,
                   "'samples' takes layers with a label, which stand in no 'residual', 'concat' or 'path'");
    take_range(s);
}

void samples_check(struct net *n, const struct spec *spec)
{
    for (size_t i = 0; i < n->train->samples.n && !ctx_errors(n->ctx); i++)
        check(n, spec, &n->train->samples.at[i]);
}

/* ---- a part of the network as a spec */

static struct value dimensions(struct shape s, struct span at)
{
    struct value v = {.kind = s.rank == 1 ? VALUE_NUMBER : VALUE_DIMS, .span = at, .number = (double)s.dim[0]};
    v.n_dims = s.rank;
    for (int i = 0; i < s.rank; i++)
        v.dim[i] = s.dim[i];
    return v;
}

static struct stmt *statement(struct arena *a, const struct stmt *like, const char *name, struct value argument)
{
    struct stmt *s = arena_alloc(a, sizeof *s);
    *s = *like;
    s->name = name;
    s->args = arena_alloc(a, sizeof *s->args);
    s->args[0] = (struct arg){.value = argument};
    s->n_args = 1;
    s->has_body = false;
    s->n_body = 0;
    return s;
}

static bool is_left_out(const struct stmt *s)
{
    return strcmp(s->name, "output") == 0 || section_find(s->name);
}

const struct spec *samples_spec(struct ctx *c, const struct spec *spec, const struct samples_config *s)
{
    struct arena *a = ctx_arena(c);
    struct spec *part = arena_alloc(a, sizeof *part);
    const struct stmt *fed = s->fed ? s->fed->stmt : NULL;
    *part = (struct spec){.file = spec->file, .part = true};
    part->stmts = arena_alloc(a, (spec->n_stmts + 1) * sizeof *part->stmts);
    for (size_t i = 0; i < spec->n_stmts; i++) {
        struct stmt *own = spec->stmts[i];
        if (fed && own == fed && strcmp(own->name, "Input") != 0)
            own = statement(a, own, "Input", dimensions(s->fed->out, own->name_span));
        if (!is_left_out(own))
            part->stmts[part->n_stmts++] = own;
    }
    if (s->shown->stmt->label) {
        const struct value label = {.kind = VALUE_WORD, .span = s->span, .text = s->shown->name};
        struct stmt *output = statement(a, s->shown->stmt, "output", label);
        output->label = NULL;
        output->within = output->label_within = NULL;
        part->stmts[part->n_stmts++] = output;
    }
    return part;
}
