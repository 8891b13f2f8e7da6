/* spell.h: bytes of TLS and DTLS from a line of words, for scenarios.
 *
 *   hello tls12 suites=c02f name=none, ccs, alert 2 40
 *
 * Items stand between commas; an ampersand instead puts a message into the
 * same record as the one before it.  tests/cases/README.md lists them all. */
#ifndef TLSDIAG_TESTS_SPELL_H
#define TLSDIAG_TESTS_SPELL_H

#include <stddef.h>
#include <stdint.h>

enum { SPELL_MAX = 1 << 17 };

struct spell {
  uint8_t bytes[SPELL_MAX];
  size_t len;
  uint8_t message[SPELL_MAX]; /* handshake bytes that wait for their record */
  size_t message_len;
  size_t split;    /* bytes of handshake in a record at most */
  unsigned record; /* version in the record header */
  int datagram;    /* DTLS headers */
  unsigned num_records;
  unsigned num_messages;
};

/* Writes what the words mean into w->bytes.  Returns 0, or -1 with *bad at
 * the word that is not understood. */
int spell_write(struct spell *w, const char *words, int datagram,
               const char **bad);

#endif
