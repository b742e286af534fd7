/* json.h -- the corner of JSON that a .safetensors header needs: objects, strings, lists of whole numbers. Private to
 * the readers of formats. */
#ifndef CNN_JSON_H
#define CNN_JSON_H

#include "input.h"

struct json {
    const char *path;             /* for messages */
    const char *begin, *at, *end; /* not terminated */
    uint64_t base;                /* offset of begin within the file */
    struct cnn_error *e;
};

int cnn_json_fail(struct json *j, const char *fmt, ...) CNN_PRINTF(2, 3);
/* 1: it has something in it and stands at the first; 0: it was empty and is behind us; -1: error. */
int cnn_json_open(struct json *j, char open, char close);
/* After an item: 1 when another follows, 0 when that was the last. */
int cnn_json_next(struct json *j, char close);
int cnn_json_string(struct json *j, char *out, size_t size); /* UTF-8, NUL-terminated; escapes resolved; holds no NUL */
int cnn_json_key(struct json *j, char *out, size_t size);    /* a string and its colon */
int cnn_json_numbers(struct json *j, uint64_t *out, int max, int *n); /* each below 2^63 */
int cnn_json_end(struct json *j);                                     /* only white space is left */
void cnn_json_write_string(FILE *f, const char *s);

#endif
