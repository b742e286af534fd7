/* progress.c -- how training looks on the terminal: the bar of Keras. It is drawn at most 20 times a second, so most
 * steps pay for one look at the clock and nothing else. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "support/support.h"
#include "train/progress.h"

enum { BAR = 20, TEXT = 2048 };

/* ---- text */

/* "loss", "val_loss" */
static int is_number_of(const char *key, const char *name)
{
    return strcmp(key, name) == 0 || cnn_has_ending(key, name);
}

const char *cnn_number_text(const char *key, double value, char *out, size_t size)
{
    if (!isnan(value) || is_number_of(key, "loss") || is_number_of(key, "penalty"))
        return cnn_value_text(value, out, size);
    snprintf(out, size, "undefined");
    return out;
}

struct text {
    char *at;
    size_t size;
    int length; /* of the whole text, also of the part that found no room */
};

static void put(struct text *t, const char *fmt, ...) CNN_PRINTF(2, 3);
static void put(struct text *t, const char *fmt, ...)
{
    size_t used = (size_t)t->length < t->size ? (size_t)t->length : t->size;
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(t->at + used, t->size - used, fmt, args);
    va_end(args);
    t->length += n > 0 ? n : 0;
}

static void put_logs(struct text *t, const struct cnn_logs *logs)
{
    for (int i = 0; i < logs->n; i++) {
        char value[32];
        put(t, " - %s: %s", logs->at[i].key, cnn_number_text(logs->at[i].key, logs->at[i].value, value, sizeof value));
    }
}

/* The part still to do is grey or, without colours, a thin line (U+2500 instead of U+2501). */
static void put_bar(struct text *t, int64_t done, int64_t total, int coloured)
{
    int full = total > 0 ? (int)((double)BAR * (double)done / (double)total) : BAR;
    put(t, coloured ? " \033[32m" : " ");
    for (int i = 0; i < BAR; i++)
        put(t, "%s\xe2\x94%s", coloured && i == full ? "\033[37m" : "", coloured || i < full ? "\x81" : "\x80");
    put(t, coloured ? "\033[0m" : "");
}

static void put_eta(struct text *t, double seconds)
{
    long s = lround(seconds);
    if (s > 3600)
        put(t, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else if (s > 60)
        put(t, "%ld:%02ld", s / 60, s % 60);
    else
        put(t, "%lds", s);
}

static void put_per_step(struct text *t, double seconds)
{
    if (seconds >= 1 || seconds <= 0)
        put(t, "%.0fs/step", seconds);
    else if (seconds >= 1e-3)
        put(t, "%.0fms/step", seconds * 1e3);
    else
        put(t, "%.0fus/step", seconds * 1e6);
}

int cnn_logs_text(char *out, size_t size, const struct cnn_logs *logs)
{
    struct text t = {out, size, 0};
    put(&t, "%s", "");
    put_logs(&t, logs);
    return t.length;
}

int cnn_progress_text(char *out, size_t size, int64_t done, int64_t total, double elapsed, double per_step, int final,
                      enum cnn_bar bar, const struct cnn_logs *logs)
{
    struct text t = {out, size, 0};
    const char *gap = bar == CNN_NO_BAR ? " - " : " ";
    put(&t, "%*lld/%lld", cnn_digits(total), (long long)done, (long long)total);
    if (bar != CNN_NO_BAR)
        put_bar(&t, done, total, bar == CNN_COLOURED_BAR);
    put(&t, "%s", gap);
    if (final)
        put(&t, "%.0fs", elapsed);
    else
        put_eta(&t, per_step * (double)(total - done));
    put(&t, "%s", gap);
    put_per_step(&t, per_step);
    put_logs(&t, logs);
    return t.length;
}

/* Cuts a line at the width of the terminal, since a line that wraps cannot be drawn over. An escape sequence takes no
 * column, a character takes one. */
static void clip(char *text, int width)
{
    int escape = 0;
    for (; *text; text++) {
        if (*text == '\033')
            escape = 1;
        else if (escape)
            escape = *text != 'm';
        else if (((unsigned char)*text & 0xc0) != 0x80 && width-- == 0)
            break;
    }
    *text = '\0';
}

/* ---- drawing */

void cnn_progress_begin(struct cnn_progress *p, int64_t done, int64_t total, int quiet)
{
    const char *no_colour = getenv("NO_COLOR");
    *p = (struct cnn_progress){.out = stdout, .quiet = quiet, .total = total, .begun_at = done};
    p->tty = !quiet && cnn_on_terminal();
    p->bar = !p->tty ? CNN_NO_BAR : no_colour && *no_colour ? CNN_PLAIN_BAR : CNN_COLOURED_BAR;
    p->start = p->drawn = cnn_seconds();
}

int cnn_progress_due(const struct cnn_progress *p)
{
    return p->tty && cnn_seconds() - p->drawn >= 0.05;
}

static void draw(struct cnn_progress *p, int64_t done, int final, const struct cnn_logs *logs)
{
    char text[TEXT];
    double elapsed = cnn_seconds() - p->start;
    double per_step = done > p->begun_at ? elapsed / (double)(done - p->begun_at) : 0;
    cnn_progress_text(text, sizeof text, done, p->total, elapsed, per_step, final, p->bar, logs);
    if (!final)
        clip(text, cnn_terminal_width() - 1);
    fprintf(p->out, p->tty ? "\r%s\033[K" : "%s", text);
    if (final)
        fputc('\n', p->out);
    fflush(p->out);
    p->drawn = cnn_seconds();
}

void cnn_progress_draw(struct cnn_progress *p, int64_t done, const struct cnn_logs *logs)
{
    if (p->tty)
        draw(p, done, 0, logs);
}

void cnn_progress_end(struct cnn_progress *p, int64_t done, const struct cnn_logs *logs)
{
    if (!p->quiet)
        draw(p, done, 1, logs);
}
