/* replay.c -- replaces libFuzzer where there is none: replay N FILE... runs every file and N variants of each. The
 * variants are always the same. */
#include <string.h>

#include "fuzz.h"

enum { MOST = 1 << 16 };

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static size_t vary(uint8_t *data, size_t n, uint32_t *state)
{
    for (uint32_t i = next(state) % 4; n > 1 && i < 4; i++)
        switch (next(state) % 5) {
        case 0: data[1 + next(state) % (n - 1)] ^= (uint8_t)(1 << next(state) % 8); break;
        case 1: data[1 + next(state) % (n - 1)] = (uint8_t)next(state); break;
        case 2: n = 1 + next(state) % n; break; /* cut off */
        case 3: {
            const size_t at = 1 + next(state) % (n - 1); /* a byte less */
            memmove(data + at, data + at + 1, n - at - 1);
            n--;
            break;
        }
        default: memset(data + 1 + next(state) % (n - 1), (int)(next(state) % 2 * 255), 1); break;
        }
    return n;
}

int main(int argc, char **argv)
{
    static uint8_t whole[MOST], part[MOST];
    uint32_t state = 1;
    const int variants = argc > 1 ? atoi(argv[1]) : 0;
    for (int i = 2; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        if (!f)
            return 2;
        const size_t n = fread(whole, 1, MOST, f);
        fclose(f);
        for (int k = 0; k <= variants; k++) {
            memcpy(part, whole, n);
            uint8_t *copy = malloc(n + 1); /* a block of this size, so that a read past its end is seen */
            const size_t size = k ? vary(part, n, &state) : n;
            if (!copy)
                return 2;
            memcpy(copy, part, size);
            LLVMFuzzerTestOneInput(copy, size);
            free(copy);
        }
    }
    return 0;
}
