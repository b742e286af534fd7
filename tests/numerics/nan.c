/* nan.c -- a NaN in one number of a network's input reaches every output that this number can change, and no other.
 * Includes the emitted C as tests/infer/driver.c does, with the same macros. -DSPREADS: others may be NaN, too, as with
 * Winograd's convolutions and behind outputs that are rounded to 0 or 1. */
#include FILE_C

#include <math.h>
#include <stdio.h>

static float x[DRIVEN_INPUT], base[DRIVEN_OUTPUT], y[DRIVEN_OUTPUT], scratch[DRIVEN_SCRATCH];
static unsigned char depends[DRIVEN_OUTPUT];

static int bits_of(float f)
{
    int i;
    memcpy(&i, &f, sizeof i);
    return i;
}

static int is_nan(float f)
{
    return (bits_of(f) & 0x7fffffff) > 0x7f800000;
}

/* The outputs that change where number `at` is something else. */
static void probe(int at, float value)
{
    const float kept = x[at];
    x[at] = value;
    DRIVEN_INFER(x, y, scratch);
    for (int i = 0; i < DRIVEN_OUTPUT; i++)
        depends[i] |= y[i] != base[i];
    x[at] = kept;
}

/* The first output that is wrong is told. */
static int told(int at, int output, int wrong)
{
    if (!wrong)
        printf("input %d is NaN, output %d is %g; %s\n", at, output, (double)y[output],
               depends[output] ? "it depends on it" : "it does not depend on it");
    return wrong + 1;
}

static int poison(int at)
{
    static const float probes[] = {-1000, -3, 0.37f, 3, 1000};
    const float kept = x[at];
    int wrong = 0;
    memset(depends, 0, sizeof depends);
    for (int i = 0; i < 5; i++)
        probe(at, probes[i]);
    x[at] = NAN;
    DRIVEN_INFER(x, y, scratch);
    for (int i = 0; i < DRIVEN_OUTPUT; i++)
#ifdef SPREADS
        if (is_nan(y[i]) < depends[i])
#else
        if (is_nan(y[i]) != depends[i])
#endif
            wrong = told(at, i, wrong);
    x[at] = kept;
    return wrong;
}

int main(void)
{
    unsigned seed = 1;
    int wrong = 0, step = DRIVEN_INPUT / 97 + 1;
    for (int i = 0; i < DRIVEN_INPUT; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (float)(seed >> 8) / 8388608.0f - 1;
    }
    DRIVEN_INFER(x, base, scratch);
    for (int i = 0; i < DRIVEN_INPUT; i += step)
        wrong += poison(i);
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
