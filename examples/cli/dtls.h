/* dtls.h: DTLS handshakes over UDP (RFC 6347, RFC 9147). */
#ifndef TLSDIAG_CLI_DTLS_H
#define TLSDIAG_CLI_DTLS_H

#include "conn.h"

/* 1 if the datagram starts like a DTLS record (RFC 7983 tells it from STUN,
 * RTP and the like by the first byte). */
int dtls_is_record(const uint8_t *at, size_t len);
/* 1 if it starts with a hello, by which a connection begins. */
int dtls_is_hello(const uint8_t *at, size_t len);
void dtls_take(struct conn *c, unsigned side, const struct packet *p);
void dtls_end(struct conn *c, uint64_t t_us, uint64_t frame);

#endif
