/* finding.h: one finished connection with its verdict, ready to be told. */
#ifndef TLSDIAG_CLI_FINDING_H
#define TLSDIAG_CLI_FINDING_H

#include "conn.h"
#include "endpoint.h"
#include "prints.h"
#include "tool.h"

enum { NAME_TEXT = 32, HELLO_ROOM = 18 << 10 };

struct finding {
  const char *file;
  const struct conn *conn;
  const tlsdiag_flow *flow;
  tlsdiag_verdict verdict;
  int has_hello;
  int reserved_;
  tlsdiag_client_hello hello; /* as far as it could be decoded */
  tlsdiag_bytes sni;          /* of the hello, or its pseudonym */
  char client[ENDPOINT_TEXT]; /* "192.0.2.7:51234", "[2001:db8::7]:51234" */
  char server[ENDPOINT_TEXT];
  char pseudonym[NAME_TEXT];
  struct prints prints;        /* by finding_fingerprint */
  uint8_t scratch[HELLO_ROOM]; /* a hello that was cut into records */
};

/* Asks the library for the verdict.  Returns 0, or -1 if there is none: the
 * client is not known or nothing was watched. */
int finding_judge(struct finding *f, const struct conn *c, const char *file);

/* Adds what only a report needs: the texts and the decoded hello. */
void finding_describe(struct finding *f, struct tool *t);

/* Adds JA3 and JA4. */
void finding_fingerprint(struct finding *f, struct prints_memory *memory);

/* 1 if this is somebody else's protocol in perfect health, or a connection
 * that has nothing to do with TLS. */
int finding_is_foreign(const struct finding *f);

/* Observation `index` and the frame it was learnt from; 0, or -1. */
int finding_observation(const struct finding *f, unsigned index,
                        tlsdiag_observation *seen, uint64_t *frame);

#endif
