/* constant.c -- arrays of one number each: constant FILE.npy SHAPE VALUE, constant FILE.safetensors [NAME SHAPE
 * VALUE]... SHAPE is 2x3x1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long count(const char *shape)
{
    long n = strtol(shape, NULL, 10);
    for (; (shape = strchr(shape, 'x')) != NULL; shape++)
        n *= strtol(shape + 1, NULL, 10);
    return n;
}

/* 2x3x1 as 2, 3, 1 */
static void print_shape(char *to, const char *shape)
{
    for (; *shape; shape++)
        to += sprintf(to, "%s", *shape == 'x' ? ", " : (char[]){*shape, '\0'});
    *to = '\0';
}

static void fill(FILE *f, const char *shape, const char *value)
{
    const float v = strtof(value, NULL);
    for (long i = 0, n = count(shape); i < n; i++)
        fwrite(&v, sizeof v, 1, f);
}

static void npy(FILE *f, const char *shape, const char *value)
{
    char header[119], list[64];
    print_shape(list, shape);
    int n = snprintf(header, sizeof header, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }", list);
    fprintf(f, "\x93NUMPY\x01%c\x76%c%s%*s\n", 0, 0, header, 117 - n, "");
    fill(f, shape, value);
}

static void safetensors(FILE *f, int n, char **array)
{
    char header[2000] = "", list[64];
    long at = 0;
    int length = sprintf(header, "{");
    for (int i = 0; i < n; i += 3) {
        print_shape(list, array[i + 1]);
        length +=
            sprintf(header + length, "%s\"%s\": {\"dtype\": \"F32\", \"shape\": [%s], \"data_offsets\": [%ld, %ld]}",
                    i ? ", " : "", array[i], list, at, at + 4 * count(array[i + 1]));
        at += 4 * count(array[i + 1]);
    }
    length += sprintf(header + length, "}");
    for (; length % 8; length++)
        header[length] = ' ';
    const unsigned char size[8] = {(unsigned char)(length % 256), (unsigned char)(length / 256)};
    fwrite(size, 1, sizeof size, f);
    fwrite(header, 1, (size_t)length, f);
    for (int i = 0; i < n; i += 3)
        fill(f, array[i + 1], array[i + 2]);
}

int main(int argc, char **argv)
{
    FILE *f = argc > 3 ? fopen(argv[1], "wb") : NULL;
    if (!f)
        return 2;
    if (strstr(argv[1], ".npy"))
        npy(f, argv[2], argv[3]);
    else
        safetensors(f, argc - 2, argv + 2);
    return fclose(f) != 0;
}
