/* makenpy.c -- writes an array of numbers: makenpy FILE.npy TYPE ROWSxCOLUMNS NUMBER..., TYPE u1, i4, i8, f4 or f8;
 * one column is left out of the shape. */
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

int main(int argc, char **argv)
{
    char header[118], shape[40], dict[119];
    int rows, columns;
    FILE *f = argc > 4 ? fopen(argv[1], "wb") : NULL;
    if (!f || sscanf(argv[3], "%dx%d", &rows, &columns) != 2 || argc - 4 != rows * columns)
        return 2;
    snprintf(shape, sizeof shape, columns == 1 ? "(%d,)" : "(%d, %d)", rows, columns);
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
