/* expr.h -- rung 1: scalar expressions. A formula is written once as text, in the catalog; here it becomes a tree,
 * which gives the plain C, the vector verbs (vec.h), the derivative and the cost. Nothing here knows an op, an
 * activation or a loss.
 *
 *     0.5 * x * (1 + erf(x * 0.7071067811865476))
 *     x > 0 ? x : alpha * expm1(x)
 *
 * Operators are those of C: + - * / < <= > >= == != ?: and parentheses; the functions stand in functions.c, reductions
 * in reductions.c. All numbers are real. Trees are constants in an arena and may share parts. */
#ifndef CNNC_EXPR_H
#define CNNC_EXPR_H

#include "base/base.h"
#include "writer/writer.h"

enum expr_kind {
    EXPR_NUMBER,
    EXPR_NAME,
    EXPR_CALL,
    EXPR_REDUCE, /* of arg[0] over axes: only in a user's formula; nothing here derives or prints it */
    EXPR_NEGATE,
    EXPR_ADD,
    EXPR_SUBTRACT,
    EXPR_MULTIPLY,
    EXPR_DIVIDE,
    EXPR_LESS,
    EXPR_LESS_EQUAL,
    EXPR_GREATER,
    EXPR_GREATER_EQUAL,
    EXPR_EQUAL,
    EXPR_NOT_EQUAL,
    EXPR_SELECT /* arg[0] ? arg[1] : arg[2] */
};

struct expr {
    enum expr_kind kind;
    double number;
    const char *name; /* NAME: a C expression of the highest precedence once it is printed; REDUCE:
                                             "sum", "mean", "max", "min" or "prod" */
    bool scalar;      /* NAME: all lanes of a vector have the same number */
    unsigned axes;    /* REDUCE: bit MOST_AXIS_NUMBER + axis, axes as the user counts them; 0: all */
    const struct expr_function *function; /* CALL */
    const struct expr *arg[3];
    double size; /* operators, functions and leaves of the text */
};

/* A row of functions.c. Its texts call the arguments a and b, and the value y. */
struct expr_function {
    const char *name;
    int arguments;
    const char *plain;     /* C's function of doubles; the one of floats adds an f. NULL: the expansion is printed */
    const char *vector;    /* the verb; NULL: the expansion, if there is one, is printed */
    const char *expansion; /* the same value, written with other functions */
    const char *derivative[2]; /* by a and by b; NULL: the expansion is derived */
    double cycles;             /* of a vector, roughly */
    double (*one)(double);     /* the compiler's own; both NULL: the expansion is computed */
    double (*two)(double, double);
};
const struct expr_function *expr_function(const char *name); /* NULL: there is none */

/* Another row of functions.c: a call that the parser replaces by its text, which calls the arguments a, b and c. */
struct expr_macro {
    const char *name;
    int arguments;
    const char *text;
};
const struct expr_macro *expr_macro(const char *name); /* NULL: there is none */

/* ---- reductions.c: sums and the like over axes, as in sum(x * x, axis=-1). Axes count from 1, or from -1 backwards,
 * and stay with the size 1. */
enum { MOST_AXIS_NUMBER = 8 };
struct expr_reduction {
    const char *name;
    const char *text; /* the same written with other reductions, of a; NULL: EXPR_REDUCE has the name */
};
const struct expr_reduction *expr_reduction(const char *name); /* NULL: there is none */
const struct expr *expr_innermost(const struct expr *e); /* a reduction of what has none itself; NULL: there is none */
/* The axes of a reduction as bits, bit 0 for the first of a shape of that rank. False: the shape does not have them. */
bool expr_axes(const struct expr *e, int rank, unsigned *axes);

/* ---- parse.c */
/* Returns NULL when the text is wrong; *error then says why. */
const struct expr *expr_parse(struct arena *a, const char *text, const char **error);
/* A user's text: "x, y: abs(x - y)". */
enum { MOST_NAMES = 8 };
struct expr_lambda {
    const char *names[MOST_NAMES];
    int count;
    const struct expr *body; /* NULL: the text is wrong; `error` then says why, and `at` where in the text */
    const char *error;
    size_t at;
};
struct expr_lambda expr_lambda(struct arena *a, const char *text);
/* The body with other names for its own. */
const struct expr *expr_apply(struct arena *a, const struct expr_lambda *f, const char *const *names);
/* For a text that the compiler itself holds: ends the process when it is wrong. */
const struct expr *expr_of(struct arena *a, const char *text);
/* Parses one of the texts of the called function, with the call's arguments for a and b. */
const struct expr *expr_body(struct arena *a, const char *text, const struct expr *call);

/* `name = value`, `name += value` and so on; with an index: for index = 1, 2, ... up to `last`. */
struct expr_statement {
    const char *name;
    const char *assign; /* "=", "+=", "-=", "*=" */
    const struct expr *value;
    const char *index; /* NULL: the statement runs once */
    const struct expr *last;
};
struct expr_statements {
    VEC(struct expr_statement) list;
};
/* "m = a * m; w -= m" or "for i <= t: p *= i"; ends the process when the text is wrong. NULL: no statements. */
struct expr_statements expr_statements_of(struct arena *a, const char *text);

/* ---- tree.c: each function returns the simplest equal tree that it finds */
const struct expr *expr_number(struct arena *a, double number);
const struct expr *expr_name(struct arena *a, const char *name);
const struct expr *expr_scalar(struct arena *a, const char *name);
const struct expr *expr_call(struct arena *a, const struct expr_function *f, const struct expr *x,
                             const struct expr *y);
const struct expr *expr_reduced(struct arena *a, const char *name, const struct expr *x, unsigned axes);
const struct expr *expr_negate(struct arena *a, const struct expr *x);
const struct expr *expr_binary(struct arena *a, enum expr_kind kind, const struct expr *x, const struct expr *y);
const struct expr *expr_select(struct arena *a, const struct expr *condition, const struct expr *x,
                               const struct expr *y);
/* e with other arguments; it has some. */
const struct expr *expr_with_arguments(struct arena *a, const struct expr *e, const struct expr *const *arg);
bool expr_equal(const struct expr *x, const struct expr *y);
bool expr_mentions(const struct expr *e, const char *name);
/* e with every `what` replaced by `with`. */
const struct expr *expr_replace(struct arena *a, const struct expr *e, const struct expr *what,
                                const struct expr *with);
/* e with the name replaced by the number. */
const struct expr *expr_set(struct arena *a, const struct expr *e, const char *name, double number);
/* factor * e; a condition is multiplied within its branches. The factor stands on the left. */
const struct expr *expr_times(struct arena *a, const struct expr *factor, const struct expr *e);
double expr_cycles(const struct expr *e);
/* The value of the expression; a name that is not in the list, which ends with NULL, is zero. */
struct expr_at {
    const char *name;
    double value;
};
double expr_value(struct arena *a, const struct expr *e, const struct expr_at *names);

/* ---- settle.c */
/* The tree of a user's text with comparisons that stand for numbers as 1 or 0, numbers that stand for conditions
 * compared with 0, and calls of constants as numbers. NULL: some constant is no number that a float holds. */
const struct expr *expr_settle(struct arena *a, const struct expr *e);

/* ---- derive.c */
/* The derivative by the variable of that name. `lets` gives the values of other names; it may be NULL. */
const struct expr *expr_derivative(struct arena *a, const struct expr *e, const char *by,
                                   const struct expr_statements *lets);
/* The derivative of y = f(x), computed from y wherever y is enough. keeps_sign: y is above zero exactly where x is. */
const struct expr *expr_slope(struct arena *a, const struct expr *f, bool keeps_sign);

/* ---- share.c */
/* The expression with a name, prefix1, prefix2, ..., for each part that it has more than once; `lets` gets these parts,
 * each of which may use the names before it. */
const struct expr *expr_share(struct arena *a, const struct expr *e, const char *prefix, struct expr_statements *lets);

/* ---- text.c */
/* The text from which expr_parse() makes an equal tree. */
const char *expr_text(struct arena *a, const struct expr *e);

/* ---- print.c */
enum expr_form { EXPR_PLAIN, EXPR_VECTOR };
/* The expression without the functions that the form does not have: their expansions replace them. */
const struct expr *expr_expand(struct arena *a, const struct expr *e, enum expr_form form);
/* Whether every function of the expression has that form. */
bool expr_is_vector(const struct expr *e); /* not one number for all lanes */
bool expr_has_form(const struct expr *e, enum expr_form form);
/* The expression as C, with the literals and functions of the writer's number type. */
const char *expr_c(struct out *o, const struct expr *e, enum expr_form form);
const char *expr_vector_c(struct out *o, const struct expr *e); /* a vector, also where it is one number */

#endif
