/* toolchain.h -- what turns a generated file into a program: flags, and --run */
#ifndef CNNC_TOOLCHAIN_H
#define CNNC_TOOLCHAIN_H

#include "base.h"

/* Of the build tree when cnnc stands in one, of its installation otherwise. */
const char *toolchain_cflags(struct arena *a);
const char *toolchain_libs(struct arena *a, bool csv); /* csv: the program reads .csv files */

/* Builds `text` with $CC in a temporary folder and runs it; returns its exit status, or 1 when the build fails. */
int toolchain_run(struct arena *a, const char *name, const char *text, bool csv, char **args, int n_args);

#endif
