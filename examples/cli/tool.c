#include "tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"

enum { MESSAGE_ROOM = 1024, NAME_CAP = 400 };

void tool_warn(struct tool *t, const char *name, const char *format, ...)
{
  char message[MESSAGE_ROOM];
  struct out line;
  va_list args;

  out_flush(&t->out);
  va_start(args, format);
  (void)vsnprintf(message, sizeof message, format, args);
  va_end(args);
  out_init(&line, stderr);
  out_str(&line, "tlsdiag: ");
  if (strcmp(name, "-") == 0) {
    out_str(&line, "standard input");
  } else {
    escape_term(&line, name, strlen(name), NAME_CAP);
  }
  out_str(&line, ": ");
  escape_term(&line, message, strlen(message), MESSAGE_ROOM);
  out_char(&line, '\n');
  (void)out_close(&line);
}

/* An input that could not be read at all outweighs failures that were found:
 * the answer is not whole. */
int tool_exit_status(const struct tool *t)
{
  if (t->num_unreadable > 0 && t->num_read == 0) {
    return EXIT_UNREADABLE;
  }
  return t->num_failures > 0 ? EXIT_FAILURES_FOUND : EXIT_CLEAN;
}
