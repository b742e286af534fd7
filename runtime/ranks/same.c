/* same.c -- what must be the same on all ranks before they begin: the program, its options, and the C library, whose
 * mathematical functions differ in the last bit from version to version and from processor to processor. */
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "ranks/ranks.h"

static uint64_t hash_of_program(void)
{
    char bytes[1 << 14];
    uint64_t h = CNN_HASH_START;
    const int fd = open("/proc/self/exe", O_RDONLY);
    for (ssize_t n; fd >= 0 && (n = read(fd, bytes, sizeof bytes)) > 0;)
        h = cnn_hash_bytes(h, bytes, (size_t)n);
    if (fd >= 0)
        close(fd);
    return h;
}

static uint64_t hash_of_line(int argc, char **argv)
{
    uint64_t h = CNN_HASH_START;
    for (int i = 1; i < argc; i++)
        h = cnn_hash_bytes(h, argv[i], strlen(argv[i]) + 1);
    return h;
}

enum { ARGUMENTS = 75 };

static uint64_t hash_of_library(void)
{
    static double (*const functions[])(double) = {exp, log, tanh, sin, cos, erf, expm1, log1p, sqrt};
    uint64_t h = CNN_HASH_START;
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++)
        for (int i = 1; i < ARGUMENTS; i++) {
            const volatile double x = i * i * 0.0107; /* volatile: the compiler does not compute it */
            const double y = functions[f](x), power = pow(x, 0.3);
            h = cnn_hash_bytes(cnn_hash_bytes(h, &y, sizeof y), &power, sizeof power);
        }
    return h;
}

int cnn_same_program(struct cnn_link *l, int argc, char **argv, struct cnn_error *e)
{
    const struct {
        const char *what;
        uint64_t hash;
    } things[] = {{"another program, or another build of it, than", hash_of_program()},
                  {"other options than", hash_of_line(argc, argv)},
                  {"a C library or a processor that rounds differently from that of", hash_of_library()}};
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        const int other = cnn_peers_differ(&l->peers, things[i].hash);
        if (other)
            return cnn_fail(e, "rank %d on %s has %s rank 0 on %s", other, l->host[other], things[i].what, l->host[0]);
    }
    return 0;
}
