/* reduce_real.h -- the sum over chunks of one type of number. reduce.c includes it once for each type and defines these
 * macros before: REAL, the type; ADD and REDUCE, the names of its functions. */

/* Sets sum[0 .. size) to the sum of n chunks, each from element `at` on. sum may be that place of the first chunk. */
static void ADD(REAL *sum, REAL *const *chunks, int n, size_t at, size_t size)
{
    REAL right[BLOCK];
    const REAL *other = right;
    if (n == 1) {
        memmove(sum, chunks[0] + at, size * sizeof *sum);
        return;
    }
    const int left = left_of(n);
    ADD(sum, chunks, left, at, size);
    if (n - left == 1)
        other = chunks[left] + at;
    else
        ADD(right, chunks + left, n - left, at, size);
    for (size_t i = 0; i < size; i++)
        sum[i] += other[i];
}

void REDUCE(REAL *sum, REAL *const *chunks, int n, size_t begin, size_t end)
{
    for (size_t at = begin; at < end; at += BLOCK)
        ADD(sum + at, chunks, n, at, end - at < BLOCK ? end - at : BLOCK);
}
