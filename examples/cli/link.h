/* link.h: from a captured frame to the IP packet inside it. */
#ifndef TLSDIAG_CLI_LINK_H
#define TLSDIAG_CLI_LINK_H

#include "packet.h"

enum { ETHERTYPE_NONE = 0, ETHERTYPE_IP4 = 0x0800, ETHERTYPE_IP6 = 0x86dd };

/* Takes the link headers off `v` and returns ETHERTYPE_IP4, ETHERTYPE_IP6 or
 * ETHERTYPE_NONE (something else, or cut inside the headers). */
typedef unsigned link_peel(struct view *v);

/* The way to peel frames of a libpcap DLT_ number, NULL if it is unknown. */
link_peel *link_for(int dlt);

#endif
