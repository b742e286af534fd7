/* npy.c -- reads and writes NumPy's format for one array: magic, version, a Python dictionary, the elements. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

static const struct {
    enum cnn_dtype dtype;
    const char *code; /* without its byte order */
    enum cnn_stored_type stored;
} codes[] = {
    {CNN_BOOL, "b1", CNN_STORED_SAME}, {CNN_U8, "u1", CNN_STORED_SAME},  {CNN_I8, "i1", CNN_STORED_SAME},
    {CNN_I16, "i2", CNN_STORED_SAME},  {CNN_I32, "i4", CNN_STORED_SAME}, {CNN_I64, "i8", CNN_STORED_SAME},
    {CNN_F32, "f4", CNN_STORED_SAME},  {CNN_F64, "f8", CNN_STORED_SAME}, {CNN_I16, "f2", CNN_STORED_HALF},
    {CNN_I16, "u2", CNN_STORED_U16},   {CNN_I32, "u4", CNN_STORED_U32},  {CNN_I64, "u8", CNN_STORED_U64},
};
enum { CODES = sizeof codes / sizeof *codes };

static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

/* ---- the dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } */

struct scan {
    const char *text, *at; /* NUL-terminated */
    const char *path;
    uint64_t base; /* offset of text within the file */
    struct cnn_stored *stored;
    struct cnn_error *e;
};

static int scan_fail(const struct scan *s, const char *what)
{
    return cnn_fail(s->e, "%s: byte %llu: header: %s", s->path,
                    (unsigned long long)(s->base + (uint64_t)(s->at - s->text)), what);
}

static void skip_space(struct scan *s)
{
    while (isspace((unsigned char)*s->at))
        s->at++;
}

static int accept(struct scan *s, char c)
{
    skip_space(s);
    if (*s->at != c)
        return 0;
    s->at++;
    return 1;
}

static int scan_string(struct scan *s, char *out, size_t size)
{
    skip_space(s);
    char quote = *s->at;
    if (quote != '\'' && quote != '"')
        return scan_fail(s, "string expected");
    const char *begin = s->at + 1, *end = strchr(begin, quote);
    if (!end || (size_t)(end - begin) >= size)
        return scan_fail(s, end ? "string too long" : "string without an end");
    memcpy(out, begin, (size_t)(end - begin));
    out[end - begin] = 0;
    s->at = end + 1;
    return 0;
}

/* What NumPy's other types are, by their letters; for the message. */
static const char *kind_of(char letter)
{
    static const struct {
        char letter;
        const char *kind;
    } kinds[] = {{'c', "complex numbers"}, {'S', "strings"},   {'U', "strings"},    {'M', "dates"},
                 {'m', "durations"},       {'V', "raw bytes"}, {'f', "long floats"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].letter == letter)
            return kinds[i].kind;
    return "an unknown type";
}

static int scan_descr(struct scan *s, struct cnn_array *a)
{
    char text[32];
    skip_space(s);
    if (*s->at == '[')
        return scan_fail(s, "structured types are not supported: save one array for each field");
    if (scan_string(s, text, sizeof text) != 0)
        return -1;
    const char *code = text + (*text && strchr("<>=|", *text) ? 1 : 0);
    if (*code == 'O')
        return scan_fail(s, "arrays of Python objects (pickles) are refused: save .astype(np.float32)");
    for (int i = 0; i < CODES; i++) {
        if (strcmp(code, codes[i].code) != 0)
            continue;
        s->stored->swapped = *text == '>' && cnn_dtype_size(codes[i].dtype) > 1;
        s->stored->type = codes[i].stored;
        a->dtype = codes[i].dtype;
        return 0;
    }
    return cnn_fail(s->e,
                    "%s: type '%s' (%s) is not supported; it may be bool, int8 to int64, uint8 to uint64, float16 to "
                    "float64",
                    s->path, text, kind_of(*code));
}

static int scan_order(struct scan *s, struct cnn_array *a)
{
    (void)a;
    skip_space(s);
    s->stored->fortran = strncmp(s->at, "True", 4) == 0;
    if (!s->stored->fortran && strncmp(s->at, "False", 5) != 0)
        return scan_fail(s, "True or False expected");
    s->at += s->stored->fortran ? 4 : 5;
    return 0;
}

static int scan_dimension(struct scan *s, int64_t *out)
{
    uint64_t n = 0;
    skip_space(s);
    if (!isdigit((unsigned char)*s->at))
        return scan_fail(s, "dimension expected");
    for (; isdigit((unsigned char)*s->at); s->at++) {
        if (n > (INT64_MAX - 9) / 10)
            return scan_fail(s, "dimension too large");
        n = n * 10 + (uint64_t)(*s->at - '0');
    }
    if (*s->at == 'L') /* Python 2 writes a long as 3L */
        s->at++;
    *out = (int64_t)n;
    return 0;
}

static int scan_shape(struct scan *s, struct cnn_array *a)
{
    if (!accept(s, '('))
        return scan_fail(s, "'(' expected");
    for (a->rank = 0; !accept(s, ')');) {
        if (a->rank == CNN_ARRAY_RANK)
            return scan_fail(s, "more than 8 dimensions");
        if (scan_dimension(s, &a->shape[a->rank++]) != 0)
            return -1;
        if (!accept(s, ',')) {
            if (!accept(s, ')'))
                return scan_fail(s, "',' or ')' expected");
            break;
        }
    }
    return 0;
}

static const struct {
    const char *name;
    int (*scan)(struct scan *s, struct cnn_array *a);
} keys[] = {{"descr", scan_descr}, {"fortran_order", scan_order}, {"shape", scan_shape}};
enum { KEYS = sizeof keys / sizeof *keys };

static int scan_entry(struct scan *s, struct cnn_array *a, unsigned *seen)
{
    char name[32];
    if (scan_string(s, name, sizeof name) != 0)
        return -1;
    for (unsigned i = 0; i < KEYS; i++) {
        if (strcmp(name, keys[i].name) != 0)
            continue;
        if (*seen & 1u << i)
            return scan_fail(s, "key given twice");
        *seen |= 1u << i;
        return accept(s, ':') ? keys[i].scan(s, a) : scan_fail(s, "':' expected");
    }
    return scan_fail(s, "unknown key");
}

static int scan_dictionary(struct scan *s, struct cnn_array *a)
{
    unsigned seen = 0;
    if (!accept(s, '{'))
        return scan_fail(s, "'{' expected");
    while (!accept(s, '}')) {
        if (scan_entry(s, a, &seen) != 0)
            return -1;
        if (!accept(s, ',')) {
            if (!accept(s, '}'))
                return scan_fail(s, "',' or '}' expected");
            break;
        }
    }
    skip_space(s);
    if (*s->at)
        return scan_fail(s, "text after the dictionary");
    return seen == (1u << KEYS) - 1 ? 0 : scan_fail(s, "descr, fortran_order or shape is missing");
}

/* ---- reading */

enum { HEADER_MAX = 1 << 16 }; /* a header of version 1 is never longer; cnnc writes 128 bytes */

static int read_prefix(struct cnn_input *in, uint32_t *length, struct cnn_error *e)
{
    uint8_t b[8], n[4] = {0};
    if (cnn_input_read(in, b, sizeof b, e) != 0)
        return -1;
    if (memcmp(b, magic, sizeof magic) != 0)
        return cnn_fail(e, "%s: byte 0: not a .npy file", in->path);
    if (b[6] < 1 || b[6] > 3 || b[7] != 0)
        return cnn_fail(e, "%s: byte 6: .npy version %d.%d is not supported", in->path, b[6], b[7]);
    if (cnn_input_read(in, n, b[6] == 1 ? 2 : 4, e) != 0)
        return -1;
    *length = (uint32_t)n[0] | (uint32_t)n[1] << 8 | (uint32_t)n[2] << 16 | (uint32_t)n[3] << 24;
    if (*length > HEADER_MAX)
        return cnn_fail(e, "%s: byte 8: header of %lu bytes is too long", in->path, (unsigned long)*length);
    return 0;
}

static int parse_header(struct cnn_input *in, char *text, uint32_t length, struct cnn_array *out,
                        struct cnn_stored *stored, struct cnn_error *e)
{
    struct scan s = {.text = text, .at = text, .path = in->path, .base = in->position, .stored = stored, .e = e};
    if (cnn_input_read(in, text, length, e) != 0)
        return -1;
    text[length] = 0;
    if (memchr(text, 0, length))
        return cnn_fail(e, "%s: byte %llu: header holds a NUL byte", in->path, (unsigned long long)s.base);
    return scan_dictionary(&s, out);
}

int cnn_npy_parse(struct cnn_input *in, struct cnn_array *out, struct cnn_error *e)
{
    uint32_t length = 0;
    memset(out, 0, sizeof *out);
    if (read_prefix(in, &length, e) != 0)
        return -1;
    char *text = malloc(length + 1u);
    if (!text)
        return cnn_fail_memory(e, in->path, length);
    struct cnn_stored stored = {0};
    int status = parse_header(in, text, length, out, &stored, e);
    free(text);
    if (status == 0)
        status = cnn_stored_read(in, &stored, out, e);
    if (status != 0)
        memset(out, 0, sizeof *out); /* after an error it owns nothing */
    return status;
}

int cnn_npy_read(const char *path, struct cnn_array *out, struct cnn_error *e)
{
    return cnn_npy_read_if(path, NULL, out, e);
}

int cnn_npy_read_if(const char *path, const struct cnn_wanted *w, struct cnn_array *out, struct cnn_error *e)
{
    struct cnn_input in;
    memset(out, 0, sizeof *out);
    if (cnn_input_open(&in, path, e) != 0)
        return -1;
    in.wanted = w;
    int status = cnn_npy_parse(&in, out, e);
    cnn_input_close(&in);
    return status;
}

/* ---- writing */

static const char *code_of(enum cnn_dtype t)
{
    int i = 0;
    while (codes[i].dtype != t)
        i++;
    return codes[i].code;
}

/* Makes a header of version 1.0, padded so that the elements begin at a multiple of 64, as NumPy does. */
size_t cnn_npy_header(const struct cnn_array *a, uint8_t out[CNN_NPY_HEADER])
{
    char text[CNN_NPY_HEADER];
    int n = snprintf(text, sizeof text, "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                     cnn_dtype_size(a->dtype) > 1 ? '<' : '|', code_of(a->dtype));
    for (int i = 0; i < a->rank; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%" PRId64 "%s", i ? " " : "", a->shape[i],
                      a->rank == 1 || i + 1 < a->rank ? "," : "");
    n += snprintf(text + n, sizeof text - (size_t)n, "), }");
    size_t total = (10 + (size_t)n + 1 + 63) / 64 * 64, length = total - 10;
    memcpy(out, magic, sizeof magic);
    out[6] = 1;
    out[7] = 0;
    out[8] = (uint8_t)(length & 0xff);
    out[9] = (uint8_t)(length >> 8);
    memset(out + 10, ' ', length);
    memcpy(out + 10, text, (size_t)n);
    out[total - 1] = '\n';
    return total;
}

int cnn_npy_write(const char *path, const struct cnn_array *a, struct cnn_error *e)
{
    struct cnn_atomic file;
    uint8_t header[CNN_NPY_HEADER];
    if (cnn_atomic_open(&file, path, e) != 0)
        return -1;
    size_t size = cnn_npy_header(a, header);
    fwrite(header, 1, size, file.file);
    fwrite(a->data, cnn_dtype_size(a->dtype), (size_t)cnn_array_count(a), file.file);
    return cnn_atomic_commit(&file, e);
}
