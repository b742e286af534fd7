/* progress.h -- what a training reports while it runs: the bar and the log. Private to train/. */
#ifndef CNN_PROGRESS_H
#define CNN_PROGRESS_H

#include <stdio.h>

#include "train/train.h"

/* ---- progress.c: a bar on a terminal, plain lines elsewhere, nothing when quiet */

enum cnn_bar { CNN_NO_BAR, CNN_PLAIN_BAR, CNN_COLOURED_BAR }; /* plain: the environment has NO_COLOR */

struct cnn_progress {
    FILE *out;
    enum cnn_bar bar;
    int tty, quiet;
    int64_t total, begun_at; /* steps of the epoch; the step at which this run began or resumed it */
    double start, drawn;     /* seconds on the monotonic clock */
};

void cnn_progress_begin(struct cnn_progress *p, int64_t done, int64_t total, int quiet);
int cnn_progress_due(const struct cnn_progress *p); /* is it time to draw again? At most 20 times a second */
void cnn_progress_draw(struct cnn_progress *p, int64_t done, const struct cnn_logs *logs);
void cnn_progress_end(struct cnn_progress *p, int64_t done, const struct cnn_logs *logs);
/* Writes the text of one state; returns its length as snprintf does. */
int cnn_progress_text(char *out, size_t size, int64_t done, int64_t total, double elapsed, double per_step, int final,
                      enum cnn_bar bar, const struct cnn_logs *logs);

/* ---- log.c: a CSV file with one row for each epoch */

struct cnn_log_file {
    FILE *file;
    const char *path;
    int has_header;
    int n; /* columns after the epoch */
    char key[2 * sizeof((struct cnn_logs *)0)->at / sizeof((struct cnn_logs *)0)->at[0]]
            [sizeof((struct cnn_logs *)0)->at[0].key];
};

/* Starts a new log when `epoch` is 0; for a resumed run, keeps the rows of the epochs before it. A log with other
 * columns than these keys is refused, unless `force` is set: then the missing columns are added. */
int cnn_log_open(struct cnn_log_file *c, const char *path, int64_t epoch, const struct cnn_logs *keys, int force,
                 struct cnn_error *e);
int cnn_log_row(struct cnn_log_file *c, int64_t epoch, const struct cnn_logs *logs, struct cnn_error *e);
int cnn_log_close(struct cnn_log_file *c, struct cnn_error *e); /* takes {0} too */

#endif
