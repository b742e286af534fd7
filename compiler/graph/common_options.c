/* common_options.c -- the options that every layer takes. */
#include "graph/layer.h"

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

struct bound *common_bind(struct ctx *c, const struct stmt *s, struct stmt *rest)
{
    struct stmt own;
    stmt_divide(ctx_arena(c), s, args, &own, rest);
    return bind_args(c, &common_options, &own, 0);
}
