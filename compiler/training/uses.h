/* uses.h -- the other networks of an ensemble: what the files that it names contribute. */
#ifndef CNNC_USES_H
#define CNNC_USES_H

#include "graph/net.h"

/* The layers of the file that `use` names, with the sections `data` and `train` of s; NULL after an error. */
const struct spec *use_spec(struct ctx *c, const struct spec *s, const struct bound *use);
/* Reports where input or output of the network that `use` names are not those of n. */
void use_check(const struct net *n, const struct net *other, const struct bound *use);

#endif
