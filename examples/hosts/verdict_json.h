/* verdict_json.h: one verdict as one line of JSON, for a host's log; and what
 * several connections say together, as another.
 *
 * The keys are those of `tlsdiag --json` (docs/tlsdiag-json.schema.json, there
 * host_connection and host_group).  No allocation; the result is ASCII without a line feed, whatever came from the wire. */
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
  uint64_t id;         /* that groups name it by, 0 none */
  tlsdiag_bytes name;  /* asked for, where the hello itself is not known */
};

/* Writes at most len bytes with the NUL; returns the length wanted. */
size_t verdict_json(const struct verdict_line *line, char *buf, size_t len);
/* The same for a group of the client's track; connections by their id. */
size_t group_json(const char *client, const tlsdiag_track *track,
                  const tlsdiag_group *group, char *buf, size_t len);

#endif
