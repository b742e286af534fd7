/* toolchain.h -- what turns a generated file into a program: flags, and --run */
#ifndef CNNC_TOOLCHAIN_H
#define CNNC_TOOLCHAIN_H

#include "base/base.h"

/* Of the build tree when cnnc stands in one, of its installation otherwise. */
const char *toolchain_cflags(struct arena *a);

struct libraries { /* that a program needs beside those of all */
    bool csv;      /* it reads .csv files */
    bool images;   /* it reads .png and .jpeg files */
};
const char *toolchain_libs(struct arena *a, struct libraries l);      /* with the folder of libcnn */
const char *toolchain_libraries(struct arena *a, struct libraries l); /* their names alone: -lcnn ... */

/* A line of either or both. */
const char *toolchain_flags(struct arena *a, bool cflags, bool libs, struct libraries l);

/* Builds `text` with $CC in a temporary folder and runs it; returns its exit status, or 1 when the build fails. */
int toolchain_run(struct arena *a, const char *name, const char *text, struct libraries l, char **args, int n_args);

#endif
