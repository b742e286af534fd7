/* models_all.c -- the library of all models of all.net makes the steps that the trainer makes in two epochs of rows in
 * their order. One argument: it writes these rows. Else the second one tells the threads; then its weights go to the
 * third, and those of another instance that has read them to the fourth. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "all_lib.h"

enum { ROWS = 40, X = 3, CODES = 2, STEPS = 2 * ((ROWS + ALL_BATCH - 1) / ALL_BATCH) };

static float x[ROWS][X], codes[ROWS][CODES], price[ROWS];
static int32_t kind[ROWS];

static void make_rows(void)
{
    for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < X; k++)
            x[i][k] = (float)((i * 37 + k * 11) % 23) / 11 - 1;
        for (int k = 0; k < CODES; k++)
            codes[i][k] = (float)((i * 13 + k * 7) % 17) / 8 - 1;
        kind[i] = i * 5 % 3;
        price[i] = x[i][0] + codes[i][1];
    }
}

/* An .npy of version 1.0. */
static int write_npy(const char *path, const char *type, int columns, const void *data)
{
    char head[128];
    FILE *f = fopen(path, "wb");
    memset(head, ' ', sizeof head);
    memcpy(head, "\x93NUMPY\x01\x00\x76\x00", 10);
    head[10 + snprintf(head + 10, 117, "{'descr': '%s', 'fortran_order': False, 'shape': (%d, %d), }", type, ROWS,
                       columns)] = ' ';
    head[127] = '\n';
    const size_t n = (size_t)ROWS * (size_t)columns;
    const int ok = f && fwrite(head, sizeof head, 1, f) == 1 && fwrite(data, 4, n, f) == n;
    return f && fclose(f) == 0 && ok ? 0 : 1;
}

static int write_rows(void)
{
    return write_npy("rows.npy", "<f4", X, x) || write_npy("codes.npy", "<f4", CODES, codes) ||
           write_npy("kind.npy", "<i4", 1, kind) || write_npy("price.npy", "<f4", 1, price);
}

static int train(struct all_models *all)
{
    double losses[ALL_MODELS_PHASES];
    for (int step = 0; step < STEPS; step++) {
        const int i = step % (STEPS / 2) * ALL_BATCH, n = ROWS - i < ALL_BATCH ? ROWS - i : ALL_BATCH;
        const void *const inputs[ALL_MODELS_INPUTS] = {x[i], codes[i]};
        const void *const targets[ALL_MODELS_TARGETS] = {&kind[i], &price[i]};
        if (all_models_step(all, inputs, targets, n, losses) != 0)
            return 1;
        for (int k = 0; k < ALL_MODELS_PHASES; k++)
            if (!isfinite(losses[k]))
                return 1;
    }
    return 0;
}

/* Rows that are refused, and files that are not there. */
static int refuses(struct all_models *all)
{
    static int32_t no_class[ALL_BATCH] = {3};
    const void *const inputs[ALL_MODELS_INPUTS] = {x, codes};
    const void *const good[ALL_MODELS_TARGETS] = {kind, price}, *const bad[ALL_MODELS_TARGETS] = {no_class, price};
    return all_models_step(all, inputs, bad, ALL_BATCH, NULL) == -1 &&
           all_models_step(all, inputs, good, ALL_BATCH + 1, NULL) == -1 &&
           all_models_step(all, inputs, good, 0, NULL) == -1 && all_models_load(all, "no/such.npz") == -1;
}

/* Both answer the same, and not what a fresh one answers. */
static int agree(struct all_models *a, struct all_models *b, struct all_models *fresh)
{
    static float y[3][ROWS];
    const void *const inputs[] = {x};
    struct all_models *const of[] = {a, b, fresh};
    for (int i = 0; i < 3; i++) {
        void *const outputs[] = {y[i]};
        all_models_predict(of[i], ALL_MODEL_DISCRIMINATOR, inputs, outputs, ROWS);
    }
    return memcmp(y[0], y[1], sizeof y[0]) == 0 && memcmp(y[0], y[2], sizeof y[0]) != 0;
}

int main(int argc, char **argv)
{
    make_rows();
    if (argc == 2)
        return write_rows();
    if (argc != 5)
        return 1;
    struct all_models *all = all_models_open(5, STEPS, atoi(argv[2]));
    struct all_models *other = all_models_open(6, 0, 1), *fresh = all_models_open(5, 0, 1);
    const int ok = all && other && fresh && train(all) == 0 && refuses(all) && all_models_save(all, argv[3]) == 0 &&
                   all_models_load(other, argv[3]) == 0 && all_models_save(other, argv[4]) == 0 &&
                   agree(all, other, fresh);
    all_models_close(all);
    all_models_close(other);
    all_models_close(fresh);
    return !ok;
}
