/* verdict_json.h: one verdict as one line of JSON, for a host's log.
 *
 * The keys are those of `tlsdiag --json` (docs/json.md).  No allocation; the
 * result is ASCII without a line feed, whatever came from the wire. */
#ifndef VERDICT_JSON_H
#define VERDICT_JSON_H

#include <tlsdiag/tlsdiag.h>

struct verdict_line {
  const char *client; /* address and port, NULL unknown */
  const char *server;
  const tlsdiag_flow *flow; /* for the evidence; NULL leaves it out */
  const tlsdiag_verdict *verdict;
  tlsdiag_bytes hello; /* the ClientHello message, len 0 unknown */
  unsigned format;     /* TLSDIAG_FORMAT_* of it */
};

/* Writes at most len bytes with the NUL; returns the length wanted. */
size_t verdict_json(const struct verdict_line *line, char *buf, size_t len);

#endif
