/* similarity.c -- losses that compare the outputs of an answer as a whole: as vectors, as distributions, as regions. */
#include "catalog/loss.h"

static const struct arg_def answer_args[] = {ANSWER_AXIS, {0}};

const struct loss loss_cosine_similarity = {
    .rec = {.name = "cosine_similarity",
            .alias = {"CosineSimilarity"},
            .doc = "-cos of the angle between outputs and targets: -1 where they point the same way.",
            .example = "loss cosine_similarity",
            .setting = "Dense 4",
            .args = answer_args},
    .formula = {.sums = "yy += z * z; tt += t * t; yt += z * t",
                .value = "-yt / (sqrt(max(1e-14, yy)) * sqrt(max(1e-14, tt)))"}};

const struct loss loss_kl_divergence = {.rec = {.name = "kl_divergence",
                                                .alias = {"kld", "KLDivergence", "KLD", "kullback_leibler_divergence"},
                                                .doc = "sum t * log(t / p); the target is a distribution.",
                                                .setting = "Dense 10 softmax"},
                                        .formula = {.names = "prob = z < 1e-7 ? 1e-7 : z > 1 ? 1 : z; s = max(1e-7, t)",
                                                    .sums = "loss += s * log(s / prob)",
                                                    .value = "loss"},
                                        .target = {.bounded = true, .high = 1, .sum_to_one = true},
                                        .wants = "softmax"};

#define REGION_AXIS                                                                                                    \
    {                                                                                                                  \
        .name = "axis", .type = ARG_INTS, .flags = ARG_LATER, .min = -MOST_AXIS, .max = MOST_AXIS,                     \
        .doc = "the axes of a region, counted from 1: all of an image's, or the last; unset: those of the whole batch" \
    }

static const struct arg_def dice_args[] = {REGION_AXIS, {0}};
static const struct arg_def tversky_args[] = {FACTOR("alpha", "0.5", "weight of what was missed"),
                                              FACTOR("beta", "0.5", "weight of what was taken wrongly"),
                                              REGION_AXIS,
                                              {0}};

const struct loss loss_dice = {
    .rec = {.name = "dice",
            .alias = {"Dice"},
            .doc = "1 - 2 * sum y t / (sum y + sum t) over the whole batch: how little two regions overlap.",
            .example = "loss dice axis=-1",
            .setting = "Dense 4 sigmoid",
            .args = dice_args},
    .formula = {.sums = "both += z * t; wanted += t; said += z", .value = "1 - 2 * both / (wanted + said + 1e-7)"},
    .regions = true,
    .target = {.bounded = true, .high = 1},
    .wants = "sigmoid"};

const struct loss loss_tversky = {.rec = {.name = "tversky",
                                          .alias = {"Tversky"},
                                          .doc = "dice with weights of what is missed and of what is wrong.",
                                          .example = "loss tversky alpha=0.7 beta=0.3",
                                          .setting = "Dense 4 sigmoid",
                                          .args = tversky_args},
                                  .formula = {.sums = "both += z * t; missed += (1 - z) * t; wrong += z * (1 - t)",
                                              .value = "1 - both / (both + alpha * missed + beta * wrong + 1e-7)"},
                                  .regions = true,
                                  .target = {.bounded = true, .high = 1},
                                  .wants = "sigmoid"};

static const struct arg_def circle_args[] = {
    FACTOR("gamma", "80", "factor of the distances"),
    FACTOR("margin", "0.4", "the distance below which images that are alike count less, and others more"),
    {.name = "remove_diagonal", .type = ARG_BOOL, .def = "yes", .doc = "an image is not compared with itself"},
    {0}};

const struct loss loss_circle = {
    .rec =
        {.name = "circle",
         .alias = {"Circle"},
         .doc =
             "Compares the outputs of all images of a batch, vectors of length 1: those of equal labels, whole numbers "
             "from 0, get near, others far.",
         .example = "loss circle gamma=64",
         .setting = "Dense 8\nUnitNorm",
         .args = circle_args},
    .sparse = true,
    .pairs = true};
