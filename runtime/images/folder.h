/* folder.h -- files in folders: which of them are pictures, by what they hold. Knows no decoder. */
#ifndef CNN_FOLDER_H
#define CNN_FOLDER_H

#include "files.h"

struct cnn_paths { /* {0} is empty */
    char **at;
    int64_t n;
};

void cnn_paths_free(struct cnn_paths *p);
int cnn_paths_add(struct cnn_paths *p,
                  char *path); /* takes it over, also when it fails; -1: no memory, or path is NULL */
char *cnn_path_in(const char *folder, const char *name); /* malloc'd; NULL: no memory */

int cnn_is_folder(const char *path);
/* What is in a folder but what is hidden, in the order of the bytes of the names; folders: only those. */
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

#endif
