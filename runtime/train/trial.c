/* trial.c -- a training for another command. It uses some of the rows, starts from new weights and prints nothing. */
#include "support/support.h"
#include "train/train.h"

int cnn_trial_run(const struct cnn_model *m, const struct cnn_options *all, uint64_t seed, int64_t threads,
                  struct cnn_trial *t, struct cnn_error *e)
{
    struct cnn_run r = {.m = m}; /* a trial ignores the other options, such as --weights */
    r.o = (struct cnn_options){.epochs = all->epochs, .lr = all->lr, .no_shuffle = all->no_shuffle, .quiet = 1};
    r.o.threads = threads;
    r.o.seed_given = 1;
    r.o.seed = (int64_t)seed;
    const struct cnn_training how = {.trial = t};
    int status = cnn_train(&r, &how);
    *e = r.error;
    return status;
}
