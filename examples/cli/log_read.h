/* log_read.h: a log of any size, in blocks. */
#ifndef TLSDIAG_CLI_LOG_READ_H
#define TLSDIAG_CLI_LOG_READ_H

#include "source.h"
#include "tool.h"

/* Reads all of it and reports: first what was read already, then the stream.
 * Returns 0, or -1 after tool_warn(). */
int log_read(struct tool *t, struct source *s, const uint8_t *ahead,
             size_t ahead_len);

#endif
