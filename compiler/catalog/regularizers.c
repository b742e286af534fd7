/* regularizers.c -- penalties added to the loss: l1 * sum|w| + l2 * sum w^2, or that rows are not orthogonal; not
 * divided by the batch. */
#include "catalog/catalog.h"

#define FACTOR(NAME, ALIAS, DOC) REAL(NAME, ARG_POSITIONAL, "0.01", 0, 1e30, .alias = {ALIAS}, .doc = DOC)

static const struct arg_def l1_args[] = {FACTOR("l1", "l", "factor of sum|w|"), {0}};
static const struct arg_def l2_args[] = {FACTOR("l2", "l", "factor of sum w^2"), {0}};
static const struct arg_def l1_l2_args[] = {
    FACTOR("l1", NULL, "factor of sum|w|"), FACTOR("l2", NULL, "factor of sum w^2"), {0}};

const struct record regularizer_l1 = {.name = "l1", .alias = {"L1"}, .doc = "l1 * sum|w|.", .args = l1_args};

const struct record regularizer_l2 = {.name = "l2", .alias = {"L2"}, .doc = "l2 * sum w^2.", .args = l2_args};

const struct record regularizer_l1_l2 = {
    .name = "l1_l2", .alias = {"L1L2"}, .doc = "l1 * sum|w| + l2 * sum w^2.", .args = l1_l2_args};

static const char *const modes[] = {"rows", "columns", NULL};
static const struct arg_def orthogonal_args[] = {FACTOR("factor", NULL, "of the mean"),
                                                 {.name = "mode",
                                                  .type = ARG_CHOICE,
                                                  .flags = ARG_BARE,
                                                  .def = "rows",
                                                  .choices = modes,
                                                  .doc = "rows: the weights of an input; columns: those of an output"},
                                                 {0}};

const struct record regularizer_orthogonal = {
    .name = "orthogonal",
    .alias = {"OrthogonalRegularizer", "orthogonal_regularizer"},
    .doc = "factor * the mean of |a . b| over all pairs of rows, or columns, of a kernel of two axes, each divided by "
           "its length.",
    .args = orthogonal_args};
