/* hello.h: one hello from a file, in whatever shape it lies there. */
#ifndef TLSDIAG_CLI_HELLO_H
#define TLSDIAG_CLI_HELLO_H

#include <tlsdiag/tlsdiag.h>

#include "source.h"
#include "tool.h"

enum { HELLO_MAX = 1 << 20 };

struct hello {
  uint8_t *bytes; /* the input, as bytes; owns them */
  size_t len;
  uint8_t *scratch; /* a message gathered from several records */
  tlsdiag_bytes message;
  unsigned format; /* TLSDIAG_FORMAT_* */
  int is_client;
  int status; /* of the decode */
  int reserved_;
  tlsdiag_where where; /* of its fault */
  tlsdiag_client_hello client;
  tlsdiag_server_hello server;
};

/* Reads and decodes.  `name` may be a capture too: then the first ClientHello
 * in it; or a dump of another tool: then the ClientHello of connection
 * `number` in it, from 0.  Returns 0, or -1 after tool_warn(). */
int hello_read(struct hello *h, struct tool *t, const char *name,
               unsigned number);
void hello_free(struct hello *h);

void hello_json(struct out *o, const struct hello *h);
void hello_people(struct out *o, const struct hello *h, int colour);

#endif
