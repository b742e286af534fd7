/* random.h -- who draws which random numbers. Every user of cnn_random4 has its own range of the high counter word. */
#ifndef CNN_RANDOM_H
#define CNN_RANDOM_H

#include "cnn.h"
#include "data/data.h"

#define CNN_STREAM_PERMUTATION (UINT64_C(1) << 60)
#define CNN_STREAM_INIT        (UINT64_C(2) << 60)
#define CNN_STREAM_AUGMENT     (UINT64_C(3) << 60)
#define CNN_STREAM_BOOTSTRAP   (UINT64_C(4) << 60)

/* The epoch of the permutation that splits training from validation; no training gets that far. */
#define CNN_EPOCH_SPLIT UINT32_MAX
/* And behind it, one a repeat, those of cross-validation. */
#define CNN_EPOCH_FOLDS (UINT64_C(1) << 32)

/* The generator itself. */
void cnn_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Box and Muller's method: two uniforms make two normals. */
void cnn_normal_pair(const uint32_t r[2], double z[2]);

#endif
