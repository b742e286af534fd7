/* near.h -- memory that all ranks of a run see, where all of them are on one machine. */
#ifndef CNN_NEAR_H
#define CNN_NEAR_H

#include "support/peers.h"

struct cnn_near { /* {0}: none */
    int ranks;
    size_t size;
    void **at; /* of each rank, where this one sees it; at[this rank] is its own, zero at first */
};

/* Makes `size` bytes for each rank. Where that does not work for one of them, or one wants 0 bytes, all go without: *n
 * is {0}. All ranks call it. */
void cnn_near_open(struct cnn_near *n, struct cnn_peers *p, size_t size);
void cnn_near_close(struct cnn_near *n);

#endif
