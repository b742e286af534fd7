/* images.h -- pictures as data sets, and pictures in folders. Generated programs whose spec says images name cnn_images, which cnn.h
 * declares. What decodes files is behind image.h, which no other room may include: that would make every program need libpng and
 * libjpeg. */
#ifndef CNN_IMAGES_H
#define CNN_IMAGES_H

#include "cnn.h"
#include "files.h"

/* ---- folder.c: files in folders, and which of them are pictures by what they hold. It knows no decoder. */

struct cnn_paths { /* {0} is empty */
    char **at;
    int64_t n;
};

void cnn_paths_free(struct cnn_paths *p);
int cnn_paths_add(struct cnn_paths *p,
                  char *path); /* takes it over, also when it fails; -1: no memory, or path is NULL */
char *cnn_path_in(const char *folder, const char *name); /* malloc'd; NULL: no memory */

int cnn_is_folder(const char *path);
/* The names in a folder that are not hidden, in the order of their bytes. folders: only the names of folders. */
int cnn_folder_names(const char *path, int folders, struct cnn_paths *out, struct cnn_error *e);

struct cnn_skipped { /* files that are no pictures that can be read; {0}: none */
    int64_t n;
    char some[240]; /* names of the first of them */
};

void cnn_skip(struct cnn_skipped *s, const char *path);
void cnn_note_skipped(const struct cnn_skipped *s, const char *program, const char *folder); /* unless there are none */
/* The pictures in a folder and in those within it, in the order of the bytes of the names, added to *out. A link to a folder that
 * it stands in is passed over. A file that is called like a picture is one. */
int cnn_folder_pictures(const char *path, struct cnn_paths *out, struct cnn_skipped *s, struct cnn_error *e);

size_t cnn_file_head(const char *path, void *head, size_t n); /* the first bytes of a regular file, up to n */
/* By the first bytes: "PNG", "JPEG", "GIF", ...; NULL: no picture, or it cannot be read. */
const char *cnn_picture_kind(const char *path);
int cnn_is_readable_kind(const char *kind); /* PNG and JPEG */
int cnn_is_picture(const char *path);       /* of such a kind, or called like one */

/* ---- augment.c */

struct cnn_variation {
    uint64_t seed, epoch;
    const float *outside; /* what stands around an image: zero, normalised; of the first channel, when per_channel */
    int per_channel;      /* else of all */
};
int cnn_augments(const struct cnn_model *m); /* the spec says `augment` */
/* Varies the image x, which is row `row` of its files. work: as large as x. */
void cnn_augment(const struct cnn_model *m, const struct cnn_variation *v, int64_t row, float *x, float *work);

#endif
