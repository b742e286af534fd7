/* closest.h -- did you mean: the name nearest to a word that is none. */
#ifndef CNN_CLOSEST_H
#define CNN_CLOSEST_H

#include <stddef.h>

/* The nearest of n names (optimal string alignment, at most a third of the word's letters wrong), else NULL. */
const char *cnn_closest(const char *word, const char *const *names, size_t n);

#endif
