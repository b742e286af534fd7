/* docs_kinds.c -- the kinds of records, and the specs around their examples. */
#include "training/training.h"
#include "show/docs.h"

#include <string.h>

#include "layers/layers.h"
#include "plan/plan.h"

#define ROWS    "data {\n  train npy \"x.npy\" \"y.npy\"\n  split validation=0.1\n}\n"
#define CLASSES "Input 12\nDense 10 softmax\n"
#define MODELS                                                                                                         \
    "model generator {\n  Input 8\n  Dense 12 tanh\n}\nmodel discriminator {\n  Input 12\n  Dense 1 sigmoid\n}\n"
#define TRAINED "train {\n  loss sparse_categorical_crossentropy\n  metrics accuracy\n  epochs 50\n}\n"

static const struct kind table[] = {
    {.name = "layer",
     .plural = "layers",
     .title = "Layers",
     .about = "One statement a layer, in the order of the data's way. Every layer takes a label in front: `c1: Conv2D "
              "32 3x3`. `from=c1` makes it read that layer instead of the one above, `from=[c1, c2]` several; "
              "`frozen`, or `trainable=no`, keeps its parameters as they start or are loaded.",
     .records = layer_records,
     .frame = "@\n$\n",
     .setting = "Flatten\nDense 10 softmax"},
    {.name = "word",
     .plural = "words",
     .title = "Words of the language",
     .about = "Statements that are no layers.",
     .records = language_words,
     .frame = "@\n"},
    {.name = "section",
     .plural = "sections",
     .title = "Sections",
     .about = "Statements that say what is done with the network. Each may stand once, anywhere among the layers.",
     .frame = "@\n$\n",
     .setting = "Input 12\nDense 10 softmax"},
    {.name = "statement of data",
     .plural = "data",
     .title = "Statements of data",
     .about = "What may stand in the section `data`.",
     .section = "data",
     .frame = "data {\n  $\n  @\n}\nInput 28x28x1\nFlatten\nDense 10 softmax\n",
     .setting = "train idx \"images.gz\" \"labels.gz\""},
    {.name = "format",
     .plural = "formats",
     .title = "Formats of data",
     .about = "The first word behind `train`, `validation` and `test` in `data`.",
     .lead = "train ",
     .frame = "data {\n  @\n}\n$\nDense 10 softmax\n",
     .setting = "Input 28x28x1\nFlatten"},
    {.name = "statement of train",
     .plural = "train",
     .title = "Statements of train",
     .about = "What may stand in the section `train`.",
     .section = "train",
     .frame = ROWS CLASSES "train {\n  $\n  @\n}\n",
     .setting = ""},
    {.name = "statement of step",
     .plural = "step",
     .title = "Statements of step",
     .about = "What may stand in the section `step`, where there are several models.",
     .section = "step",
     .frame = MODELS "$\nstep {\n  train discriminator on=[data, generator] target=[1, 0]\n  @\n}\n",
     .setting = ""},
    {.name = "callback",
     .plural = "callbacks",
     .title = "Callbacks",
     .about = "Statements of `train` that act at the end of an epoch.",
     .records = callbacks,
     .members = true},
    {.name = "validation method",
     .plural = "validate",
     .title = "Methods of validate",
     .about = "What stands behind `validate`: how `crossval` divides the rows.",
     .section = "validate",
     .lead = "validate ",
     .frame = CLASSES TRAINED "@\n"},
    {.name = "ensemble",
     .plural = "ensembles",
     .title = "Kinds of ensemble",
     .about = "What stands behind `ensemble`.",
     .section = "ensemble",
     .lead = "ensemble ",
     .frame = CLASSES TRAINED "@\n"},
    {.name = "meta-learner",
     .plural = "meta-learners",
     .title = "Meta-learners",
     .about = "For `meta=` of `ensemble stacking`.",
     .records = meta_learners,
     .call = true,
     .frame = "Input 12\n$\nensemble stacking members=3 meta=@\n",
     .setting = "Dense 10 softmax\ntrain {\n  metrics accuracy\n}"},
    {.name = "loss",
     .plural = "losses",
     .title = "Losses",
     .about = "For `loss` in `train`.",
     .records = losses,
     .lead = "loss ",
     .frame = "Input 12\n$\ntrain {\n  @\n}\n",
     .setting = "Dense 10 softmax"},
    {.name = "metric",
     .plural = "metrics",
     .title = "Metrics",
     .about = "For `metrics` in `train`; one with arguments has them in parentheses.",
     .records = metrics,
     .call = true,
     .lead = "metrics ",
     .frame = "Input 12\n$\ntrain {\n  @\n}\n",
     .setting = "Dense 10 softmax"},
    {.name = "optimizer",
     .plural = "optimizers",
     .title = "Optimizers",
     .about = "For `optimizer` in `train`.",
     .records = optimizers,
     .lead = "optimizer ",
     .frame = CLASSES "train {\n  @\n}\n"},
    {.name = "schedule",
     .plural = "schedules",
     .title = "Schedules",
     .about = "For `lr=` of an optimizer; t counts the steps. A number is `constant`.",
     .records = schedules,
     .call = true,
     .lead = "lr=",
     .frame = CLASSES "train {\n  optimizer adam @\n}\n"},
    {.name = "activation",
     .plural = "activations",
     .title = "Activations",
     .about = "A word on `Conv2D` and `Dense`, or a statement.",
     .records = activations,
     .call = true,
     .frame = "Input 12\nDense 16 @\n$\n",
     .setting = "Dense 10 softmax"},
    {.name = "initializer",
     .plural = "initializers",
     .title = "Initializers",
     .about = "For `kernel_initializer=` and `bias_initializer=`.",
     .records = initializers,
     .call = true,
     .frame = "Input 12\nDense 16 relu kernel_initializer=@\nDense 10 softmax\n"},
    {.name = "regularizer",
     .plural = "regularizers",
     .title = "Regularizers",
     .about = "For `kernel_regularizer=`, `bias_regularizer=`, `activity_regularizer=`; not divided by the batch.",
     .records = regularizers,
     .call = true,
     .frame = "Input 12\nDense 16 relu kernel_regularizer=@\nDense 10 softmax\n"},
    {.name = "constraint",
     .plural = "constraints",
     .title = "Constraints",
     .about = "For `kernel_constraint=`, `bias_constraint=` and the like; each step of training ends with them. Axes "
              "are those of the parameter's shape in files, from 0.",
     .records = constraints,
     .call = true,
     .frame = "Input 12\nDense 16 relu kernel_constraint=@\nDense 10 softmax\n"},
    {.name = "target",
     .plural = "targets",
     .title = "Targets",
     .about = "For `cnnc --target=`: the machine that runs the program."},
    {.name = "warning",
     .plural = "warnings",
     .title = "Warnings",
     .about = "Kinds of warnings, as they stand in brackets behind one. `-Wno-KIND` turns it off.",
     .records = warning_kinds},
};
enum { KINDS = sizeof table / sizeof *table };

static const struct record *const *target_records(struct arena *a)
{
    size_t n = 0;
    while (targets[n].name)
        n++;
    struct record *made = arena_alloc(a, n * sizeof *made);
    const struct record **list = arena_alloc(a, (n + 1) * sizeof *list);
    for (size_t i = 0; i < n; i++) {
        made[i] = (struct record){.name = targets[i].name, .doc = arena_printf(a, "%s.", targets[i].doc)};
        made[i].example = arena_printf(a, "cnnc --target=%s mnist.net", targets[i].name);
        list[i] = &made[i];
    }
    return list;
}

const struct kind *docs_kinds(struct arena *a)
{
    struct kind *kinds = arena_alloc(a, (KINDS + 1) * sizeof *kinds);
    memcpy(kinds, table, sizeof table);
    for (struct kind *k = kinds; k->name; k++) {
        if (k->section)
            k->records = section_words(k->section);
        else if (strcmp(k->name, "section") == 0)
            k->records = section_family();
        else if (strcmp(k->name, "format") == 0)
            k->records = source_formats(a);
        else if (strcmp(k->name, "target") == 0)
            k->records = target_records(a);
    }
    return kinds;
}

const struct kind *docs_kind(const struct kind *kinds, const char *name)
{
    for (; kinds->name; kinds++)
        if (strcmp(kinds->name, name) == 0 || strcmp(kinds->plural, name) == 0)
            return kinds;
    return NULL;
}
