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

/* True if some index of the axis reads outside of the `from` indices that there are. */
bool move_leaves(const struct move_axis *a, int64_t from);

#endif
