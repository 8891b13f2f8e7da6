/* ladder.h: a connection as a ladder of messages, from its observations. */
#ifndef TLSDIAG_CLI_LADDER_H
#define TLSDIAG_CLI_LADDER_H

#include "finding.h"

void ladder_write(struct out *o, const struct finding *f, int colour);

#endif
