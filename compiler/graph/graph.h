/* graph.h -- the network as a graph, and the contract of a layer: net.h has nodes, ops and tensors, how they are made and asked; layer.h what a
 * layer must be. Makes and looks; what a layer or an op means, and in which order things are done to a network, is not known here. */
#ifndef CNNC_GRAPH_H
#define CNNC_GRAPH_H

#include "graph/layer.h"
#include "graph/net.h"

#endif
