/* closest.c -- finds the nearest name in a list, for messages that ask "did you mean". */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "closest.h"

enum { MAX_WORD = 64 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, changes and swaps of neighbours; upper case equals lower case. */
static int distance(const char *a, int n, const char *b, int m)
{
    int row[3][MAX_WORD + 1];
    int *before = row[0], *last = row[1], *now = row[2];
    for (int j = 0; j <= m; j++)
        last[j] = j;
    for (int i = 1; i <= n; i++) {
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            const int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
            const bool swapped =
                i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && tolower((unsigned char)a[i - 2]) == y;
            if (swapped)
                now[j] = least(now[j], before[j - 2] + 1);
        }
        int *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[m];
}

const char *cnn_closest(const char *word, const char *const *names, size_t n)
{
    const size_t length = strlen(word);
    if (length > MAX_WORD)
        return NULL;
    const char *best = NULL;
    int best_distance = (int)length / 3 + 1;
    for (size_t i = 0; i < n; i++) {
        const size_t other = strlen(names[i]);
        if (other > MAX_WORD)
            continue;
        const int d = distance(word, (int)length, names[i], (int)other);
        if (d < best_distance) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
