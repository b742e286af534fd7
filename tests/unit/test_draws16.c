/* test_draws16.c -- vec_random.h with 16 lanes. */
#define VF_LANES 16
#include "draws.h"
