/* words.c -- the words of the language that are neither layers nor sections, for the reference: expand.c and resolve.c
 * carry them out; and sections by their names or words */
#include "spec/spec.h"

static const struct record model = {.name = "model",
                                    .doc =
                                        "The name of the network: of the C functions, of the files that are written by "
                                        "default, in messages. Without it, the name of the file. With a body, "
                                        "`model NAME { ... }`, one of several models, which `step` trains.",
                                    .example = "model digits\nInput 28x28x1\nFlatten\nDense 10 softmax",
                                    .body = true};

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
        "kernel=5x5\nGlobalAvgPool\nDense 10 softmax",
    .body = true};

static const struct record repeat = {.name = "repeat",
                                     .doc = "Writes its body so many times.",
                                     .example = "Input 12\nrepeat 3 {\n  Dense 16 relu\n}\nDense 10 softmax",
                                     .body = true};

static const struct record include = {
    .name = "include",
    .doc = "Puts another file in this place. Its name is relative to the file that includes it.",
    .example = "include \"blocks.net\"\nInput 12\nDense 10 softmax"};

/* ---- statements with a body of layers */

static const char *const project_words[] = {"no", "auto", NULL};

static const struct arg_def residual_args[] = {
    {.name = "project",
     .type = ARG_CHOICE,
     .def = "no",
     .choices = project_words,
     .doc = "auto: a 1x1 convolution, with strides, fits the input to the body where their shapes differ"},
    {0}};

const struct record structure_residual = {.name = "residual",
                                          .doc = "Adds the input to the output of the layers in it.",
                                          .example = "Input 12\nresidual {\n  Dense 12 relu\n  Dense 12\n}",
                                          .args = residual_args,
                                          .body = true};

static const struct arg_def concat_args[] = {
    {.name = "axis", .type = ARG_INT, .def = "-1", .min = -8, .max = 8, .doc = "which axis grows, as in Concatenate"},
    {0}};

const struct record structure_concat = {
    .name = "concat",
    .doc = "Paths that read the same layer, and whose outputs stand side by side on the last axis.",
    .example = "Input 12\nconcat {\n  path {\n    Dense 8 relu\n  }\n  path {\n    Dense 4 tanh\n  }\n}",
    .args = concat_args,
    .body = true};

const struct record structure_path = {.name = "path",
                                      .doc = "One of the paths of concat; an empty one passes on what it reads.",
                                      .example =
                                          "Input 12\nconcat {\n  path {\n    Dense 8 relu\n  }\n  path {\n  }\n}",
                                      .body = true};

const struct arg_def output_args[] = {{.name = "outputs",
                                       .type = ARG_LABELS,
                                       .flags = ARG_REQUIRED | ARG_POSITIONAL,
                                       .doc = "the labels of the layers that are outputs"},
                                      {0}};

static const struct record output = {
    .name = "output",
    .doc = "The outputs of a network that has several, or one that is not its last layer. Each has a loss of its own: "
           "`loss mse on=b`.",
    .example = "Input 12\nhidden: Dense 16 relu\na: Dense 10 softmax\nb: Dense 1 from=hidden\noutput a b",
    .args = output_args};

/* ---- what every layer may have */

static const struct record label = {
    .name = "label",
    .doc =
        "A name in front of a layer, `a: Dense 4`. from=a reads that layer, `output a` makes it an output, @a in the "
        "place of a layer uses it once more, with the same parameters; weights are called by it.",
    .example = "Input 12\nlabel: Dense 12 relu\nother: Dense 12 tanh\nAdd from=[label, other]"};

static const struct record from = {
    .name = "from",
    .doc = "Which layer a layer reads, instead of the one above: from=a. Layers of several inputs have from=[a, b].",
    .example = "Input 12\na: Dense 8 relu\nb: Dense 8 tanh from=a\nAdd from=[a, b]"};

static const struct record frozen = {
    .name = "frozen",
    .doc = "The parameters of a layer, or of the layers in a block, residual or path, keep the values they start with "
           "or are loaded with. The same as trainable=no.",
    .example = "Input 12\nDense 16 relu frozen\nDense 10 softmax"};

const struct record *const language_words[] = {
    &model,  &let,   &block, &repeat, &include, &structure_residual, &structure_concat, &structure_path,
    &output, &label, &from,  &frozen, NULL};

/* ---- sections */

const struct record *const *section_family(void)
{
    return sections;
}

const struct section *section_find(const char *name)
{
    return (const struct section *)(const void *)record_find(sections, name);
}

bool section_is_line(const char *name)
{
    const struct section *s = section_find(name);
    return s && s->line;
}

bool section_is_list(const char *name)
{
    const struct section *s = section_find(name);
    return s && s->list;
}

const char *section_of_word(const char *word)
{
    for (const struct record *const *r = sections; *r; r++) {
        const struct section *s = (const struct section *)(const void *)*r;
        if (!s->line && record_find(s->words, word))
            return (*r)->name;
    }
    return NULL;
}
