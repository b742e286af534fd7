/* sheet.c -- sheet PNG COLUMNS same|equal: reads a sheet of `samples`, of 28x28 pictures drawn twice as large. `same`:
 * each lower picture is the upper one; `equal`: all pictures are equal. Status 0 when that is so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/images/image.h"

enum { SIDE = 56, GAP = 4 };

static int differs(const struct cnn_image *m, long left, long top, long left2, long top2)
{
    for (long y = 0; y < SIDE; y++)
        if (memcmp(m->pixels + (top + y) * m->width + left, m->pixels + (top2 + y) * m->width + left2, SIDE) != 0)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    struct cnn_image m;
    struct cnn_error e;
    const long columns = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
    const int twice = columns && strcmp(argv[3], "same") == 0;
    int bad = 0;
    if (columns < 1 || cnn_image_read(argv[1], &m, &e) != 0 || m.channels != 1)
        return 2;
    if (m.width != columns * (SIDE + GAP) + GAP || m.height != SIDE * (twice + 1) + twice + 2 * GAP)
        return 3;
    for (long i = 0; i < columns; i++)
        bad += twice ? differs(&m, GAP + i * (SIDE + GAP), GAP, GAP + i * (SIDE + GAP), GAP + SIDE + 1)
                     : differs(&m, GAP, GAP, GAP + i * (SIDE + GAP), GAP);
    free(m.pixels);
    return bad ? 1 : 0;
}
