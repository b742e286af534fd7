/* weights.c -- writes fresh weights of a network, built as a library, to the file that argv[1] names. */
#include <stdlib.h>

#include HEADER

#define PASTE(a, b) a##b
#define JOIN(a, b)  PASTE(a, b)

int main(int argc, char **argv)
{
    struct MODEL *m = malloc(JOIN(MODEL, _size)());
    if (argc != 2 || !m)
        return 1;
    JOIN(MODEL, _init)(m, 1);
    return JOIN(MODEL, _save)(m, argv[1]) == 0 ? 0 : 1;
}
