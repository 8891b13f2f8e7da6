/* dump_pem.h: the certificates printed inside a message, and the message of
 * TLS 1.2 that they make. */
#ifndef TLSDIAG_CLI_DUMP_PEM_H
#define TLSDIAG_CLI_DUMP_PEM_H

#include "dump_line.h"

enum { DUMP_PEM_MAX = 16384 };

struct dump_pem {
  unsigned is_open; /* between BEGIN and END */
  uint32_t bits;
  unsigned num_bits;
  size_t start;                /* of the certificate at hand */
  size_t len;                  /* 0: none */
  uint8_t bytes[DUMP_PEM_MAX]; /* from the message header on */
};

void dump_pem_begin(struct dump_pem *p);
void dump_pem_line(struct dump_pem *p, const struct dump_line *line);
/* The Certificate message whose body has `told` bytes, or NULL if what was
 * printed does not make one: other lines may have come in between. */
const uint8_t *dump_pem_message(struct dump_pem *p, size_t told, size_t *len);

#endif
