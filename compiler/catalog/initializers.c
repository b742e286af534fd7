/* initializers.c -- the first values of parameters. The runtime draws the numbers; fans are computed as in Keras. */
#include "catalog/catalog.h"

#define NUMBER(NAME, DEFAULT, DOC) REAL(NAME, ARG_POSITIONAL, DEFAULT, -1e30, 1e30, .doc = DOC)

static const struct arg_def value_args[] = {NUMBER("value", "0", "of every element"), {0}};
static const struct arg_def uniform_args[] = {
    NUMBER("minval", "-0.05", "lower end"), NUMBER("maxval", "0.05", "upper end, excluded"), {0}};
static const struct arg_def normal_args[] = {
    NUMBER("mean", "0", "mean"), NUMBER("stddev", "0.05", "standard deviation"), {0}};
static const struct arg_def gain_args[] = {NUMBER("gain", "1", "factor"), {0}};

const struct record initializer_zeros = {.name = "zeros", .alias = {"Zeros", "zero"}, .doc = "All 0."};

const struct record initializer_ones = {.name = "ones", .alias = {"Ones", "one"}, .doc = "All 1."};

const struct record initializer_constant = {
    .name = "constant", .alias = {"Constant"}, .doc = "All the same value.", .args = value_args};

const struct record initializer_glorot_uniform = {.name = "glorot_uniform",
                                                  .alias = {"GlorotUniform", "xavier_uniform"},
                                                  .doc = "Uniform within sqrt(6 / (fan_in + fan_out)) of 0."};

const struct record initializer_glorot_normal = {.name = "glorot_normal",
                                                 .alias = {"GlorotNormal", "xavier_normal"},
                                                 .doc = "Truncated normal, variance 2 / (fan_in + fan_out)."};

const struct record initializer_he_uniform = {
    .name = "he_uniform", .alias = {"HeUniform"}, .doc = "Uniform within sqrt(6 / fan_in) of 0."};

const struct record initializer_he_normal = {
    .name = "he_normal", .alias = {"HeNormal"}, .doc = "Truncated normal, variance 2 / fan_in."};

const struct record initializer_lecun_uniform = {
    .name = "lecun_uniform", .alias = {"LecunUniform"}, .doc = "Uniform within sqrt(3 / fan_in) of 0."};

const struct record initializer_lecun_normal = {
    .name = "lecun_normal", .alias = {"LecunNormal"}, .doc = "Truncated normal, variance 1 / fan_in."};

const struct record initializer_random_uniform = {.name = "random_uniform",
                                                  .alias = {"RandomUniform", "uniform"},
                                                  .doc = "Uniform between two numbers.",
                                                  .args = uniform_args};

const struct record initializer_random_normal = {
    .name = "random_normal", .alias = {"RandomNormal", "normal"}, .doc = "Normal, not truncated.", .args = normal_args};

const struct record initializer_truncated_normal = {.name = "truncated_normal",
                                                    .alias = {"TruncatedNormal"},
                                                    .doc = "Normal, drawn again beyond two standard deviations.",
                                                    .args = normal_args};

const struct record initializer_identity = {
    .name = "identity",
    .alias = {"Identity", "IdentityInitializer"},
    .doc = "gain where input and output have the same number, in the middle of a window; else 0.",
    .args = gain_args};

static const char *const modes[] = {"fan_in", "fan_out", "fan_avg", NULL};
static const char *const distributions[] = {"truncated_normal", "untruncated_normal", "uniform", NULL};
static const struct arg_def scaling_args[] = {
    REAL("scale", ARG_POSITIONAL, "1", 0, 1e30, .open = true, .doc = "variance times the fan"),
    {.name = "mode",
     .type = ARG_CHOICE,
     .flags = ARG_BARE,
     .def = "fan_in",
     .choices = modes,
     .doc = "the inputs, the outputs, or the mean of both"},
    {.name = "distribution",
     .type = ARG_CHOICE,
     .flags = ARG_BARE,
     .def = "truncated_normal",
     .choices = distributions,
     .doc = "what is drawn"},
    {0}};

const struct record initializer_variance_scaling = {
    .name = "variance_scaling", .alias = {"VarianceScaling"}, .doc = "Variance scale / fan.", .args = scaling_args};

const struct record initializer_orthogonal = {.name = "orthogonal",
                                              .alias = {"Orthogonal", "OrthogonalInitializer"},
                                              .doc = "A random orthogonal matrix times gain.",
                                              .args = gain_args};
