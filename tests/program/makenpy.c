/* makenpy.c -- writes an array of numbers: makenpy FILE.npy TYPE ROWSxCOLUMNS[xMORE...] NUMBER..., TYPE u1, i4, i8, f4
 * or f8; one column is left out of the shape. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(FILE *f, const char *type, const char *number)
{
    const long long whole = strtoll(number, NULL, 10);
    const uint8_t u1 = (uint8_t)whole;
    const int32_t i4 = (int32_t)whole;
    const int64_t i8 = whole;
    const double f8 = strtod(number, NULL);
    const float f4 = (float)f8;
    const struct {
        const char *type;
        const void *at;
        size_t size;
    } types[] = {{"u1", &u1, 1}, {"i4", &i4, 4}, {"i8", &i8, 8}, {"f4", &f4, 4}, {"f8", &f8, 8}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i].type) == 0)
            fwrite(types[i].at, types[i].size, 1, f);
}

/* "6x2x2" as "(6, 2, 2)"; a last dimension of 1 beside the rows is left out. Returns how many numbers there are. */
static long shape_of(const char *text, char *shape)
{
    long all = 1, n = strtol(text, (char **)&text, 10);
    int dimensions = 1;
    shape += sprintf(shape, "(%ld", n);
    for (all = n; *text == 'x'; all *= n, dimensions++) {
        n = strtol(text + 1, (char **)&text, 10);
        if (n > 1 || dimensions > 1)
            shape += sprintf(shape, ", %ld", n);
        else
            shape += sprintf(shape, ",");
    }
    sprintf(shape, ")");
    return *text ? -1 : all;
}

int main(int argc, char **argv)
{
    char header[118], shape[40], dict[119];
    FILE *f = argc > 4 && strlen(argv[3]) < 16 ? fopen(argv[1], "wb") : NULL;
    if (!f || argc - 4 != shape_of(argv[3], shape))
        return 2;
    snprintf(dict, sizeof dict, "{'descr': '%s%s', 'fortran_order': False, 'shape': %s, }",
             argv[2][1] == '1' ? "|" : "<", argv[2], shape);
    memset(header, ' ', sizeof header);
    memcpy(header, dict, strlen(dict));
    header[sizeof header - 1] = '\n';
    fwrite("\x93NUMPY\1\0\x76\0", 1, 10, f);
    fwrite(header, 1, sizeof header, f);
    for (int i = 4; i < argc; i++)
        put(f, argv[2], argv[i]);
    return fclose(f) == 0 ? 0 : 1;
}
