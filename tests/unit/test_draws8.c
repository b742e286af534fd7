/* test_draws8.c -- vec_random.h with 8 lanes. */
#define VF_LANES 8
#include "draws.h"
