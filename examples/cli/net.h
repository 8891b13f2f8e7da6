/* net.h: IPv4, IPv6, TCP and UDP headers. */
#ifndef TLSDIAG_CLI_NET_H
#define TLSDIAG_CLI_NET_H

#include "packet.h"

enum net_kind {
  NET_OTHER = 0,    /* neither TCP nor UDP; payload is set */
  NET_SEGMENT = 1,  /* packet.tcp_* and payload are set */
  NET_DATAGRAM = 2, /* payload is set */
  NET_FRAGMENT = 3, /* part of a fragmented datagram: not reassembled */
  NET_CUT = 4,      /* the capture or the packet ends inside a header */
  NET_NOT_IP = 5
};

/* Reads the IP packet in `v`, whose ethertype the link layer told, or the one
 * that it carries as a tunnel. */
enum net_kind net_read(struct view v, unsigned ethertype, struct packet *p);

#endif
