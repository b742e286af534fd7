/* images.h -- pictures as data sets, and pictures in folders. Generated programs whose spec says images name
 * cnn_images, which cnn.h declares. The decoders are declared in image.h, which no other room may include: that
 * would make every program need libpng and libjpeg. */
#ifndef CNN_IMAGES_H
#define CNN_IMAGES_H

#include "cnn.h"
#include "files.h"
#include "support/shared.h"

/* ---- folder.c: finds files in folders and tells by their content which are pictures. It uses no decoder. */

struct cnn_paths { /* {0} is an empty list */
    char **at;
    int64_t n;
};

void cnn_paths_free(struct cnn_paths *p);
int cnn_paths_add(struct cnn_paths *p,
                  char *path); /* takes the path over, even when it fails; -1: no memory, or path is NULL */
char *cnn_path_in(const char *folder, const char *name); /* malloc'd; NULL: no memory */

int cnn_is_folder(const char *path);
/* The names in a folder that are not hidden, in the order of their bytes. folders: only the names of folders. */
int cnn_folder_names(const char *path, int folders, struct cnn_paths *out, struct cnn_error *e);

struct cnn_skipped { /* files that are not readable pictures; {0}: none */
    int64_t n;
    char some[240]; /* names of the first few */
};

void cnn_skip(struct cnn_skipped *s, const char *path);
/* prints nothing when there are none */
void cnn_note_skipped(const struct cnn_skipped *s, const char *program, const char *folder);
/* Adds to *out the pictures in a folder and in the folders within it, in the order of the bytes of the names. A
 * link to a folder that contains it is skipped. A file with the name of a picture counts as one. */
int cnn_folder_pictures(const char *path, struct cnn_paths *out, struct cnn_skipped *s, struct cnn_error *e);

/* reads the first bytes of a regular file, up to n; returns how many */
size_t cnn_file_head(const char *path, void *head, size_t n);
/* The kind that the first bytes tell: "PNG", "JPEG", "GIF", ...; NULL: no picture, or the file cannot be read. */
const char *cnn_picture_kind(const char *path);
int cnn_is_readable_kind(const char *kind); /* true for PNG and JPEG */
int cnn_is_picture(const char *path);       /* of a readable kind, or with the name of a picture */

/* ---- common.c: pictures that the ranks of a machine decode together, by the name of their job and their number,
 *      CNN_JOB and CNN_JOB_RANKS in the environment */

struct cnn_common_head;
struct cnn_common {
    int64_t n;  /* pictures */
    uint8_t *x; /* room for all of them */
    struct cnn_common_head *head;
    size_t size;
    char name[CNN_SHARED_NAME];
    int fd; /* locked, so that other jobs leave the name alone */
};

/* -1: this process decodes for itself. */
int cnn_common_open(struct cnn_common *c, const char *const *paths, int64_t n, size_t bytes);
/* The next picture that nobody has taken; n or more: there is none. Whoever takes one tells how that ended. */
int64_t cnn_common_next(struct cnn_common *c);
void cnn_common_done(struct cnn_common *c, int status);
/* Waits for what others have taken. The array owns the memory then. -1: a picture could not be read, and the memory is
 * gone. */
int cnn_common_finish(struct cnn_common *c, struct cnn_array *x);

/* ---- augment.c */

struct cnn_variation {
    uint64_t seed, epoch;
    /* the normalised zero around an image; when per_channel, it points to the first channel */
    const float *outside;
    int per_channel; /* 1: outside has one number for each channel; 0: one number for all */
};
int cnn_augments(const struct cnn_model *m); /* nonzero: the spec says `augment` */
/* Shifts, turns, zooms and mirrors the image x, which is row `row` of its files. work: room as large as x. */
void cnn_augment(const struct cnn_model *m, const struct cnn_variation *v, int64_t row, float *x, float *work);
/* Then adds the noise. */
void cnn_augment_noise(const struct cnn_model *m, const struct cnn_variation *v, int64_t row, float *x);

/* ---- mixing.c */

struct cnn_places { /* of a batch in the order of its epoch: first .. first + n - 1 */
    uint64_t seed, epoch;
    int64_t first, n;
};
struct cnn_mixed {                   /* what happens to the row at one place */
    int64_t partner;                 /* the place of the other row */
    double share;                    /* of the row itself; the other one has the rest */
    double left, right, top, bottom; /* CNN_MIX_CUT: the edges of what is pasted, in pixels */
};
/* 0: nothing happens, as the batch has no other row. */
int cnn_mix_draw(const struct cnn_model *m, const struct cnn_places *p, int64_t place, struct cnn_mixed *out);
/* Mixes the numbers of a row at a port, which is the input or what has targets. Where the targets have the pixels of
 * the image, they are pasted as those are. */
void cnn_mix(const struct cnn_model *m, const struct cnn_port *port, const struct cnn_mixed *how, float *x,
             const float *other);

#endif
