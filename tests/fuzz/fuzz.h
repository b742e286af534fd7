/* fuzz.h -- what the entry points for libFuzzer share: it makes a file of their bytes. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes a file with these bytes and this ending; returns its path, which the caller unlinks. */
static inline const char *fuzz_file(const char *ending, const uint8_t *data, size_t size)
{
    static char name[64];
    snprintf(name, sizeof name, "/tmp/cnnc-fuzz-%ld%s", (long)getpid(), ending);
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f))
        abort();
    return name;
}

#endif
