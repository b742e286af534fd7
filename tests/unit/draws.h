/* draws.h -- tests vec_random.h for VF_LANES lanes: its bits and its normal draws are those of libcnn, and the draws
 * are normal. This file is a whole test program; a file that includes it only defines VF_LANES. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors may be wider than the machine's; no function takes or returns one */
#include "cnn.h"
#include "vec_random.h"

enum { CALLS = 4000 };
static const uint64_t golden = 0x9e3779b97f4a7c15u;

static void masks_have_the_bits_of_random4(void **state)
{
    (void)state;
    static const uint32_t leasts[] = {0, 1, 13107, 65535, 65536};
    for (uint64_t c = 0; c < 100; c++) {
        const uint32_t least = leasts[c % 5];
        unsigned char keep[8 * VF_LANES];
        vf_keep(golden * c, c << 33 | 5, c << 32 | 16, least, keep);
        for (unsigned i = 0; i < 8 * VF_LANES; i++) {
            uint32_t bits[4];
            cnn_random4(golden * c, c << 33 | 5, c << 32 | (16 + i / 8), bits);
            assert_int_equal(keep[i], (bits[i % 8 / 2] >> i % 2 * 16 & 0xffff) >= least);
        }
    }
}

/* Returns values of r near both ends, near the quarters of a turn, and anywhere. */
static uint32_t share(uint32_t i)
{
    return i % 2 ? i * 2654435761u : (i / 2 % 4 << 30) + (i / 8 % 2 ? i / 16 : ~(i / 16));
}

static void parts_agree_with_double(void **state)
{
    (void)state;
    const double turn = 2 * acos(-1);
    for (uint32_t i = 0; i < 400000; i++) {
        const uint32_t r = share(i);
        const double u = (r + 0.5) * 0x1p-32, log_u = u < 0.5 ? log(u) : log1p(-(~r + 0.5) * 0x1p-32);
        vf sine;
        const vf cosine = vf_turn((vu){0} + r, &sine);
        const double errors[] = {((double)vf_log_of_share((vu){0} + r)[VF_LANES - 1] / log_u - 1) / 3e-7,
                                 ((double)cosine[0] - cos(turn * u)) / 1.5e-7,
                                 ((double)sine[1] - sin(turn * u)) / 1.5e-7};
        for (int k = 0; k < 3; k++)
            if (!(fabs(errors[k]) <= 1))
                fail_msg("%s of %u: %g times what is allowed",
                         k == 0   ? "log"
                         : k == 1 ? "cosine"
                                  : "sine",
                         r, errors[k]);
    }
}

static void normals_agree_with_double(void **state)
{
    (void)state;
    for (uint64_t c = 0; c < CALLS; c++) {
        float z[VF_NORMALS];
        double exact[CNN_NORMALS];
        vf_normals(golden * c, c, c << 32 | 16 * c, z);
        cnn_normals(golden * c, c, c << 32 | 16 * c, exact);
        for (int i = 0; i < VF_NORMALS; i++)
            if (!(fabs((double)z[i] - exact[i]) <= 1e-6))
                fail_msg("draw %d of call %d: %.9g, exactly %.9g", i, (int)c, (double)z[i], exact[i]);
    }
}

/* Each estimate may be off by five of its standard deviations. */
static void close_to_normal(const char *what, double got, double want, double variance)
{
    if (!(fabs(got - want) <= 5 * sqrt(variance / (CALLS * VF_NORMALS))))
        fail_msg("%s %.5f, expected %.5f", what, got, want);
}

static void moments_are_normal(void **state)
{
    (void)state;
    double moment[5] = {0}, neighbours = 0;
    for (uint64_t c = 0; c < CALLS; c++) {
        float z[VF_NORMALS];
        vf_normals(1, c, 0, z);
        for (int i = 0; i < VF_NORMALS; i++) {
            for (int p = 1; p < 5; p++)
                moment[p] += pow((double)z[i], p) / (CALLS * VF_NORMALS);
            neighbours += (double)z[i] * (double)z[(i + 16) % VF_NORMALS] / (CALLS * VF_NORMALS);
        }
    }
    close_to_normal("mean", moment[1], 0, 1);
    close_to_normal("variance", moment[2], 1, 2);
    close_to_normal("skewness", moment[3], 0, 15);
    close_to_normal("kurtosis", moment[4], 3, 96);
    close_to_normal("correlation of a call's words", neighbours, 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_have_the_bits_of_random4), cmocka_unit_test(parts_agree_with_double),
        cmocka_unit_test(normals_agree_with_double), cmocka_unit_test(moments_are_normal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
