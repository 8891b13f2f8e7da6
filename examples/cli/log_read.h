/* log_read.h: a log of any size, in blocks. */
#ifndef TLSDIAG_CLI_LOG_READ_H
#define TLSDIAG_CLI_LOG_READ_H

#include "source.h"
#include "tool.h"

/* Reads all of it and reports.  Returns 0, or -1 after tool_warn(). */
int log_read(struct tool *t, struct source *s);

#endif
