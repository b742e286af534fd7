/* move.h -- what the kernels of MOVE, MOVE_GRAD and PLACE share: where elements stand in memory, axis by axis. */
#ifndef CNNC_KERNELS_MOVE_H
#define CNNC_KERNELS_MOVE_H

#include "kernels/kernels.h"
#include "ops/move.h"

/* How far apart the neighbours along each axis are in memory, where the tensor has these dimensions. False if they are
 * at no constant distance, because the runs of the layout end within an axis. */
bool move_distances(const struct layout *q, struct shape s, int64_t distance[MAX_RANK]);

/* A C expression of the place of the element with the indices <name>0, <name>1, ... */
const char *move_place(struct out *o, const struct layout *q, struct shape s, const char *name);

/* The loops of a MOVE on memory: axes whose elements follow one another are one axis, and the last one is a run. */
struct move_loops {
    int rank; /* without the run */
    struct {
        struct move_axis axis;
        int64_t from;    /* indices of the axis that it reads */
        int64_t in, out; /* distances */
    } at[MAX_RANK];
    /* Element i of a run reads i + start; those from begin to end are inside, and the rest of the run is 0. */
    int64_t start, begin, end, length;
};

/* NULL, or why runs cannot be copied. back: the loops of the gradient, over the axes of x. */
const char *move_loops(const struct plan *p, const struct kernel *k, struct move_loops *loops);

#endif
