/* fuzz.h -- what the doors for libFuzzer share: bytes as a file. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file with these bytes, whose name ends so; it is gone after unlink. */
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
