/* tcp.h: one TCP segment of a known connection. */
#ifndef TLSDIAG_CLI_TCP_H
#define TLSDIAG_CLI_TCP_H

#include "stream.h"

/* 1 if a SYN opens another connection on the endpoints of `c`. */
int tcp_is_reuse(const struct conn *c, unsigned side, const struct packet *p);

/* How a connection stands: after both FIN there is nothing more to come, but
 * after a reset the other side may not know yet. */
enum tcp_end_kind { TCP_OPEN = 0, TCP_CLOSED, TCP_RESET };

/* Takes one segment from endpoint `side`; tells how the connection stands. */
enum tcp_end_kind tcp_take(struct streams *s, struct watchpool *pool,
                           struct conn *c, unsigned side,
                           const struct packet *p);

/* The observation of `c` ends: whatever is left is delivered. */
void tcp_end(struct streams *s, struct conn *c, uint64_t t_us, uint64_t frame);

#endif
