/* files.h -- arrays and the files that hold them: .npy, .npz, .safetensors, IDX; whole or not at all when writing.
 *
 * Every function that can fail takes a struct cnn_error, fills it with one message (file, byte offset, what is wrong)
 * and returns -1; 0 is success. On failure an output argument owns nothing. Sizes that a file claims are checked, in 64
 * bits, against what the file has before anything is allocated.
 */
#ifndef CNN_FILES_H
#define CNN_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __GNUC__
#define CNN_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define CNN_PRINTF(f, a)
#endif

/* ---- error.c */

struct cnn_error {
    char text[1024]; /* lower case, no full stop: "train.npy: byte 10: ..." */
};

int cnn_fail(struct cnn_error *e, const char *fmt, ...) CNN_PRINTF(2, 3); /* fills *e; always -1 */
/* The analyser of clang-tidy sees one file at a time; this tells it the result. */
#ifdef __clang_analyzer__
#define cnn_fail(...) (cnn_fail(__VA_ARGS__), -1)
#endif
void cnn_complain(const char *program, const struct cnn_error *e);         /* "mnist: train.npy: ..." on stderr */
void cnn_warn(const char *program, const char *fmt, ...) CNN_PRINTF(2, 3); /* "mnist: warning: ..." on stderr */
void cnn_note(const char *program, const char *fmt, ...) CNN_PRINTF(2, 3); /* "mnist: note: ..." likewise */

/* ---- bus.c: a mapped file that is cut short ends this program with a message and status 1, not by a signal */

void cnn_catch_bus_error(const char *program);

/* ---- array.c */

enum cnn_dtype { CNN_BOOL, CNN_U8, CNN_I8, CNN_I16, CNN_I32, CNN_I64, CNN_F32, CNN_F64, CNN_DTYPES };
enum { CNN_ARRAY_RANK = 8 };

enum cnn_owner { CNN_BORROWED, CNN_HEAP, CNN_MAPPED };

struct cnn_array {
    enum cnn_dtype dtype;
    int rank;
    int64_t shape[CNN_ARRAY_RANK];
    const void *data;     /* C order, native endian, aligned for its type; read only when mapped */
    enum cnn_owner owner; /* of `base`, which is what array_free gives back */
    void *base;
    size_t base_size;
};

size_t cnn_dtype_size(enum cnn_dtype t);
const char *cnn_dtype_name(enum cnn_dtype t);       /* "float32" */
int64_t cnn_array_count(const struct cnn_array *a); /* product of the shape; a scalar has 1 */
struct cnn_array cnn_array_view(enum cnn_dtype t, int rank, const int64_t *shape, const void *data); /* borrows */
double cnn_array_get(const struct cnn_array *a, int64_t i);
const char *cnn_shape_text(int rank, const int64_t *shape, char *out, size_t size); /* "[60000, 28, 28]"; returns out */
void cnn_array_free(struct cnn_array *a);                                           /* of {0} too */

/* ---- npy.c, idx.c, input.c: one array a file. Any of them may be gzipped; the content decides, not the name. A plain
 * .npy and a plain IDX of bytes are mapped, not read. */

int cnn_array_read(const char *path, struct cnn_array *out, struct cnn_error *e); /* .npy or IDX, by its first bytes */
int cnn_npy_read(const char *path, struct cnn_array *out, struct cnn_error *e);
int cnn_idx_read(const char *path, struct cnn_array *out, struct cnn_error *e);
/* What an array must be. It is asked when the header is read, so that arrays of the wrong shape are not unpacked. a: its rank and
 * shape. */
struct cnn_wanted {
    int (*fits)(const void *arg, const struct cnn_array *a, struct cnn_error *e);
    const void *arg;
};
int cnn_array_read_if(const char *path, const struct cnn_wanted *w, struct cnn_array *out, struct cnn_error *e);
int cnn_npy_read_if(const char *path, const struct cnn_wanted *w, struct cnn_array *out, struct cnn_error *e);
int cnn_idx_read_if(const char *path, const struct cnn_wanted *w, struct cnn_array *out, struct cnn_error *e);
int cnn_npy_write(const char *path, const struct cnn_array *a, struct cnn_error *e);

/* ---- tensors.c, formats.c, npz.c, safetensors.c: named arrays and, in safetensors, a table of strings */

struct cnn_tensor {
    char *name; /* without .npy in an .npz */
    struct cnn_array array;
};

struct cnn_metadata {
    char *key, *value;
};

struct cnn_tensors { /* {0} is empty */
    struct cnn_tensor *at;
    size_t n, cap;
    struct cnn_metadata *metadata;
    size_t n_metadata, cap_metadata;
    void *map; /* the file that the arrays point into, if any */
    size_t map_size;
};

/* Both copy the strings. add takes the array over (a borrowed one stays the caller's), also when it fails; a name or
 * key that is there already is an error. */
int cnn_tensors_add(struct cnn_tensors *t, const char *name, struct cnn_array a, struct cnn_error *e);
int cnn_tensors_add_metadata(struct cnn_tensors *t, const char *key, const char *value, struct cnn_error *e);
const struct cnn_array *cnn_tensors_find(const struct cnn_tensors *t, const char *name); /* NULL: not there */
struct cnn_array cnn_tensors_take(struct cnn_tensors *t, const char *name); /* the caller's now; it must be there */
const char *cnn_tensors_find_metadata(const struct cnn_tensors *t, const char *key); /* NULL: not there */
void cnn_tensors_free(struct cnn_tensors *t);
#define CNN_ENSEMBLE_FORMAT "cnnc ensemble 1"
enum { CNN_MOST_MEMBERS = 1000 }; /* of an ensemble */
int cnn_holds_ensemble(
    const struct cnn_tensors *t);          /* a program's `ensemble` wrote it: its metadata's `format` is that */
int cnn_tensor_is_state(const char *name); /* what a checkpoint holds beside the weights: "optimizer.m.dense.kernel" */

/* Of weights: an entry that unpacks to more than weights ever do is refused. */
int cnn_npz_read(const char *path, struct cnn_tensors *out, struct cnn_error *e);
/* The array of this name alone, which must be there; others are not looked at. */
int cnn_npz_read_one(const char *path, const char *name, const struct cnn_wanted *w, struct cnn_tensors *out,
                     struct cnn_error *e);

int cnn_npz_write(const char *path, const struct cnn_tensors *t, int deflated,
                  struct cnn_error *e); /* without metadata */
int cnn_safetensors_read(const char *path, struct cnn_tensors *out, struct cnn_error *e);
int cnn_safetensors_write(const char *path, const struct cnn_tensors *t, struct cnn_error *e);
/* By the ending of the name, .npz or .safetensors; another is an error. */
int cnn_tensors_read(const char *path, struct cnn_tensors *out, struct cnn_error *e);
int cnn_tensors_write(const char *path, const struct cnn_tensors *t, struct cnn_error *e);

/* ---- atomic.c: a file that appears whole or not at all: temp, fsync, rename, fsync of the folder. It has the mode of the one whose
 * place it takes. From open to commit the thread is deaf to the signals that would leave the temp behind. */

struct cnn_atomic {
    FILE *file; /* write here */
    char *path, *temp;
    int lock;
    struct cnn_held *held; /* signals */
};

int cnn_atomic_open(struct cnn_atomic *a, const char *path, struct cnn_error *e);
int cnn_atomic_commit(struct cnn_atomic *a, struct cnn_error *e); /* on failure it has aborted */
/* All of it has been written: closes the file, to be committed later. An errno that writing left must not have been lost by then. */
int cnn_atomic_finish(struct cnn_atomic *a, int lasting, struct cnn_error *e);
/* Several files: all or none. lasting: also when the power goes. */
int cnn_atomic_commit_all(struct cnn_atomic *a, size_t n, int lasting, struct cnn_error *e);
void cnn_atomic_abort(struct cnn_atomic *a); /* removes the temp; of {0} or after commit does nothing */

#endif
