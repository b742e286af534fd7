/* dot.h -- rung 2: the network as a picture */
#ifndef CNNC_DOT_H
#define CNNC_DOT_H

#include "graph/net.h"

char *dot_print(const struct net *n); /* for Graphviz */

#endif
