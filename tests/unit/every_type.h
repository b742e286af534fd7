/* every_type.h -- 0, 1, 0, 1, ... in every type that a file may have. */
#ifndef EVERY_TYPE_H
#define EVERY_TYPE_H

#include "files.h"

enum { EVERY_TYPE_MOST = 300 };

union every_type {
    uint8_t u8[EVERY_TYPE_MOST];
    int16_t i16[EVERY_TYPE_MOST];
    int32_t i32[EVERY_TYPE_MOST];
    int64_t i64[EVERY_TYPE_MOST];
    float f32[EVERY_TYPE_MOST];
    double f64[EVERY_TYPE_MOST];
};

static inline void every_type_fill(union every_type *v, enum cnn_dtype t)
{
    for (int i = 0; i < EVERY_TYPE_MOST; i++)
        switch (t) {
        case CNN_I16: v->i16[i] = (int16_t)(i % 2); break;
        case CNN_I32: v->i32[i] = i % 2; break;
        case CNN_I64: v->i64[i] = i % 2; break;
        case CNN_F32: v->f32[i] = (float)(i % 2); break;
        case CNN_F64: v->f64[i] = i % 2; break;
        default: v->u8[i] = (uint8_t)(i % 2);
        }
}

#endif
