/* ports.c -- the library of ports.sh's network makes the steps of a trainer's first epoch, with --no-shuffle: from
 * first.safetensors and the rows of two IDX files to library.safetensors. */
#include <stdio.h>
#include <stdlib.h>

#include "lib.h"

enum { ROWS = 400, SIZE = 64, HEAD_X = 16, HEAD_Y = 8 }; /* of 500 rows, the last fifth is for validation */

static int bytes_of(const char *path, long head, unsigned char *to, size_t n)
{
    FILE *f = fopen(path, "rb");
    const int ok = f && fseek(f, head, SEEK_SET) == 0 && fread(to, 1, n, f) == n;
    if (f)
        fclose(f);
    return ok;
}

int main(int argc, char **argv)
{
    static unsigned char bytes[ROWS * SIZE], label[ROWS];
    static float raw[ROWS * SIZE], first[ROWS * SIZE], second[ROWS * SIZE];
    static int32_t class[ROWS];
    struct m *m = aligned_alloc(64, m_size());
    const void *const given[M_INPUTS] = {raw, raw};
    void *const x[M_INPUTS] = {first, second};
    if (argc != 3 || !m || !bytes_of(argv[1], HEAD_X, bytes, sizeof bytes) ||
        !bytes_of(argv[2], HEAD_Y, label, sizeof label))
        return 1;
    for (int i = 0; i < ROWS * SIZE; i++)
        raw[i] = bytes[i];
    for (int i = 0; i < ROWS; i++)
        class[i] = label[i];
    m_init(m, 1);
    if (m_load(m, "first.safetensors") != 0 || m_normalize_ports(m, given, x, ROWS) != 0)
        return 1;
    for (int i = 0; i < ROWS; i += M_BATCH) {
        const void *const inputs[M_INPUTS] = {first + i * SIZE, second + i * SIZE};
        const void *const targets[M_OUTPUTS] = {class + i, raw + i * SIZE};
        m_train_step_ports(m, inputs, targets, ROWS - i < M_BATCH ? ROWS - i : M_BATCH, 0);
    }
    return m_save(m, "library.safetensors");
}
