/* tcp.h: one TCP segment of a known connection. */
#ifndef TLSDIAG_CLI_TCP_H
#define TLSDIAG_CLI_TCP_H

#include "stream.h"

/* 1 if a SYN opens another connection on the endpoints of `c`. */
int tcp_is_reuse(const struct conn *c, unsigned side, const struct packet *p);

/* Takes one segment from endpoint `side`.  Returns 1 when the connection has
 * closed by it (both FIN, or RST), else 0. */
int tcp_take(struct streams *s, struct watchpool *pool, struct conn *c,
             unsigned side, const struct packet *p);

/* The observation of `c` ends: whatever is left is delivered. */
void tcp_end(struct streams *s, struct conn *c, uint64_t t_us, uint64_t frame);

#endif
