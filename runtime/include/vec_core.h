/* vec_core.h -- vector verbs for generated code, but for the functions, which stand in vec.h. The file that includes it
 * defines VF_LANES (4, 8 or 16 floats a vector) and selects the instruction set; the same kernel text then serves every
 * machine. GNU vector extensions do the rest; builtins stand only where the extensions have no word (fused
 * multiply-add, maximum).
 *
 * Loads and stores want no alignment: on the machines of interest an aligned address costs the same either way, and a
 * caller's memory need not be special. */
#ifndef CNN_VEC_CORE_H
#define CNN_VEC_CORE_H

#ifndef VF_LANES
#error "define VF_LANES before vec.h"
#endif

#if !defined __GNUC__ || defined __TINYC__
#error "vectors need gcc or clang: for other compilers cnnc --target=cortex-m writes plain C"
#endif

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef __clang__
#define VF_CLANG 1
#else
#define VF_CLANG 0
#endif

/* clang defines no macros for the attributes of a pragma: on x86-64, wide vectors come with their instructions. */
#if VF_LANES == 16 && (defined __AVX512DQ__ || (VF_CLANG && defined __x86_64__))
#define VF_AVX512 1
#else
#define VF_AVX512 0
#endif
#if VF_LANES == 8 && (defined __AVX2__ || (VF_CLANG && defined __x86_64__))
#define VF_AVX2 1
#else
#define VF_AVX2 0
#endif

/* Comparisons that yield a bit a lane, by gcc's builtins; clang finds those instructions itself. */
#define VF_BITS (VF_AVX512 && !VF_CLANG)

typedef float vf __attribute__((vector_size(4 * VF_LANES)));
typedef int32_t vi __attribute__((vector_size(4 * VF_LANES)));
typedef float vf_any __attribute__((vector_size(4 * VF_LANES), aligned(4), may_alias));
typedef uint8_t vb __attribute__((vector_size(VF_LANES)));
typedef uint8_t vb_any __attribute__((vector_size(VF_LANES), aligned(1), may_alias));
typedef uint16_t vs __attribute__((vector_size(2 * VF_LANES)));

/* Without optimization verbs are called: inlining makes nothing faster there but takes a third of the compilation. */
#ifdef __OPTIMIZE__
#define VF_VERB static inline __attribute__((always_inline, unused))
#else
#define VF_VERB static inline __attribute__((unused))
#endif
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

/* A pointer whose history gcc may not know: it would carry loads over iterations, and run out of registers. */
#if VF_CLANG
#define VF_HIDE(p) ((void)0)
#else
#define VF_HIDE(p) __asm__("" : "+r"(p))
#endif

/* The x87 computes with more digits than a float has; where rounding matters, this rounds. */
#if defined __FLT_EVAL_METHOD__ && __FLT_EVAL_METHOD__ != 0
#define VF_ROUND(v) __asm__("" : "+m"(v))
#else
#define VF_ROUND(v) ((void)0)
#endif

/* Nothing here is called from elsewhere, so it does not matter how vectors are passed without instructions for them. */
#if defined __GNUC__ && !VF_CLANG
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

/* Memory of a kernel's own: vectors in it do not straddle lines of the cache. */
#define VF_ALIGNED __attribute__((aligned(4 * VF_LANES)))

/* The first whole vector at or behind p. */
VF_VERB float *vf_align(float *p)
{
    return p + (-(uintptr_t)p & (4 * VF_LANES - 1)) / sizeof *p;
}

/* What is read or written soon, so it shall come to the second cache: some spans, the last of them first, `lines` at a
 * time. */
struct vf_prefetch {
    int spans, lines;
    struct {
        const float *at;
        int64_t left; /* floats; not above 0: nothing */
    } span[8];
};

/* Called now and then by a kernel that computes long on little data. */
VF_VERB void vf_prefetch_some(struct vf_prefetch *f)
{
    if (!f || !f->spans)
        return;
    const float *at = f->span[f->spans - 1].at;
    for (int i = 0; i < f->lines; i++)
        __builtin_prefetch(at + 16 * i, 0, 2);
    f->span[f->spans - 1].at = at + 16 * f->lines;
    f->span[f->spans - 1].left -= 16 * f->lines;
    f->spans -= f->span[f->spans - 1].left <= 0;
}

VF_VERB vf vf_zero(void)
{
    return (vf){0};
}

VF_VERB vf vf_set1(float s)
{
#if VF_LANES == 4
    return (vf){s, s, s, s};
#else
    return s - (vf){0};
#endif
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
    return __builtin_aarch64_fmav4sf(a, b, c);
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

/* ---- truths, one a lane, as comparisons leave them: a bit with AVX-512, else a mask of 0 or -1. `&` joins two. */
#if VF_BITS
typedef uint16_t vm;
#else
typedef vi vm;
#endif

VF_VERB vm vm_below(vf a, vf b)
{
#if VF_BITS
    return __builtin_ia32_cmpps512_mask(a, b, 17, (uint16_t)-1, 4);
#else
    return a < b;
#endif
}

VF_VERB vm vm_nonzero(vf a)
{
#if VF_BITS
    return __builtin_ia32_cmpps512_mask(a, (vf){0}, 4, (uint16_t)-1, 4);
#else
    return a != 0.0f;
#endif
}

VF_VERB vm vm_equal(vi a, int b)
{
#if VF_BITS
    return __builtin_ia32_cmpd512_mask(a, (vi){0} + b, 0, (uint16_t)-1);
#else
    return a == b;
#endif
}

/* Where either is NaN. */
VF_VERB vm vm_unordered(vf a, vf b)
{
#if VF_BITS
    return __builtin_ia32_cmpps512_mask(a, b, 3, (uint16_t)-1, 4);
#elif VF_AVX2
    return (vm)__builtin_ia32_cmpps256(a, b, 3);
#elif !VF_CLANG && VF_LANES == 4 && defined __SSE__
    return (vm)__builtin_ia32_cmpunordps(a, b);
#else
    return (a != a) | (b != b);
#endif
}

/* Small numbers, one a lane, that will be stored as bytes: which place of a window of pooling. */
#if VF_BITS
typedef char vx __attribute__((vector_size(VF_LANES)));
#else
typedef vi vx;
#endif

/* One more where m holds. */
VF_VERB vx vx_count(vx v, vm m)
{
#if VF_BITS
    return __builtin_ia32_paddb128_mask(v, (vx){0} + (char)1, v, m);
#else
    return v - m;
#endif
}

/* The larger and the smaller; NaN where b is NaN, whatever a is. Where a is NaN and b is not, machines differ. */
VF_VERB vf vf_max(vf a, vf b)
{
#if VF_LANES == 4 && defined __aarch64__
    vf c;
    __asm__("fmax %0.4s, %1.4s, %2.4s" : "=w"(c) : "w"(a), "w"(b));
    return c;
#elif !VF_CLANG && VF_LANES == 16 && defined __AVX512F__
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
#if VF_LANES == 4 && defined __aarch64__
    vf c;
    __asm__("fmin %0.4s, %1.4s, %2.4s" : "=w"(c) : "w"(a), "w"(b));
    return c;
#elif !VF_CLANG && VF_LANES == 16 && defined __AVX512F__
    return __builtin_ia32_minps512_mask(a, b, a, (short)-1, 4);
#elif !VF_CLANG && VF_LANES == 8 && defined __AVX__
    return __builtin_ia32_minps256(a, b);
#else
    return vf_select(a < b, a, b);
#endif
}

/* NaN where m holds, v elsewhere. */
VF_VERB vf vf_poison(vf v, vm m)
{
#if VF_BITS
    return __builtin_ia32_blendmps_512_mask(v, vf_set1(NAN), m);
#else
    return (vf)((vi)v | m);
#endif
}

VF_VERB vf vf_abs(vf a)
{
    return (vf)((vi)a & 0x7fffffff);
}

/* Signs are turned as bits: clang's minus may lose a NaN under -ffast-math, whatever the pragmas say. */
VF_VERB vf vf_minus(vf a)
{
    return (vf)((vi)a ^ INT32_MIN);
}

/* 0, 1, 2, ... */
VF_VERB vi vi_lanes(void)
{
#if VF_LANES == 16
    return (vi){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#elif VF_LANES == 8
    return (vi){0, 1, 2, 3, 4, 5, 6, 7};
#else
    return (vi){0, 1, 2, 3};
#endif
}

/* The mask of the first n lanes. */
VF_VERB vi vi_first(int n)
{
    return vi_lanes() < n;
}

/* A long sum is kept as *sum and what its last addition has *lost, which the next one makes good: Kahan's. So its
 * error is 2 roundings of the sum of the terms' sizes, however many there are. An infinite sum has lost what is no
 * number, which is forgotten. The sum is *sum + *lost. */
VF_VERB void vf_add_long(vf *sum, vf *lost, vf x)
{
    const vf term = x + *lost;
    vf next = *sum + term;
    VF_ROUND(next);
    const vf rest = term - (next - *sum);
    *lost = vf_and(rest == rest, rest);
    *sum = next;
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

/* The largest lane. */
VF_VERB float vf_largest(vf v)
{
    float s[VF_LANES];
    memcpy(s, &v, sizeof s);
    for (int n = VF_LANES / 2; n; n /= 2)
        for (int i = 0; i < n; i++)
            s[i] = s[i] > s[i + n] ? s[i] : s[i + n];
    return s[0];
}

/* Lane i is v[index[i]], 0 <= index[i] < VF_LANES. */
VF_VERB vf vf_permute(vf v, vi index)
{
#if !VF_CLANG
    return __builtin_shuffle(v, index);
#elif VF_AVX512
    return __builtin_ia32_permvarsf512(v, index);
#elif VF_AVX2
    return __builtin_ia32_permvarsf256(v, index);
#else
    vf r;
    for (int i = 0; i < VF_LANES; i++)
        r[i] = v[index[i] & (VF_LANES - 1)];
    return r;
#endif
}

#if VF_AVX2
/* By the four bits of a mask: the lanes that it has, in order. */
static const int32_t vf_packed[16][4]
    __attribute__((unused)) = {{0}, {0},    {1},    {0, 1},    {2},    {0, 2},    {1, 2},    {0, 1, 2},
                               {3}, {0, 3}, {1, 3}, {0, 1, 3}, {2, 3}, {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3}};
#endif

/* The lanes of v where the mask is, one behind the other, to p; how many. Writes no more than a whole vector. */
VF_VERB int vf_pack(float *p, vf v, vm mask)
{
#if VF_AVX512
#if VF_CLANG
    const uint16_t m = (uint16_t)__builtin_ia32_cvtd2mask512(mask);
#else
    const uint16_t m = mask;
#endif
    vf_store(p, (vf)__builtin_ia32_compresssf512_mask(v, vf_zero(), m));
    return __builtin_popcount(m);
#elif VF_AVX2
    typedef float quad __attribute__((vector_size(16)));
    typedef int32_t quad_index __attribute__((vector_size(16)));
    const int m = __builtin_ia32_movmskps256((vf)mask), low = m & 15, high = m >> 4,
              n = __builtin_popcount((unsigned)low);
    quad half[2];
    quad_index order[2];
    memcpy(half, &v, sizeof half);
    memcpy(&order[0], vf_packed[low], sizeof order[0]);
    memcpy(&order[1], vf_packed[high], sizeof order[1]);
    half[0] = __builtin_ia32_vpermilvarps(half[0], order[0]);
    half[1] = __builtin_ia32_vpermilvarps(half[1], order[1]);
    memcpy(p, &half[0], sizeof half[0]);
    memcpy(p + n, &half[1], sizeof half[1]);
    return n + __builtin_popcount((unsigned)high);
#else
    int n = 0;
    for (int i = 0; i < VF_LANES; i++) {
        p[n] = v[i];
        n -= mask[i];
    }
    return n;
#endif
}

VF_VERB vi vi_load(const int32_t *p)
{
    vi v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* A whole number in the place of a float. */
VF_VERB int vi_get(const float *p)
{
    int32_t i;
    memcpy(&i, p, sizeof i);
    return i;
}

VF_VERB void vi_put(float *p, int i)
{
    int32_t n = i;
    memcpy(p, &n, sizeof n);
}

/* ---- a square of floats, transposed in registers */

/* Lanes of a and b, those of b counted on from VF_LANES. */
#if VF_CLANG
#define VF_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define VF_UNROLL             _Pragma("clang loop unroll(full)")
#else
#define VF_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (vi){__VA_ARGS__})
#define VF_UNROLL             _Pragma("GCC unroll 16")
#endif

#if VF_LANES == 16
#define VF_EACH_LANE(f, s)                                                                                             \
    f(0, s), f(1, s), f(2, s), f(3, s), f(4, s), f(5, s), f(6, s), f(7, s), f(8, s), f(9, s), f(10, s), f(11, s),      \
        f(12, s), f(13, s), f(14, s), f(15, s)
#elif VF_LANES == 8
#define VF_EACH_LANE(f, s) f(0, s), f(1, s), f(2, s), f(3, s), f(4, s), f(5, s), f(6, s), f(7, s)
#else
#define VF_EACH_LANE(f, s) f(0, s), f(1, s), f(2, s), f(3, s)
#endif
#define VF_FROM_LOW(lane, s)  ((lane) & (s) ? VF_LANES + (lane) - (s) : (lane))
#define VF_FROM_HIGH(lane, s) ((lane) & (s) ? VF_LANES + (lane) : (lane) + (s))

/* In every square of 2s x 2s, the corners of s x s off the diagonal change places. */
#define VF_SWAP_CORNERS(r, s)                                                                                          \
    VF_UNROLL for (int i = 0; i < VF_LANES; i++)                                                                       \
    {                                                                                                                  \
        if (!(i & (s))) {                                                                                              \
            vf low = r[i], high = r[i | (s)];                                                                          \
            r[i] = VF_SHUFFLE(low, high, VF_EACH_LANE(VF_FROM_LOW, s));                                                \
            r[i | (s)] = VF_SHUFFLE(low, high, VF_EACH_LANE(VF_FROM_HIGH, s));                                         \
        }                                                                                                              \
    }

#define VF_LOW_PAIR(lane, s)  ((lane)&1 ? VF_LANES + (lane) / 2 : (lane) / 2)
#define VF_HIGH_PAIR(lane, s) (VF_LANES / 2 + VF_LOW_PAIR(lane, s))

/* a0 b0 a1 b1 ... to the two vectors at p. */
VF_VERB void vf_interleave(float *p, vf a, vf b)
{
    vf_store(p, VF_SHUFFLE(a, b, VF_EACH_LANE(VF_LOW_PAIR, 0)));
    vf_store(p + VF_LANES, VF_SHUFFLE(a, b, VF_EACH_LANE(VF_HIGH_PAIR, 0)));
}

/* `rows` vectors, `step` floats from one to the next, to the columns of up to VF_LANES vectors: lane i of to[j] is
 * lane j of from[i]. Lanes of rows that are not there are zero; `columns` vectors are stored. */
VF_VERB void vf_transpose(const float *from, int64_t step, int rows, float *to, int64_t to_step, int columns)
{
    vf r[VF_LANES];
    VF_UNROLL for (int i = 0; i < VF_LANES; i++) r[i] = i < rows ? vf_load(from + i * step) : vf_zero();
#if VF_LANES == 16
    VF_SWAP_CORNERS(r, 8)
#endif
#if VF_LANES >= 8
    VF_SWAP_CORNERS(r, 4)
#endif
    VF_SWAP_CORNERS(r, 2)
    VF_SWAP_CORNERS(r, 1)
    VF_UNROLL for (int i = 0; i < VF_LANES; i++) if (i < columns) vf_store(to + i * to_step, r[i]);
}

/* bytes, one a lane: indices of pooling windows, dropout masks */
VF_VERB vi vi_load_bytes(const unsigned char *p)
{
#if VF_BITS /* gcc would widen halves of halves */
    return __builtin_ia32_pmovzxbd512_mask((vx) * (const vb_any *)p, (vi){0}, (uint16_t)-1);
#elif VF_AVX2 && !VF_CLANG
    int64_t bytes;
    memcpy(&bytes, p, sizeof bytes);
    typedef long long pair __attribute__((vector_size(16)));
    typedef char sixteen __attribute__((vector_size(16)));
    return __builtin_ia32_pmovzxbd256((sixteen)(pair){bytes, 0});
#else
    return __builtin_convertvector(__builtin_convertvector((vb) * (const vb_any *)p, vs), vi);
#endif
}

VF_VERB void vi_store_bytes(unsigned char *p, vi v)
{
#if VF_BITS
    *(vb_any *)p = (vb)__builtin_ia32_pmovdb512_mask(v, (vx){0}, (uint16_t)-1);
#else
    *(vb_any *)p = __builtin_convertvector(__builtin_convertvector(v, vs), vb);
#endif
}

VF_VERB void vx_store(unsigned char *p, vx v)
{
#if VF_BITS
    *(vb_any *)p = (vb)v;
#else
    vi_store_bytes(p, v);
#endif
}

VF_VERB vf vf_sqrt(vf a)
{
#if !VF_CLANG && VF_LANES == 16 && defined __AVX512F__
    return __builtin_ia32_sqrtps512_mask(a, a, (short)-1, 4);
#elif VF_AVX512
    return __builtin_ia32_sqrtps512(a, 4);
#elif VF_AVX2
    return __builtin_ia32_sqrtps256(a);
#elif VF_LANES == 4 && defined __SSE__
    return __builtin_ia32_sqrtps(a);
#else
    for (int i = 0; i < VF_LANES; i++)
        a[i] = sqrtf(a[i]);
    return a;
#endif
}

#endif
