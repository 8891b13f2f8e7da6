/* dump_talk.h: the messages that a dump tells of, put to a flow.
 *
 * What was encrypted on the wire is shown in clear by some tools: it is fed as
 * a protected record of its length, and an alert's meaning is told beside it.
 * Of a message that is shown in part the rest is a gap. */
#ifndef TLSDIAG_CLI_DUMP_TALK_H
#define TLSDIAG_CLI_DUMP_TALK_H

#include "text_judge.h"

enum {
  DUMP_CCS = 20,
  DUMP_ALERT = 21,
  DUMP_HANDSHAKE = 22,
  DUMP_DATA = 23,
  DUMP_BODY_MAX = 65535
};

struct dump_talk {
  struct judged *judged;
  /* The record header seen last and not used yet, by TLSDIAG_FROM_*. */
  unsigned header_type[2];
  unsigned header_version[2];
  size_t header_len[2];
  unsigned changed[2]; /* ChangeCipherSpec seen */
  unsigned tls13;      /* the ServerHello chose it */
  unsigned said;       /* something was told */
  unsigned names;      /* bit handshake type: told, of either side */
  unsigned suite;      /* chosen, 0 unknown */
  unsigned offered;    /* the highest version offered, where no hello tells */
};

void dump_talk_init(struct dump_talk *t, struct judged *j);
void dump_talk_header(struct dump_talk *t, unsigned from, unsigned type,
                      unsigned version, size_t len);
/* A message of `type` (DUMP_*): the first `have` of its `len` bytes. */
void dump_talk_message(struct dump_talk *t, unsigned from, unsigned type,
                       const uint8_t *body, size_t have, size_t len);
/* A handshake message of which no byte is shown; len: of its body, -1 if it is
 * not told. */
void dump_talk_named(struct dump_talk *t, unsigned from, unsigned message,
                     long len);
/* level 0: not told. */
void dump_talk_alert(struct dump_talk *t, unsigned from, unsigned level,
                     unsigned alert);
/* The ServerHello chose these (suite 0: not told); the rest of it is not
 * shown. */
void dump_talk_chosen(struct dump_talk *t, unsigned version, unsigned suite);
/* The server asked for another hello (RFC 8446 section 4.1.4). */
void dump_talk_retry(struct dump_talk *t);
void dump_talk_close(struct dump_talk *t, unsigned from, unsigned how);
/* How the connection ended, as openssl says it; `printer` (TLSDIAG_FROM_*)
 * wrote the text. */
void dump_talk_end(struct dump_talk *t, unsigned printer, const uint8_t *text,
                   size_t len);

/* Feeds bytes of the stream as they are. */
void dump_bytes(struct judged *j, unsigned from, const uint8_t *bytes,
                size_t len);
/* Feeds one record with a header made up from type and version. */
void dump_record(struct judged *j, unsigned from, unsigned type,
                 unsigned version, const uint8_t *body, size_t len);
/* Says that `from` (TLSDIAG_FROM_*) sent an alert. */
void dump_alert(struct judged *j, unsigned from, unsigned alert);

#endif
