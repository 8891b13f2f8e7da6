/* style.h: how text looks on a terminal: colours and line breaks. */
#ifndef TLSDIAG_CLI_STYLE_H
#define TLSDIAG_CLI_STYLE_H

#include "out.h"

enum { STYLE_WIDTH = 100 };

enum style {
  STYLE_PLAIN = 0,
  STYLE_BOLD,
  STYLE_DIM,
  STYLE_BAD,
  STYLE_GOOD,
  STYLE_NOTE
};

/* Does nothing when colour is off.  STYLE_PLAIN ends the others. */
void style_set(struct out *o, int colour, enum style style);

/* Writes text of ours, broken at spaces, in columns `indent` to STYLE_WIDTH;
 * the first line starts at column `at`, which is already written.  Ends with
 * a newline. */
void style_wrap(struct out *o, const char *text, size_t at, size_t indent);

#endif
