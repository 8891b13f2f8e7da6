/* tool.h: what every part of the tool is given: the options, the way out, and
 * the tally that becomes the exit status. */
#ifndef TLSDIAG_CLI_TOOL_H
#define TLSDIAG_CLI_TOOL_H

#include <stdint.h>

#include "options.h"
#include "out.h"
#include "redact.h"

struct log_groups;

struct tool {
  const struct options *options;
  struct out out; /* standard output */
  struct redactor redactor;
  struct log_groups *log_groups; /* of all the logs, NULL before the first */
  uint64_t num_failures; /* failed and not_tls, noise not counted */
  unsigned num_read;     /* inputs of which something could be read */
  unsigned num_unreadable;
};

/* One line on the standard error: "tlsdiag: NAME: message".  NAME and the
 * message are escaped; the output written so far is flushed first. */
void tool_warn(struct tool *t, const char *name, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Text between these stands out on a terminal: STYLE_* of style.h. */
int tool_exit_status(const struct tool *t);

#endif
