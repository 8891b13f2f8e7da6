/* endpoint.h: addresses and ports as text. */
#ifndef TLSDIAG_CLI_ENDPOINT_H
#define TLSDIAG_CLI_ENDPOINT_H

#include "conn.h"
#include "redact.h"

enum { ENDPOINT_TEXT = 64 };

/* 192.0.2.7 or 2001:db8::7 */
void host_text(const uint8_t *addr, uint8_t family, char *text);
/* host1 */
void host_pseudonym(struct redactor *r, const uint8_t *addr, uint8_t family,
                    char *text);
/* 192.0.2.7:51234 or [2001:db8::7]:51234 */
void endpoint_text(const struct conn_key *key, unsigned side, char *text);
/* host1:port1 */
void endpoint_pseudonym(struct redactor *r, const struct conn_key *key,
                        unsigned side, char *text);

#endif
