/* reduce_real.h -- the sum over chunks of one type of number. reduce.c includes it once for each type and defines these
 * macros before: REAL, the type; PLUS, ADD, REDUCE and SPANS, the names of its functions. */

/* The inner loop has a length that the compiler knows, so that it takes vectors without being told to. */
static void PLUS(REAL *restrict sum, const REAL *restrict other, size_t size)
{
    size_t i = 0;
    for (; i + RUN <= size; i += RUN)
        for (size_t k = 0; k < RUN; k++)
            sum[i + k] += other[i + k];
    for (; i < size; i++)
        sum[i] += other[i];
}

/* Sets sum[0 .. size) to the sum of n chunks, each from element `at` on. sum may be that place of the first chunk.
 * spans[c] tells how many chunks, from c on, chunks[c] is the sum of; NULL: one each. */
static void ADD(REAL *sum, REAL *const *chunks, const int *spans, int n, size_t at, size_t size)
{
    REAL right[BLOCK];
    const REAL *other = right;
    if (n == (spans ? spans[0] : 1)) {
        memmove(sum, chunks[0] + at, size * sizeof *sum);
        return;
    }
    const int left = left_of(n);
    const int *const behind = spans ? spans + left : NULL;
    ADD(sum, chunks, spans, left, at, size);
    if (n - left == (behind ? behind[0] : 1))
        other = chunks[left] + at;
    else
        ADD(right, chunks + left, behind, n - left, at, size);
    PLUS(sum, other, size);
}

void SPANS(REAL *sum, REAL *const *chunks, const int *spans, int n, size_t begin, size_t end)
{
    for (size_t at = begin; at < end; at += BLOCK)
        ADD(sum + at, chunks, spans, n, at, end - at < BLOCK ? end - at : BLOCK);
}

void REDUCE(REAL *sum, REAL *const *chunks, int n, size_t begin, size_t end)
{
    SPANS(sum, chunks, NULL, n, begin, end);
}
