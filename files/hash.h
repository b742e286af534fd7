/* hash.h -- the hash function FNV-1a with 64 bits. A hash begins with CNN_HASH_START. */
#ifndef CNN_HASH_H
#define CNN_HASH_H

#include <stddef.h>
#include <stdint.h>

#define CNN_HASH_START UINT64_C(14695981039346656037)
#define CNN_HASH_PRIME UINT64_C(1099511628211)

/* Hashes a value as one unit: a byte, or a whole number where speed matters more than the quality of the hash. */
static inline uint64_t cnn_hash_unit(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * CNN_HASH_PRIME;
}

static inline uint64_t cnn_hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        hash = cnn_hash_unit(hash, p[i]);
    return hash;
}

#endif
