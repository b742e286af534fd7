/* vec.h -- vector verbs for generated code. The file that includes it defines VF_LANES (4, 8 or 16 floats a vector) and selects the
 * instruction set; the same kernel text then serves every machine. GNU vector extensions do the rest; builtins stand only where
 * the extensions have no word (fused multiply-add, maximum).
 *
 * Loads and stores want no alignment: on the machines of interest an aligned address costs the same either way, and a caller's
 * memory need not be special. */
#ifndef CNN_VEC_H
#define CNN_VEC_H

#ifndef VF_LANES
#error "define VF_LANES before vec.h"
#endif

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef __clang__
#define VF_CLANG 1
#else
#define VF_CLANG 0
#endif

typedef float vf __attribute__((vector_size(4 * VF_LANES)));
typedef int32_t vi __attribute__((vector_size(4 * VF_LANES)));
typedef float vf_any __attribute__((vector_size(4 * VF_LANES), aligned(4), may_alias));
typedef uint8_t vb __attribute__((vector_size(VF_LANES)));
typedef uint8_t vb_any __attribute__((vector_size(VF_LANES), aligned(1), may_alias));
typedef uint16_t vs __attribute__((vector_size(2 * VF_LANES)));

#define VF_VERB static inline __attribute__((always_inline, unused))
/* Kernels stay functions of their own: register allocation is best one tile at a time. */
#define VF_KERNEL static __attribute__((noinline))

/* gcc would fold a vector load into every multiply-add that uses it; this keeps the value in a register. */
#if VF_CLANG || !(defined __x86_64__ || defined __aarch64__)
#define VF_KEEP(v) ((void)0)
#elif defined __aarch64__
#define VF_KEEP(v) __asm__("" : "+w"(v))
#else
#define VF_KEEP(v) __asm__("" : "+v"(v))
#endif

VF_VERB vf vf_zero(void)
{
    return (vf){0};
}

VF_VERB vf vf_set1(float s)
{
    return s - (vf){0};
}

VF_VERB vf vf_load(const float *p)
{
    return *(const vf_any *)p;
}

VF_VERB void vf_store(float *p, vf v)
{
    *(vf_any *)p = v;
}

/* The first n lanes; the others are zero, and not stored. */
VF_VERB vf vf_load_part(const float *p, int n)
{
    vf v = {0};
    memcpy(&v, p, (size_t)n * sizeof *p);
    return v;
}

VF_VERB void vf_store_part(float *p, vf v, int n)
{
    memcpy(p, &v, (size_t)n * sizeof *p);
}

/* a * b + c, rounded once where the machine can. */
VF_VERB vf vf_fma(vf a, vf b, vf c)
{
#if !VF_CLANG && VF_LANES == 16 && defined __AVX512F__
    return __builtin_ia32_vfmaddps512_mask(a, b, c, (short)-1, 4);
#elif !VF_CLANG && VF_LANES == 8 && defined __FMA__
    return __builtin_ia32_vfmaddps256(a, b, c);
#elif !VF_CLANG && VF_LANES == 4 && defined __aarch64__
    return __builtin_aarch64_fmav4sf(b, c, a);
#else
    return a * b + c;
#endif
}

/* mask lanes are 0 or -1 */
VF_VERB vf vf_select(vi mask, vf a, vf b)
{
    return (vf)(((vi)a & mask) | ((vi)b & ~mask));
}

VF_VERB vf vf_and(vi mask, vf a)
{
    return (vf)((vi)a & mask);
}

/* The larger; b where either is NaN. */
VF_VERB vf vf_max(vf a, vf b)
{
#if !VF_CLANG && VF_LANES == 16 && defined __AVX512F__
    return __builtin_ia32_maxps512_mask(a, b, a, (short)-1, 4);
#elif !VF_CLANG && VF_LANES == 8 && defined __AVX__
    return __builtin_ia32_maxps256(a, b);
#elif !VF_CLANG && VF_LANES == 4 && defined __SSE__
    return __builtin_ia32_maxps(a, b);
#else
    return vf_select(a > b, a, b);
#endif
}

VF_VERB vf vf_min(vf a, vf b)
{
    return -vf_max(-a, -b);
}

VF_VERB vf vf_abs(vf a)
{
    return (vf)((vi)a & 0x7fffffff);
}

VF_VERB float vf_sum(vf v)
{
    float s[VF_LANES];
    memcpy(s, &v, sizeof s);
    for (int n = VF_LANES / 2; n; n /= 2)
        for (int i = 0; i < n; i++)
            s[i] += s[i + n];
    return s[0];
}

/* bytes, one a lane: indices of pooling windows, dropout masks */
VF_VERB vi vi_load_bytes(const unsigned char *p)
{
    return __builtin_convertvector(__builtin_convertvector((vb) * (const vb_any *)p, vs), vi);
}

VF_VERB void vi_store_bytes(unsigned char *p, vi v)
{
    *(vb_any *)p = __builtin_convertvector(__builtin_convertvector(v, vs), vb);
}

VF_VERB vf vf_sqrt(vf a)
{
#if !VF_CLANG && VF_LANES == 16 && defined __AVX512F__
    return __builtin_ia32_sqrtps512_mask(a, a, (short)-1, 4);
#elif !VF_CLANG && VF_LANES == 8 && defined __AVX__
    return __builtin_ia32_sqrtps256(a);
#elif !VF_CLANG && VF_LANES == 4 && defined __SSE__
    return __builtin_ia32_sqrtps(a);
#else
    for (int i = 0; i < VF_LANES; i++)
        a[i] = sqrtf(a[i]);
    return a;
#endif
}

/* e^x within 2 units in the last place: x = k ln 2 + r, |r| <= ln 2 / 2, a polynomial of degree 7 in r. */
VF_VERB vf vf_exp(vf x)
{
    x = vf_max(vf_min(x, vf_set1(88.3762626647949f)), vf_set1(-87.3365447505531f));
    const vf magic = vf_set1(12582912.0f); /* 1.5 * 2^23: adding it rounds to a whole number */
    vf k = vf_fma(x, vf_set1(1.44269504088896f), magic) - magic;
    vf r = vf_fma(k, vf_set1(-0.693145751953125f), x);
    r = vf_fma(k, vf_set1(-1.42860682030941723212e-6f), r);
    vf p = vf_set1(1.9875691500e-4f);
    p = vf_fma(p, r, vf_set1(1.3981999507e-3f));
    p = vf_fma(p, r, vf_set1(8.3334519073e-3f));
    p = vf_fma(p, r, vf_set1(4.1665795894e-2f));
    p = vf_fma(p, r, vf_set1(1.6666665459e-1f));
    p = vf_fma(p, r, vf_set1(5.0000001201e-1f));
    p = vf_fma(p, r * r, r) + 1.0f;
    vi e = __builtin_convertvector(k, vi);
    return p * (vf)((e + 127) << 23);
}

#endif
