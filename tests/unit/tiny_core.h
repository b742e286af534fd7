/* tiny_core.h -- one core of tiny_model.c, in plain C: 4 -> 8 relu, dropout 0.25, -> 3 softmax. Include it once
 * for each precision, with REAL, NAME(x) and LD defined. LD is the distance between rows of the second kernel, in
 * elements; only 3 of them are used.
 */
enum { /* theta: kernel [4][8], bias [8], kernel [8][LD], bias [LD] */
       NAME(W0) = 0,
       NAME(B0) = NAME(W0) + X_N * H_N,
       NAME(W1) = NAME(B0) + H_N,
       NAME(B1) = NAME(W1) + H_N * LD,
       NAME(THETA) = NAME(B1) + LD
};
enum { /* scratch, for each image: relu's output, that after dropout, dropout's factors, predictions; one gradient */
       NAME(H) = 0,
       NAME(D) = NAME(H) + CHUNK * H_N,
       NAME(KEPT) = NAME(D) + CHUNK * H_N,
       NAME(Z) = NAME(KEPT) + CHUNK * H_N,
       NAME(DH) = NAME(Z) + CHUNK * LD,
       NAME(SCRATCH) = NAME(DH) + H_N
};

/* The backward pass needs the second kernel transposed: [3][8]. */
static void NAME(prepare)(const REAL *theta, REAL *prepared, int part, int parts)
{
    for (int o = part; o < Y_N; o += parts)
        for (int i = 0; i < H_N; i++)
            prepared[o * H_N + i] = theta[NAME(W1) + i * LD + o];
}

static void NAME(hidden)(const REAL *theta, const REAL *x, REAL *h)
{
    for (int o = 0; o < H_N; o++) {
        REAL sum = theta[NAME(B0) + o];
        for (int i = 0; i < X_N; i++)
            sum += x[i] * theta[NAME(W0) + i * H_N + o];
        h[o] = sum < 0 ? 0 : sum; /* nan stays nan */
    }
}

static void NAME(softmax)(REAL *z)
{
    REAL most = z[0], total = 0;
    for (int o = 1; o < Y_N; o++)
        most = z[o] > most ? z[o] : most;
    for (int o = 0; o < Y_N; o++)
        total += z[o] = (REAL)exp((double)(z[o] - most));
    for (int o = 0; o < Y_N; o++)
        z[o] /= total;
}

static void NAME(output)(const REAL *theta, const REAL *d, REAL *z)
{
    for (int o = 0; o < LD; o++) {
        z[o] = theta[NAME(B1) + o];
        for (int i = 0; i < H_N; i++)
            z[o] += d[i] * theta[NAME(W1) + i * LD + o];
    }
    NAME(softmax)(z);
}

static void NAME(predict)(const REAL *theta, const REAL *prepared, const REAL *x, REAL *y, REAL *scratch, int n)
{
    (void)prepared;
    for (int i = 0; i < n; i++) {
        NAME(hidden)(theta, x + i * X_N, scratch + NAME(H));
        NAME(output)(theta, scratch + NAME(H), scratch + NAME(Z));
        for (int o = 0; o < Y_N; o++)
            y[i * Y_N + o] = scratch[NAME(Z) + o];
    }
}

/* Draws the factor of each hidden unit: 0 or 1 / (1 - rate). It depends only on seed, step and the image's row in the
 * batch. */
static void NAME(dropout)(const struct cnn_step *s, int image, const REAL *h, REAL *kept, REAL *d)
{
    for (int o = 0; o < H_N; o++) {
        uint32_t bits[4];
        cnn_random4(s->seed, s->step, (uint64_t)(s->row + image) * H_N + (uint64_t)o, bits);
        kept[o] = !s->training ? 1 : bits[0] < 0x40000000u ? 0 : (REAL)(1 / 0.75);
        d[o] = h[o] * kept[o];
    }
}

static void NAME(forward)(const REAL *theta, const REAL *x, int32_t label, REAL *scratch, int i,
                          const struct cnn_step *step, struct cnn_sums *sums)
{
    REAL *h = scratch + NAME(H) + i * H_N, *d = scratch + NAME(D) + i * H_N, *z = scratch + NAME(Z) + i * LD;
    NAME(hidden)(theta, x, h);
    NAME(dropout)(step, i, h, scratch + NAME(KEPT) + i * H_N, d);
    NAME(output)(theta, d, z);
    sums->loss -= log((double)z[label]);
    for (int o = 0; o < H_N; o++)
        sums->penalty += ACTIVITY_L1 * (double)h[o];
}

static void NAME(backward)(const REAL *prepared, const REAL *x, int32_t label, REAL *scratch, int i, double scale,
                           REAL *grad)
{
    const REAL *h = scratch + NAME(H) + i * H_N, *d = scratch + NAME(D) + i * H_N;
    const REAL *kept = scratch + NAME(KEPT) + i * H_N;
    REAL *dz = scratch + NAME(Z) + i * LD, *dh = scratch + NAME(DH);
    for (int o = 0; o < LD; o++) { /* padding stays zero */
        dz[o] = o < Y_N ? (dz[o] - (o == label)) * (REAL)scale : 0;
        grad[NAME(B1) + o] += dz[o];
        for (int k = 0; k < H_N; k++)
            grad[NAME(W1) + k * LD + o] += d[k] * dz[o];
    }
    for (int k = 0; k < H_N; k++) {
        REAL sum = 0;
        for (int o = 0; o < Y_N; o++)
            sum += dz[o] * prepared[o * H_N + k];
        dh[k] = h[k] > 0 ? sum * kept[k] + (REAL)ACTIVITY_L1 : 0;
        grad[NAME(B0) + k] += dh[k];
        for (int j = 0; j < X_N; j++)
            grad[NAME(W0) + j * H_N + k] += x[j] * dh[k];
    }
}

static void NAME(chunk)(const REAL *theta, const REAL *prepared, const REAL *x, const void *target, REAL *grad, REAL *y,
                        REAL *scratch, int n, const struct cnn_step *step, struct cnn_sums *sums)
{
    const int32_t *label = target;
    for (int i = 0; i < n; i++)
        NAME(forward)(theta, x + i * X_N, label[i], scratch, i, step, sums);
    for (int i = 0; y && i < n; i++)
        for (int o = 0; o < Y_N; o++)
            y[i * Y_N + o] = scratch[NAME(Z) + i * LD + o];
    if (!grad)
        return;
    for (int k = 0; k < NAME(THETA); k++)
        grad[k] = 0;
    for (int i = 0; i < n; i++)
        NAME(backward)(prepared, x + i * X_N, label[i], scratch, i, step->scale, grad);
}

static const struct cnn_place NAME(place)[] = {
    {NAME(W0), X_N *H_N, {{1, H_N, 0}, {H_N, 0, 1}}},
    {NAME(B0), H_N, {{H_N, 0, 1}}},
    {NAME(W1), H_N *LD, {{1, LD, 0}, {LD, 0, 1}}},
    {NAME(B1), LD, {{LD, 0, 1}}},
};
