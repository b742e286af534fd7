/* idx.c -- reads IDX, the format of MNIST: two zero bytes, a type, a rank, big-endian dimensions, the elements. */
#include <string.h>

#include "input.h"

static const struct {
    uint8_t code;
    enum cnn_dtype dtype;
} types[] = {{0x08, CNN_U8}, {0x09, CNN_I8}, {0x0b, CNN_I16}, {0x0c, CNN_I32}, {0x0d, CNN_F32}, {0x0e, CNN_F64}};
enum { TYPES = sizeof types / sizeof *types };

static int read_type(struct cnn_input *in, struct cnn_array *out, struct cnn_error *e)
{
    uint8_t b[4];
    if (cnn_input_read(in, b, sizeof b, e) != 0)
        return -1;
    if (b[0] != 0 || b[1] != 0)
        return cnn_fail(e, "%s: byte 0: not an IDX file: it begins with %02x %02x, not 00 00", in->path, b[0], b[1]);
    int i = 0;
    while (i < TYPES && types[i].code != b[2])
        i++;
    if (i == TYPES)
        return cnn_fail(e, "%s: byte 2: unknown IDX type 0x%02x", in->path, b[2]);
    if (b[3] < 1 || b[3] > CNN_ARRAY_RANK)
        return cnn_fail(e, "%s: byte 3: %d dimensions; an IDX file may have 1 to 8", in->path, b[3]);
    out->dtype = types[i].dtype;
    out->rank = b[3];
    return 0;
}

static int read_shape(struct cnn_input *in, struct cnn_array *out, struct cnn_error *e)
{
    for (int i = 0; i < out->rank; i++) {
        uint8_t b[4];
        if (cnn_input_read(in, b, sizeof b, e) != 0)
            return -1;
        out->shape[i] = (int64_t)((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
    }
    return 0;
}

static int read_elements(struct cnn_input *in, struct cnn_array *out, struct cnn_error *e)
{
    const struct cnn_stored s = {.swapped = cnn_dtype_size(out->dtype) > 1};
    return cnn_stored_read(in, &s, out, e);
}

static int idx_parse(struct cnn_input *in, struct cnn_array *out, struct cnn_error *e)
{
    int status = read_type(in, out, e) != 0 || read_shape(in, out, e) != 0 || read_elements(in, out, e) != 0 ? -1 : 0;
    if (status != 0)
        memset(out, 0, sizeof *out);
    return status;
}

int cnn_idx_read(const char *path, struct cnn_array *out, struct cnn_error *e)
{
    return cnn_idx_read_if(path, NULL, out, e);
}

int cnn_idx_read_if(const char *path, const struct cnn_wanted *w, struct cnn_array *out, struct cnn_error *e)
{
    struct cnn_input in;
    memset(out, 0, sizeof *out);
    if (cnn_input_open(&in, path, e) != 0)
        return -1;
    in.wanted = w;
    int status = idx_parse(&in, out, e);
    cnn_input_close(&in);
    return status;
}

int cnn_array_read(const char *path, struct cnn_array *out, struct cnn_error *e)
{
    return cnn_array_read_if(path, NULL, out, e);
}

int cnn_array_read_if(const char *path, const struct cnn_wanted *w, struct cnn_array *out, struct cnn_error *e)
{
    struct cnn_input in;
    uint8_t first = 0;
    memset(out, 0, sizeof *out);
    if (cnn_input_open(&in, path, e) != 0)
        return -1;
    int status = cnn_input_read(&in, &first, 1, e);
    cnn_input_close(&in);
    if (status != 0)
        return -1;
    if (first == 0x93)
        return cnn_npy_read_if(path, w, out, e);
    if (first == 0)
        return cnn_idx_read_if(path, w, out, e);
    return cnn_fail(e, "%s: byte 0: neither a .npy nor an IDX file", path);
}
