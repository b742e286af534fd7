/* scratch.h -- a folder of its own for each test program, and small files in it. Include after cmocka.h. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch_folder[64];

static inline int scratch_setup(void **state)
{
    (void)state;
    strcpy(scratch_folder, "/tmp/cnn-test-XXXXXX");
    return mkdtemp(scratch_folder) ? 0 : -1;
}

static inline int scratch_teardown(void **state)
{
    (void)state;
    DIR *d = opendir(scratch_folder);
    for (struct dirent *f; d && (f = readdir(d));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", scratch_folder, f->d_name);
        if (f->d_name[0] != '.')
            unlink(path);
    }
    if (d)
        closedir(d);
    return rmdir(scratch_folder);
}

/* Counts the files in the folder, to see that nothing is left over. */
static inline int scratch_count(void)
{
    int n = 0;
    DIR *d = opendir(scratch_folder);
    for (struct dirent *f; d && (f = readdir(d));)
        n += f->d_name[0] != '.';
    if (d)
        closedir(d);
    return n;
}

/* The string is valid until the fourth call after this one. */
static inline const char *scratch(const char *name)
{
    static char paths[4][512];
    static int next;
    char *p = paths[next++ % 4];
    snprintf(p, sizeof paths[0], "%s/%s", scratch_folder, name);
    return p;
}

static inline const char *scratch_write(const char *name, const void *bytes, size_t n)
{
    const char *path = scratch(name);
    unlink(path); /* ext4 waits for the disk when a file that was truncated to nothing is closed */
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path;
}

static inline unsigned char *scratch_read(const char *name, size_t *n)
{
    FILE *f = fopen(scratch(name), "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    unsigned char *p = malloc(*n + 1);
    assert_non_null(p);
    assert_int_equal(fread(p, 1, *n, f), *n);
    fclose(f);
    return p;
}

#define assert_has(text, part)                                                                                         \
    do {                                                                                                               \
        if (!strstr((text), (part)))                                                                                   \
            fail_msg("'%s' does not have '%s'", (text), (part));                                                       \
    } while (0)

#endif
