/* numbers.c -- the clock, the terminal's width, and numbers as text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "support/support.h"

double cnn_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double cnn_work_seconds(void)
{
#ifdef CLOCK_THREAD_CPUTIME_ID
    struct timespec t;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0)
        return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
#endif
    return cnn_seconds();
}

int cnn_on_terminal(void)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(term && strcmp(term, "dumb") == 0);
}

int cnn_terminal_width(void)
{
    struct winsize w;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

int cnn_digits(int64_t n)
{
    return snprintf(NULL, 0, "%lld", (long long)n);
}

const char *cnn_value_text(double value, char *out, size_t size)
{
    if (isnan(value))
        snprintf(out, size, "nan"); /* the same for either sign of the nan */
    else if (fabs(value) > 1e-3 || value == 0)
        snprintf(out, size, "%.4f", value);
    else
        snprintf(out, size, "%.4e", value);
    return out;
}

const char *cnn_not_finite(double v)
{
    return isnan(v) ? "nan" : v > 0 ? "inf" : "-inf";
}
