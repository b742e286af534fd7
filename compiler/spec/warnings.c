/* warnings.c -- the kinds of warnings: the names that follow a warning in brackets, and that follow -Wno- on the
 * command line. */
#include "spec/spec.h"

static const struct record logits = {
    .name = "logits",
    .doc = "A cross-entropy compares probabilities, but the network does not end in a softmax or sigmoid."};

static const struct record channels = {
    .name = "channels", .doc = "The input looks like an image whose channels come first: here they come last."};

static const struct record outputs = {.name = "outputs",
                                      .doc = "The way the network ends does not suit the loss, or something stands "
                                             "behind or in front of the last softmax or "
                                             "sigmoid that does not belong there."};

static const struct record of_metrics = {
    .name = "metrics", .doc = "A metric compares classes where there are none, or says nothing with these arguments."};

static const struct record of_normalize = {
    .name = "normalize", .doc = "Weights were trained with another normalisation than the numbers that the spec says."};

static const struct record slow = {
    .name = "slow",
    .doc = "A layer takes much of the time but little of what the machine can do; the reason stands beside it."};

static const struct record unused = {
    .name = "unused",
    .doc = "The output does not depend on a layer, which is left out; or no phase of a step uses a model."};

static const struct record unreached = {
    .name = "unreached",
    .doc = "No gradient reaches the parameters of a layer, for example behind a step function: they stay as they are."};

const struct record *const warning_kinds[] = {&channels, &logits,    &outputs, &of_metrics, &of_normalize,
                                              &slow,     &unreached, &unused,  NULL};
