/* input.c -- gives the bytes of a file. The file is mapped, and gzip or raw deflate data are unpacked as they are
 * read. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

typedef unsigned long long ull;

int cnn_is_absent(const char *path)
{
    struct stat st;
    return stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

static int map_descriptor(int fd, const char *path, void **map, size_t *size, struct cnn_error *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return cnn_fail_errno(e, path, "read");
    if (!S_ISREG(st.st_mode))
        return cnn_fail(e, "%s: not a regular file", path);
    if ((uint64_t)st.st_size > SIZE_MAX)
        return cnn_fail(e, "%s: too large for this machine", path);
    *map = NULL;
    *size = (size_t)st.st_size;
    if (*size == 0)
        return 0;
    void *p = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return cnn_fail_errno(e, path, "map");
    *map = p;
    return 0;
}

int cnn_map_file(const char *path, void **map, size_t *size, struct cnn_error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* NONBLOCK: a pipe must not make open wait */
    if (fd < 0)
        return cnn_fail_errno(e, path, "open");
    int status = map_descriptor(fd, path, map, size, e);
    close(fd);
    return status;
}

int cnn_input_slice(struct cnn_input *in, const char *path, const uint8_t *bytes, size_t size, enum cnn_packing packing,
                    struct cnn_error *e)
{
    *in = (struct cnn_input){.path = path, .bytes = bytes, .size = size, .packing = packing};
    if (packing != CNN_PLAIN && inflateInit2(&in->z, packing == CNN_GZIP ? 15 + 16 : -15) != Z_OK)
        return cnn_fail(e, "%s: out of memory for unpacking", path);
    return 0;
}

static int is_gzip(const uint8_t *b, size_t n)
{
    return n >= 2 && b[0] == 0x1f && b[1] == 0x8b;
}

int cnn_input_open(struct cnn_input *in, const char *path, struct cnn_error *e)
{
    void *map;
    size_t size;
    memset(in, 0, sizeof *in);
    if (cnn_map_file(path, &map, &size, e) != 0)
        return -1;
    if (cnn_input_slice(in, path, map, size, is_gzip(map, size) ? CNN_GZIP : CNN_PLAIN, e) != 0) {
        if (map)
            munmap(map, size);
        return -1;
    }
    in->map = map;
    in->map_size = size;
    return 0;
}

void cnn_input_close(struct cnn_input *in)
{
    if (in->packing != CNN_PLAIN)
        inflateEnd(&in->z);
    if (in->map)
        munmap(in->map, in->map_size);
    memset(in, 0, sizeof *in);
}

/* ---- unpacking */

enum { SLICE = 1 << 30 }; /* zlib counts in unsigned int */

static void feed(struct cnn_input *in)
{
    if (in->z.avail_in > 0)
        return;
    size_t n = in->size - in->fed < SLICE ? in->size - in->fed : SLICE;
    in->z.next_in = (z_const Bytef *)(uintptr_t)(in->bytes + in->fed); /* zlib only reads; its pointer is not const */
    in->z.avail_in = (uInt)n;
    in->fed += n;
}

static size_t packed_position(const struct cnn_input *in)
{
    return in->fed - in->z.avail_in;
}

/* A gzip file may hold several gzip members, one after the other. Anything else after the end is an error. */
static int member_ended(struct cnn_input *in, struct cnn_error *e)
{
    size_t at = packed_position(in);
    if (at == in->size || in->packing == CNN_DEFLATE) {
        in->ended = 1;
        if (at != in->size)
            return cnn_fail(e, "%s: packed byte %llu: bytes after the end of the packed data", in->path, (ull)at);
        return 0;
    }
    if (!is_gzip(in->bytes + at, in->size - at))
        return cnn_fail(e, "%s: packed byte %llu: bytes after the end of the gzip data", in->path, (ull)at);
    return inflateReset(&in->z) == Z_OK ? 0 : cnn_fail(e, "%s: cannot unpack", in->path);
}

static int inflate_once(struct cnn_input *in, struct cnn_error *e)
{
    feed(in);
    int r = inflate(&in->z, Z_NO_FLUSH);
    if (r == Z_STREAM_END)
        return member_ended(in, e);
    if (r == Z_BUF_ERROR || (r == Z_OK && in->z.avail_in == 0 && in->fed == in->size && in->z.avail_out > 0))
        return cnn_fail(e, "%s: packed byte %llu: packed data end early", in->path, (ull)packed_position(in));
    if (r == Z_MEM_ERROR)
        return cnn_fail(e, "%s: out of memory for unpacking", in->path);
    if (r != Z_OK)
        return cnn_fail(e, "%s: packed byte %llu: damaged packed data: %s", in->path, (ull)packed_position(in),
                        in->z.msg ? in->z.msg : "cannot be unpacked");
    return 0;
}

/* Unpacks up to n bytes; fewer only at the end of the data. */
static int unpack(struct cnn_input *in, uint8_t *to, size_t n, size_t *got, struct cnn_error *e)
{
    *got = 0;
    while (*got < n && !in->ended) {
        size_t want = n - *got < SLICE ? n - *got : SLICE;
        in->z.next_out = to + *got;
        in->z.avail_out = (uInt)want;
        if (inflate_once(in, e) != 0)
            return -1;
        *got += want - in->z.avail_out;
    }
    return 0;
}

static int take(struct cnn_input *in, uint8_t *to, size_t n, size_t *got, struct cnn_error *e)
{
    if (in->packing == CNN_PLAIN) {
        size_t left = in->size - (size_t)in->position;
        *got = n < left ? n : left;
        if (*got > 0)
            memcpy(to, in->bytes + in->position, *got);
    } else if (unpack(in, to, n, got, e) != 0) {
        return -1;
    }
    if (in->packing != CNN_GZIP) /* for gzip, zlib checks it */
        in->crc = (uint32_t)crc32_z(in->crc, to, *got);
    in->position += *got;
    return 0;
}

int cnn_input_some(struct cnn_input *in, void *to, size_t n, size_t *got, struct cnn_error *e)
{
    return take(in, to, n, got, e);
}

int cnn_input_read(struct cnn_input *in, void *to, size_t n, struct cnn_error *e)
{
    uint64_t from = in->position;
    size_t got;
    if (take(in, to, n, &got, e) != 0)
        return -1;
    if (got < n)
        return cnn_fail(e, "%s: byte %llu: file ends early: %llu more bytes expected from byte %llu on, %llu found",
                        in->path, (ull)in->position, (ull)n, (ull)from, (ull)got);
    return 0;
}

/* ---- the elements of an array */

/* Checks that the rest of the file can hold so many bytes; deflate never packs better than 1032 to 1. */
static int check_promise(const struct cnn_input *in, uint64_t bytes, struct cnn_error *e)
{
    uint64_t left = in->size - in->position;
    if (in->packing != CNN_PLAIN)
        left = (uint64_t)in->size * 1032;
    if (in->promised && bytes != in->promised - in->position)
        return cnn_fail(e, "%s: its header promises %llu bytes of data, but the directory %llu", in->path, (ull)bytes,
                        (ull)(in->promised - in->position));
    if (bytes > left)
        return cnn_fail(e, "%s: byte %llu: file ends early: its header promises %llu bytes of data, it has %s%llu",
                        in->path, (ull)in->position, (ull)bytes, in->packing == CNN_PLAIN ? "" : "at most ", (ull)left);
    if (in->packing == CNN_PLAIN && bytes < left)
        return cnn_fail(e, "%s: byte %llu: %llu bytes after the end of the data that its header promises", in->path,
                        (ull)(in->position + bytes), (ull)(left - bytes));
    return 0;
}

static int check_end(struct cnn_input *in, struct cnn_error *e)
{
    uint8_t extra;
    size_t got;
    if (take(in, &extra, 1, &got, e) != 0)
        return -1;
    if (got > 0)
        return cnn_fail(e, "%s: byte %llu: bytes after the end of the data that its header promises", in->path,
                        (ull)(in->position - 1));
    return 0;
}

static int read_elements(struct cnn_input *in, struct cnn_array *a, size_t bytes, struct cnn_error *e)
{
    void *p = malloc(bytes ? bytes : 1);
    if (!p)
        return cnn_fail_memory(e, in->path, bytes);
    if (cnn_input_read(in, p, bytes, e) != 0 || check_end(in, e) != 0) {
        free(p);
        return -1;
    }
    a->data = a->base = p;
    a->owner = CNN_HEAP;
    a->base_size = bytes;
    return 0;
}

int cnn_input_elements(struct cnn_input *in, struct cnn_array *a, struct cnn_error *e)
{
    uint64_t bytes;
    char text[256];
    if (cnn_shape_bytes(a->dtype, a->rank, a->shape, &bytes) != 0 || bytes > SIZE_MAX)
        return cnn_fail(e, "%s: a %s array of shape %s does not fit in memory", in->path, cnn_dtype_name(a->dtype),
                        cnn_shape_text(a->rank, a->shape, text, sizeof text));
    if ((in->wanted && in->wanted->fits(in->wanted->arg, a, e) != 0) || check_promise(in, bytes, e) != 0)
        return -1;
    const uint8_t *at = in->bytes + (in->packing == CNN_PLAIN ? in->position : 0);
    if (!in->map || in->packing != CNN_PLAIN || (uintptr_t)at % cnn_dtype_size(a->dtype) != 0)
        return read_elements(in, a, (size_t)bytes, e);
    a->data = at;
    a->owner = CNN_MAPPED;
    a->base = in->map;
    a->base_size = in->map_size;
    in->map = NULL; /* the array owns it now */
    return 0;
}
