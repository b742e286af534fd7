/* functions.c -- the functions of expressions, one a row. A new function is a new row. */
#include <math.h>
#include <string.h>

#include "expr/expr.h"

#define SQRT_HALF "0.7071067811865476"
#define DENSITY   "0.3989422804014327 * exp(-a * a / 2)" /* of the normal distribution */

static const struct expr_function functions[] = {
    {"max", 2, NULL, "vf_max", "b < a ? a : b", {"b <= a ? 1 : 0", "b <= a ? 0 : 1"}, 0.5, NULL, NULL},
    {"min", 2, NULL, "vf_min", "b > a ? a : b", {"b >= a ? 1 : 0", "b >= a ? 0 : 1"}, 0.5, NULL, NULL},
    {"abs", 1, "fabs", "vf_abs", NULL, {"sign(a)"}, 0.5, fabs, NULL},
    {"sign", 1, NULL, NULL, "a > 0 ? 1 : a < 0 ? -1 : 0", {"0"}, 1, NULL, NULL},
    {"stop", 1, NULL, NULL, "a", {"0"}, 0, NULL, NULL}, /* no gradient goes through it */
    {"sqrt", 1, "sqrt", "vf_sqrt", NULL, {"0.5 / y"}, 6, sqrt, NULL},
    {"exp", 1, "exp", "vf_exp", NULL, {"y"}, 10, exp, NULL},
    {"expm1", 1, "expm1", "vf_expm1", NULL, {"exp(a)"}, 11, expm1, NULL},
    {"log", 1, "log", "vf_log", NULL, {"1 / a"}, 20, log, NULL},
    {"log1p", 1, "log1p", "vf_log1p", NULL, {"1 / (1 + a)"}, 20, log1p, NULL},
    {"pow", 2, "pow", "vf_pow", NULL, {"b * pow(a, b - 1)", "y * log(a)"}, 40, NULL, pow},
    {"tanh", 1, "tanh", "vf_tanh", NULL, {"1 - y * y"}, 18, tanh, NULL},
    {"erf", 1, "erf", "vf_erf", NULL, {"1.1283791670955126 * exp(-a * a)"}, 27, erf, NULL},
    {"sin", 1, "sin", "vf_sin", NULL, {"cos(a)"}, 20, sin, NULL},
    {"cos", 1, "cos", "vf_cos", NULL, {"-sin(a)"}, 20, cos, NULL},
    {"floor", 1, "floor", "vf_floor", NULL, {"0"}, 3, floor, NULL},
    {"sigmoid", 1, NULL, "vf_sigmoid", "1 / (1 + exp(-a))", {"y * (1 - y)"}, 16, NULL, NULL},
    {"softplus", 1, NULL, "vf_softplus", "log1p(exp(-abs(a))) + max(0, a)", {"sigmoid(a)"}, 24, NULL, NULL},
    /* the share of a normal variable below a */
    {"normal", 1, NULL, "vf_normal", "(1 + erf(a * " SQRT_HALF ")) / 2", {DENSITY}, 29.5, NULL, NULL},
    /* derivatives that vec.h has without cancellation */
    {"gelu_slope", 1, NULL, "vf_gelu_slope", "normal(a) + a * " DENSITY, {NULL}, 29.5, NULL, NULL},
    {"silu_slope", 1, NULL, "vf_silu_slope", "sigmoid(a) * (1 + a * sigmoid(-a))", {NULL}, 18, NULL, NULL},
};

/* Written for others. */
static const struct expr_macro macros[] = {
    {"ceil", 1, "-floor(-a)"},
    {"round", 1, "floor(a) + (a - floor(a) < 0.5 ? 0 : a - floor(a) > 0.5 ? 1 : floor(a) - 2 * floor(floor(a) / 2))"},
    {"clip", 3, "min(c, max(b, a))"},
    {"where", 3, "a ? b : c"},
    {"square", 1, "a * a"},
    {"cube", 1, "a * a * a"},
    {"rsqrt", 1, "1 / sqrt(a)"},
    {"relu", 1, "max(0, a)"},
    {"silu", 1, "a * sigmoid(a)"},
    {"gelu", 1, "a * normal(a)"},
    {"log2", 1, "log(a) * 1.4426950408889634"},
    {"log10", 1, "log(a) * 0.4342944819032518"},
    {"exp2", 1, "exp(a * 0.6931471805599453)"},
    {"tan", 1, "sin(a) / cos(a)"},
    {"sinh", 1, "(expm1(a) - expm1(-a)) / 2"},
    {"cosh", 1, "(exp(a) + exp(-a)) / 2"},
    {"softsign", 1, "a / (1 + abs(a))"},
};

const struct expr_macro *expr_macro(const char *name)
{
    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++)
        if (!strcmp(macros[i].name, name))
            return &macros[i];
    return NULL;
}

const struct expr_function *expr_function(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, name))
            return &functions[i];
    return NULL;
}
