/* warnings.c -- the kinds of warnings: what stands in brackets behind a warning, and behind -Wno-. */
#include "spec.h"

static const struct record logits = {
    .name = "logits",
    .doc = "A cross-entropy compares probabilities, but the network does not end in a softmax or sigmoid."};

const struct record *const warning_kinds[] = {&logits, NULL};
