/* no_zlib.c -- stands for zlib where none is installed for the machine that is emulated: checksums are right, nothing
 * packed can be read or written. */
#include <stdint.h>
#include <zlib.h>

uLong crc32_z(uLong crc, const Bytef *bytes, z_size_t n)
{
    uint32_t c = ~(uint32_t)crc;
    for (z_size_t i = 0; bytes && i < n; i++) {
        c ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
    }
    return (uint32_t)~c;
}

uLong compressBound(uLong n)
{
    return n;
}

int compress(Bytef *packed, uLongf *room, const Bytef *bytes, uLong n)
{
    (void)packed, (void)room, (void)bytes, (void)n;
    return Z_STREAM_ERROR;
}

int inflateInit2_(z_streamp z, int bits, const char *version, int size)
{
    (void)z, (void)bits, (void)version, (void)size;
    return Z_VERSION_ERROR;
}

int deflateInit2_(z_streamp z, int level, int method, int bits, int memory, int strategy, const char *version, int size)
{
    (void)z, (void)level, (void)method, (void)bits, (void)memory, (void)strategy, (void)version, (void)size;
    return Z_VERSION_ERROR;
}

int inflate(z_streamp z, int flush)
{
    (void)z, (void)flush;
    return Z_STREAM_ERROR;
}

int deflate(z_streamp z, int flush)
{
    (void)z, (void)flush;
    return Z_STREAM_ERROR;
}

int inflateReset(z_streamp z)
{
    (void)z;
    return Z_STREAM_ERROR;
}

int inflateEnd(z_streamp z)
{
    (void)z;
    return Z_OK;
}

int deflateEnd(z_streamp z)
{
    (void)z;
    return Z_OK;
}
