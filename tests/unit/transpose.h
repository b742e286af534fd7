/* transpose.h -- tests how vec.h transposes, for the VF_LANES that the includer defines: whole squares, edges. */
#pragma GCC diagnostic ignored "-Wpsabi" /* vectors may be wider than the machine's; no function takes or returns one */
#include "vec.h"

static void squares_are_transposed(void **state)
{
    enum { STEP = VF_LANES + 3, TO = VF_LANES + 5 };
    float from[VF_LANES * STEP], to[VF_LANES * TO];
    (void)state;
    for (int i = 0; i < VF_LANES * STEP; i++)
        from[i] = (float)(i + 1);
    for (int rows = 1; rows <= VF_LANES; rows++)
        for (int columns = 1; columns <= VF_LANES; columns++) {
            for (int i = 0; i < VF_LANES * TO; i++)
                to[i] = -1;
            vf_transpose(from, STEP, rows, to, TO, columns);
            for (int i = 0; i < VF_LANES * TO; i++) {
                int column = i / TO, row = i % TO;
                float there = row < rows ? from[row * STEP + column] : 0;
                assert_true(to[i] == (column < columns && row < VF_LANES ? there : -1));
            }
        }
}
