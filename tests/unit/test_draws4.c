/* test_draws4.c -- vec_random.h with 4 lanes. */
#define VF_LANES 4
#include "draws.h"
