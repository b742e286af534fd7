/* common_options.c -- the options that every layer takes. */
#include "graph/layer.h"

#include "spec/records.h"

static const struct arg_def args[] = {
    [COMMON_FROM] = {.name = "from",
                     .type = ARG_LABELS,
                     .doc = "the layers that it reads, by their labels; else the one above"},
    [COMMON_TRAINABLE] = {.name = "trainable",
                          .type = ARG_BOOL,
                          .def = "yes",
                          .doc = "no: the parameters stay as they start or are loaded"},
    [COMMON_FROZEN] = {.name = "frozen", .type = ARG_BOOL, .def = "no", .doc = "the same as trainable=no"},
    [COMMON_OPTIONS] = {0}};

const struct record common_options = {.name = "every layer",
                                      .doc = "The options that every layer takes.",
                                      .example = "Dense 10 from=hidden",
                                      .args = args};

bool common_frozen(const struct bound *common)
{
    return common && (common[COMMON_FROZEN].number != 0 || common[COMMON_TRAINABLE].number == 0);
}

static bool is_common(const struct arg *a)
{
    for (const struct arg_def *d = args; d->name; d++)
        if (a->key ? arg_named(d, a->key)
                   : d->type == ARG_BOOL && a->value.kind == VALUE_WORD && arg_named(d, a->value.text))
            return true;
    return false;
}

struct bound *common_bind(struct ctx *c, const struct stmt *s, struct stmt *rest)
{
    struct stmt common = *s;
    *rest = *s;
    common.n_args = rest->n_args = 0;
    common.args = arena_alloc(ctx_arena(c), (s->n_args + 1) * sizeof *common.args);
    rest->args = arena_alloc(ctx_arena(c), (s->n_args + 1) * sizeof *rest->args);
    for (size_t i = 0; i < s->n_args; i++)
        if (is_common(&s->args[i]))
            common.args[common.n_args++] = s->args[i];
        else
            rest->args[rest->n_args++] = s->args[i];
    return bind_args(c, &common_options, &common, 0);
}
