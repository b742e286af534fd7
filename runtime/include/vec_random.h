/* vec_random.h -- random draws for generated code, a vector at a time: the bits of cnn_random4(), and the normal
 * draws of cnn_normals(). For files that define VF_LANES, as vec.h wants it. */
#ifndef CNN_VEC_RANDOM_H
#define CNN_VEC_RANDOM_H

#ifndef CNN_VEC_H
#include "vec.h"
#endif

typedef uint32_t vu __attribute__((vector_size(4 * VF_LANES)));
typedef uint64_t vw __attribute__((vector_size(4 * VF_LANES))); /* half as many, twice as wide */
typedef long long vw_signed __attribute__((vector_size(4 * VF_LANES)));

/* The low half of each lane of a, times m. */
VF_VERB vw vw_multiply(vw a, uint32_t m)
{
#if !VF_CLANG && VF_LANES == 16 && defined __AVX512F__
    return (vw)__builtin_ia32_pmuludq512_mask((vi)a, (vi)((vu){0} + m), (vw_signed){0}, (unsigned char)-1);
#elif !VF_CLANG && VF_LANES == 8 && defined __AVX2__
    return (vw)__builtin_ia32_pmuludq256((vi)a, (vi)((vu){0} + m));
#elif !VF_CLANG && VF_LANES == 4 && defined __SSE2__
    return (vw)__builtin_ia32_pmuludq128((vi)a, (vi)((vu){0} + m));
#else
    return (a & UINT32_MAX) * m;
#endif
}

/* Both halves of a * m, lane by lane. */
VF_VERB vu vu_multiply(vu a, uint32_t m, vu *high)
{
    const vw even = vw_multiply((vw)a, m), odd = vw_multiply((vw)a >> 32, m);
    *high = (vu)(even >> 32 | (odd & ~(uint64_t)UINT32_MAX));
    return (vu)((even & UINT32_MAX) | odd << 32);
}

/* cnn_random4() of VF_LANES values of counter_hi, from that one on: lane i of c[w] is its word w. The low word must
 * not overflow. */
VF_VERB void vu_random4(uint64_t key, uint64_t counter_lo, uint64_t counter_hi, vu c[4])
{
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    c[0] = (vu){0} + (uint32_t)counter_lo;
    c[1] = (vu){0} + (uint32_t)(counter_lo >> 32);
    c[2] = (vu)vi_lanes() + (uint32_t)counter_hi;
    c[3] = (vu){0} + (uint32_t)(counter_hi >> 32);
    for (int i = 0; i < 10; i++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        vu p, q;
        const vu low = vu_multiply(c[0], 0xD2511F53u, &p), other = vu_multiply(c[2], 0xCD9E8D57u, &q);
        c[0] = q ^ c[1] ^ k0;
        c[1] = other;
        c[2] = p ^ c[3] ^ k1;
        c[3] = low;
    }
}

#define VU_ZIP_LOW(lane, s)  ((lane) / 2 + ((lane)&1) * (s))
#define VU_ZIP_HIGH(lane, s) ((s) / 2 + VU_ZIP_LOW(lane, s))

/* 8 * VF_LANES draws of 16 bits, two a word of vu_random4(), the low half first: keep[i] is 1 where draw i is at
 * least `least`, else 0. */
VF_VERB void vf_keep(uint64_t key, uint64_t counter_lo, uint64_t counter_hi, uint32_t least,
                     unsigned char keep[8 * VF_LANES])
{
    vu r[4];
    vu_random4(key, counter_lo, counter_hi, r);
    for (int w = 0; w < 4; w++) /* two draws of each word, as bytes */
        r[w] = ((vu)((r[w] & 0xffff) >= least) & 1) | ((vu)(r[w] >> 16 >= least) & 0x100);
    const vi front = (vi)(r[0] | r[1] << 16), back = (vi)(r[2] | r[3] << 16);
    const vi low = VF_SHUFFLE(front, back, VF_EACH_LANE(VU_ZIP_LOW, VF_LANES));
    const vi high = VF_SHUFFLE(front, back, VF_EACH_LANE(VU_ZIP_HIGH, VF_LANES));
    memcpy(keep, &low, sizeof low);
    memcpy(keep + sizeof low, &high, sizeof high);
}

/* r + 1/2, rounded once. */
VF_VERB vf vu_middle(vu r)
{
    const vf high = __builtin_convertvector((vi)(r >> 16), vf), low = __builtin_convertvector((vi)(r & 0xffff), vf);
    return vf_fma(high, vf_set1(65536.0f), low + 0.5f);
}

/* The logarithm of (r + 1/2) / 2^32 to 3e-7 of its value, also where it is near 0: k ln 2 + log(1 + f), sqrt(1/2) <=
 * 1 + f < sqrt(2); where k is 0, f is found from the other end, 1. */
VF_VERB vf vf_log_of_share(vu r)
{
    const vf share = vu_middle(r);
    const vi k = ((vi)share - 0x3f3504f3) >> 23;
    const vf m = (vf)((vu)share - ((vu)k << 23));
    const vf f = vf_select(k == 32, vu_middle(~r) * -0x1p-32f, m - 1.0f);
    vf p = vf_set1(8.74688178e-2f);
    p = vf_fma(p, f, vf_set1(-0.143254876f));
    p = vf_fma(p, f, vf_set1(0.14921701f));
    p = vf_fma(p, f, vf_set1(-0.165684611f));
    p = vf_fma(p, f, vf_set1(0.199615642f));
    p = vf_fma(p, f, vf_set1(-0.250018179f));
    p = vf_fma(p, f, vf_set1(0.333339632f));
    p = vf_fma(p, f, vf_set1(-0.499999911f));
    return vf_fma(__builtin_convertvector(k - 32, vf), vf_set1(0.693147181f), vf_fma(p, f * f, f));
}

/* Cosine and sine of (r + 1/2) / 2^32 of a turn, to 1.5e-7: the nearest quarter, then polynomials up to an eighth on
 * either side. */
VF_VERB vf vf_turn(vu r, vf *sine)
{
    const vu quarter = (r + 0x20000000u) >> 30;
    const vi rest = (vi)(r - (quarter << 30));
    const vf x = __builtin_convertvector(rest * 2 + 1, vf) * 7.3145904e-10f, z = x * x; /* pi / 2^32 */
    vf s = vf_set1(-1.95172994e-4f);
    s = vf_fma(s, z, vf_set1(8.332178e-3f));
    s = vf_fma(s, z, vf_set1(-0.166666552f));
    s = vf_fma(s * z, x, x);
    vf c = vf_set1(2.44384519e-5f);
    c = vf_fma(c, z, vf_set1(-1.38873677e-3f));
    c = vf_fma(c, z, vf_set1(4.16666456e-2f));
    c = vf_fma(c * z, z, vf_fma(z, vf_set1(-0.5f), vf_set1(1.0f)));
    const vi odd = (quarter & 1) != 0;
    const vi below = (vi)(quarter << 30) & INT32_MIN, left = (vi)((quarter + 1) << 30) & INT32_MIN; /* signs */
    *sine = (vf)((vi)vf_select(odd, c, s) ^ below);
    return (vf)((vi)vf_select(odd, s, c) ^ left);
}

enum { VF_NORMALS = 64 };

/* cnn_normals() in float: each within 1e-6 of what it is there; the same bits wherever the machine rounds a
 * multiply-add once. */
VF_KERNEL __attribute__((unused)) void vf_normals(uint64_t key, uint64_t counter_lo, uint64_t counter_hi,
                                                  float z[VF_NORMALS])
{
    for (int i = 0; i < VF_NORMALS / 4; i += VF_LANES) {
        vu r[4];
        vu_random4(key, counter_lo, counter_hi + (uint64_t)i, r);
        for (int pair = 0; pair < 4; pair += 2) {
            vf sine;
            const vf radius = vf_sqrt(vf_log_of_share(r[pair]) * -2.0f), cosine = vf_turn(r[pair + 1], &sine);
            vf_store(z + pair * (VF_NORMALS / 4) + i, radius * cosine);
            vf_store(z + (pair + 1) * (VF_NORMALS / 4) + i, radius * sine);
        }
    }
}

#endif
