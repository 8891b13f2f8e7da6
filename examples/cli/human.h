/* human.h: one finding for people. */
#ifndef TLSDIAG_CLI_HUMAN_H
#define TLSDIAG_CLI_HUMAN_H

#include "finding.h"

/* Everything about it: headline, ladder, evidence, advice, alternatives. */
void human_full(struct out *o, const struct finding *f, int colour);
/* One line. */
void human_line(struct out *o, const struct finding *f, int colour);

#endif
