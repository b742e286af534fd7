/* encode.c -- words to one-hot letters: encode X.idx [Y.idx] <words. A line is a word of small letters in ISO 8859-15
 * and, when there are classes to write, a blank and the number of its class. X.idx is [words][LENGTH][LETTERS] bytes,
 * 0 or 1, behind the word 0; of a longer word the beginning is taken. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 16, LETTERS = 50, LINE = 256 };
static const char letters[LETTERS + 1] =
    "abcdefghijklmnopqrstuvwxyz"                        /* then those with marks, as Latin-9 has them: */
    "\xdf\xe0\xe1\xe2\xe4\xe7\xe8\xe9\xea\xeb\xec\xed"  /* ß à á â ä ç è é ê ë ì í */
    "\xee\xef\xf1\xf2\xf3\xf4\xf6\xf9\xfa\xfb\xfc\xbd"; /* î ï ñ ò ó ô ö ù ú û ü œ */

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* The header of an IDX file of bytes: its dimensions stand in it with the largest byte first. */
static FILE *start(const char *path, int rank, const uint32_t *shape)
{
    FILE *f = fopen(path, "wb");
    if (!f)
        fail(path);
    fprintf(f, "%c%c%c%c", 0, 0, 8, rank);
    for (int i = 0; i < rank; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            putc((int)(shape[i] >> shift & 0xff), f);
    return f;
}

static void write_word(FILE *f, const char *word)
{
    char row[LENGTH][LETTERS] = {{0}};
    for (int i = 0; i < LENGTH && word[i]; i++) {
        const char *at = strchr(letters, word[i]);
        if (at)
            row[i][at - letters] = 1;
    }
    fwrite(row, sizeof row, 1, f);
}

struct words {
    uint32_t n, room;
    char (*word)[LENGTH + 1];
    unsigned char *class;
};

static void add(struct words *w, const char *line)
{
    if (w->n == w->room) {
        w->room = w->room * 2 + 1024;
        w->word = realloc(w->word, w->room * sizeof *w->word);
        w->class = realloc(w->class, w->room);
        if (!w->word || !w->class)
            fail("encode");
    }
    const char *blank = strchr(line, ' ');
    w->word[w->n][0] = '\0';
    sscanf(line, "%16s", w->word[w->n]);
    w->class[w->n++] = (unsigned char)(blank ? atoi(blank) : 0);
}

static void finish(FILE *f, const char *path)
{
    if (fclose(f) != 0)
        fail(path);
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3)
        return fprintf(stderr, "encode X.idx [Y.idx] <words\n"), 2;
    struct words w = {0};
    for (char line[LINE]; fgets(line, sizeof line, stdin);)
        add(&w, line);
    FILE *x = start(argv[1], 3, (uint32_t[]){w.n, LENGTH, LETTERS});
    for (uint32_t i = 0; i < w.n; i++)
        write_word(x, w.word[i]);
    finish(x, argv[1]);
    if (argc == 3) {
        FILE *y = start(argv[2], 1, &w.n);
        fwrite(w.class, 1, w.n, y);
        finish(y, argv[2]);
    }
    return 0;
}
