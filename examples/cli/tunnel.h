/* tunnel.h: from a packet that carries another one to that one. */
#ifndef TLSDIAG_CLI_TUNNEL_H
#define TLSDIAG_CLI_TUNNEL_H

#include "packet.h"

/* Takes the tunnel's headers off `v`, the payload of `p` (whose proto and
 * ports are set), and returns the ETHERTYPE_ of what is inside;
 * ETHERTYPE_NONE: no tunnel, or cut inside its headers. */
unsigned tunnel_peel(struct view *v, const struct packet *p);

#endif
