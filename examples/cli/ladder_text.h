/* ladder_text.h: one observation as a rung: short, for its direction is drawn
 * beside it. */
#ifndef TLSDIAG_CLI_LADDER_TEXT_H
#define TLSDIAG_CLI_LADDER_TEXT_H

#include "finding.h"

/* How an observation stands in the ladder. */
enum rung {
  RUNG_MESSAGE, /* a line with an arrow */
  RUNG_FACT,    /* belongs to the message before it */
  RUNG_REMARK   /* a line of its own without an arrow */
};

enum rung ladder_rung(const tlsdiag_observation *seen);
void ladder_text(struct out *o, const struct finding *f,
                 const tlsdiag_observation *seen);

#endif
