/* closest.h -- finds the name nearest to an unknown word, for messages that ask "did you mean". */
#ifndef CNN_CLOSEST_H
#define CNN_CLOSEST_H

#include <stddef.h>

/* Returns the nearest of n names by optimal string alignment; NULL when more than a third of the word's letters are
 * wrong in every one. */
const char *cnn_closest(const char *word, const char *const *names, size_t n);

#endif
