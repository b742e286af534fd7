/* toolchain.h -- turns a generated file into a program: flags, and --run */
#ifndef CNNC_TOOLCHAIN_H
#define CNNC_TOOLCHAIN_H

#include "base/base.h"

struct libraries { /* libraries that a program needs beside the common ones */
    bool csv;      /* it reads .csv files */
    bool images;   /* it reads .png and .jpeg files */
    bool mpi;      /* several ranks of it work together */
};
const char *toolchain_libraries(struct arena *a, struct libraries l); /* only their names: -lcnn ... */

bool toolchain_has_mpi(void); /* was an MPI there when cnnc was built? */

/* A line with either or both: folders of the build tree if cnnc is in one, else those of its installation. */
const char *toolchain_flags(struct arena *a, bool cflags, bool libs, struct libraries l);

/* Builds `text` with $CC in a temporary folder and runs it; returns its exit status, or 1 if the build fails. */
int toolchain_run(struct arena *a, const char *name, const char *text, struct libraries l, char **args, int n_args);

#endif
