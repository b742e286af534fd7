/* spectral.c -- the function of cnn_spectral.h, which divides kernels by their largest singular value. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define CNN_SPECTRAL

#include "cnn.h"
