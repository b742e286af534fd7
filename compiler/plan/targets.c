/* targets.c -- the rows of targets.def, and which of them this machine matches. */
#include <string.h>

#include "plan/plan.h"

static const struct number number_float = {DTYPE_F32, "float", "f", 4};
static const struct number number_double = {DTYPE_F64, "double", "", 8};

#define TARGET(name_, lanes_, registers_, fma_, load_, latency_, l1_, l2_, attributes_, features_, guard_, doc_)       \
    {.name = name_,                                                                                                    \
     .doc = doc_,                                                                                                      \
     .lanes = lanes_,                                                                                                  \
     .registers = registers_,                                                                                          \
     .fma_ports = fma_,                                                                                                \
     .load_ports = load_,                                                                                              \
     .fma_latency = latency_,                                                                                          \
     .l1 = l1_,                                                                                                        \
     .l2 = l2_,                                                                                                        \
     .attributes = attributes_,                                                                                        \
     .features = features_,                                                                                            \
     .guard = guard_,                                                                                                  \
     .number = &number_float},

const struct target targets[] = {
#include "plan/targets.def"
    {.name = NULL}};

const struct target target_reference = {.name = "reference",
                                        .doc = "plain loops in double",
                                        .lanes = 1,
                                        .registers = 16,
                                        .fma_ports = 1,
                                        .load_ports = 1,
                                        .fma_latency = 4,
                                        .l1 = 32768,
                                        .l2 = 262144,
                                        .attributes = "",
                                        .features = "",
                                        .guard = "",
                                        .number = &number_double};

static const char *native_name(void)
{
#if defined __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return "x86-64-v4";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "x86-64-v3";
#elif defined __aarch64__
    return "armv8-a";
#endif
    return "generic";
}

const struct target *target_find(const char *name)
{
    if (!strcmp(name, "native"))
        name = native_name();
    for (const struct target *t = targets; t->name; t++)
        if (!strcmp(t->name, name))
            return t;
    return NULL;
}

double target_cycles(const struct target *t, double fma, double loads, double chain)
{
    double cycles = fma / t->fma_ports;
    if (loads / t->load_ports > cycles)
        cycles = loads / t->load_ports;
    return chain * t->fma_latency > cycles ? chain * t->fma_latency : cycles;
}
