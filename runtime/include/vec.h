/* vec.h -- vector verbs for generated code, all of them: those of vec_core.h, and functions of a vector. */
#ifndef CNN_VEC_H
#define CNN_VEC_H

#include "vec_core.h"

/* x = k ln 2 + r, |r| <= ln 2 / 2: returns e^r - 1, a polynomial of degree 7, and leaves 2^k in *power. */
VF_VERB vf vf_exp_reduced(vf x, vf *power)
{
    x = vf_max(vf_set1(-87.3365447505531f), vf_min(vf_set1(88.3762626647949f), x)); /* in this order NaN stays */
    const vf magic = vf_set1(12582912.0f); /* 1.5 * 2^23: adding it rounds to a whole number */
    vf k = vf_fma(x, vf_set1(1.44269504088896f), magic);
    VF_ROUND(k);
    k -= magic;
    vf r = vf_fma(k, vf_set1(-0.693145751953125f), x);
    r = vf_fma(k, vf_set1(-1.42860682030941723212e-6f), r);
    vf p = vf_set1(1.98909884e-4f);
    p = vf_fma(p, r, vf_set1(1.39336479e-3f));
    p = vf_fma(p, r, vf_set1(8.33331093e-3f));
    p = vf_fma(p, r, vf_set1(4.16664649e-2f));
    p = vf_fma(p, r, vf_set1(1.66666667e-1f));
    p = vf_fma(p, r, vf_set1(0.5f));
    *power = (vf)((__builtin_convertvector(k, vi) + 127) << 23);
    return vf_fma(p, r * r, r);
}

/* e^x within 2 units in the last place; between e^-87 and e^88 outside. */
VF_VERB vf vf_exp(vf x)
{
    vf power;
    vf p = vf_exp_reduced(x, &power);
    return vf_fma(p, power, power);
}

/* e^x - 1, without cancellation near 0. */
VF_VERB vf vf_expm1(vf x)
{
    vf power;
    vf p = vf_exp_reduced(x, &power);
    return vf_fma(p, power, power - 1.0f);
}

/* log(1 + x) for 0 <= x <= 1: the series of 2 artanh(s), s = x / (2 + x). */
VF_VERB vf vf_log1p_unit(vf x)
{
    vf s = x / (x + 2.0f), z = s * s;
    vf p = vf_set1(0.232243287f);
    p = vf_fma(p, z, vf_set1(0.217065759f));
    p = vf_fma(p, z, vf_set1(0.28592358f));
    p = vf_fma(p, z, vf_set1(0.399997063f));
    p = vf_fma(p, z, vf_set1(0.666666673f));
    return vf_fma(p * z, s, s + s);
}

VF_VERB vf vf_sigmoid(vf x)
{
    return 1.0f / (1.0f + vf_exp(vf_minus(x)));
}

VF_VERB vf vf_silu_slope(vf x)
{
    vf e = vf_exp(vf_minus(x)), y = 1.0f / (1.0f + e);
    return vf_fma(x * y, e * y, y); /* e * y is 1 - y, without cancellation */
}

/* (e^2a - 1) / (e^2a + 1) of a = |x|, with the sign of x */
VF_VERB vf vf_tanh(vf x)
{
    vf e = vf_expm1(vf_min(vf_set1(10.0f), vf_abs(x)) * 2.0f);
    return (vf)((vi)(e / (e + 2.0f)) | ((vi)x & INT32_MIN));
}

VF_VERB vf vf_softplus(vf x)
{
    return vf_max(vf_zero(), x) + vf_log1p_unit(vf_exp(vf_minus(vf_abs(x))));
}

/* Up to 1 an odd polynomial; above, 1 - e^q with a polynomial q of |x|. */
VF_VERB vf vf_erf(vf x)
{
    vf a = vf_min(vf_set1(4.0f), vf_abs(x)), z = x * x;
    vf near = vf_set1(7.87587505e-5f);
    near = vf_fma(near, z, vf_set1(-8.01686428e-4f));
    near = vf_fma(near, z, vf_set1(5.18908742e-3f));
    near = vf_fma(near, z, vf_set1(-2.6854212e-2f));
    near = vf_fma(near, z, vf_set1(0.112835947f));
    near = vf_fma(near, z, vf_set1(-0.376126267f));
    near = vf_fma(near, z, vf_set1(1.12837917f)) * x;
    vf q = vf_set1(-1.32723618e-5f);
    q = vf_fma(q, a, vf_set1(3.16937022e-4f));
    q = vf_fma(q, a, vf_set1(-3.43235138e-3f));
    q = vf_fma(q, a, vf_set1(2.26047722e-2f));
    q = vf_fma(q, a, vf_set1(-0.103281118f));
    q = vf_fma(q, a, vf_set1(-0.639141258f));
    q = vf_fma(q, a, vf_set1(-1.12589365f));
    q = vf_fma(q, a, vf_set1(-7.6589778e-4f));
    vf far = (vf)((vi)(1.0f - vf_exp(q)) | ((vi)x & INT32_MIN));
    return vf_select(a < 1.0f, near, far);
}

/* The share of a normal variable below x. */
VF_VERB vf vf_normal(vf x)
{
    return vf_fma(vf_erf(x * vf_set1(0.707106781f)), vf_set1(0.5f), vf_set1(0.5f));
}

VF_VERB vf vf_gelu_slope(vf x)
{
    return vf_fma(x * vf_set1(0.398942280f), vf_exp(x * x * vf_set1(-0.5f)), vf_normal(x));
}

/* Which lanes are whole numbers, and those that are odd. */
VF_VERB vi vi_odd(vf x)
{
    const vf a = vf_abs(x);
    const vi whole = __builtin_convertvector(vf_min(vf_set1(16777216.0f), a), vi);
    return (a < 16777216.0f) & ((whole & 1) != 0) & (__builtin_convertvector(whole, vf) == a);
}

/* The largest whole number that is not above x. */
VF_VERB vf vf_floor(vf x)
{
    const vf near = __builtin_convertvector(
        __builtin_convertvector(vf_max(vf_set1(-8388608.0f), vf_min(vf_set1(8388608.0f), x)), vi), vf);
    return vf_select(vf_abs(x) < 8388608.0f, near - vf_and(near > x, vf_set1(1.0f)), x);
}

/* x = 2^k m, m from sqrt(1/2) to sqrt(2): returns m - 1 and leaves k in *power. x is above 0 and finite. */
VF_VERB vf vf_log_reduced(vf x, vf *power)
{
    const vi tiny = x < vf_set1(1.17549435e-38f);
    x = vf_select(tiny, x * 33554432.0f, x);
    const vi bits = (vi)x - 0x3f3504f3;
    const vi k = bits >> 23;
    *power = __builtin_convertvector(k, vf) - vf_and(tiny, vf_set1(25.0f));
    return (vf)((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
}

/* log(1 + f) - f for f from sqrt(1/2) - 1 to sqrt(2) - 1. */
VF_VERB vf vf_log_rest(vf f)
{
    const vf z = f * f;
    vf p = vf_set1(7.0376836292e-2f);
    p = vf_fma(p, f, vf_set1(-1.1514610310e-1f));
    p = vf_fma(p, f, vf_set1(1.1676998740e-1f));
    p = vf_fma(p, f, vf_set1(-1.2420140846e-1f));
    p = vf_fma(p, f, vf_set1(1.4249322787e-1f));
    p = vf_fma(p, f, vf_set1(-1.6668057665e-1f));
    p = vf_fma(p, f, vf_set1(2.0000714765e-1f));
    p = vf_fma(p, f, vf_set1(-2.4999993993e-1f));
    p = vf_fma(p, f, vf_set1(3.3333331174e-1f));
    return vf_fma(p * f, z, z * vf_set1(-0.5f));
}

/* `v` where x is a positive number; what a logarithm is elsewhere. */
VF_VERB vf vf_log_ends(vf x, vf v)
{
    v = vf_select(x == 0.0f, vf_set1(-INFINITY), v);
    v = vf_select(x == INFINITY, x, v);
    return vf_select((x < 0.0f) | (x != x), vf_set1(NAN), v);
}

/* log x within 2 units in the last place. */
VF_VERB vf vf_log(vf x)
{
    vf k;
    const vf f = vf_log_reduced(x, &k);
    const vf low = vf_fma(k, vf_set1(-2.12194440e-4f), vf_log_rest(f));
    return vf_log_ends(x, vf_fma(k, vf_set1(0.693359375f), f + low));
}

/* log(1 + x), without cancellation near 0: what rounding took from 1 + x is added to its logarithm. */
VF_VERB vf vf_log1p(vf x)
{
    vf u = x + 1.0f;
    VF_ROUND(u);
    vf up = u - 1.0f;
    VF_ROUND(up);
    const vf lost = vf_select(vf_abs(x) < 1.0f, x - up, vf_zero());
    vf v = vf_log(u) + vf_select(u > 0.0f, lost / u, vf_zero());
    return vf_select(vf_abs(x) < vf_set1(1e-7f), x, v);
}

/* a^b: 2^n of the whole part of b log2 a, times e to the rest. */
VF_VERB vf vf_pow(vf a, vf b)
{
    vf k, power;
    const vf x = vf_abs(a), f = vf_log_reduced(x, &k);
    const vf log2m = (f + vf_log_rest(f)) * vf_set1(1.44269504f);
    vf n = vf_fma(b, k, b * log2m) + 12582912.0f;
    VF_ROUND(n);
    n = vf_max(vf_set1(-252.0f), vf_min(vf_set1(252.0f), n - 12582912.0f));
    const vf rest = vf_fma(b, k, vf_minus(n)) + b * log2m;
    vf p = vf_exp_reduced(rest * vf_set1(0.693147181f), &power);
    p = vf_fma(p, power, power);
    const vi half = __builtin_convertvector(n, vi) >> 1, other = __builtin_convertvector(n, vi) - half;
    p = p * (vf)((half + 127) << 23) * (vf)((other + 127) << 23);
    const vi up = (x > 1.0f) == (b > 0.0f);
    p = vf_select((x == 0.0f) | (x == INFINITY) | (vf_abs(b) == INFINITY), vf_and(up & (x != 1.0f), vf_set1(INFINITY)),
                  p);
    p = vf_select(a < 0.0f, vf_select(vi_odd(b), vf_minus(p), p), p);
    p = vf_select((a < 0.0f) & (x != INFINITY) & (vf_floor(b) != b), vf_set1(NAN), p);
    p = vf_select((a != a) | (b != b), vf_set1(NAN), p);
    return vf_select((b == 0.0f) | (a == 1.0f) | ((a == vf_set1(-1.0f)) & (vf_abs(b) == INFINITY)), vf_set1(1.0f), p);
}

/* x = k pi + r, |r| <= pi / 2, k whole or, with half = 0.5, a half more: returns sin r times the sign of k. */
VF_VERB vf vf_sine(vf x, float half)
{
    vf n = vf_fma(x, vf_set1(0.318309886f), vf_set1(half)) + 12582912.0f;
    VF_ROUND(n);
    n -= 12582912.0f;
    const vi k = __builtin_convertvector(n, vi);
    n -= vf_set1(half);
    vf r = vf_fma(n, vf_set1(-3.140625f), x);
    r = vf_fma(n, vf_set1(-9.67502593994140625e-4f), r);
    r = vf_fma(n, vf_set1(-1.509957990978376432e-7f), r);
    r = vf_fma(n, vf_set1(-5.126688e-12f), r);
    const vf z = r * r;
    vf p = vf_set1(-2.38889859e-8f);
    p = vf_fma(p, z, vf_set1(2.75256e-6f));
    p = vf_fma(p, z, vf_set1(-1.98408747e-4f));
    p = vf_fma(p, z, vf_set1(8.33333310e-3f));
    p = vf_fma(p, z, vf_set1(-0.166666667f));
    p = vf_fma(p * z, r, r);
    return (vf)((vi)p ^ (k << 31));
}

/* sin x and cos x; beyond 8192 the C library computes them. */
VF_VERB vf vf_sin(vf x)
{
    vf y = vf_sine(x, 0);
    for (int i = 0; i < VF_LANES; i++)
        if (!(fabsf(x[i]) < 8192.0f))
            y[i] = sinf(x[i]);
    return y;
}

VF_VERB vf vf_cos(vf x)
{
    vf y = vf_sine(x, 0.5f);
    for (int i = 0; i < VF_LANES; i++)
        if (!(fabsf(x[i]) < 8192.0f))
            y[i] = cosf(x[i]);
    return y;
}

#endif
