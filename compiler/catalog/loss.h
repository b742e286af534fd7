/* loss.h -- what the files of losses share. */
#ifndef CNNC_LOSS_H
#define CNNC_LOSS_H

#include "catalog/catalog.h"

/* The largest float: such a rule only has a lower limit. */
#define NO_LIMIT 3.4028234663852886e38

#define FROM_LOGITS                                                                                                    \
    {                                                                                                                  \
        .name = "from_logits", .type = ARG_BOOL, .def = "no", .doc = "the outputs are logits, not probabilities"       \
    }
#define LABEL_SMOOTHING                                                                                                \
    REAL("label_smoothing", 0, "0", 0, 1, .doc = "the part of each target that all classes share alike")
#define CLASS_WEIGHT                                                                                                   \
    {                                                                                                                  \
        .name = "class_weight", .type = ARG_NUMBERS, .min = 0, .max = 1e30, .choices = loss_balanced,                  \
        .doc = "factors of the rows of each class in training; balanced: rows / (classes * rows of the class)"         \
    }
#define FACTOR(NAME, DEFAULT, DOC) REAL(NAME, 0, DEFAULT, 0, 1e6, .doc = DOC)

extern const char *const loss_balanced[]; /* crossentropy.c: the word of class_weight */

#endif
