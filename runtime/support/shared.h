/* shared.h -- memory with a name, by which processes of this machine find it. Each that has it open has locked it: what
 * nobody has locked was left by processes that were killed, and goes when other memory is made. */
#ifndef CNN_SHARED_H
#define CNN_SHARED_H

#include <stddef.h>
#include <stdint.h>

enum { CNN_SHARED_NAME = 64 };

void cnn_shared_name(uint64_t key, char name[CNN_SHARED_NAME]); /* the same for the same key */
/* Makes zeroed memory, which is locked before it has the name, so that nobody takes it for left over. An empty name
 * becomes one that no other memory has. size 0: it grows as it is written. Returns a file. -1: the name is taken, or
 * there is no room, or no memory of this kind. */
int cnn_shared_make(char name[CNN_SHARED_NAME], size_t size);
int cnn_shared_open(const char *name);     /* -1: there is none */
void *cnn_shared_map(int fd, size_t size); /* NULL: that does not work */

#endif
