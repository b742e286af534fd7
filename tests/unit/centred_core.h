/* centred_core.h -- tiny_core.h without dropout, and with the batch's mean subtracted from each hidden unit. Such a
 * step has four stretches. In the first, chunks sum the hidden units. In the second, they sum the gradients of these.
 * The third shares out the gradient of a kernel. The fourth does the rest. Include it once for each precision, after
 * tiny_core.h and with the same names defined.
 */
enum { /* scratch, for each image: relu's output, centred output, predictions, gradient; then sums and totals */
       NAME(C_H) = 0,
       NAME(C_CENTRED) = NAME(C_H) + MOST_IMAGES * H_N,
       NAME(C_Z) = NAME(C_CENTRED) + MOST_IMAGES * H_N,
       NAME(C_DH) = NAME(C_Z) + MOST_IMAGES * LD,
       NAME(C_SUM) = NAME(C_DH) + MOST_IMAGES * H_N,
       NAME(C_TOTAL) = NAME(C_SUM) + H_N * (int)(sizeof(double) / sizeof(REAL)), /* doubles, from here on */
       NAME(C_DSUM) = NAME(C_TOTAL) + H_N * (int)(sizeof(double) / sizeof(REAL)),
       NAME(C_DTOTAL) = NAME(C_DSUM) + H_N * (int)(sizeof(double) / sizeof(REAL)),
       NAME(C_SCRATCH) = NAME(C_DTOTAL) + H_N * (int)(sizeof(double) / sizeof(REAL))
};

static double *NAME(doubles)(REAL *scratch, int at)
{
    return (double *)(void *)(scratch + at);
}

static void NAME(sum_rows)(const REAL *rows, int n, double *sum)
{
    for (int k = 0; k < H_N; k++) {
        sum[k] = 0;
        for (int i = 0; i < n; i++)
            sum[k] += (double)rows[i * H_N + k];
    }
}

static void NAME(c_hidden)(const REAL *theta, const REAL *prepared, const REAL *x, const void *target, REAL *grad,
                           REAL *y, REAL *scratch, int n, const struct cnn_step *step, struct cnn_sums *sums)
{
    (void)prepared, (void)target, (void)grad, (void)y, (void)step, (void)sums;
    for (int i = 0; i < n; i++)
        NAME(hidden)(theta, x + i * X_N, scratch + NAME(C_H) + i * H_N);
    NAME(sum_rows)(scratch + NAME(C_H), n, NAME(doubles)(scratch, NAME(C_SUM)));
}

static void NAME(c_image)(const REAL *theta, int32_t label, REAL *y, REAL *scratch, int i, const struct cnn_step *step,
                          struct cnn_sums *sums)
{
    const REAL *h = scratch + NAME(C_H) + i * H_N;
    const double *total = NAME(doubles)(scratch, NAME(C_TOTAL));
    REAL *centred = scratch + NAME(C_CENTRED) + i * H_N, *z = scratch + NAME(C_Z) + i * LD;
    for (int k = 0; k < H_N; k++)
        centred[k] = step->batch ? h[k] - (REAL)(total[k] * step->scale) : h[k];
    NAME(output)(theta, centred, z);
    sums->loss -= log((double)z[label]);
    for (int o = 0; y && o < Y_N; o++)
        y[i * Y_N + o] = z[o];
}

static void NAME(c_loss)(const REAL *theta, const REAL *prepared, const REAL *x, const void *target, REAL *grad,
                         REAL *y, REAL *scratch, int n, const struct cnn_step *step, struct cnn_sums *sums)
{
    const int32_t *label = target;
    (void)x;
    for (int i = 0; i < n; i++)
        NAME(c_image)(theta, label[i], y, scratch, i, step, sums);
    for (int k = 0; grad && k < NAME(THETA); k++)
        grad[k] = 0;
    for (int i = 0; grad && i < n; i++) {
        REAL *dz = scratch + NAME(C_Z) + i * LD, *dh = scratch + NAME(C_DH) + i * H_N;
        for (int o = 0; o < LD; o++) {
            dz[o] = o < Y_N ? (dz[o] - (o == label[i])) * (REAL)step->scale : 0;
            grad[NAME(B1) + o] += dz[o];
        }
        for (int k = 0; k < H_N; k++) {
            dh[k] = 0;
            for (int o = 0; o < Y_N; o++)
                dh[k] += dz[o] * prepared[o * H_N + k];
        }
    }
    NAME(sum_rows)(scratch + NAME(C_DH), n, NAME(doubles)(scratch, NAME(C_DSUM)));
}

/* Each part has some rows of the second kernel, in the gradients of all chunks. */
static void NAME(c_kernel)(const REAL *theta, const REAL *prepared, const struct CHUNK_TYPE *chunks, int n_chunks,
                           int part, int parts)
{
    (void)theta, (void)prepared;
    for (int c = 0; c < n_chunks; c++)
        for (int k = part; chunks[c].grad && k < H_N; k += parts)
            for (int i = 0; i < chunks[c].n; i++)
                for (int o = 0; o < Y_N; o++)
                    chunks[c].grad[NAME(W1) + k * LD + o] +=
                        chunks[c].scratch[NAME(C_CENTRED) + i * H_N + k] * chunks[c].scratch[NAME(C_Z) + i * LD + o];
}

static void NAME(c_rest)(const REAL *theta, const REAL *prepared, const REAL *x, const void *target, REAL *grad,
                         REAL *y, REAL *scratch, int n, const struct cnn_step *step, struct cnn_sums *sums)
{
    const double *total = NAME(doubles)(scratch, NAME(C_DTOTAL));
    (void)theta, (void)prepared, (void)target, (void)y, (void)sums;
    for (int i = 0; grad && i < n; i++)
        for (int k = 0; k < H_N; k++) {
            REAL dh = scratch[NAME(C_DH) + i * H_N + k] - (REAL)(total[k] * step->scale);
            if (!(scratch[NAME(C_H) + i * H_N + k] > 0))
                dh = 0;
            grad[NAME(B0) + k] += dh;
            for (int j = 0; j < X_N; j++)
                grad[NAME(W0) + j * H_N + k] += x[i * X_N + j] * dh;
        }
}

/* A stretch over parts gets no sums. The sums of the last stretch therefore come from two stretches before it, and the
 * third stretch writes nothing that they need. */
static const struct STRETCH_TYPE NAME(c_stretches)[] = {
    {.chunk = NAME(c_hidden)},
    {.chunk = NAME(c_loss), .sums = H_N, .partial = NAME(C_SUM), .total = NAME(C_TOTAL)},
    {.part = NAME(c_kernel)},
    {.chunk = NAME(c_rest), .sums = H_N, .partial = NAME(C_DSUM), .total = NAME(C_DTOTAL)},
};
