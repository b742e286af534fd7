/* unsupported.c -- words of the language that this version does not know yet. They get a clear answer instead of "no
 * layer named". */
#include <string.h>

#include "training/training.h"

static const struct {
    enum word_place place;
    const char *name;
} table[] = {
    {WORD_STATEMENT, "Conv3D"},
    {WORD_STATEMENT, "Conv1DTranspose"},
    {WORD_STATEMENT, "Conv2DTranspose"},
    {WORD_STATEMENT, "DepthwiseConv1D"},
    {WORD_STATEMENT, "SeparableConv1D"},
    {WORD_STATEMENT, "SimpleRNN"},
    {WORD_STATEMENT, "LSTM"},
    {WORD_STATEMENT, "GRU"},
    {WORD_STATEMENT, "Bidirectional"},
    {WORD_STATEMENT, "Embedding"},
    {WORD_STATEMENT, "Attention"},
    {WORD_STATEMENT, "MultiHeadAttention"},
    {WORD_STATEMENT, "PReLU"},
    {WORD_STATEMENT, "Rescaling"},
    {WORD_STATEMENT, "Normalization"},
};

bool unsupported(struct ctx *c, struct span at, enum word_place place, const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].place == place && strcmp(table[i].name, name) == 0) {
            diag_error(c, at, "'%s' is not supported yet", name);
            return true;
        }
    }
    return false;
}
