/* words.c -- the words of the language that are neither layers nor sections, for the reference. expand.c and resolve.c
 * carry them out. */
#include "catalog/catalog.h"

static const struct record model = {.name = "model",
                                    .doc =
                                        "The name of the network: of the C functions, of the files that are written by "
                                        "default, in messages. Without it, the name of the file.",
                                    .example = "model digits\nInput 28x28x1\nFlatten\nDense 10 softmax"};

static const struct record let = {
    .name = "let",
    .doc = "Gives names to values; $NAME is the value, and `cnnc -D NAME=VALUE` gives it another one.",
    .example = "let w = 16\nInput 12\nDense $w relu\nDense $w*2 relu\nDense 10 softmax"};

static const struct record block = {
    .name = "block",
    .doc =
        "A piece of a network with parameters, which have a default behind '='. Its name is a statement from then on.",
    .example =
        "block conv(filters, kernel=3x3) {\n  Conv2D $filters $kernel same\n  ReLU\n}\nInput 8x8x3\nconv 16\nconv 32 "
        "kernel=5x5\nGlobalAvgPool\nDense 10 softmax"};

static const struct record repeat = {.name = "repeat",
                                     .doc = "Writes its body so many times.",
                                     .example = "Input 12\nrepeat 3 {\n  Dense 16 relu\n}\nDense 10 softmax"};

static const struct record include = {
    .name = "include",
    .doc = "Puts another file in this place. Its name is relative to the file that includes it.",
    .example = "include \"blocks.net\"\nInput 12\nDense 10 softmax"};

const struct record *const language_words[] = {&model, &let, &block, &repeat, &include, NULL};
