/* files.h -- arrays and the files that hold them: .npy, .npz, .safetensors, IDX. A file is written whole or not at all.
 *
 * Every function that can fail takes a struct cnn_error, fills it with one message (file, byte offset, what is wrong)
 * and returns -1; 0 is success. On failure an output argument owns nothing. Sizes in the header of a file are checked,
 * in 64 bits, against the size of the file before anything is allocated.
 */
#ifndef CNN_FILES_H
#define CNN_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __GNUC__
#define CNN_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define CNN_PRINTF(f, a)
#endif

/* ---- error.c */

struct cnn_error {
    char text[1024]; /* lower case, no full stop: "train.npy: byte 10: ..." */
};

int cnn_fail(struct cnn_error *e, const char *fmt, ...) CNN_PRINTF(2, 3); /* fills *e; returns -1 */
/* The analyser of clang-tidy sees one file at a time; this macro tells it the result. */
#ifdef __clang_analyzer__
#define cnn_fail(...) (cnn_fail(__VA_ARGS__), -1)
#endif
void cnn_complain(const char *program, const struct cnn_error *e);         /* "mnist: train.npy: ..." on stderr */
void cnn_warn(const char *program, const char *fmt, ...) CNN_PRINTF(2, 3); /* "mnist: warning: ..." on stderr */
void cnn_note(const char *program, const char *fmt, ...) CNN_PRINTF(2, 3); /* "mnist: note: ..." on stderr */

/* ---- bus.c: when a mapped file is cut short, the program ends with a message and status 1 instead of a signal */

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
    enum cnn_owner owner; /* of `base`, which cnn_array_free releases */
    void *base;
    size_t base_size;
};

size_t cnn_dtype_size(enum cnn_dtype t);
const char *cnn_dtype_name(enum cnn_dtype t);       /* "float32" */
int64_t cnn_array_count(const struct cnn_array *a); /* product of the shape; 1 for a scalar */
struct cnn_array cnn_array_view(enum cnn_dtype t, int rank, const int64_t *shape, const void *data); /* borrows */
double cnn_array_get(const struct cnn_array *a, int64_t i);
const char *cnn_shape_text(int rank, const int64_t *shape, char *out, size_t size); /* "[60000, 28, 28]"; returns out */
void cnn_array_free(struct cnn_array *a);                                           /* takes {0} too */

/* ---- npy.c, idx.c, input.c: files of one array. Any of them may be gzipped; the content decides, not the name. A
 * plain .npy file and a plain IDX file of bytes are mapped, not read. */

int cnn_array_read(const char *path, struct cnn_array *out, struct cnn_error *e); /* .npy or IDX, by its first bytes */
int cnn_npy_read(const char *path, struct cnn_array *out, struct cnn_error *e);
int cnn_idx_read(const char *path, struct cnn_array *out, struct cnn_error *e);
/* What an array must be. fits() is called when the header is read, so that an array of the wrong shape is not unpacked.
 * It may use only the rank and the shape of a. */
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
    char *name; /* in an .npz file: without ".npy" */
    struct cnn_array array;
};

struct cnn_metadata {
    char *key, *value;
};

struct cnn_tensors { /* {0} holds none */
    struct cnn_tensor *at;
    size_t n, cap;
    struct cnn_metadata *metadata;
    size_t n_metadata, cap_metadata;
    void *map; /* the file that the arrays point into, if any */
    size_t map_size;
};

/* Both functions copy the strings. cnn_tensors_add takes the array over, also when it fails; a borrowed array stays the
 * caller's. A name or key that exists already is an error. */
int cnn_tensors_add(struct cnn_tensors *t, const char *name, struct cnn_array a, struct cnn_error *e);
int cnn_tensors_add_metadata(struct cnn_tensors *t, const char *key, const char *value, struct cnn_error *e);
const struct cnn_array *cnn_tensors_find(const struct cnn_tensors *t, const char *name); /* NULL: not there */
struct cnn_array cnn_tensors_take(struct cnn_tensors *t, const char *name); /* gives it to the caller; it must exist */
const char *cnn_tensors_find_metadata(const struct cnn_tensors *t, const char *key); /* NULL: not there */
void cnn_tensors_free(struct cnn_tensors *t);
#define CNN_ENSEMBLE_FORMAT "cnnc ensemble 1"
enum { CNN_MOST_MEMBERS = 1000 }; /* most members of an ensemble */
int cnn_holds_ensemble(
    const struct cnn_tensors *t);          /* was it written by `ensemble`? `format` in its metadata says so */
int cnn_tensor_is_state(const char *name); /* is it no weight, as "optimizer.m.dense.kernel" of a checkpoint? */

/* Reads weights. An entry that unpacks to far more than weights ever do is refused. */
int cnn_npz_read(const char *path, struct cnn_tensors *out, struct cnn_error *e);
/* Reads only the array of this name, which must exist; the others are not looked at. */
int cnn_npz_read_one(const char *path, const char *name, const struct cnn_wanted *w, struct cnn_tensors *out,
                     struct cnn_error *e);

int cnn_npz_write(const char *path, const struct cnn_tensors *t, int deflated,
                  struct cnn_error *e); /* without metadata */
int cnn_safetensors_read(const char *path, struct cnn_tensors *out, struct cnn_error *e);
int cnn_safetensors_write(const char *path, const struct cnn_tensors *t, struct cnn_error *e);
/* Writes the bytes of such a file. -1: out of memory; the caller sees whether all could be written. */
int cnn_safetensors_put(FILE *f, const struct cnn_tensors *t);

/* Does the name end so, with something in front of the ending? */
static inline int cnn_has_ending(const char *path, const char *ending)
{
    const size_t n = strlen(path), k = strlen(ending);
    return n > k && strcmp(path + n - k, ending) == 0;
}

/* The ending of the name gives the format: .npz or .safetensors. Another ending is an error. */
int cnn_tensors_read(const char *path, struct cnn_tensors *out, struct cnn_error *e);
int cnn_tensors_write(const char *path, const struct cnn_tensors *t, struct cnn_error *e);

/* ---- atomic.c: a file that appears whole or not at all. It is written to a temporary file, synced and renamed, and
 * the folder is synced. It has the mode of the file that it replaces. From open to commit the thread blocks the signals
 * that would leave the temporary file behind. */

struct cnn_atomic {
    FILE *file; /* the caller writes to it */
    char *path, *temp;
    int lock;
    struct cnn_held *held; /* the signal mask from before */
};

int cnn_atomic_open(struct cnn_atomic *a, const char *path, struct cnn_error *e);
int cnn_atomic_commit(struct cnn_atomic *a, struct cnn_error *e); /* a failure aborts */
/* To be called when everything has been written: closes the file, which is committed later. The caller must not have
 * changed the errno of a failed write. */
int cnn_atomic_finish(struct cnn_atomic *a, int lasting, struct cnn_error *e);
/* Commits several files, all or none. lasting: even when the power fails. */
int cnn_atomic_commit_all(struct cnn_atomic *a, size_t n, int lasting, struct cnn_error *e);
void cnn_atomic_abort(struct cnn_atomic *a); /* removes the temporary file; does nothing for {0} or after commit */

#endif
