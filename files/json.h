/* json.h -- the part of JSON that a .safetensors header needs: objects, strings, lists of whole numbers. Private to
 * the readers of formats. */
#ifndef CNN_JSON_H
#define CNN_JSON_H

#include "input.h"

struct json {
    const char *path;             /* for messages */
    const char *begin, *at, *end; /* the text has no NUL at its end */
    uint64_t base;                /* offset of begin within the file */
    struct cnn_error *e;
};

int cnn_json_fail(struct json *j, const char *fmt, ...) CNN_PRINTF(2, 3);
/* Reads `open`. 1: the first item comes next; 0: the list was empty and `close` has been read; -1: error. */
int cnn_json_open(struct json *j, char open, char close);
/* To be called after an item. 1: another item follows; 0: `close` has been read; -1: error. */
int cnn_json_next(struct json *j, char close);
int cnn_json_string(struct json *j, char *out, size_t size); /* as UTF-8 with a NUL at its end only; escapes resolved */
int cnn_json_key(struct json *j, char *out, size_t size);    /* a string and its colon */
int cnn_json_numbers(struct json *j, uint64_t *out, int max, int *n); /* each below 2^63 */
int cnn_json_end(struct json *j);                                     /* only white space is left */
void cnn_json_write_string(FILE *f, const char *s);

#endif
