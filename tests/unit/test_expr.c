/* test_expr.c -- scalar expressions: errors in a text, how trees are printed, and that derivatives are slopes. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "catalog/catalog.h"
#include "expr/expr.h"
#include "front_test.h"

/* ---- values, straight from the tree */

struct point {
    const char *const *names;
    const double *values;
    bool single; /* every step is rounded to a float */
};

static double value_of(struct arena *a, const struct expr *e, const struct point *at);

static double value_of_call(struct arena *a, const struct expr *e, const struct point *at)
{
    const char *name = e->function->plain;
    const double x = value_of(a, e->arg[0], at), y = e->arg[1] ? value_of(a, e->arg[1], at) : 0;
    if (!name)
        return value_of(a, expr_body(a, e->function->expansion, e), at);
    static const struct {
        const char *name;
        double (*function)(double);
    } functions[] = {{"fabs", fabs}, {"sqrt", sqrt}, {"exp", exp}, {"expm1", expm1}, {"log", log},    {"log1p", log1p},
                     {"tanh", tanh}, {"erf", erf},   {"sin", sin}, {"cos", cos},     {"floor", floor}};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, name))
            return functions[i].function(x);
    return pow(x, y);
}

static double exact_of(struct arena *a, const struct expr *e, const struct point *at)
{
    double v[3] = {0};
    if (e->kind == EXPR_CALL)
        return value_of_call(a, e, at);
    for (int i = 0; i < 3 && e->arg[i]; i++)
        v[i] = value_of(a, e->arg[i], at);
    switch (e->kind) {
    case EXPR_NUMBER: return e->number;
    case EXPR_NAME:
        for (int i = 0; at->names[i]; i++)
            if (!strcmp(at->names[i], e->name))
                return at->values[i];
        return NAN;
    case EXPR_NEGATE: return -v[0];
    case EXPR_ADD: return v[0] + v[1];
    case EXPR_SUBTRACT: return v[0] - v[1];
    case EXPR_MULTIPLY: return v[0] * v[1];
    case EXPR_DIVIDE: return v[0] / v[1];
    case EXPR_LESS: return v[0] < v[1];
    case EXPR_LESS_EQUAL: return v[0] <= v[1];
    case EXPR_GREATER: return v[0] > v[1];
    case EXPR_GREATER_EQUAL: return v[0] >= v[1];
    case EXPR_EQUAL: return v[0] == v[1];
    case EXPR_NOT_EQUAL: return v[0] != v[1];
    default: return v[0] != 0 ? v[1] : v[2];
    }
}

static double value_of(struct arena *a, const struct expr *e, const struct point *at)
{
    const double v = exact_of(a, e, at);
    return at->single ? (double)(float)v : v;
}

static double value_at(struct arena *a, const struct expr *e, const char *name, double x, double y)
{
    const char *const names[] = {name, "y", "b", NULL};
    const double values[] = {x, y, 1.7};
    return value_of(a, e, &(struct point){names, values, false});
}

static double single_at(struct arena *a, const struct expr *e, const char *name, double x, double y)
{
    const char *const names[] = {name, "y", NULL};
    const double values[] = {x, y};
    return value_of(a, e, &(struct point){names, values, true});
}

static bool near(double x, double y)
{
    return fabs(x - y) <= 1e-6 * (1 + fabs(x) + fabs(y));
}

static double difference_at(struct arena *a, const struct expr *e, const char *name, double x)
{
    const double h = 1e-5;
    return (value_at(a, e, name, x + h, 0) - value_at(a, e, name, x - h, 0)) / (2 * h);
}

static const double points[] = {-3.1, -1.3, -0.4, 0.25, 0.9, 2.2};
enum { N_POINTS = sizeof points / sizeof *points };

/* ---- texts */

static void texts_become_c(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    static const char *const right[][2] = {
        {"a + b * c", "a + b * c"},
        {"(a + b) * c", "(a + b) * c"},
        {"a - (b - c)", "a - (b - c)"},
        {"a / b / c", "a / b / c"},
        {"-a * b", "-a * b"},
        {"--a", "a"},
        {"2 * 3 + 0 * a", "6.0f"},
        {"a * 1 + 0", "a"},
        {"a * (1 / b)", "a / b"},
        {"a < b ? c : d > 0 ? 1 : 2", "a < b ? c : d > 0.0f ? 1.0f : 2.0f"},
        {"max(a, 0) * exp(b)", "(0.0f < a ? a : 0.0f) * expf(b)"},
        {"sigmoid(-a)", "1.0f / (1.0f + expf(a))"},
        {"(a > b) - (a < b)", "(a > b) - (a < b)"},
    };
    struct out *o = out_new(a, false);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        assert_string_equal(expr_c(o, expr_of(a, right[i][0]), EXPR_PLAIN), right[i][1]);
    }
    assert_string_equal(expr_c(out_new(a, true), expr_of(a, "exp(a) / 3"), EXPR_PLAIN), "exp(a) / 3.0");
    arena_free(a);
}

static void texts_become_verbs(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    static const char *const right[][2] = {
        {"max(0, x)", "vf_max(vf_zero(), x)"},
        {"x > 0 ? x : 0.5 * x", "vf_select(x > 0.0f, x, 0.5f * x)"},
        {"x <= 0 ? 0 : x", "vf_and(~(x <= 0.0f), x)"},
        {"x > 0 ? x : 0", "vf_and(x > 0.0f, x)"},
        {"min(x, 3) - sigmoid(-x)", "vf_min(x, vf_set1(3.0f)) - vf_sigmoid(vf_minus(x))"},
    };
    struct out *o = out_new(a, false);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_string_equal(expr_c(o, expr_of(a, right[i][0]), EXPR_VECTOR), right[i][1]);
    const struct expr *e = expr_replace(a, expr_of(a, "max(c, x)"), expr_name(a, "c"), expr_scalar(a, "c"));
    assert_string_equal(expr_c(o, e, EXPR_VECTOR), "vf_max(vf_set1(c), x)");
    arena_free(a);
}

static void errors_are_placed(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    static const char *const wrong[][2] = {
        {"", "expected a value at column 1"},
        {"a +", "expected a value at column 4"},
        {"a b", "expected an operator at column 3"},
        {"(a", "expected ')' at column 3"},
        {"nothing(a)", "no function 'nothing' at column 1"},
        {"pow(a)", "expected ',' at column 6"},
        {"a ? b", "expected ':' at column 6"},
        {". + 1", "expected a number at column 1"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *error;
        assert_true(!expr_parse(a, wrong[i][0], &error));
        assert_string_equal(error, wrong[i][1]);
    }
    char deep[1200];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    const char *error;
    assert_true(!expr_parse(a, deep, &error) && strstr(error, "nested too deeply"));
    arena_free(a);
}

static void statements_are_read(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct expr_statements all = expr_statements_of(a, "m = 2 * m; for i <= t: w -= m");
    assert_true(all.list.n == 2);
    assert_string_equal(all.list.at[0].assign, "=");
    assert_true(!all.list.at[0].index);
    assert_string_equal(all.list.at[1].name, "w");
    assert_string_equal(all.list.at[1].assign, "-=");
    assert_string_equal(all.list.at[1].index, "i");
    assert_string_equal(all.list.at[1].last->name, "t");
    arena_free(a);
}

/* ---- formulas of the user */

static void formulas_of_users_are_checked(void **state)
{
    (void)state;
    static const char no_float[] = "a constant of this formula is no number that a float holds, as in 1 / 0";
    static const struct {
        const char *text, *error;
        size_t at;
    } wrong[] = {
        {"", "expected a name, as in 'x: x * x'", 0},
        {"x x", "expected ':' behind the names, as in 'x: x * x'", 2},
        {"x, x: x", "this name is there twice", 3},
        {"x:", "expected a value", 2},
        {"x: x + y", "no name 'y'", 7},
        {"x: foo(x)", "no function 'foo'", 3},
        {"x: min(x, axis)", "no name 'axis'", 10},
        {"x: pow(x)", "expected ','", 8},
        {"x: x + sum(3)", "'sum' wants more than one number", 11},
        {"x: mean(x, axis=0)", "expected the number of an axis: 1 is the first of an image, -1 the last", 16},
        {"x: mean(x, axis=[1, 9])", "expected the number of an axis: 1 is the first of an image, -1 the last", 20},
        {"x: mean(x, axes=1)", "expected ')'", 9},
        {"x: x x", "expected an operator", 5},
        {"x: x * 1e39", "this number is too large", 7},
        {"x: 1 + x / 0", "", 2},
        {"x: log(1 - 2) * x", "", 2},
        {"x: x * (1e-30 * 1e-30)", "", 2},
        {"x: square(square(square(square(square(square(square(square(square(square(x))))))))))", "this is too long", 0},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct expr_lambda f = expr_lambda(a, wrong[i].text);
        assert_null(f.body);
        assert_string_equal(f.error, *wrong[i].error ? wrong[i].error : no_float);
        assert_true(!wrong[i].at || f.at == wrong[i].at);
    }
    char deep[400] = "x: ";
    for (int i = 0; i < 300; i++)
        strcat(deep, "(");
    assert_string_equal(expr_lambda(a, deep).error, "nested too deeply");
    static const char *const names[] = {"b", "a"};
    const struct expr_lambda f = expr_lambda(a, "a, b: a - clip(b, -1, 1)");
    assert_string_equal(expr_text(a, expr_apply(a, &f, names)), "b - min(1, max(-1, a))");
    arena_free(a);
}

static void comparisons_of_users_are_numbers(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"x: x > 0", "x > 0 ? 1 : 0"},      {"x: 0 < x < 1", "(0 < x ? 1 : 0) < 1 ? 1 : 0"},
        {"x: x ? 1 : x", "x != 0 ? 1 : x"}, {"x: (x < 1) * 2 - x", "(x < 1 ? 1 : 0) * 2 - x"},
        {"x: sqrt(4) * x", "2 * x"},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(expr_equal(expr_lambda(a, texts[i][0]).body, expr_of(a, texts[i][1])));
    arena_free(a);
}

static void reductions_go_over_axes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
        int rank;
        unsigned axes; /* ~0U: the shape does not have them */
    } all[] = {
        {"x: x - sum(x)", "sum", 3, 7},
        {"x: max(2, x) + max(x)", "max", 2, 3},
        {"x: mean(x, axis=-1)", "mean", 3, 4},
        {"x: min(x * x, axis = [1, -1]) * x", "min", 3, 5},
        {"x: prod(x, axis=2)", "prod", 1, ~0U},
        {"x: std(sum(x, axis=1), axis=2)", "sum", 2, 1},
        {"x: logsumexp(x, axis=-3)", "max", 2, ~0U},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct expr *e = expr_innermost(expr_lambda(a, all[i].text).body);
        unsigned axes;
        assert_string_equal(e->name, all[i].name);
        assert_int_equal(expr_axes(e, all[i].rank, &axes), all[i].axes != ~0U);
        assert_true(all[i].axes == ~0U || axes == all[i].axes);
    }
    assert_null(expr_innermost(expr_lambda(a, "x: max(x, 2) + 0 * sum(x)").body));
    arena_free(a);
}

/* ---- texts that are read again, and parts that come twice */

static void texts_are_read_again(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    static const char *const texts[] = {"a - (b - c) - -a", "a > 0 ? b ? 1 : 2 : -(c / 3)",
                                        "max(a, 0.1) * (a == b ? 1 : 0)", "(a < b ? a : b) * 2",
                                        "round(a) + where(a < 0, 1, 2)"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct expr *e = expr_of(a, texts[i]);
        assert_true(expr_equal(expr_of(a, expr_text(a, e)), e));
    }
    arena_free(a);
}

static void parts_that_come_twice_are_shared(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct expr_statements lets = {0};
    const struct expr *e = expr_of(a, "exp(a + b) * sin(exp(a + b)) + (a + b)");
    const struct expr *shared = expr_share(a, e, "u", &lets);
    assert_int_equal(lets.list.n, 2);
    assert_string_equal(expr_text(a, lets.list.at[0].value), "a + b");
    assert_string_equal(expr_text(a, lets.list.at[1].value), "exp(u1)");
    assert_string_equal(expr_text(a, shared), "(u2 * sin(u2)) + u1");
    arena_free(a);
}

/* ---- derivatives */

static void derivatives_are_slopes(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    static const char *const calls[] = {
        "max(x, b)",      "min(x, b)",     "abs(x)",       "sqrt(x * x + 1)", "exp(x)",
        "expm1(x)",       "log(x * x)",    "log1p(x * x)", "pow(x * x, b)",   "pow(2, x)",
        "tanh(x)",        "erf(x)",        "sigmoid(x)",   "softplus(x)",     "normal(x)",
        "gelu_slope(x)",  "silu_slope(x)", "x * x * x",    "sin(x)",          "cos(x)",
        "clip(x, -1, 2)", "tan(x / 4)",    "sinh(x)",      "cosh(x)",         "log2(x * x)",
        "exp2(x)",        "rsqrt(x * x)",  "1 / (x - 9)",  "-x / b",          "x < 1 ? x * b : sign(x) * x"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const struct expr *e = expr_of(a, calls[i]), *slope = expr_derivative(a, e, "x", NULL);
        for (int q = 0; q < N_POINTS; q++)
            if (!near(value_at(a, slope, "x", points[q], 0), difference_at(a, e, "x", points[q])))
                fail_msg("%s has another slope", calls[i]);
    }
    arena_free(a);
}

/* No gradient goes through stop(), which keeps the value. */
static void stops(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    static const struct {
        const char *text;
        double value, slope; /* at 1.7 */
    } all[] = {{"stop(x)", 1.7, 0},
               {"stop(round(x) - x) + x", 2, 1},
               {"2 * stop(x) - x", 1.7, -1},
               {"x * stop(x)", 1.7 * 1.7, 1.7}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct expr *e = expr_of(a, all[i].text);
        assert_true(near(value_at(a, e, "x", 1.7, 0), all[i].value));
        assert_true(near(value_at(a, expr_derivative(a, e, "x", NULL), "x", 1.7, 0), all[i].slope));
    }
    arena_free(a);
}

/* The gradient of every activation is the derivative of its value, and needs x only where its row says so. */
static void gradients_of_activations_are_slopes(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (int i = 0; activations[i]; i++) {
        const struct activation *f = activation_of(activations[i]);
        if (!f->value)
            continue;
        const struct expr *value = expr_set(a, expr_of(a, f->value), "alpha", 0.3);
        const struct expr *slope = f->gradient ? expr_set(a, expr_of(a, f->gradient), "alpha", 0.3)
                                               : expr_slope(a, value, f->monotone && f->zero_at_zero);
        if (expr_mentions(slope, "x") != !f->from_output)
            fail_msg("the gradient of %s needs another number", f->rec.name);
        assert_true(!f->zero_at_zero || value_at(a, value, "x", 0, 0) == 0);
        for (int q = 0; q < N_POINTS; q++) {
            const double y = value_at(a, value, "x", points[q], 0);
            if (!near(value_at(a, slope, "x", points[q], y), difference_at(a, value, "x", points[q])))
                fail_msg("%s has another slope", f->rec.name);
        }
    }
    arena_free(a);
}

static const struct expr *with_arguments(struct arena *a, const struct expr *e)
{
    static const struct {
        const char *name;
        double value;
    } all[] = {{"delta", 0.7}, {"gamma", 1.5}, {"alpha", 0.3}, {"apply_class_balancing", 1}, {"t", 0.25}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        e = expr_set(a, e, all[i].name, all[i].value);
    return e;
}

/* Returns a loss as an expression of z alone: its other names are replaced by what they stand for. */
static const struct expr *whole(struct arena *a, const struct loss_formula *formula, const char *text)
{
    const struct expr_statements names = expr_statements_of(a, formula->names);
    const struct expr *e = expr_of(a, text);
    for (size_t i = names.list.n; i-- > 0;)
        e = expr_replace(a, e, expr_name(a, names.list.at[i].name), names.list.at[i].value);
    return with_arguments(a, e);
}

static void check_formula(struct arena *a, const char *name, const struct loss_formula *formula, bool probability)
{
    const struct expr_statements names = expr_statements_of(a, formula->names);
    const struct expr *value = whole(a, formula, formula->value);
    const struct expr *derived = expr_derivative(a, expr_of(a, formula->value), "z", &names);
    for (int q = 0; q < N_POINTS; q++) {
        const double z = probability ? (points[q] + 4) / 7 : points[q];
        const double slope = difference_at(a, value, "z", z);
        const struct expr *given = formula->gradient ? whole(a, formula, formula->gradient) : NULL;
        for (size_t i = names.list.n; i-- > 0;)
            derived = expr_replace(a, derived, expr_name(a, names.list.at[i].name), names.list.at[i].value);
        const struct expr *own = with_arguments(a, derived);
        if (!near(value_at(a, own, "z", z, 0), slope) || (given && !near(value_at(a, given, "z", z, 0), slope)))
            fail_msg("%s has another slope", name);
    }
}

static void gradients_of_losses_are_slopes(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (int i = 0; losses[i]; i++) {
        const struct loss *l = loss_of(losses[i]);
        if (l->formula.value && !l->formula.sums && strcmp(l->formula.value, "formula") != 0) /* not the user's */
            check_formula(a, l->rec.name, &l->formula, l->target.bounded);
        if (l->logit_formula.value && !l->logit_formula.sums)
            check_formula(a, l->rec.name, &l->logit_formula, false);
    }
    arena_free(a);
}

/* ---- digits that floats keep */

static const float places[] = {1e-6f, 1e-4f, 0.01f, 0.1f, 0.251f, 0.4f, 0.9f, 1.3f, 2.2f, 3.1f, 8, 20};
enum { N_PLACES = sizeof places / sizeof *places };

/* What the rounding of x alone does to the value is no fault of the formula; nor is what that of y does to a slope. */
static void keeps_digits(struct arena *a, const char *name, const struct expr *e, const char *of, float x, double given)
{
    const double exact = value_at(a, e, of, (double)x, given), h = 1e-4 * fabs((double)x);
    const double moved = value_at(a, e, of, (double)x + h, given) - value_at(a, e, of, (double)x - h, given);
    const double error = fabs(single_at(a, e, of, (double)x, given) - exact);
    const double allowed = 1e-6 * (fabs(exact) + fabs(moved / 2e-4)) + (double)FLT_MIN;
    if (!(error <= allowed))
        fail_msg("%s of %g loses digits: %g, where %g is allowed", name, (double)x, error, allowed);
}

static void activations_keep_digits(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (int i = 0; activations[i]; i++) {
        const struct activation *f = activation_of(activations[i]);
        for (int q = 0; f->value && q < 2 * N_PLACES; q++) {
            const float x = q % 2 ? -places[q / 2] : places[q / 2];
            const struct expr *value = expr_set(a, expr_of(a, f->value), "alpha", 0.3);
            const struct expr *slope = f->gradient ? expr_set(a, expr_of(a, f->gradient), "alpha", 0.3)
                                                   : expr_slope(a, value, f->monotone && f->zero_at_zero);
            keeps_digits(a, f->rec.name, value, "x", x, 0);
            if (f->from_output)
                keeps_digits(a, f->rec.name, slope, "y", (float)value_at(a, value, "x", (double)x, 0), 0);
            else
                keeps_digits(a, f->rec.name, slope, "x", x, 0);
        }
    }
    arena_free(a);
}

/* Every rule can be parsed, and the last rule of an optimizer always applies. */
static void rules_of_optimizers_are_whole(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (int i = 0; optimizers[i]; i++) {
        const struct optimizer *f = optimizer_of(optimizers[i]);
        bool always = false;
        for (int q = 0; q < MOST_RULES && f->rules[q].step; q++) {
            const struct expr_statements step = expr_statements_of(a, f->rules[q].step);
            assert_true(expr_statements_of(a, f->rules[q].once).list.n > 0);
            assert_string_equal(step.list.at[step.list.n - 1].name, "w");
            always = always || !f->rules[q].options[0];
        }
        assert_true(always);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_c),
        cmocka_unit_test(texts_become_verbs),
        cmocka_unit_test(errors_are_placed),
        cmocka_unit_test(statements_are_read),
        cmocka_unit_test(formulas_of_users_are_checked),
        cmocka_unit_test(comparisons_of_users_are_numbers),
        cmocka_unit_test(reductions_go_over_axes),
        cmocka_unit_test(texts_are_read_again),
        cmocka_unit_test(parts_that_come_twice_are_shared),
        cmocka_unit_test(derivatives_are_slopes),
        cmocka_unit_test(stops),
        cmocka_unit_test(gradients_of_activations_are_slopes),
        cmocka_unit_test(gradients_of_losses_are_slopes),
        cmocka_unit_test(activations_keep_digits),
        cmocka_unit_test(rules_of_optimizers_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
