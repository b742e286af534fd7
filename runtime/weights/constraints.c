/* constraints.c -- the function of cnn_constraints.h, which makes parameters keep to their constraints. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define CNN_CONSTRAIN

#include "cnn.h"
