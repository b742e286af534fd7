/* unsupported.c -- words of the language that this version does not know yet. They get a clear answer instead of "no
 * layer named". */
#include <string.h>

#include "training/training.h"

static const struct {
    enum word_place place;
    const char *name;
} table[] = {
    {WORD_STATEMENT, "SimpleRNN"},
    {WORD_STATEMENT, "LSTM"},
    {WORD_STATEMENT, "GRU"},
    {WORD_STATEMENT, "ConvLSTM1D"},
    {WORD_STATEMENT, "ConvLSTM2D"},
    {WORD_STATEMENT, "Bidirectional"},
    {WORD_STATEMENT, "TimeDistributed"},
    {WORD_STATEMENT, "Embedding"},
    {WORD_STATEMENT, "Masking"},
    {WORD_STATEMENT, "Attention"},
    {WORD_STATEMENT, "AdditiveAttention"},
    {WORD_STATEMENT, "MultiHeadAttention"},
    {WORD_STATEMENT, "GroupedQueryAttention"},
    {WORD_STATEMENT, "TextVectorization"},
    {WORD_STATEMENT, "StringLookup"},
    {WORD_STATEMENT, "IntegerLookup"},
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
