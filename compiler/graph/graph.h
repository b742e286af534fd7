/* graph.h -- the network as a graph, and the contract of a layer: net.h has nodes, ops and tensors, and functions that
 * make and examine them; layer.h tells what a layer must have. This room does not know what a layer or an op means, nor
 * in which order passes change a network. */
#ifndef CNNC_GRAPH_H
#define CNNC_GRAPH_H

#include "graph/layer.h"
#include "graph/net.h"

#endif
