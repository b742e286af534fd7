/* input.h -- reads a file whose content may be packed. Private to the readers of formats. */
#ifndef CNN_INPUT_H
#define CNN_INPUT_H

#include <zlib.h>

#include "files.h"

/* error.c */
int cnn_fail_errno(struct cnn_error *e, const char *path,
                   const char *what); /* "x.npy: cannot open: no such file ..." */
int cnn_fail_memory(struct cnn_error *e, const char *path, uint64_t bytes);
#ifdef __clang_analyzer__ /* for clang-tidy, as in files.h */
#define cnn_fail_errno(...)  (cnn_fail_errno(__VA_ARGS__), -1)
#define cnn_fail_memory(...) (cnn_fail_memory(__VA_ARGS__), -1)
#endif

/* input.c */
/* Is there no file of this name? A file that cannot be examined may exist; the code that opens it reports the
 * reason. */
int cnn_is_absent(const char *path);
enum cnn_packing { CNN_PLAIN, CNN_GZIP, CNN_DEFLATE };

struct cnn_input {
    const char *path;     /* for messages; owned by the caller */
    const uint8_t *bytes; /* still packed, if the file is */
    size_t size;
    enum cnn_packing packing;
    void *map; /* the whole file when this input owns it, else NULL */
    size_t map_size;
    uint64_t position;               /* unpacked bytes taken so far */
    const struct cnn_wanted *wanted; /* what the array must be; NULL: anything */
    uint64_t promised;               /* size of the unpacked data if a directory gives it, else 0 */
    size_t fed;                      /* packed bytes given to zlib so far */
    z_stream z;
    int ended;    /* zlib has seen the end of the packed data */
    uint32_t crc; /* of the unpacked bytes taken so far; only kept when packing is not CNN_GZIP */
};

/* Maps a regular file for reading. An empty file gives NULL and 0. */
int cnn_map_file(const char *path, void **map, size_t *size, struct cnn_error *e);

int cnn_input_open(struct cnn_input *in, const char *path, struct cnn_error *e); /* gzip is known by its first bytes */
int cnn_input_slice(struct cnn_input *in, const char *path, const uint8_t *bytes, size_t size, enum cnn_packing packing,
                    struct cnn_error *e);
void cnn_input_close(struct cnn_input *in);
/* Reads exactly n bytes; when there are fewer, the error says that the file ends early. */
int cnn_input_read(struct cnn_input *in, void *to, size_t n, struct cnn_error *e);
/* Reads up to n bytes; fewer only at the end. */
int cnn_input_some(struct cnn_input *in, void *to, size_t n, size_t *got, struct cnn_error *e);
/* Reads the rest of the input, which must be exactly the elements of *a: fills data, owner and base. Maps them if
 * possible. */
int cnn_input_elements(struct cnn_input *in, struct cnn_array *a, struct cnn_error *e);

/* stored.c: reads elements whose form in the file differs from that in memory. a->dtype is a type of the same size as
 * the stored one. */
struct cnn_stored {
    int swapped; /* the high byte comes first */
    int fortran; /* the first index runs fastest */
    enum cnn_stored_type { CNN_STORED_SAME, CNN_STORED_HALF, CNN_STORED_U16, CNN_STORED_U32, CNN_STORED_U64 } type;
};
int cnn_stored_read(struct cnn_input *in, const struct cnn_stored *s, struct cnn_array *a, struct cnn_error *e);

/* npy.c: reads one array from an input at its beginning; makes the header that precedes an array. */
int cnn_npy_parse(struct cnn_input *in, struct cnn_array *out, struct cnn_error *e);
enum { CNN_NPY_HEADER = 512 };
size_t cnn_npy_header(const struct cnn_array *a, uint8_t out[CNN_NPY_HEADER]);

/* array.c: the bytes of an array of this type and shape. -1: more than 63 bits, or a dimension is negative. */
int cnn_shape_bytes(enum cnn_dtype t, int rank, const int64_t *shape, uint64_t *bytes);

#endif
