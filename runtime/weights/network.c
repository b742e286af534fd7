/* network.c -- tells which network a file belongs to, by a hash of what the network computes. Files also store
 * what the hash is of, because older versions hashed the words of the spec. */
#include <inttypes.h>
#include <string.h>

#include "weights/weights.h"

enum { HASH = 17 };
static const char of_what[] = "computation";

static const char *hash_text(uint64_t hash, char out[HASH])
{
    snprintf(out, HASH, "%016" PRIx64, hash);
    return out;
}

int cnn_network_add(uint64_t hash, struct cnn_tensors *t, struct cnn_error *e)
{
    char text[HASH];
    if (cnn_tensors_add_metadata(t, "hash", hash_text(hash, text), e) != 0)
        return -1;
    return cnn_tensors_add_metadata(t, "hash.of", of_what, e);
}

int cnn_network_check(const struct cnn_model *m, uint64_t hash, const struct cnn_tensors *t, const char *path,
                      const char *what, struct cnn_error *e)
{
    const char *found = cnn_tensors_find_metadata(t, "hash"), *of = cnn_tensors_find_metadata(t, "hash.of");
    const char *model = cnn_tensors_find_metadata(t, "model");
    char own[HASH];
    hash_text(hash, own);
    if (found && strcmp(found, own) == 0)
        return 0;
    if (found && !of) {
        cnn_warn(m->name,
                 "%s: an older version wrote it, whose hash of the network cannot be compared: only its arrays are",
                 path);
        return 0;
    }
    return cnn_fail(e, "%s: is %s of another network ('%s', %s; this is '%s', %s)", path, what, model ? model : "?",
                    found ? found : "?", m->name, own);
}
